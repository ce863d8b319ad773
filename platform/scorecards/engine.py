"""Scores answers by a form: exact inside, rounded half up once at the end, every point accounted for.

`score(form, answers)` for one submission; `Scorer(form)` compiles the form once for many.
"""

from collections.abc import Collection, Mapping
from decimal import Clamped, Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext
from fractions import Fraction
from typing import Any

from scorecards.answers import Answer
from scorecards.arithmetic import Arithmetic, Outcome
from scorecards.context import Unit, read_parameters, read_units, units_in
from scorecards.form import WITHOUT_POINTS, Form, Section, Unscored, VetoOnly, bands_from_best, base_of
from scorecards.form_json import contradictions
from scorecards.gathering import Gatherer, Row, Sheet, row_of
from scorecards.graders import ZERO
from scorecards.problems import AnswersInvalid, FormInvalid, Problem
from scorecards.result import LimitReached, Line, Result, SectionTotal, Step, Tally, VetoFound
from scorecards.rounding import round_half_up
from scorecards.verdicts import Facts, judge_facts

__all__ = ["Scorer", "round_half_up", "score"]

# 60 digits hold every product of the allowed numbers; should one not fit, it must raise and never round in silence.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation, Overflow, Clamped])
# The effects that reach beyond their own item; each such finding counts as a veto of the form.
_BEYOND_ITEM = ("section_zero", "form_zero", "band_cap", "verdict", "fail", "no_band")
_ABSENT = ("not_applicable", "tag_absent", "section_absent")


class Scorer:
    """A form made ready to score many submissions. FormInvalid if the form contradicts itself."""

    def __init__(self, form: Form) -> None:
        problems = contradictions(form)
        if problems:
            raise FormInvalid(problems)
        self.form = form
        self.base = base_of(form)
        self._sections = [
            (section, [row_of(item, section.code) for item in section.items]) for section in form.sections
        ]
        self._rows = [row for _, rows in self._sections for row in rows]
        self._codes = frozenset(row.item.code for row in self._rows)
        self._keys = frozenset(row.item.code for row in self._rows if row.item.key)
        # An item of a section's code comes first.
        self._section_of = {section.code: section for section, _ in self._sections} | {
            row.item.code: section for section, rows in self._sections for row in rows
        }
        self._gatherer = Gatherer(form)
        self._arithmetic = Arithmetic(form, self.base)
        self._bands = bands_from_best(form)
        self._key_items = sum(1 for row in self._rows if row.yes_no and row.item.key)
        self._general_items = sum(1 for row in self._rows if row.yes_no and not row.item.key)
        self._has_bonus = any(row.item.bonus for row in self._rows)
        self._has_score = self._scores()
        # Only such forms need sums by section and unit; all others are a sum over the lines.
        self._in_parts = (
            form.mode == "pass_rate"
            or form.repeat is not None
            or self._has_bonus
            or any(section.repeat or section.na_allowed or section.cap is not None for section in form.sections)
        )

    def _scores(self) -> bool:
        """A form whose items bear no points at all has no score, even where a total is printed on it. In deduct mode
        the total itself is at stake, whatever points the items carry."""
        rows = [row for row in self._rows if not row.item.bonus]
        if self.form.mode == "pass_rate":
            return self.base > 0 and any(not isinstance(row.item.rule, VetoOnly | Unscored) for row in rows)
        scoring = any(not isinstance(row.item.rule, WITHOUT_POINTS) for row in rows)
        return scoring and self.base > 0 and (self.form.mode == "deduct" or any(row.points for row in rows))

    def score(
        self,
        answers: Mapping[str, Answer],
        tags: Collection[str] | None = None,
        parameters: Mapping[str, Any] | None = None,
        units: Mapping[str, Any] | None = None,
    ) -> Result:
        """`tags`: what the school has; an unanswered item that needs another tag does not apply. None: not considered.
        `parameters`: {name: number}. `units`: {section code, "" for the form: [{code, label, parameters}]}; None: those
        that the answers name.

        Raises AnswersInvalid with every unfit answer.
        """
        has = None if tags is None else frozenset(tags)
        sheet = Sheet()
        with localcontext(_EXACT):
            if self.form.parameters:
                sheet.parameters = read_parameters(self.form, parameters, "parameters", sheet.problems)
            if self._in_parts:
                self._take_parts(answers, has, units, sheet)
            else:
                for row in self._rows:
                    self._gatherer.take(row, answers.get(row.item.code), has, sheet)
                if not answers.keys() <= self._codes:
                    sheet.problems += [self._unknown(key, sheet) for key in answers if key not in self._codes]
            if sheet.problems:
                raise AnswersInvalid(sheet.problems)
            return self._result(sheet)

    # --- taking answers in --------------------------------------------------------------------------------------

    def _take_parts(self, answers: Mapping[str, Answer], has: frozenset[str] | None, units: Any, sheet: Sheet) -> None:
        sheet.units = read_units(self.form, units, sheet.problems)
        general = sheet.parameters
        taken: set[str] = set()
        if self.form.repeat:
            names = self._codes | {section.code for section, _ in self._sections}
            for unit in self._units_of("", answers, names, sheet):
                sheet.unit, sheet.parameters = unit.code, {**general, **unit.parameters}
                for section, rows in self._sections:
                    self._take_section(section, rows, answers, has, sheet, taken)
        else:
            for section, rows in self._sections:
                if section.repeat is None or self._absence(section, answers, sheet) is not None:
                    self._take_section(section, rows, answers, has, sheet, taken)
                    continue
                names = frozenset(row.item.code for row in rows)
                for unit in self._units_of(section.code, answers, names, sheet):
                    sheet.unit, sheet.parameters = unit.code, {**general, **unit.parameters}
                    self._take_section(section, rows, answers, has, sheet, taken)
                sheet.unit, sheet.parameters = "", general
        sheet.unit = ""
        sheet.problems += [self._unknown(key, sheet) for key in answers if key not in taken]

    def _units_of(
        self, place: str, answers: Mapping[str, Answer], names: frozenset[str], sheet: Sheet
    ) -> tuple[Unit, ...]:
        if place not in sheet.units:
            sheet.units[place] = units_in(answers, names, sheet.problems)
        return sheet.units[place]

    def _absence(self, section: Section, answers: Mapping[str, Answer], sheet: Sheet) -> Answer | None:
        """The answer to the section as a whole. An item of the same code comes first."""
        return None if section.code in self._codes else answers.get(sheet.key_of(section.code))

    def _take_section(
        self,
        section: Section,
        rows: list[Row],
        answers: Mapping[str, Answer],
        has: frozenset[str] | None,
        sheet: Sheet,
        taken: set[str],
    ) -> None:
        absence = self._absence(section, answers, sheet)
        if absence is not None:
            taken.add(sheet.key_of(section.code))
            self._gatherer.take_absent_section(section, rows, absence, sheet)
            return
        for row in rows:
            key = sheet.key_of(row.item.code)
            taken.add(key)
            self._gatherer.take(row, answers.get(key), has, sheet)

    def _unknown(self, key: Any, sheet: Sheet) -> Problem:
        """Why there is no place for the answer."""
        path = str(key)[:100]
        name, at, unit = path.partition("@")
        section = self._section_of.get(name)
        if section is None:
            return Problem(path[:60], "unknown_item")
        if (section.code, unit) in sheet.absent_sections or (section.code, "") in sheet.absent_sections:
            return Problem(path, "in_absent_section")
        repeats = self.form.repeat is not None or (section.repeat is not None and name in self._codes)
        if not repeats:
            return Problem(path, "no_units_here" if at else "unknown_item")
        return Problem(path, "unknown_unit", {"unit": unit}) if at else Problem(path, "unit_required")

    # --- from the lines to the result ---------------------------------------------------------------------------

    def _result(self, sheet: Sheet) -> Result:
        zero_units = {
            veto.unit if self.form.repeat else "": veto.item
            for veto in reversed(sheet.vetoes)
            if veto.effect == "form_zero"
        }
        before = self._outcome(sheet, sheet.lines, {})
        before_veto = self._round(before.exact)
        lines = self._gatherer.with_zero_sections(sheet) if sheet.zero_sections else sheet.lines
        after = self._outcome(sheet, lines, zero_units) if sheet.zero_sections or zero_units else before
        limits = self._limits(sheet)
        self._zero_by_limit(limits, after)
        missing = self._missing(sheet)
        missing_units = self._missing_units(sheet)
        complete = not missing and not missing_units
        score = self._round(after.exact)
        reached: list[VetoFound | LimitReached] = [*sheet.vetoes, *limits]
        withheld = any(found.effect in ("fail", "no_band") for found in reached)
        tally = self._tally(sheet)
        verdict, verdict_problem = self._verdict(sheet, reached, tally, score) if complete else (None, None)
        return Result(
            score=score,
            maximum=self.base if self._has_score else None,
            percent=self._percent(after.exact, tally),
            complete=complete,
            missing=missing,
            band=self._band(score, reached) if complete and not withheld else None,
            verdict=verdict,
            verdict_problem=verdict_problem,
            account=tuple(lines),
            sections=self._section_totals(lines, after),
            vetoes=tuple(sheet.vetoes),
            key_failures=tuple(sheet.key_failures),
            tally=tally,
            score_before_veto=before_veto,
            units=tuple(after.units),
            limits=limits,
            band_withheld=withheld,
            bonus=after.bonus if self._has_bonus and score is not None else None,
            bonus_maximum=self._arithmetic.bonus_maximum if self._has_bonus else None,
            missing_units=missing_units,
            missing_parameters=tuple(sheet.missing_parameters),
            steps=tuple(after.steps),
        )

    def _round(self, exact: Fraction | None) -> Decimal | None:
        return None if exact is None else round_half_up(exact, self.form.places)

    def _outcome(self, sheet: Sheet, lines: list[Line], zero: Mapping[str, str]) -> Outcome:
        if not self._has_score:
            return Outcome(None)
        if self._in_parts:
            return self._arithmetic.outcome(lines, sheet.units, sheet.absent_sections, zero)
        exact = self._sum(sheet, lines)
        return Outcome(Fraction(0) if zero and exact is not None else exact)

    def _sum(self, sheet: Sheet, lines: list[Line]) -> Fraction | None:
        if not sheet.applicable:
            return None
        at_stake = self.base - sheet.absent_points
        if self.form.mode == "deduct":
            earned = at_stake - sheet.pending_points - sum((line.lost for line in lines), ZERO)
        else:
            earned = sum((line.awarded for line in lines if line.awarded), ZERO)
        earned = max(earned, ZERO)
        if self.form.na_policy == "full":
            return Fraction(min(earned + sheet.absent_points, self.base))
        if at_stake <= 0:
            return None
        if not sheet.absent_points:
            return Fraction(min(earned, self.base))
        return Fraction(min(earned, at_stake)) * Fraction(self.base) / Fraction(at_stake)

    def _percent(self, exact: Fraction | None, tally: Tally | None) -> Decimal | None:
        """Of the maximum; for a form without points the pass rate of its general items."""
        if exact is not None:
            return round_half_up(exact * 100 / Fraction(self.base), self.form.places)
        if tally is None or not tally.general_checked:
            return None
        passed = tally.general_checked - tally.general_failed
        return round_half_up(Fraction(100 * passed, tally.general_checked), self.form.places)

    def _missing(self, sheet: Sheet) -> tuple[str, ...]:
        """Where a verdict table asks for a sample only, unanswered yes/no items are missing while it is short."""
        verdicts = self.form.verdicts
        if verdicts is None or (verdicts.min_key is None and verdicts.min_general is None):
            return tuple(key for _, key in sheet.missing)
        key_items, general_items = self._asked(sheet)
        enough_key = sheet.key_checked >= _sample(verdicts.min_key, key_items - sheet.key_absent)
        enough_general = sheet.general_checked >= _sample(verdicts.min_general, general_items - sheet.general_absent)
        return tuple(
            key for row, key in sheet.missing if not row.yes_no or not (enough_key if row.item.key else enough_general)
        )

    def _asked(self, sheet: Sheet) -> tuple[int, int]:
        """How many key and general items stand on the sheet, each unit counted."""
        if not self._in_parts:
            return self._key_items, self._general_items
        yes_no = [line.code for line in sheet.lines if line.rule == "yes_no"]
        keys = sum(1 for code in yes_no if code in self._keys)
        return keys, len(yes_no) - keys

    def _missing_units(self, sheet: Sheet) -> dict[str, int]:
        places = [("", self.form.repeat)]
        if self._in_parts and self.form.repeat is None:
            places = [(section.code, section.repeat) for section, _ in self._sections]
        lacking: dict[str, int] = {}
        for place, repeat in places:
            if repeat and (place, "") not in sheet.absent_sections:
                short = repeat.minimum_units - len(sheet.units.get(place, ()))
                if short > 0:
                    lacking[place] = short
        return lacking

    def _tally(self, sheet: Sheet) -> Tally | None:
        if not self._key_items and not self._general_items:
            return None
        return Tally(sheet.key_checked, sheet.key_failed, sheet.general_checked, sheet.general_failed)

    def _limits(self, sheet: Sheet) -> tuple[LimitReached, ...]:
        reached = []
        for limit in self.form.limits:
            count = sheet.marks_failed.get(limit.mark, 0) if limit.mark else len(sheet.key_failures)
            if count >= limit.at_least:
                reached.append(LimitReached(limit.mark, count, limit.at_least, limit.effect, limit.label, limit.note))
        return tuple(reached)

    def _zero_by_limit(self, limits: tuple[LimitReached, ...], outcome: Outcome) -> None:
        zero = next((limit for limit in limits if limit.effect == "form_zero"), None)
        if zero is not None and outcome.exact is not None:
            outcome.exact, outcome.bonus = Fraction(0), ZERO
            outcome.steps.append(Step("zero", {"mark": zero.mark, "failed": zero.failed, "at_least": zero.at_least}))

    def _band(self, score: Decimal | None, reached: list[VetoFound | LimitReached]) -> str | None:
        """By the rounded score; a band reaches up to the next one's minimum, so 89.95 (shown as 90.0) has one."""
        if score is None:
            return None
        place = next((index for index, band in enumerate(self._bands) if score >= band.minimum), None)
        if place is None:
            return None
        labels = {found.label for found in reached if found.effect == "band_cap"}
        caps = [index for index, band in enumerate(self._bands) if band.label in labels]
        return self._bands[max([place, *caps])].label

    def _verdict(
        self, sheet: Sheet, reached: list[VetoFound | LimitReached], tally: Tally | None, score: Decimal | None
    ) -> tuple[str | None, str | None]:
        for found in reached:
            if found.effect in ("verdict", "fail"):
                return found.label, None
        if self.form.verdicts is None:
            return None, None
        vetoes = sum(1 for veto in sheet.vetoes if veto.effect in _BEYOND_ITEM)
        facts = Facts(tally or Tally(0, 0, 0, 0), vetoes, score, len(sheet.key_failures))
        labels = judge_facts(self.form.verdicts, facts)
        if len(labels) == 1:
            return labels[0], None
        return None, "overlap" if labels else "hole"

    def _section_totals(self, lines: list[Line], outcome: Outcome) -> tuple[SectionTotal, ...]:
        sums = {section.code: [ZERO, ZERO, ZERO] for section, _ in self._sections}
        for line in lines:
            total = sums[line.section]
            if line.reason not in _ABSENT and not line.bonus:
                if line.available is not None and line.awarded is not None:
                    total[0] += line.available
                    total[1] += line.awarded
                total[2] += line.lost
        return tuple(outcome.sections.get(code) or SectionTotal(code, *total) for code, total in sums.items())


def score(
    form: Form,
    answers: Mapping[str, Answer],
    tags: Collection[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
    units: Mapping[str, Any] | None = None,
) -> Result:
    """See Scorer.score."""
    return Scorer(form).score(answers, tags, parameters, units)


def _sample(minimum: int | None, applicable: int) -> int:
    return applicable if minimum is None else min(minimum, applicable)
