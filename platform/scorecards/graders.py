"""One grader per rule shape: compiled once for an item, then answer → the item's line of the account.

A grader raises `Unfit` for an answer that its rule cannot take. Lines that never differ are made once, at compile time:
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
    Unscored,
    VetoOnly,
    YesNo,
)
from scorecards.form_json import shape_of
from scorecards.result import Line, Reason

ZERO = Decimal(0)
MAX_COUNT = 1_000_000
Grader: TypeAlias = Callable[[Answer], Line]


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


def _count(rule: CountDeduction, points: Decimal | None, line: Callable[..., Line]) -> Grader:
    none = line(ZERO, "full")
    limit = _lower(points, rule.cap)
    unit, factor, zero_at = rule.unit_points, rule.unresolved_factor, rule.zero_at

    def grade(answer: Answer) -> Line:
        if answer.kind != "count":
            raise Unfit("wrong_kind", expected="count", given=answer.kind)
        number, unresolved = answer.value, answer.unresolved
        if type(number) is not int or not 0 <= number <= MAX_COUNT:
            raise Unfit("not_a_count", low=0)
        if type(unresolved) is not int or not 0 <= unresolved <= number:
            raise Unfit("unresolved_above_count", count=number)
        if number == 0:
            return none
        raw = unit * (number - unresolved) + unit * factor * unresolved
        params = {"count": number, "unit_points": unit, "unit_label": rule.unit_label, "raw": raw}
        if unresolved:
            params |= {"unresolved": unresolved, "unresolved_factor": factor}
        if zero_at is not None and number >= zero_at:
            return line(points if points is not None else raw, "count_zero", zero_at=zero_at, **params)
        if limit is not None and raw > limit:
            return line(limit, "count_capped", cap=limit, **params)
        return line(raw, "count", **params)

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
