"""What a flawless visit gives: shows a bureau, before anybody is scored, that full marks can be reached."""

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from scorecards import answers as a
from scorecards.answers import Answer
from scorecards.engine import score
from scorecards.form import (
    Additive,
    CountDeduction,
    Entry,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    RequiredCount,
    Tiers,
    VetoOnly,
)
from scorecards.graders import figure_of, scales_of
from scorecards.result import Result


def perfect_context(form: Form) -> tuple[dict[str, Decimal], dict[str, list[str]]]:
    """Parameters for which every rule has a figure, and as many units as the form asks for, at least one."""
    parameters = {parameter.name: Decimal(1) for parameter in form.parameters}
    for scale in (scale for item in form.items() for scale in scales_of(item)):
        if scale.rows:
            parameters[scale.parameter] = max(parameters[scale.parameter], scale.rows[0].start)
    places = [("", form.repeat)] + [(section.code, section.repeat) for section in form.sections]
    units = {
        place: [str(number) for number in range(1, max(repeat.minimum_units, 1) + 1)]
        for place, repeat in places
        if repeat is not None
    }
    return parameters, units


def perfect_answers(
    form: Form,
    parameters: Mapping[str, Decimal] | None = None,
    units: Mapping[str, Sequence[str]] | None = None,
) -> dict[str, Answer]:
    """{key: answer} that loses nothing; bonus items are left open. `units`: codes by place; see perfect_context."""
    usual, usual_units = perfect_context(form)
    figures = {**usual, **(parameters or {})}
    named = usual_units if units is None else units
    answers: dict[str, Answer] = {}
    for section in form.sections:
        place = "" if form.repeat else section.code
        repeats = form.repeat is not None or section.repeat is not None
        for suffix in [f"@{unit}" for unit in named.get(place, ())] if repeats else [""]:
            for item in section.items:
                if not item.bonus:
                    answers[item.code + suffix] = _best(item, figures)
    return answers


def perfect_result(form: Form) -> Result:
    parameters, units = perfect_context(form)
    return score(form, perfect_answers(form, parameters, units), None, parameters, units)


def _best(item: Item, parameters: Mapping[str, Decimal]) -> Answer:
    match item.rule:
        case Judged():
            return a.judged(item.points or Decimal(0))
        case CountDeduction():
            return a.count(0)
        case ListedDeductions():
            return a.checked()
        case Additive(entries=entries):
            return a.checked({entry.code: _times(entry, item.points or Decimal(0)) for entry in entries})
        case Levels(entries=entries):
            return a.level(max(entries, key=lambda entry: entry.points).code)
        case Tiers(tiers=tiers, counts=counts):
            return a.count(tiers[-1].start if counts == "present" else 0)
        case RequiredCount(required=required):
            return a.count(int(figure_of(required, parameters)))
        case VetoOnly():
            return a.found(False)
        case _:
            return a.met()


def _times(entry: Entry, points: Decimal) -> int:
    """A repeatable entry as often as it takes to reach the item's points by itself."""
    if not entry.repeatable or not entry.points:
        return 1
    return max(1, math.ceil(points / entry.points))
