"""One grader per rule shape: compiled once for an item, then answer → the item's line of the account.

A grader raises `Unfit` for an answer that its rule cannot take. Where the rule depends on a parameter (`depends_on`), the
grader takes the parameters as well and raises `NotKnown` when its own is not among them. Lines that never differ are made once, at compile time:
most answers of a real visit are "met", so most of a submission costs no allocation.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, TypeAlias, assert_never

from scorecards.answers import EXPECTED, Answer
from scorecards.form import (
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    RequiredCount,
    Scale,
    Tiers,
    Unscored,
    VetoOnly,
    YesNo,
)
from scorecards.form_json import shape_of
from scorecards.result import Line, Reason

ZERO = Decimal(0)
MAX_COUNT = 1_000_000
Parameters: TypeAlias = Mapping[str, Decimal]
Grader: TypeAlias = Callable[..., Line]


class NotKnown(Exception):
    """The rule needs a parameter that nobody gave."""

    def __init__(self, parameter: str) -> None:
        super().__init__(parameter)
        self.parameter = parameter


class Unfit(Exception):
    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def _truth(answer: Answer, kind: str) -> bool:
    if answer.kind != kind:
        raise Unfit("wrong_kind", expected=kind, given=answer.kind)
    if answer.value is not True and answer.value is not False:
        raise Unfit("not_a_flag")
    return bool(answer.value)


def _times(answer: Answer, entries: Mapping[str, Entry]) -> dict[str, int]:
    if answer.kind != "checked":
        raise Unfit("wrong_kind", expected="checked", given=answer.kind)
    if type(answer.value) is not dict:
        raise Unfit("not_entries")
    # Of several faults the first by code is named: JavaScript does not keep the order that a phone's answer had.
    faults = {code: fault for code, times in answer.value.items() if (fault := _entry_fault(code, times, entries))}
    if faults:
        raise faults[min(faults)]
    return answer.value


def _entry_fault(code: str, times: Any, entries: Mapping[str, Entry]) -> Unfit | None:
    if code not in entries:
        return Unfit("unknown_entry", entry=code[:60])
    if type(times) is not int or not 0 <= times <= MAX_COUNT:
        return Unfit("not_a_count", low=0)
    if times > 1 and not entries[code].repeatable:
        return Unfit("entry_not_repeatable", entry=code)
    return None


def compile_item(item: Item, section: str) -> Grader:
    grade = _compile(item, section)
    if not item.bonus:
        return grade
    return lambda answer: _as_bonus(grade(answer))


def _as_bonus(line: Line) -> Line:
    """What a bonus item did not earn is not lost."""
    earned = line.awarded or ZERO
    reason: Reason = "bonus" if earned else "no_bonus"
    return line._replace(lost=ZERO, reason=reason, params={**line.params, "points": earned}, bonus=True)


def _compile(item: Item, section: str) -> Grader:
    shape = shape_of(item.rule)
    points = item.points

    def line(lost: Decimal, reason: Reason, **params: Any) -> Line:
        awarded = None if points is None else points - lost
        return Line(item.code, section, shape, points, awarded, lost, reason, params)

    def pointless(reason: Reason) -> Line:
        return Line(item.code, section, shape, None, None, ZERO, reason)

    match item.rule:
        case AllOrNothing():
            return _two_way("met", line(ZERO, "full"), line(points or ZERO, "not_met"))
        case YesNo():
            return _two_way("met", pointless("passed"), pointless("failed"))
        case VetoOnly():
            return _two_way("found", pointless("found"), pointless("not_found"))
        case Unscored():
            return _two_way("met", pointless("unscored"), pointless("unscored"))
        case Judged():
            return _judged(item.rule, points or ZERO, line)
        case CountDeduction():
            return _count(item.rule, points, line)
        case RequiredCount():
            return _required(item.rule, points, line)
        case Tiers():
            return _tiers(item.rule, points or ZERO, line)
        case ListedDeductions():
            return _listed(item.rule, points, line)
        case Additive():
            return _additive(item.rule, points or ZERO, line)
        case Levels():
            return _levels(item.rule, points or ZERO, line)
        case _:
            assert_never(item.rule)


def expected_kind(item: Item) -> str:
    return EXPECTED[shape_of(item.rule)]


def _two_way(kind: str, when_true: Line, when_false: Line) -> Grader:
    return lambda answer: when_true if _truth(answer, kind) else when_false


def _judged(rule: Judged, points: Decimal, line: Callable[..., Line]) -> Grader:
    full = line(ZERO, "full")

    def grade(answer: Answer) -> Line:
        if answer.kind != "judged":
            raise Unfit("wrong_kind", expected="judged", given=answer.kind)
        mark = answer.value
        if type(mark) is not Decimal or not mark.is_finite():
            raise Unfit("not_a_number")
        if not ZERO <= mark <= points:
            raise Unfit("mark_out_of_range", low=ZERO, high=points)
        if mark == points:
            return full
        # A mark finer than any step could be is off the step, whatever its size.
        if mark.as_tuple().exponent < -8 or mark % rule.step != 0:  # type: ignore[operator]
            raise Unfit("mark_off_step", step=rule.step)
        return line(points - mark, "judged", mark=mark)

    return grade


def _lower(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return min(first, second) if first is not None and second is not None else first if second is None else second


def _counted(answer: Answer) -> int:
    if answer.kind != "count":
        raise Unfit("wrong_kind", expected="count", given=answer.kind)
    if type(answer.value) is not int or not 0 <= answer.value <= MAX_COUNT:
        raise Unfit("not_a_count", low=0)
    return answer.value


def scales_of(item: Item) -> tuple[Scale, ...]:
    rule = item.rule
    scales: tuple[Scale | None, ...] = ()
    if isinstance(rule, CountDeduction):
        scales = (rule.unit_points_by, rule.free_by)
    elif isinstance(rule, RequiredCount):
        scales = (rule.required,)
    return tuple(scale for scale in scales if scale is not None)


def depends_on(item: Item) -> frozenset[str]:
    """The parameters without which the item's rule cannot be scored."""
    return frozenset(scale.parameter for scale in scales_of(item))


def figure_of(scale: Scale, parameters: Parameters) -> Decimal:
    value = parameters.get(scale.parameter)
    if value is None:
        raise NotKnown(scale.parameter)
    if scale.per is None:
        figure = next((row.value for row in reversed(scale.rows) if row.start <= value), None)
        if figure is None:
            least = scale.rows[0].start
            raise Unfit("parameter_below_rows", parameter=scale.parameter, value=value, least=least)
    else:
        whole = value // scale.per
        figure = whole + 1 if scale.rounding == "up" and value % scale.per else whole
    return max(figure + scale.plus, Decimal(scale.minimum))


def _count(rule: CountDeduction, points: Decimal | None, line: Callable[..., Line]) -> Grader:
    none = line(ZERO, "full")
    limit = _lower(points, rule.cap)
    unit, factor, zero_at, free = rule.unit_points, rule.unresolved_factor, rule.zero_at, rule.free
    unit_by, free_by = rule.unit_points_by, rule.free_by

    def assess(number: int, unresolved: int, unit: Decimal, free: int, more: Mapping[str, Any]) -> Line:
        charged = max(number - unresolved - free, 0)
        raw = unit * charged + unit * factor * unresolved
        params = {"count": number, "unit_points": unit, "unit_label": rule.unit_label, "raw": raw, **more}
        if unresolved:
            params |= {"unresolved": unresolved, "unresolved_factor": factor}
        if free:
            params["free"] = free
        if zero_at is not None and number >= zero_at:
            return line(points if points is not None else raw, "count_zero", zero_at=zero_at, **params)
        if limit is not None and raw > limit:
            return line(limit, "count_capped", cap=limit, **params)
        return line(raw, "count" if raw or not free else "count_free", **params)

    def grade(answer: Answer, parameters: Parameters | None = None) -> Line:
        number, unresolved = _counted(answer), answer.unresolved
        if type(unresolved) is not int or not 0 <= unresolved <= number:
            raise Unfit("unresolved_above_count", count=number)
        if number == 0:
            return none
        if parameters is None or (unit_by is None and free_by is None):
            return assess(number, unresolved, unit, free, {})
        more = {"parameters": {name: parameters[name] for name in names if name in parameters}}
        by = unit if unit_by is None else figure_of(unit_by, parameters)
        allowed = free if free_by is None else free + int(figure_of(free_by, parameters))
        return assess(number, unresolved, by, allowed, more)

    names = sorted({scale.parameter for scale in (unit_by, free_by) if scale is not None})
    return grade


def _required(rule: RequiredCount, points: Decimal | None, line: Callable[..., Line]) -> Grader:
    limit = _lower(points, rule.cap)

    def grade(answer: Answer, parameters: Parameters) -> Line:
        there = _counted(answer)
        if answer.unresolved:
            raise Unfit("unresolved_above_count", count=0)
        required = int(figure_of(rule.required, parameters))
        short = max(required - there, 0)
        raw = rule.unit_points * short
        params = {
            "count": there, "required": required, "short": short, "unit_points": rule.unit_points,
            "unit_label": rule.unit_label, "raw": raw,
            "parameters": {rule.required.parameter: parameters[rule.required.parameter]},
        }  # fmt: skip
        if not short:
            return line(ZERO, "full", **params)
        if rule.zero_at is not None and short >= rule.zero_at:
            return line(points if points is not None else raw, "short_zero", zero_at=rule.zero_at, **params)
        if limit is not None and raw > limit:
            return line(limit, "short_capped", cap=limit, **params)
        return line(raw, "short", **params)

    return grade


def _tiers(rule: Tiers, points: Decimal, line: Callable[..., Line]) -> Grader:
    steps = [(tier.start, min(tier.points, points)) for tier in reversed(rule.tiers)]

    def grade(answer: Answer) -> Line:
        number = _counted(answer)
        if answer.unresolved:
            raise Unfit("unresolved_above_count", count=0)
        earned = next(earned for start, earned in steps if start <= number)
        reason: Reason = "full" if earned == points else "tier"
        return line(points - earned, reason, count=number, unit_label=rule.unit_label, points=earned)

    return grade


def _listed(rule: ListedDeductions, points: Decimal | None, line: Callable[..., Line]) -> Grader:
    none = line(ZERO, "full")
    limit = _lower(points, rule.cap)
    entries = {entry.code: entry for entry in rule.entries}

    def grade(answer: Answer) -> Line:
        times = _times(answer, entries)
        raw = sum((entries[code].points * number for code, number in times.items()), ZERO)
        if not raw:
            return none
        ticked = {code: times[code] for code in entries if times.get(code)}
        if limit is not None and raw > limit:
            return line(limit, "listed_capped", entries=ticked, raw=raw, cap=limit)
        return line(raw, "listed", entries=ticked, raw=raw)

    return grade


def _additive(rule: Additive, points: Decimal, line: Callable[..., Line]) -> Grader:
    full = line(ZERO, "full")
    entries = {entry.code: entry for entry in rule.entries}

    def grade(answer: Answer) -> Line:
        times = _times(answer, entries)
        earned = sum((entries[code].points * number for code, number in times.items()), ZERO)
        if earned >= points:
            return full
        ticked = {code: times[code] for code in entries if times.get(code)}
        return line(points - earned, "additive", entries=ticked)

    return grade


def _levels(rule: Levels, points: Decimal, line: Callable[..., Line]) -> Grader:
    lines = {
        entry.code: line(
            points - min(entry.points, points),
            "full" if entry.points >= points else "level",
            level=entry.code,
        )
        for entry in rule.entries
    }

    def grade(answer: Answer) -> Line:
        if answer.kind != "level":
            raise Unfit("wrong_kind", expected="level", given=answer.kind)
        if not isinstance(answer.value, str) or answer.value not in lines:
            raise Unfit("unknown_level", level=answer.value[:60] if isinstance(answer.value, str) else "")
        return lines[answer.value]

    return grade
