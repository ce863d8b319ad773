"""From the account's lines to the exact score, for forms with parts that repeat, are absent as a whole, add, or are rated.

docs/form-schema.md §5 says the same in words. Everything is exact; figures of steps are rounded for reading only.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any

from scorecards.context import Unit
from scorecards.form import WITHOUT_POINTS, Form, Item, Section, Unscored, VetoOnly
from scorecards.graders import ZERO
from scorecards.result import Line, SectionTotal, Step, UnitTotal
from scorecards.rounding import round_half_up

ABSENT = frozenset({"not_applicable", "tag_absent", "section_absent"})
OPEN = frozenset({"unanswered", "parameter_missing"})
READING_PLACES = 4
NOTHING = Fraction(0)


def for_reading(value: Fraction | Decimal) -> Decimal:
    return round_half_up(Fraction(value), READING_PLACES)


@dataclass(slots=True)
class _Block:
    """The lines of one section in one unit. `lost` counts what is open and knows the cap."""

    absent: Decimal = ZERO
    lost: Decimal = ZERO
    applies: bool = False


@dataclass(slots=True)
class Outcome:
    """`exact` None: nothing applies; else it has the `bonus` in it."""

    exact: Fraction | None
    bonus: Decimal = ZERO
    units: list[UnitTotal] = field(default_factory=list)
    sections: dict[str, SectionTotal] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


@dataclass(slots=True)
class _Sums:
    """What one form's worth of lines adds up to: `points` of all sections, `absent`, `lost`; `rest`: sections that take
    over the rate of the others; `factor`: shares of the whole score."""

    points: Decimal = ZERO
    absent: Decimal = ZERO
    lost: Fraction = NOTHING
    rest: list[tuple[Section, Decimal]] = field(default_factory=list)
    factor: Fraction = Fraction(1)


class Arithmetic:
    def __init__(self, form: Form, base: Decimal) -> None:
        self.form = form
        self.base = base
        self._points = {
            section.code: sum((self._stake(item) for item in section.items), ZERO) for section in form.sections
        }
        self._bonus_maximum = sum((item.points or ZERO for item in form.items() if item.bonus), ZERO)

    @property
    def bonus_maximum(self) -> Decimal:
        return self._at_most_bonus(self._bonus_maximum)

    def _at_most_bonus(self, earned: Decimal) -> Decimal:
        return earned if self.form.bonus_cap is None else min(earned, self.form.bonus_cap)

    def _stake(self, item: Item) -> Decimal:
        if item.bonus:
            return ZERO
        if self.form.mode == "pass_rate":
            return ZERO if isinstance(item.rule, VetoOnly | Unscored) else Decimal(1)
        return ZERO if isinstance(item.rule, WITHOUT_POINTS) else item.points or ZERO

    def outcome(
        self,
        lines: Sequence[Line],
        units: Mapping[str, tuple[Unit, ...]],
        absent_sections: set[tuple[str, str]],
        zero: Mapping[str, str],
    ) -> Outcome:
        """`zero`: unit → item whose veto takes all of it; "" where the form does not repeat."""
        out = Outcome(None)
        if self.form.repeat:
            self._repeated_form(lines, units.get("", ()), absent_sections, zero, out)
        else:
            out.exact, out.bonus, _ = self._one(lines, units, absent_sections, "", out)
            self._zero(zero, "", out)
        return out

    def _zero(self, zero: Mapping[str, str], unit: str, out: Outcome) -> None:
        if unit in zero and out.exact is not None:
            out.exact, out.bonus = NOTHING, ZERO
            out.steps.append(Step("zero", {"item": zero[unit]}, "", unit))

    # --- a form that repeats ------------------------------------------------------------------------------------

    def _repeated_form(
        self,
        lines: Sequence[Line],
        units: tuple[Unit, ...],
        absent_sections: set[tuple[str, str]],
        zero: Mapping[str, str],
        out: Outcome,
    ) -> None:
        repeat = self.form.repeat
        assert repeat is not None
        by_unit: dict[str, list[Line]] = {unit.code: [] for unit in units}
        for line in lines:
            by_unit[line.unit].append(line)
        scores: list[Fraction] = []
        rows: list[tuple[Unit, Fraction | None, tuple[Decimal, Decimal]]] = []
        for unit in units:
            one = Outcome(None)
            one.exact, _, sums = self._one(by_unit[unit.code], {}, absent_sections, unit.code, one)
            self._zero(zero, unit.code, one)
            out.steps += one.steps
            rows.append((unit, one.exact, sums))
            if one.exact is not None:
                scores.append(one.exact)
        lacking = max(repeat.minimum_units - len(units), 0)
        scores += [NOTHING] * lacking
        if not scores:
            return
        if repeat.aggregate == "mean":
            out.exact = sum(scores, NOTHING) / len(scores)
        elif repeat.aggregate == "minimum":
            out.exact = min(scores)
        else:
            base = Fraction(self.base)
            out.exact = max(base - sum((base - score for score in scores), NOTHING), NOTHING)
        worst_taken = False
        for unit, score, (available, lost) in rows:
            counted = score is not None
            if repeat.aggregate == "minimum":
                counted = counted and not worst_taken and score == out.exact
                worst_taken = worst_taken or counted
            out.units.append(self._unit_total("", unit, available, lost, score, counted))
        points = for_reading(out.exact)
        out.steps.append(Step("units", {"aggregate": repeat.aggregate, "count": len(scores), "points": points}))

    def _unit_total(
        self, section: str, unit: Unit, available: Decimal, lost: Decimal, score: Fraction | None, counted: bool
    ) -> UnitTotal:
        shown = None if score is None else round_half_up(max(score, NOTHING), self.form.places)
        return UnitTotal(section, unit.code, unit.label, available, max(available - lost, ZERO), lost, shown, counted)

    # --- one form's worth ---------------------------------------------------------------------------------------

    def _one(
        self,
        lines: Sequence[Line],
        units: Mapping[str, tuple[Unit, ...]],
        absent_sections: set[tuple[str, str]],
        unit: str,
        out: Outcome,
    ) -> tuple[Fraction | None, Decimal, tuple[Decimal, Decimal]]:
        """The score with its bonus, the bonus alone, and for a unit what was at stake and lost."""
        by_section: dict[str, list[Line]] = {section.code: [] for section in self.form.sections}
        for line in lines:
            by_section[line.section].append(line)
        sums = _Sums()
        applies = False
        for section in self.form.sections:
            rows, points = by_section[section.code], self._points[section.code]
            sums.points += points
            if (section.code, unit) in absent_sections:
                self._absent_section(section, points, sums, unit, out)
            elif section.repeat:
                applies |= self._repeated_section(section, points, rows, units.get(section.code, ()), sums, out)
            else:
                block = self._block(section, rows, unit, out)
                sums.absent += block.absent
                sums.lost += Fraction(block.lost)
                applies |= block.applies
                if section.cap is not None and not self.form.repeat:
                    self._note_section(section, points - block.absent, Fraction(block.lost), out)
        bonus = self._at_most_bonus(sum((line.awarded for line in lines if line.bonus and line.awarded), ZERO))
        available = self._at_stake(sums)
        exact = self._exact(sums, unit, out) if applies else None
        if exact is not None and bonus:
            exact += Fraction(bonus)
            out.steps.append(Step("bonus", {"points": bonus, "cap": self.form.bonus_cap}, "", unit))
        return exact, bonus if exact is not None else ZERO, (available, Decimal(for_reading(sums.lost)))

    def _at_stake(self, sums: _Sums) -> Decimal:
        rest = sum((points for _, points in sums.rest), ZERO)
        whole = sums.points if self.form.mode == "pass_rate" else self.base
        return max(whole - sums.absent - rest, ZERO)

    def _exact(self, sums: _Sums, unit: str, out: Outcome) -> Fraction | None:
        base = Fraction(self.base)
        rest_points = Fraction(sum((points for _, points in sums.rest), ZERO))
        whole = Fraction(sums.points) if self.form.mode == "pass_rate" else base
        stake = whole - Fraction(sums.absent) - rest_points
        start = Fraction(sums.points) - Fraction(sums.absent) - rest_points if self.form.mode == "sum" else stake
        earned = max(start - sums.lost, NOTHING)
        if stake > 0:
            rate = min(earned, stake) / stake
            for section, points in sums.rest:
                assert section.na_share is not None
                credit = Fraction(points) * Fraction(section.na_share.percent) / 100 * rate
                self._note_credit(section, credit, unit, out)
                earned, stake = earned + credit, stake + Fraction(points)
        if self.form.na_policy == "full":
            kept = earned + (whole - stake)
            exact = min(kept, whole) * base / whole if whole > 0 else None
        elif stake <= 0:
            exact = None
        else:
            exact = min(earned, stake) * base / stake
            if stake != base or self.form.mode == "pass_rate":
                figures = {"earned": for_reading(min(earned, stake)), "at_stake": for_reading(stake)}
                out.steps.append(Step("renormalised", {**figures, "points": for_reading(exact)}, "", unit))
        return None if exact is None else exact * sums.factor

    def _absent_section(self, section: Section, points: Decimal, sums: _Sums, unit: str, out: Outcome) -> None:
        share = section.na_share
        if share is None:
            sums.absent += points
        elif share.of == "points":
            credit = Fraction(points) * Fraction(share.percent) / 100
            sums.lost += Fraction(points) - credit
            self._note_credit(section, credit, unit, out)
        elif share.of == "rest":
            sums.rest.append((section, points))
        else:
            sums.absent += points
            sums.factor *= Fraction(share.percent) / 100
            out.steps.append(Step("section_share", {"percent": share.percent}, section.code, unit))

    def _note_credit(self, section: Section, credit: Fraction, unit: str, out: Outcome) -> None:
        share = section.na_share
        assert share is not None
        params = {"percent": share.percent, "of": share.of, "points": for_reading(credit)}
        out.steps.append(Step("section_credit", params, section.code, unit))

    # --- sections -----------------------------------------------------------------------------------------------

    def _weight(self, line: Line) -> tuple[Decimal, Decimal]:
        """What the line has at stake, and what it loses of it by its own rule."""
        if self.form.mode == "pass_rate":
            if line.rule in ("veto_only", "unscored"):
                return ZERO, ZERO
            failed = line.lost > 0 or line.vetoed or line.reason == "failed"
            return Decimal(1), Decimal(failed)
        if line.available is None and self.form.mode == "sum":
            return ZERO, ZERO
        return line.available or ZERO, line.lost

    def _block(self, section: Section, lines: Iterable[Line], unit: str, out: Outcome) -> _Block:
        block = _Block()
        for line in lines:
            if line.bonus:
                continue
            points, lost = self._weight(line)
            if line.reason in ABSENT:
                block.absent += points
            elif line.reason in OPEN:
                block.lost += points
                block.applies |= line.rule != "unscored"
            else:
                block.lost += lost
                block.applies = True
        if section.cap is not None and block.lost > section.cap:
            params: dict[str, Any] = {"lost": block.lost, "cap": section.cap}
            out.steps.append(Step("section_capped", params, section.code, unit))
            block.lost = section.cap
        return block

    def _repeated_section(
        self,
        section: Section,
        points: Decimal,
        lines: Iterable[Line],
        units: tuple[Unit, ...],
        sums: _Sums,
        out: Outcome,
    ) -> bool:
        repeat = section.repeat
        assert repeat is not None
        by_unit: dict[str, list[Line]] = {unit.code: [] for unit in units}
        for line in lines:
            by_unit[line.unit].append(line)
        blocks = [self._block(section, by_unit[unit.code], unit.code, out) for unit in units]
        own = [self._loss(points, block) if block.applies else None for block in blocks]
        losses = [loss for loss in own if loss is not None]
        losses += [Fraction(points)] * max(repeat.minimum_units - len(units), 0)
        if losses:
            lost = self._together(repeat.aggregate, losses, points)
            sums.lost += lost
            self._note_section(section, points, lost, out)
            params = {
                "aggregate": repeat.aggregate,
                "count": len(losses),
                "points": for_reading(Fraction(points) - lost),
            }
            out.steps.append(Step("units", params, section.code))
        else:
            lost = NOTHING
            sums.absent += points
        worst_taken = False
        for unit, block, loss in zip(units, blocks, own, strict=True):
            counted = loss is not None
            if repeat.aggregate == "minimum":
                counted = counted and not worst_taken and loss == lost
                worst_taken = worst_taken or counted
            score = None if loss is None else Fraction(points) - loss
            available = points - block.absent
            out.units.append(self._unit_total(section.code, unit, available, block.lost, score, counted))
        return bool(losses)

    def _loss(self, points: Decimal, block: _Block) -> Fraction:
        """The unit's loss, as if all of the section applied to it."""
        if self.form.na_policy == "full" or not block.absent or points <= block.absent:
            return Fraction(block.lost)
        return Fraction(block.lost) * Fraction(points) / Fraction(points - block.absent)

    def _together(self, aggregate: str, losses: list[Fraction], points: Decimal) -> Fraction:
        if aggregate == "mean":
            return sum(losses, NOTHING) / len(losses)
        if aggregate == "minimum":
            return max(losses)
        total = sum(losses, NOTHING)
        return total if self.form.mode == "deduct" else min(total, Fraction(points))

    def _note_section(self, section: Section, available: Decimal, lost: Fraction, out: Outcome) -> None:
        if self.form.mode == "pass_rate":
            return
        awarded = for_reading(max(Fraction(available) - lost, NOTHING))
        out.sections[section.code] = SectionTotal(section.code, available, awarded, for_reading(lost))
