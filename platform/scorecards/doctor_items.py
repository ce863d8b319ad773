"""What the doctor looks for in a single item."""

import re
from collections.abc import Iterator
from decimal import Decimal

from scorecards.finding import Finding, finding
from scorecards.form import (
    WITHOUT_POINTS,
    Additive,
    AllOrNothing,
    CountDeduction,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    RequiredCount,
    Tiers,
    YesNo,
)

_REVIEW_CODES = {"decide": "rule_needs_person", "confirm": "rule_to_confirm"}
_JOINS = re.compile(r"[、,，;；]|以及|并且|同时|且|和|及")
# Where deductions only need a ceiling, a sheet in deduct mode may leave the item's points open.
_DEDUCTIONS = (CountDeduction, ListedDeductions)


def item_findings(form: Form, item: Item) -> Iterator[Finding]:
    where = f"item:{item.code}"
    if item.review == "decide":
        # Judged within its points it can be scored; that nobody publishes it undecided is the publishing's own refusal.
        yield finding("warning", "rule_needs_person", where, text=item.rule_text)
    elif item.review == "confirm":
        yield finding("warning", "rule_to_confirm", where, text=item.rule_text)
    if isinstance(item.rule, WITHOUT_POINTS):
        if item.points:
            yield finding("error", "points_without_rule", where, points=item.points)
    elif item.points is None or item.points == 0:
        if form.mode == "pass_rate":
            pass  # every item counts one
        elif form.mode == "deduct" and isinstance(item.rule, _DEDUCTIONS):
            yield finding("info", "deduction_without_ceiling", where)
        else:
            yield finding("error", "item_without_points", where)
    else:
        yield from _rule_findings(item, item.points, where)
    if item.key and form.verdicts is None and not form.limits and isinstance(item.rule, YesNo):
        yield finding("info", "key_without_verdicts", where)
    if item.na_allowed and form.na_policy == "refuse" and form.mode != "pass_rate":
        yield finding("warning", "na_unreachable", where)
    if isinstance(item.rule, AllOrNothing | YesNo) and _parts(item.text) >= 3:
        yield finding("info", "double_barrelled", where, parts=_parts(item.text))


def _parts(text: str) -> int:
    return len([part for part in _JOINS.split(re.sub(r"[(（].*?[)）]", "", text)) if part.strip()])


def _rule_findings(item: Item, points: Decimal, where: str) -> Iterator[Finding]:
    rule = item.rule
    if isinstance(rule, Judged):
        if rule.step > points:
            yield finding("error", "step_above_item", where, step=rule.step, points=points)
        elif points % rule.step:
            yield finding("info", "step_does_not_divide", where, step=rule.step, points=points)
    elif isinstance(rule, CountDeduction):
        yield from _count_findings(rule, points, where)
    elif isinstance(rule, ListedDeductions):
        yield from _listed_findings(rule, points, where)
    elif isinstance(rule, Additive):
        yield from _additive_findings(rule, points, where)
    elif isinstance(rule, Levels):
        yield from _level_findings(rule, points, where)
    elif isinstance(rule, Tiers):
        yield from _tier_findings(rule, points, where)
    elif isinstance(rule, RequiredCount):
        if rule.unit_points > points:
            yield finding("error", "deduction_above_item", where, deduction=rule.unit_points, points=points)
        if rule.cap is not None and rule.cap < rule.unit_points:
            yield finding("error", "cap_below_unit", where, cap=rule.cap, unit=rule.unit_points)
        yield from _cap_findings(rule.cap, points, where)


def _cap_findings(cap: Decimal | None, points: Decimal, where: str) -> Iterator[Finding]:
    if cap is not None and cap > points:
        yield finding("warning", "cap_above_item", where, cap=cap, points=points)


def _count_findings(rule: CountDeduction, points: Decimal, where: str) -> Iterator[Finding]:
    if rule.cap is not None and rule.cap < rule.unit_points:
        yield finding("error", "cap_below_unit", where, cap=rule.cap, unit=rule.unit_points)
    if rule.unit_points > points:
        yield finding("error", "deduction_above_item", where, deduction=rule.unit_points, points=points)
    if rule.zero_at is not None and rule.unit_points * (rule.zero_at - 1) >= points:
        yield finding("info", "zero_at_redundant", where, zero_at=rule.zero_at)
    yield from _cap_findings(rule.cap, points, where)


def _listed_findings(rule: ListedDeductions, points: Decimal, where: str) -> Iterator[Finding]:
    for entry in rule.entries:
        if rule.cap is not None and rule.cap < entry.points:
            yield finding("error", "cap_below_unit", where, cap=rule.cap, unit=entry.points)
        if entry.points > points:
            yield finding("error", "deduction_above_item", where, deduction=entry.points, points=points)
    total = sum((entry.points for entry in rule.entries), Decimal(0))
    countable = any(entry.repeatable for entry in rule.entries)
    if total < points and not countable:
        yield finding("info", "item_not_fully_losable", where, total=total, points=points)
    if total > points and not countable and rule.cap is None:
        yield finding("warning", "subpoints_above_item", where, total=total, points=points)
    yield from _cap_findings(rule.cap, points, where)


def _additive_findings(rule: Additive, points: Decimal, where: str) -> Iterator[Finding]:
    total = sum((entry.points for entry in rule.entries), Decimal(0))
    if total > points:
        yield finding("error", "subpoints_above_item", where, total=total, points=points)
    elif total < points and not any(entry.repeatable for entry in rule.entries):
        yield finding("error", "item_max_unreachable", where, total=total, points=points)


def _level_findings(rule: Levels, points: Decimal, where: str) -> Iterator[Finding]:
    best = max(entry.points for entry in rule.entries)
    if best > points:
        yield finding("error", "subpoints_above_item", where, total=best, points=points)
    elif best < points:
        yield finding("error", "item_max_unreachable", where, total=best, points=points)
    if len({entry.points for entry in rule.entries}) < len(rule.entries):
        yield finding("warning", "levels_equal", where)
    if min(entry.points for entry in rule.entries) > 0:
        yield finding("info", "levels_end_above_zero", where, least=min(entry.points for entry in rule.entries))


def _tier_findings(rule: Tiers, points: Decimal, where: str) -> Iterator[Finding]:
    """That they fall or rise steadily is the form's own condition (scorecards.contradictions)."""
    if not rule.tiers:
        return
    best = max(tier.points for tier in rule.tiers)
    least = min(tier.points for tier in rule.tiers)
    if best > points:
        yield finding("error", "subpoints_above_item", where, total=best, points=points)
    elif best < points:
        yield finding("error", "item_max_unreachable", where, total=best, points=points)
    if least > 0:
        yield finding("info", "levels_end_above_zero", where, least=least)
    if len({tier.points for tier in rule.tiers}) < len(rule.tiers):
        yield finding("warning", "levels_equal", where)
