"""The committee: how many, of whom, drawn how, and who must stay out (Order 87, Art. 45, 47, 48; 实施条例 Art. 9)."""

from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from bureau.draws.chance import Stream
from bureau.evaluation.rules.exact import Number, exact

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Member:
    key: Hashable
    seat: Literal["expert", "purchaser"]
    is_head: bool = False


@dataclass(frozen=True, slots=True)
class CompositionProblem:
    """`code`: too_small, even, too_few_experts, purchaser_heads, no_head, several_heads, twice."""

    code: str
    article: str
    found: Any = None
    bound: Any = None


def composition_problems(
    members: Sequence[Member], *, least: int, expert_share: Number, head_wanted: bool = True
) -> list[CompositionProblem]:
    """`expert_share`: the least share in percent as an exact number (two thirds = Fraction(200, 3))."""
    found = []
    if len({member.key for member in members}) != len(members):
        found.append(CompositionProblem("twice", "order_87:47"))
    if len(members) < least:
        found.append(CompositionProblem("too_small", "order_87:47", len(members), least))
    if len(members) % 2 == 0:
        found.append(CompositionProblem("even", "order_87:47", len(members)))
    experts = sum(member.seat == "expert" for member in members)
    if experts * 100 < exact(expert_share) * len(members):
        found.append(CompositionProblem("too_few_experts", "order_87:47", experts, len(members)))
    heads = [member for member in members if member.is_head]
    if any(member.seat == "purchaser" for member in heads):
        found.append(CompositionProblem("purchaser_heads", "order_87:47"))
    if head_wanted and len(heads) != 1:
        found.append(CompositionProblem("several_heads" if heads else "no_head", "order_87:47", len(heads), 1))
    return found


def most_purchasers(size: int, expert_share: Number) -> int:
    """How many of `size` members may speak for the purchaser: 1 of 5, 2 of 7."""
    most = size * (1 - exact(expert_share) / 100)
    return most.numerator // most.denominator


def least_size(budget_fen: int, is_large: bool, *, least: int, least_large: int, large_from_fen: int | None) -> int:
    """Art. 47: the larger committee from the budget on, or where the task is complex or of high social impact."""
    if is_large or (large_from_fen is not None and budget_fen >= large_from_fen):
        return least_large
    return least


@dataclass(frozen=True, slots=True)
class Tie:
    """What binds a person to a company. `until`: last day, None: still so. `kind`: employed, director, shareholder,
    relative, other."""

    company: str
    kind: str
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Candidate(Generic[K]):
    key: K
    ties: tuple[Tie, ...] = ()
    is_of_purchaser: bool = False
    declared: tuple[str, ...] = ()  # companies named in the person's own declaration


@dataclass(frozen=True, slots=True)
class Recusal(Generic[K]):
    key: K
    code: str
    article: str
    company: str = ""


def recusal(candidate: Candidate[K], bidders: Collection[str], on: date, years: int) -> Recusal[K] | None:
    """The first reason for which the person must stay out. `bidders`: credit codes. Ties count for `years` after."""
    if candidate.is_of_purchaser:
        return Recusal(candidate.key, "own_unit", "order_87:47")
    for company in candidate.declared:
        if company in bidders:
            return Recusal(candidate.key, "declared", "regulation_658:9", company)
    for tie in candidate.ties:
        if tie.company not in bidders:
            continue
        if tie.kind == "relative" or tie.until is None or on < _years_on(tie.until, years):
            return Recusal(candidate.key, f"tie_{tie.kind}", "regulation_658:9", tie.company)
    return None


def _years_on(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February
        return day.replace(year=day.year + years, month=3, day=1)


@dataclass(frozen=True, slots=True)
class Drawn(Generic[K]):
    """`order`: all that may sit, as drawn. The first `count` are called; the next ones stand in, in this order."""

    count: int
    order: tuple[K, ...]
    recused: tuple[Recusal[K], ...] = ()
    left: tuple[tuple[K, str], ...] = field(default=())  # who was called and is not there, and why

    @property
    def called(self) -> list[K]:
        return [key for key in self.order if key not in dict(self.left)][: self.count]

    @property
    def reserves(self) -> list[K]:
        return [key for key in self.order if key not in dict(self.left)][self.count :]

    @property
    def is_enough(self) -> bool:
        return len(self.called) == self.count

    def replaced(self, key: K, reason: str) -> "Drawn[K]":
        """One called does not come: the next reserve takes the seat. Only who is called can leave."""
        if key not in self.called:
            raise ValueError("only somebody who is called can be replaced")
        return Drawn(self.count, self.order, self.recused, (*self.left, (key, reason)))


def draw_experts(
    pool: Iterable[Candidate[K]], count: int, key: bytes, name: str, bidders: Collection[str], on: date, years: int
) -> Drawn[K]:
    """`key`: chance.key_of(seed, public value), the seed committed over `pool_document`. Sorted by id first, so that the
    same pool gives the same draw however it was read. The recused stay in the pool's document and are passed over, so
    that a bidder's name cannot move anybody else's place."""
    candidates = {str(one.key): one for one in pool}
    shuffled = Stream(key, f"experts:{name}").shuffled(sorted(candidates))
    order, recused = [], []
    for text in shuffled:
        reason = recusal(candidates[text], bidders, on, years)
        if reason is None:
            order.append(candidates[text].key)
        else:
            recused.append(reason)
    return Drawn(count, tuple(order), tuple(recused))


def pool_document(pool: Iterable[Candidate[K]]) -> list[str]:
    """What the commitment is made over."""
    return sorted(str(one.key) for one in pool)


def votes(ballots: Mapping[K, bool]) -> bool | None:
    """Art. 61: disputes by majority. None: equal (cannot be with an odd committee that is complete)."""
    yes = sum(ballots.values())
    no = len(ballots) - yes
    return None if yes == no else yes > no
