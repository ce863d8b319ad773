"""From answers to the lines of the account: item by item, unit by unit, with what a failed item sets off."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from scorecards.answers import Answer
from scorecards.context import Unit
from scorecards.form import WITHOUT_POINTS, Form, Item, Section, Unscored, VetoOnly, YesNo
from scorecards.form_json import shape_of
from scorecards.graders import ZERO, Grader, NotKnown, Unfit, compile_item, depends_on
from scorecards.problems import Problem
from scorecards.result import Line, Reason, VetoFound

MAX_REASON = 500


@dataclass(slots=True)
class Row:
    """An item made ready."""

    item: Item
    section: str
    grade: Grader
    points: Decimal  # what is at stake; nothing for a bonus
    unanswered: Line
    tag_absent: Line
    tags: frozenset[str]
    optional: bool
    yes_no: bool
    scaled: bool
    plain: bool  # nothing but the grader's line matters: neither key nor mark nor veto nor yes/no


@dataclass(slots=True)
class Sheet:
    """What one submission gathers on its way. `unit`, `parameters`: of the part that is being taken in."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    missing: list[tuple[Row, str]] = field(default_factory=list)
    missing_parameters: dict[str, None] = field(default_factory=dict)
    vetoes: list[VetoFound] = field(default_factory=list)
    key_failures: list[str] = field(default_factory=list)
    marks_failed: dict[str, int] = field(default_factory=dict)
    zero_sections: dict[tuple[str, str], str] = field(default_factory=dict)
    absent_sections: set[tuple[str, str]] = field(default_factory=set)
    units: dict[str, tuple[Unit, ...]] = field(default_factory=dict)
    unit: str = ""
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    absent_points: Decimal = ZERO
    pending_points: Decimal = ZERO
    applicable: bool = False
    key_checked: int = 0
    key_failed: int = 0
    key_absent: int = 0
    general_checked: int = 0
    general_failed: int = 0
    general_absent: int = 0

    def key_of(self, code: str) -> str:
        return f"{code}@{self.unit}" if self.unit else code

    def write(self, line: Line) -> None:
        self.lines.append(line._replace(unit=self.unit) if self.unit else line)


def row_of(item: Item, section: str) -> Row:
    shape = shape_of(item.rule)
    bears_points = not isinstance(item.rule, WITHOUT_POINTS)
    available = item.points if bears_points else None
    yes_no = isinstance(item.rule, YesNo)
    unanswered = Line(
        item.code, section, shape, available, None if available is None else ZERO, ZERO, "unanswered", bonus=item.bonus
    )
    return Row(
        item=item,
        section=section,
        grade=compile_item(item, section),
        points=ZERO if item.bonus or available is None else available,
        unanswered=unanswered,
        tag_absent=unanswered._replace(
            awarded=None, reason="tag_absent", params={"tags": ", ".join(sorted(item.tags))}
        ),
        tags=frozenset(item.tags),
        optional=item.bonus or isinstance(item.rule, Unscored),
        yes_no=yes_no,
        scaled=bool(depends_on(item)),
        plain=not (yes_no or item.key or item.mark or item.veto.effect != "none" or isinstance(item.rule, VetoOnly)),
    )


class Gatherer:
    """Takes answers into a sheet, by one form's settings."""

    def __init__(self, form: Form) -> None:
        self.form = form
        self._labels = {parameter.name: parameter.label for parameter in form.parameters}
        self._unit_parameters = {parameter.name for parameter in form.parameters if parameter.source == "unit"}
        self._counts_passes = form.mode == "pass_rate"

    def take(self, row: Row, answer: Answer | None, has: frozenset[str] | None, sheet: Sheet) -> None:
        if answer is None:
            if has is not None and row.tags and not row.tags <= has:
                self._absent(row, row.tag_absent, sheet)
            else:
                sheet.write(row.unanswered)
                if not row.optional:
                    self._pending(row, sheet)
            return
        try:
            if answer.kind == "not_applicable":
                self._absent(row, self._not_applicable(row, answer), sheet)
                return
            line = row.grade(answer, sheet.parameters) if row.scaled else row.grade(answer)
            if answer.veto is not False:
                _check_flag(row.item, answer)
        except NotKnown as unknown:
            self._waiting(row, unknown.parameter, sheet)
            return
        except Unfit as unfit:
            sheet.problems.append(Problem(sheet.key_of(row.item.code), unfit.code, unfit.params))
            return
        sheet.applicable = True
        sheet.write(line if row.plain else self._consequences(row, line, answer, sheet))

    def take_absent_section(self, section: Section, rows: list[Row], answer: Answer, sheet: Sheet) -> None:
        """The whole section answered "not applicable"; answers to its items are refused later on."""
        key = sheet.key_of(section.code)
        problem = self._fault_of_absence(section, answer)
        if problem:
            sheet.problems.append(Problem(key, problem))
        sheet.absent_sections.add((section.code, sheet.unit))
        params = {"reason": str(answer.value)[:MAX_REASON]}
        for row in rows:
            self._absent(row, row.unanswered._replace(awarded=None, reason="section_absent", params=params), sheet)

    def _fault_of_absence(self, section: Section, answer: Answer) -> str:
        if answer.kind != "not_applicable":
            return "section_takes_absence"
        if not section.na_allowed or self.form.na_policy == "refuse":
            return "na_not_allowed"
        if not _is_reason(answer.value):
            return "na_without_reason"
        return "veto_on_absent_item" if answer.veto else ""

    def _not_applicable(self, row: Row, answer: Answer) -> Line:
        if self.form.na_policy == "refuse" or not row.item.na_allowed:
            raise Unfit("na_not_allowed")
        if not _is_reason(answer.value):
            raise Unfit("na_without_reason")
        if answer.veto:
            raise Unfit("veto_on_absent_item")
        params = {"reason": answer.value[:MAX_REASON]}
        return row.unanswered._replace(awarded=None, reason="not_applicable", params=params)

    def _pending(self, row: Row, sheet: Sheet) -> None:
        sheet.missing.append((row, sheet.key_of(row.item.code)))
        sheet.pending_points += row.points
        sheet.applicable = True

    def _waiting(self, row: Row, parameter: str, sheet: Sheet) -> None:
        params = {"parameter": parameter, "label": self._labels[parameter]}
        sheet.write(row.unanswered._replace(reason="parameter_missing", params=params))
        own = parameter in self._unit_parameters
        sheet.missing_parameters[sheet.key_of(parameter) if own else parameter] = None
        self._pending(row, sheet)

    def _absent(self, row: Row, line: Line, sheet: Sheet) -> None:
        sheet.write(line)
        sheet.absent_points += row.points
        if row.yes_no and row.item.key:
            sheet.key_absent += 1
        elif row.yes_no:
            sheet.general_absent += 1

    def _consequences(self, row: Row, line: Line, answer: Answer, sheet: Sheet) -> Line:
        item, veto = row.item, row.item.veto
        failed = line.lost > 0 or line.reason in ("failed", "found")
        if veto.effect != "none" and (answer.veto or (failed and (veto.on_loss or line.reason == "found"))):
            sheet.vetoes.append(VetoFound(item.code, veto.effect, veto.label, sheet.unit))
            if veto.effect == "section_zero":
                sheet.zero_sections.setdefault((row.section, sheet.unit), item.code)
            if veto.effect == "item_zero" and self._can_lose(line):
                line = _zeroed(line, "veto_item", item.code)
                failed = True
            failed = failed or bool(answer.veto)
        if row.yes_no and item.key:
            sheet.key_checked += 1
            sheet.key_failed += failed
        elif row.yes_no:
            sheet.general_checked += 1
            sheet.general_failed += failed
        if failed:
            self._note_failure(item, sheet)
            if self._counts_passes and not _has_failed(line):
                line = line._replace(vetoed=True)
        return line

    def _note_failure(self, item: Item, sheet: Sheet) -> None:
        if item.key:
            sheet.key_failures.append(sheet.key_of(item.code))
        if item.mark:
            sheet.marks_failed[item.mark] = sheet.marks_failed.get(item.mark, 0) + 1

    def _can_lose(self, line: Line) -> bool:
        if line.available is None:
            return False
        return bool(line.awarded) if line.bonus else line.lost < line.available

    def with_zero_sections(self, sheet: Sheet) -> list[Line]:
        return [self._section_zero(line, sheet.zero_sections) for line in sheet.lines]

    def _section_zero(self, line: Line, zero_sections: Mapping[tuple[str, str], str]) -> Line:
        item = zero_sections.get((line.section, line.unit))
        if item is None or line.reason in ("unanswered", "parameter_missing"):
            return line
        if self._counts_passes and line.rule == "yes_no" and line.reason == "passed":
            return line._replace(reason="veto_section", params={"item": item}, vetoed=True)
        if line.available is None or line.awarded is None or not self._can_lose(line):
            return line
        return _zeroed(line, "veto_section", item)


def _zeroed(line: Line, reason: Reason, item: str) -> Line:
    lost = ZERO if line.bonus or line.available is None else line.available
    return line._replace(awarded=ZERO, lost=lost, reason=reason, params={"item": item}, vetoed=True)


def _has_failed(line: Line) -> bool:
    return line.lost > 0 or line.vetoed or line.reason == "failed"


def _is_reason(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _check_flag(item: Item, answer: Answer) -> None:
    if answer.veto is not True:
        raise Unfit("not_a_flag")
    if item.veto.effect == "none" or isinstance(item.rule, VetoOnly):
        raise Unfit("item_has_no_veto")
