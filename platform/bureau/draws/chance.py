"""Chance that anybody can repeat: bytes of HMAC-SHA-256 under a key, named streams, rejection instead of a remainder.

docs/draw-format.md specifies every step, so that a draw can be run again without this program. Standard library only.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

T = TypeVar("T")
WORDS = 2**32  # a stream gives whole numbers 0 … 2³² − 1
SEED_BYTES = 32


def canonical(document: Any) -> bytes:
    """The one spelling of a JSON document: keys sorted by code point, no blanks, UTF-8, whole numbers only."""
    _only_whole(document)
    return json.dumps(document, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode()


def _only_whole(value: Any) -> None:
    """A fraction has more than one spelling; a draw holds none."""
    if isinstance(value, float):
        raise ValueError("a draw's document holds whole numbers only")
    if isinstance(value, dict):
        for name, inner in value.items():
            if not isinstance(name, str):
                raise ValueError("a draw's document has text as keys only")
            _only_whole(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _only_whole(inner)


def digest(document: Any) -> str:
    return hashlib.sha256(canonical(document)).hexdigest()


def commitment_of(seed: bytes, pools: Any, rules: Any) -> str:
    """SHA-256(seed ‖ pools ‖ rules) in hex. The seed's length is fixed and JSON objects end themselves, so no other
    triple has the same bytes."""
    if len(seed) != SEED_BYTES:
        raise ValueError("a seed has 32 bytes")
    return hashlib.sha256(seed + canonical(pools) + canonical(rules)).hexdigest()


def key_of(seed: bytes, public_value: str) -> bytes:
    """What the streams run under. A public value that nobody knew at the commitment keeps the one who chose the seed
    from having tried out many."""
    return hashlib.sha256(seed + public_value.encode()).digest()


def visit_seed(key: bytes, visit_id: str) -> str:
    """The seed of one visit's samples, in hex. It tells nothing of another visit's."""
    return hmac.new(key, f"visit:{visit_id}".encode(), hashlib.sha256).hexdigest()


class Stream:
    """Numbers of one name under one key: words of 4 bytes, big-endian, from HMAC(key, name ‖ 0 ‖ block number)."""

    def __init__(self, key: bytes, name: str) -> None:
        self._words = _words(key, name.encode() + b"\0")

    def below(self, bound: int) -> int:
        """Each of 0 … bound − 1 with the same chance: words of the uneven rest at the top are passed over."""
        if not 1 <= bound <= WORDS:
            raise ValueError(f"no number below {bound}")
        limit = WORDS - WORDS % bound
        return next(word for word in self._words if word < limit) % bound

    def pick(self, things: Sequence[T]) -> T:
        return things[self.below(len(things))]

    def shuffled(self, things: Sequence[T]) -> list[T]:
        """Fisher and Yates, from the last place down."""
        mixed = list(things)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed

    def weighted(self, things: Sequence[T], weights: Sequence[int], count: int) -> list[T]:
        """`count` of them, one after the other, each time by weight among those that are left."""
        left, heavy = list(things), list(weights)
        taken = []
        for _ in range(count):
            rest = self.below(sum(heavy))
            for place, weight in enumerate(heavy):
                if rest < weight:
                    taken.append(left.pop(place))
                    heavy.pop(place)
                    break
                rest -= weight
        return taken


def _words(key: bytes, prefix: bytes) -> Iterator[int]:
    number = 0
    while True:
        block = hmac.new(key, prefix + number.to_bytes(4, "big"), hashlib.sha256).digest()
        for start in range(0, len(block), 4):
            yield int.from_bytes(block[start : start + 4], "big")
        number += 1


def sample(seed_hex: str, inspection_id: str, what: str, population: int, k: int) -> list[int]:
    """Which `k` of `population` things (positions from 0, ascending) are looked at; all of them when there are no more.

    `seed_hex` is the visit's own seed, `what` says of what: "rooms", "windows", "pupils", or "rooms:B1" for one building.
    frontend/src/draws/sample.ts gives the same numbers on the phone.
    """
    if population < 0 or k < 0:
        raise ValueError("neither population nor sample may be negative")
    stream = Stream(bytes.fromhex(seed_hex), f"sample:{inspection_id}:{what}")
    moved: dict[int, int] = {}
    taken = []
    for place in range(min(k, population)):
        other = place + stream.below(population - place)
        taken.append(moved.get(other, other))
        moved[other] = moved.get(place, place)
    return sorted(taken)
