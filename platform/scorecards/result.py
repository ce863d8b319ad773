"""What scoring returns: the score and the account that explains every point of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, NamedTuple, TypeAlias

from scorecards.form import decimal_text

Reason: TypeAlias = Literal[
    "full", "not_met", "judged", "count", "count_free", "count_capped", "count_zero", "listed", "listed_capped",
    "additive", "level", "tier", "short", "short_capped", "short_zero", "bonus", "no_bonus",
    "passed", "failed", "not_found", "found", "unscored", "not_applicable", "tag_absent", "section_absent",
    "unanswered", "parameter_missing", "veto_item", "veto_section",
]  # fmt: skip
NO_PARAMS: Mapping[str, Any] = {}


class Line(NamedTuple):
    """One item's row of the account. `available`, `awarded`: None where the item bears no points of its own.

    `reason` with `params` says why; `vetoed`: a veto took points that the rule itself would have left.
    """

    code: str
    section: str
    rule: str
    available: Decimal | None
    awarded: Decimal | None
    lost: Decimal
    reason: Reason
    params: Mapping[str, Any] = NO_PARAMS
    vetoed: bool = False


class SectionTotal(NamedTuple):
    """Sums over the section's applicable items."""

    code: str
    available: Decimal
    awarded: Decimal
    lost: Decimal


class VetoFound(NamedTuple):
    item: str
    effect: str
    label: str


class Tally(NamedTuple):
    """Counts of a verdict form over the items that were checked and apply."""

    key_checked: int
    key_failed: int
    general_checked: int
    general_failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """`score` None: the form bears no points, or nothing on it applies. Incomplete: `score` counts unanswered items as
    lost (it can only rise), and neither band nor verdict is given. `verdict_problem`: "hole" where no rule of the
    table holds, "overlap" where several do; the verdict is then None.
    """

    score: Decimal | None
    maximum: Decimal | None
    percent: Decimal | None
    complete: bool
    missing: tuple[str, ...]
    band: str | None
    verdict: str | None
    verdict_problem: str | None
    account: tuple[Line, ...]
    sections: tuple[SectionTotal, ...]
    vetoes: tuple[VetoFound, ...]
    key_failures: tuple[str, ...]
    tally: Tally | None
    score_before_veto: Decimal | None


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (str, bool, int)):  # nearly every value of an account
        return value
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, (dict, Mapping)):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {key: _plain(inner) for key, inner in value._asdict().items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value


def result_to_json(result: Result) -> dict[str, Any]:
    """Plain JSON; decimals as strings."""
    return {name: _plain(getattr(result, name)) for name in Result.__slots__}
