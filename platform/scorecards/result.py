"""What scoring returns: the score and the account that explains every point of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    unit: str = ""
    bonus: bool = False


class SectionTotal(NamedTuple):
    """Sums over the section's applicable items, without bonus. Of a section that repeats or has a cap: what it counts,
    to four places."""

    code: str
    available: Decimal
    awarded: Decimal
    lost: Decimal


class VetoFound(NamedTuple):
    item: str
    effect: str
    label: str
    unit: str = ""


class LimitReached(NamedTuple):
    """`failed`: how many key items (or items of the mark) failed, each unit counted."""

    mark: str
    failed: int
    at_least: int
    effect: str
    label: str
    note: str


class UnitTotal(NamedTuple):
    """One room or window; `section` "" where the form repeats. What is open counts as lost. `score` None: nothing in it
    applies. `counted`: it is part of the score (of several only the worst, where the worst counts)."""

    section: str
    unit: str
    label: str
    available: Decimal
    awarded: Decimal
    lost: Decimal
    score: Decimal | None
    counted: bool


class Step(NamedTuple):
    """What happens between the account's lines and the score; figures to four places, for reading."""

    step: str
    params: Mapping[str, Any]
    section: str = ""
    unit: str = ""


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
    units: tuple[UnitTotal, ...] = ()
    limits: tuple[LimitReached, ...] = ()
    band_withheld: bool = False
    bonus: Decimal | None = None
    bonus_maximum: Decimal | None = None
    missing_units: Mapping[str, int] = field(default_factory=dict)
    missing_parameters: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()


# Left out of the JSON when empty, so that results of forms without such parts stay what they were.
_OPTIONAL = frozenset(
    {"units", "limits", "band_withheld", "bonus", "bonus_maximum", "missing_units", "missing_parameters", "steps"}
)


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


_ROWS = frozenset({"account", "vetoes", "steps"})


def _rows(rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    """Without the fields that only repeating or adding parts have."""
    out: list[dict[str, Any]] = []
    for row in rows:
        data = _plain(row)
        for name in ("unit", "bonus", "section"):
            if name in data and not data[name]:
                del data[name]
        out.append(data)
    return out


def result_to_json(result: Result) -> dict[str, Any]:
    """Plain JSON; decimals as strings."""
    out: dict[str, Any] = {}
    for name in Result.__slots__:
        value = getattr(result, name)
        if name in _OPTIONAL and (value is None or value is False or value == () or value == {}):
            continue
        out[name] = _rows(value) if name in _ROWS else _plain(value)
    return out
