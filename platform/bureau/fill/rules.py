"""Pure rules of filling without a network: digests, merging, receipts, what is flagged."""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

GENESIS = "0" * 64


def canonical(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8: what every hash of the protocol is taken of."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest_of(value: Any) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def answer_digest(answer: Any, remark: str) -> str:
    return digest_of({"answer": answer, "remark": remark})


def manifest_of(hashes: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(set(hashes))).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Held:
    """What the service holds under one key."""

    answer: Any
    remark: str

    @property
    def digest(self) -> str:
        return answer_digest(self.answer, self.remark)

    @property
    def is_empty(self) -> bool:
        return self.answer is None and not self.remark


@dataclass(frozen=True, slots=True)
class Sent:
    """What one phone says of one key; `base`: the digest of what it had seen there (None: nothing)."""

    answer: Any
    remark: str
    base: str | None

    @property
    def digest(self) -> str:
        return answer_digest(self.answer, self.remark)


@dataclass(frozen=True, slots=True)
class Merged:
    """`writes`: keys to write; `conflicts`: keys that somebody else wrote meanwhile."""

    writes: tuple[str, ...]
    conflicts: tuple[str, ...]


def merge(sent: Mapping[str, Sent], held: Mapping[str, Held], kept: Mapping[str, str]) -> Merged:
    """Each key by itself. `kept`: what this very submission wrote there last: its own earlier answer, whose reply may
    have been lost, is never somebody else's."""
    writes, conflicts = [], []
    for key, mine in sent.items():
        theirs = held.get(key)
        if theirs is None:
            if mine.answer is not None or mine.remark:
                writes.append(key)
            continue
        there = theirs.digest
        if there == mine.digest:
            continue
        unseen = theirs.is_empty and mine.base is None  # a cleared answer is not handed out as one
        if unseen or there in (mine.base, kept.get(key)):
            writes.append(key)
        else:
            conflicts.append(key)
    return Merged(tuple(writes), tuple(conflicts))


def merged_units(parts: Iterable[Mapping[str, Any]]) -> dict[str, list[dict[str, str]]]:
    """Each inspector's rooms or windows together, by code, in the order in which they were first named."""
    units: dict[str, dict[str, dict[str, str]]] = {}
    for part in parts:
        for section, found in part.items():
            for unit in found:
                units.setdefault(section, {}).setdefault(unit["code"], dict(unit))
    return {section: list(found.values()) for section, found in units.items()}


def receipt_hash(prev: str, document: Mapping[str, Any]) -> str:
    """`document`: the receipt without `hash` and `signature`."""
    return hashlib.sha256(prev.encode() + canonical(document)).hexdigest()


def receipt_signature(secret: str, receipt: str) -> str:
    """A key of its own is drawn from the deployment's secret, so that this use proves nothing of any other."""
    key = hmac.new(secret.encode(), b"houqin fill receipt", hashlib.sha256).digest()
    return hmac.new(key, receipt.encode(), hashlib.sha256).hexdigest()


def score_digest(answers: Mapping[str, Any]) -> str:
    """Of the answers that a score was taken of; cleared ones do not count."""
    return digest_of({key: answer for key, answer in answers.items() if answer is not None})


def same_score(client: Mapping[str, Any], server: Mapping[str, Any]) -> bool:
    """Numbers as numbers: 90 and "90.0" are one score."""
    return all(_number(client.get(name)) == _number(server.get(name)) for name in ("score", "maximum")) and all(
        (client.get(name) or None) == (server.get(name) or None) for name in ("band", "verdict")
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def required_signers(inspectors: Iterable[Any], signed: Collection[str], refusal: str) -> list[str]:
    """Whose signature is missing: every assigned inspector's, and the school's unless it would not sign (拒签)."""
    wanted = [f"inspector:{person}" for person in inspectors]
    if not refusal.strip():
        wanted.append("school")
    return [signer for signer in wanted if signer not in signed]


def clock_is_off(offset_ms: int, most_minutes: Decimal) -> bool:
    return abs(offset_ms) > most_minutes * 60_000
