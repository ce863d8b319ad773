"""Scores answers by a form: exact inside, rounded half up once at the end, every point accounted for.

`score(form, answers)` for one submission; `Scorer(form)` compiles the form once for many.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Clamped, Context, Decimal, Inexact, InvalidOperation, Overflow, localcontext
from fractions import Fraction

from scorecards.answers import Answer
from scorecards.form import WITHOUT_POINTS, Form, Item, Unscored, VetoOnly, YesNo, bands_from_best, base_of
from scorecards.form_json import contradictions, shape_of
from scorecards.graders import ZERO, Grader, Unfit, compile_item
from scorecards.problems import AnswersInvalid, FormInvalid, Problem
from scorecards.result import Line, Result, SectionTotal, Tally, VetoFound
from scorecards.verdicts import judge

# 60 digits hold every product of the allowed numbers; should one not fit, it must raise and never round in silence.
_EXACT = Context(prec=60, traps=[Inexact, InvalidOperation, Overflow, Clamped])
# The effects that reach beyond their own item; each such finding counts as a veto of the form.
_BEYOND_ITEM = ("section_zero", "form_zero", "band_cap", "verdict")


def round_half_up(value: Fraction, places: int) -> Decimal:
    """Of a value ≥ 0; 89.95 → 90.0 at one place."""
    scaled = value * 10**places
    return Decimal((2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)).scaleb(-places)


@dataclass(slots=True)
class _Row:
    """An item made ready."""

    item: Item
    section: str
    grade: Grader
    points: Decimal
    unanswered: Line
    tag_absent: Line
    tags: frozenset[str]
    optional: bool
    yes_no: bool
    plain: bool  # nothing but the grader's line matters: neither key nor veto nor yes/no


@dataclass(slots=True)
class _Sheet:
    """What one submission gathers on its way."""

    lines: list[Line] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    missing: list[_Row] = field(default_factory=list)
    vetoes: list[VetoFound] = field(default_factory=list)
    key_failures: list[str] = field(default_factory=list)
    zero_sections: dict[str, str] = field(default_factory=dict)
    absent_points: Decimal = ZERO
    pending_points: Decimal = ZERO
    applicable: bool = False
    key_checked: int = 0
    key_failed: int = 0
    key_absent: int = 0
    general_checked: int = 0
    general_failed: int = 0
    general_absent: int = 0


class Scorer:
    """A form made ready to score many submissions. FormInvalid if the form contradicts itself."""

    def __init__(self, form: Form) -> None:
        problems = contradictions(form)
        if problems:
            raise FormInvalid(problems)
        self.form = form
        self.base = base_of(form)
        self._rows = [_row(form, item, section.code) for section in form.sections for item in section.items]
        self._codes = frozenset(row.item.code for row in self._rows)
        # A form whose items bear no points at all has no score, even where a total is printed on it. In deduct mode
        # the total itself is at stake, whatever points the items carry.
        scoring = any(not isinstance(row.item.rule, WITHOUT_POINTS) for row in self._rows)
        self._has_score = scoring and self.base > 0 and (form.mode == "deduct" or any(row.points for row in self._rows))
        self._bands = bands_from_best(form)
        self._sections = [section.code for section in form.sections]
        self._key_items = sum(1 for row in self._rows if row.yes_no and row.item.key)
        self._general_items = sum(1 for row in self._rows if row.yes_no and not row.item.key)

    def score(self, answers: Mapping[str, Answer], tags: Collection[str] | None = None) -> Result:
        """`tags`: what the school has; an unanswered item that needs another tag does not apply. None: not considered.

        Raises AnswersInvalid with every unfit answer.
        """
        has = None if tags is None else frozenset(tags)
        sheet = _Sheet()
        with localcontext(_EXACT):
            for row in self._rows:
                self._take(row, answers.get(row.item.code), has, sheet)
            if not answers.keys() <= self._codes:
                sheet.problems += [
                    Problem(str(code)[:60], "unknown_item") for code in answers if code not in self._codes
                ]
            if sheet.problems:
                raise AnswersInvalid(sheet.problems)
            return self._result(sheet)

    def _take(self, row: _Row, answer: Answer | None, has: frozenset[str] | None, sheet: _Sheet) -> None:
        if answer is None:
            if has is not None and row.tags and not row.tags <= has:
                self._absent(row, row.tag_absent, sheet)
            else:
                sheet.lines.append(row.unanswered)
                if not row.optional:
                    sheet.missing.append(row)
                    sheet.pending_points += row.points
                    sheet.applicable = True
            return
        try:
            if answer.kind == "not_applicable":
                self._absent(row, _not_applicable(self.form, row, answer), sheet)
                return
            line = row.grade(answer)
            if answer.veto is not False:
                _check_flag(row.item, answer)
        except Unfit as unfit:
            sheet.problems.append(Problem(row.item.code, unfit.code, unfit.params))
            return
        sheet.applicable = True
        sheet.lines.append(line if row.plain else self._consequences(row, line, answer, sheet))

    def _absent(self, row: _Row, line: Line, sheet: _Sheet) -> None:
        sheet.lines.append(line)
        sheet.absent_points += row.points
        if row.yes_no and row.item.key:
            sheet.key_absent += 1
        elif row.yes_no:
            sheet.general_absent += 1

    def _consequences(self, row: _Row, line: Line, answer: Answer, sheet: _Sheet) -> Line:
        item, veto = row.item, row.item.veto
        failed = line.lost > 0 or line.reason in ("failed", "found")
        if veto.effect != "none" and (answer.veto or (failed and (veto.on_loss or line.reason == "found"))):
            sheet.vetoes.append(VetoFound(item.code, veto.effect, veto.label))
            if veto.effect == "section_zero":
                sheet.zero_sections.setdefault(row.section, item.code)
            if veto.effect == "item_zero" and line.available is not None and line.lost < line.available:
                line = line._replace(
                    awarded=ZERO,
                    lost=line.available,
                    reason="veto_item",
                    params={"item": item.code},
                    vetoed=True,
                )
                failed = True
            failed = failed or bool(answer.veto)
        if row.yes_no and item.key:
            sheet.key_checked += 1
            sheet.key_failed += failed
        elif row.yes_no:
            sheet.general_checked += 1
            sheet.general_failed += failed
        if item.key and failed:
            sheet.key_failures.append(item.code)
        return line

    def _result(self, sheet: _Sheet) -> Result:
        before = self._score(sheet)
        if sheet.zero_sections:
            sheet.lines = [_section_zero(line, sheet.zero_sections) for line in sheet.lines]
        exact = self._score(sheet) if sheet.zero_sections else before
        if exact is not None and any(veto.effect == "form_zero" for veto in sheet.vetoes):
            exact = Fraction(0)
        missing = self._missing(sheet)
        complete = not missing
        places = self.form.places
        score = None if exact is None else round_half_up(exact, places)
        tally = self._tally(sheet)
        verdict, verdict_problem = self._verdict(sheet, tally) if complete else (None, None)
        return Result(
            score=score,
            maximum=self.base if self._has_score else None,
            percent=self._percent(exact, tally),
            complete=complete,
            missing=missing,
            band=self._band(score, sheet.vetoes) if complete else None,
            verdict=verdict,
            verdict_problem=verdict_problem,
            account=tuple(sheet.lines),
            sections=self._section_totals(sheet.lines),
            vetoes=tuple(sheet.vetoes),
            key_failures=tuple(sheet.key_failures),
            tally=tally,
            score_before_veto=None if before is None else round_half_up(before, places),
        )

    def _score(self, sheet: _Sheet) -> Fraction | None:
        if not self._has_score or not sheet.applicable:
            return None
        at_stake = self.base - sheet.absent_points
        if self.form.mode == "deduct":
            earned = at_stake - sheet.pending_points - sum((line.lost for line in sheet.lines), ZERO)
        else:
            earned = sum((line.awarded for line in sheet.lines if line.awarded), ZERO)
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

    def _missing(self, sheet: _Sheet) -> tuple[str, ...]:
        """Where a verdict table asks for a sample only, unanswered yes/no items are missing while it is short."""
        verdicts = self.form.verdicts
        if verdicts is None or (verdicts.min_key is None and verdicts.min_general is None):
            return tuple(row.item.code for row in sheet.missing)
        enough_key = sheet.key_checked >= _sample(verdicts.min_key, self._key_items - sheet.key_absent)
        enough_general = sheet.general_checked >= _sample(
            verdicts.min_general, self._general_items - sheet.general_absent
        )
        return tuple(
            row.item.code
            for row in sheet.missing
            if not row.yes_no or not (enough_key if row.item.key else enough_general)
        )

    def _tally(self, sheet: _Sheet) -> Tally | None:
        if not self._key_items and not self._general_items:
            return None
        return Tally(sheet.key_checked, sheet.key_failed, sheet.general_checked, sheet.general_failed)

    def _band(self, score: Decimal | None, vetoes: list[VetoFound]) -> str | None:
        """By the rounded score; a band reaches up to the next one's minimum, so 89.95 (shown as 90.0) has one."""
        if score is None:
            return None
        place = next((index for index, band in enumerate(self._bands) if score >= band.minimum), None)
        if place is None:
            return None
        limits = {veto.label for veto in vetoes if veto.effect == "band_cap"}
        caps = [index for index, band in enumerate(self._bands) if band.label in limits]
        return self._bands[max([place, *caps])].label

    def _verdict(self, sheet: _Sheet, tally: Tally | None) -> tuple[str | None, str | None]:
        for veto in sheet.vetoes:
            if veto.effect == "verdict":
                return veto.label, None
        if self.form.verdicts is None:
            return None, None
        vetoes = sum(1 for veto in sheet.vetoes if veto.effect in _BEYOND_ITEM)
        labels = judge(self.form.verdicts, tally or Tally(0, 0, 0, 0), vetoes)
        if len(labels) == 1:
            return labels[0], None
        return None, "overlap" if labels else "hole"

    def _section_totals(self, lines: list[Line]) -> tuple[SectionTotal, ...]:
        sums = {code: [ZERO, ZERO, ZERO] for code in self._sections}
        for line in lines:
            total = sums[line.section]
            if line.reason not in ("not_applicable", "tag_absent"):
                if line.available is not None and line.awarded is not None:
                    total[0] += line.available
                    total[1] += line.awarded
                total[2] += line.lost
        return tuple(SectionTotal(code, *total) for code, total in sums.items())


def score(form: Form, answers: Mapping[str, Answer], tags: Collection[str] | None = None) -> Result:
    """See Scorer.score."""
    return Scorer(form).score(answers, tags)


def _row(form: Form, item: Item, section: str) -> _Row:
    shape = shape_of(item.rule)
    bears_points = not isinstance(item.rule, WITHOUT_POINTS)
    available = item.points if bears_points else None
    points = available or ZERO
    yes_no = isinstance(item.rule, YesNo)
    return _Row(
        item=item,
        section=section,
        grade=compile_item(item, section),
        points=points,
        unanswered=Line(item.code, section, shape, available, None if available is None else ZERO, ZERO, "unanswered"),
        tag_absent=Line(
            item.code,
            section,
            shape,
            available,
            None,
            ZERO,
            "tag_absent",
            {"tags": ", ".join(sorted(item.tags))},
        ),
        tags=frozenset(item.tags),
        optional=isinstance(item.rule, Unscored),
        yes_no=yes_no,
        plain=not yes_no and not item.key and item.veto.effect == "none" and not isinstance(item.rule, VetoOnly),
    )


def _not_applicable(form: Form, row: _Row, answer: Answer) -> Line:
    item = row.item
    if form.na_policy == "refuse" or not item.na_allowed:
        raise Unfit("na_not_allowed")
    if not isinstance(answer.value, str) or not answer.value.strip():
        raise Unfit("na_without_reason")
    if answer.veto:
        raise Unfit("veto_on_absent_item")
    return row.unanswered._replace(awarded=None, reason="not_applicable", params={"reason": answer.value[:500]})


def _check_flag(item: Item, answer: Answer) -> None:
    if answer.veto is not True:
        raise Unfit("not_a_flag")
    if item.veto.effect == "none" or isinstance(item.rule, VetoOnly):
        raise Unfit("item_has_no_veto")


def _section_zero(line: Line, zero_sections: Mapping[str, str]) -> Line:
    if line.section not in zero_sections or line.available is None or line.awarded is None:
        return line
    if line.reason == "unanswered" or line.lost == line.available:
        return line
    params = {"item": zero_sections[line.section]}
    return line._replace(awarded=ZERO, lost=line.available, reason="veto_section", params=params, vetoed=True)


def _sample(minimum: int | None, applicable: int) -> int:
    return applicable if minimum is None else min(minimum, applicable)
