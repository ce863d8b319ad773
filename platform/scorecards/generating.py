"""Answers that nobody gave: the best one of an item, and plausible ones of schools of different quality. Pure.

Only for trying a form out before it has been used; whoever shows figures from these says so.
"""

import math
from collections.abc import Iterator, Sequence
from decimal import Decimal
from random import Random
from typing import Any

from scorecards import answers as a
from scorecards.answers import EXPECTED, Answer, answers_to_json
from scorecards.form import (
    Additive,
    CountDeduction,
    Entry,
    Form,
    Item,
    Judged,
    ListedDeductions,
    Parameter,
    RequiredCount,
    Scale,
    Section,
    Tiers,
    Unscored,
)
from scorecards.form_json import shape_of
from scorecards.past import PastVisit

UNITS = ("1", "2", "3")
ENOUGH = 10_000  # more of a thing than any scale asks for


def best_answer(item: Item) -> Answer:
    rule, points = item.rule, item.points or Decimal(0)
    match EXPECTED[shape_of(rule)]:
        case "count":
            if isinstance(rule, Tiers):
                return a.count(max(rule.tiers, key=lambda tier: tier.points).start)
            return a.count(ENOUGH if isinstance(rule, RequiredCount) else 0)
        case "judged":
            return a.judged(points)
        case "checked":
            entries: Sequence[Entry] = getattr(rule, "entries", ())
            return a.checked({one.code: _times(one, points) for one in entries} if isinstance(rule, Additive) else {})
        case "level":
            return a.level(max(getattr(rule, "entries", ()), key=lambda entry: entry.points).code)
        case "found":
            return a.found(False)
        case _:
            return a.met()


def _times(entry: Entry, points: Decimal) -> int:
    """A repeatable entry as often as it takes to reach the item's points by itself."""
    return max(1, math.ceil(points / entry.points)) if entry.repeatable and entry.points else 1


def generated_visits(form: Form, count: int, seed: int) -> list[PastVisit]:
    """The same seed gives the same visits."""
    chance = Random(seed)
    return [_visit(form, chance) for _ in range(count)]


def _visit(form: Form, chance: Random) -> PastVisit:
    fault = min(0.9, chance.betavariate(2, 9) + 0.02)  # how often something is wrong at this school
    answers = {}
    for section in form.sections:
        for item in section.items:
            if isinstance(item.rule, Unscored):
                continue
            for key in _keys(form, section, item):
                answers[key] = _answer(item, fault, chance)
    values = {one.name: _value(form, one, chance) for one in form.parameters if one.source != "unit"}
    of_unit = {one.name: _value(form, one, chance) for one in form.parameters if one.source == "unit"}
    units = [{"code": code, "label": code, "parameters": of_unit} for code in UNITS]
    repeating = [""] if form.repeat else [section.code for section in form.sections if section.repeat]
    return PastVisit(answers_to_json(answers), tags=None, parameters=values, units=dict.fromkeys(repeating, units))


def _keys(form: Form, section: Section, item: Item) -> list[str]:
    return [f"{item.code}@{unit}" for unit in UNITS] if form.repeat or section.repeat else [item.code]


def _answer(item: Item, fault: float, chance: Random) -> Answer:
    if chance.random() > fault:
        return best_answer(item)
    rule, points = item.rule, item.points or Decimal(0)
    match EXPECTED[shape_of(rule)]:
        case "count":
            return a.count(_count(item, chance))
        case "judged":
            step = rule.step if isinstance(rule, Judged) else Decimal(1)
            return a.judged(step * chance.randint(0, max(0, int(points / step) - 1)))
        case "checked":
            entries: Sequence[Entry] = getattr(rule, "entries", ())
            some = chance.sample(entries, chance.randint(1, max(1, len(entries) // 2)))
            if isinstance(rule, ListedDeductions):
                return a.checked([entry.code for entry in some])
            return a.checked({one.code: _times(one, points) for one in entries if one not in some})
        case "level":
            return a.level(chance.choice(getattr(rule, "entries", ())).code)
        case "found":
            return a.found(chance.random() < 0.1)
        case _:
            return a.met(False)


def _count(item: Item, chance: Random) -> int:
    rule = item.rule
    if isinstance(rule, Tiers):
        return chance.choice(rule.tiers).start
    if isinstance(rule, RequiredCount):
        return chance.randint(0, 3)
    return chance.randint(1, 4)


def _scales(form: Form, name: str) -> Iterator[Scale]:
    for item in form.items():
        rule = item.rule
        found: list[Scale | None] = []
        if isinstance(rule, CountDeduction):
            found = [rule.unit_points_by, rule.free_by]
        elif isinstance(rule, RequiredCount):
            found = [rule.required]
        yield from (scale for scale in found if scale is not None and scale.parameter == name)


def _value(form: Form, parameter: Parameter, chance: Random) -> Any:
    """Where the scales that use it make a difference."""
    values: list[Decimal] = []
    lowest = Decimal(0)
    for scale in _scales(form, parameter.name):
        values += [row.start for row in scale.rows]
        values += [scale.per * times for times in (1, 2, 3)] if scale.per else []
        if scale.rows:
            lowest = max(lowest, scale.rows[0].start)
    fitting = [value for value in values if value >= lowest]
    return str(int(chance.choice(fitting)) if fitting else chance.randint(100, 2000))
