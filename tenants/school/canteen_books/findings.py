"""What a month's figures show that somebody should look at. Pure: codes and figures; labels.FINDINGS has the words.

Shares are held against the bureau's own bands (CFIN-03); 挤占挪用, 变相多收, 给教师发钱: CFIN-09; the kindergarten's
break-even: 伙食费盈亏 cumulative ≤ 2 %.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from school.canteen_books.money import exceeds, falls_short

NO_LIMIT = 100  # percent: the bureau has set none


@dataclass(frozen=True, slots=True)
class Limit:
    """A percentage and the source that it stands on."""

    percent: str
    citation: str

    @property
    def is_set(self) -> bool:
        return float(self.percent) < NO_LIMIT


@dataclass(frozen=True, slots=True)
class Finding:
    code: str
    tone: str
    params: Mapping[str, Any] = field(default_factory=dict)
    citation: str = ""


@dataclass(frozen=True, slots=True)
class MonthFacts:
    """Of a month about to close; in fen. `income_fen`: the pupils' meal income with the subsidy used for their meals.
    `teacher_wages`, `outside`: (payee, fen). `above_limit`: (plan, price, limit, citation)."""

    income_fen: int
    materials_fen: int
    wages_fen: int
    term_income_fen: int
    term_result_fen: int
    staff_meals: int
    staff_income_fen: int
    staff_cost_fen: int
    money_fen: int
    improvement_need_fen: int = 0
    improvement_fen: int = 0
    count_differences: int = 0
    teacher_wages: Sequence[tuple[str, int]] = ()
    outside: Sequence[tuple[str, int]] = ()
    above_limit: Sequence[tuple[str, int, int, str]] = ()


@dataclass(frozen=True, slots=True)
class Bands:
    """`materials`: at least; the others at most."""

    materials: Limit
    wages: Limit
    balance: Limit


def find(facts: MonthFacts, bands: Bands) -> list[Finding]:
    """In the order in which they are shown: what is taken away from the pupils first."""
    found = [
        Finding(
            "teacher_wages", "danger", {"payee": payee, "fen": fen}, "食堂资金不得给教师发放工资、津补贴（区级规定）"
        )
        for payee, fen in facts.teacher_wages
    ]
    found += [
        Finding("payee_outside", "danger", {"payee": payee, "fen": fen}, "食堂资金专款专用，不得挤占挪用（区级规定）")
        for payee, fen in facts.outside
    ]
    found += [
        Finding("above_limit", "danger", {"plan": plan, "fen": price, "limit_fen": limit}, citation)
        for plan, price, limit, citation in facts.above_limit
    ]
    if facts.staff_meals and not facts.staff_income_fen:
        found.append(Finding("staff_free", "danger", {"meals": facts.staff_meals, "fen": facts.staff_cost_fen}))
    elif facts.staff_income_fen < facts.staff_cost_fen:
        short = facts.staff_cost_fen - facts.staff_income_fen
        found.append(Finding("staff_below_cost", "warning", {"fen": short}))
    found += _shares(facts, bands)
    if facts.money_fen < 0:
        found.append(Finding("money_negative", "danger", {"fen": -facts.money_fen}))
    if facts.improvement_fen < facts.improvement_need_fen:
        short = facts.improvement_need_fen - facts.improvement_fen
        found.append(Finding("improvement_short", "warning", {"fen": short}))
    if facts.count_differences:
        found.append(Finding("counts_differ", "warning", {"count": facts.count_differences}))
    return found


def _shares(facts: MonthFacts, bands: Bands) -> list[Finding]:
    found = []
    income = facts.income_fen
    if income > 0:
        least = bands.materials
        if falls_short(facts.materials_fen, income, least.percent):
            found.append(
                Finding("materials_low", "warning", _share(facts.materials_fen, income, least), least.citation)
            )
        most = bands.wages
        if most.is_set and exceeds(facts.wages_fen, income, most.percent):
            found.append(Finding("wages_high", "warning", _share(facts.wages_fen, income, most), most.citation))
    balance = bands.balance
    whole = facts.term_income_fen
    if whole > 0 and balance.is_set and exceeds(abs(facts.term_result_fen), whole, balance.percent):
        code = "surplus_high" if facts.term_result_fen > 0 else "deficit_high"
        found.append(Finding(code, "warning", _share(abs(facts.term_result_fen), whole, balance), balance.citation))
    return found


def _share(part: int, whole: int, limit: Limit) -> dict[str, Any]:
    """The share in hundredths of a percent, rounded half up, for showing; it was compared exactly."""
    return {"share": (part * 20_000 + whole) // (2 * whole), "limit": limit.percent}
