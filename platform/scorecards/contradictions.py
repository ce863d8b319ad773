"""What makes a form impossible to score at all; what merely looks wrong is the doctor's (scorecards.doctor)."""

from collections.abc import Iterable, Iterator
from itertools import pairwise

from scorecards.form import (
    Additive,
    AllOrNothing,
    CountDeduction,
    Form,
    Item,
    Judged,
    Levels,
    RequiredCount,
    Scale,
    Section,
    Tiers,
    VetoOnly,
    decimal_text,
)
from scorecards.problems import Problem

MAX_ITEMS = 1000
MAX_PLACES = 3
# Rules that say how much is earned; a deduction has nothing to deduct from in an item that only adds.
_BONUS_RULES = (AllOrNothing, Judged, Additive, Levels, Tiers)
_NEEDS_LABEL = ("verdict", "fail")


def unique(values: Iterable[str], path: str, code: str, problems: list[Problem]) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            problems.append(Problem(path, code, {"value": value}))
        seen.add(value)


def contradictions(form: Form) -> list[Problem]:
    problems: list[Problem] = []
    items = list(form.items())
    unique((section.code for section in form.sections), "sections", "duplicate_code", problems)
    unique((item.code for item in items), "items", "duplicate_code", problems)
    unique((band.label for band in form.bands), "bands", "duplicate_label", problems)
    unique((decimal_text(band.minimum) for band in form.bands), "bands", "duplicate_minimum", problems)
    unique((parameter.name for parameter in form.parameters), "parameters", "duplicate_code", problems)
    if len(items) > MAX_ITEMS:
        problems.append(Problem("sections", "too_many_items", {"limit": MAX_ITEMS}))
    if form.total == 0:
        problems.append(Problem("total", "not_positive"))
    if form.places > MAX_PLACES:
        problems.append(Problem("places", "too_many_places", {"limit": MAX_PLACES}))
    if form.mode == "deduct" and form.total is None:
        problems.append(Problem("total", "required"))
    labels = {band.label for band in form.bands}
    codes = {item.code for item in items}
    for section in form.sections:
        problems.extend(_section(form, section, codes))
        for item in section.items:
            problems.extend(_item(form, section, item, labels))
    problems.extend(_limits(form, items, labels))
    return problems


def _section(form: Form, section: Section, codes: set[str]) -> Iterator[Problem]:
    where = f"sections.{section.code}"
    if section.repeat and form.repeat:
        yield Problem(f"{where}.repeat", "repeats_twice")
    if section.na_allowed and section.code in codes:
        # An answer is found by its key alone.
        yield Problem(f"{where}.na_allowed", "section_code_taken", {"value": section.code})
    if section.na_share and section.na_share.percent > 100:
        yield Problem(f"{where}.na_share.percent", "percent_above_100")


def _item(form: Form, section: Section, item: Item, labels: set[str]) -> Iterator[Problem]:
    where = f"items.{item.code}"
    veto, rule = item.veto, item.rule
    if isinstance(rule, VetoOnly) and veto.effect in ("none", "item_zero"):
        yield Problem(f"{where}.veto", "veto_without_effect")
    if veto.effect in _NEEDS_LABEL and not veto.label:
        yield Problem(f"{where}.veto.label", "required")
    if veto.effect == "band_cap" and veto.label not in labels:
        yield Problem(f"{where}.veto.label", "unknown_band", {"value": veto.label})
    if isinstance(rule, CountDeduction):
        yield from _scale(form, section, f"{where}.rule.unit_points_by", rule.unit_points_by, table=True)
        yield from _scale(form, section, f"{where}.rule.free_by", rule.free_by)
    elif isinstance(rule, RequiredCount):
        yield from _scale(form, section, f"{where}.rule.required", rule.required)
    elif isinstance(rule, Tiers):
        yield from _tiers(f"{where}.rule.tiers", rule)
    if item.bonus and not isinstance(rule, _BONUS_RULES):
        yield Problem(f"{where}.bonus", "bonus_shape")
    if item.bonus and (section.repeat or form.repeat):
        yield Problem(f"{where}.bonus", "bonus_repeats")


def _scale(form: Form, section: Section, where: str, scale: Scale | None, table: bool = False) -> Iterator[Problem]:
    """`table`: it gives points, so it must be spelled out; else it gives a whole number."""
    if scale is None:
        return
    known = {parameter.name: parameter for parameter in form.parameters}
    parameter = known.get(scale.parameter)
    if parameter is None:
        yield Problem(f"{where}.parameter", "unknown_parameter", {"value": scale.parameter})
    elif parameter.source == "unit" and not (section.repeat or form.repeat):
        yield Problem(f"{where}.parameter", "parameter_without_units", {"value": scale.parameter})
    if bool(scale.rows) == (scale.per is not None) or (table and not scale.rows):
        yield Problem(where, "scale_needs_rows" if table else "scale_needs_one")
    if scale.per == 0:
        yield Problem(f"{where}.per", "not_positive")
    if any(first.start >= second.start for first, second in pairwise(scale.rows)):
        yield Problem(f"{where}.rows", "rows_not_ascending")
    if not table and any(row.value % 1 for row in scale.rows):
        yield Problem(f"{where}.rows", "not_whole")


def _tiers(where: str, rule: Tiers) -> Iterator[Problem]:
    """Total by the first tier, disjoint by their order, and a worse count never earns more."""
    if not rule.tiers or rule.tiers[0].start != 0:
        yield Problem(where, "tiers_from_zero")
    for first, second in pairwise(rule.tiers):
        if first.start >= second.start:
            yield Problem(where, "rows_not_ascending")
        elif (first.points < second.points) != (rule.counts == "present") and first.points != second.points:
            yield Problem(where, "tiers_not_monotone")


def _limits(form: Form, items: list[Item], labels: set[str]) -> Iterator[Problem]:
    for place, limit in enumerate(form.limits):
        where = f"limits.{place}"
        if limit.effect in _NEEDS_LABEL and not limit.label:
            yield Problem(f"{where}.label", "required")
        if limit.effect == "band_cap" and limit.label not in labels:
            yield Problem(f"{where}.label", "unknown_band", {"value": limit.label})
        if not any(item.mark == limit.mark if limit.mark else item.key for item in items):
            yield Problem(f"{where}.mark", "limit_without_items", {"value": limit.mark})
