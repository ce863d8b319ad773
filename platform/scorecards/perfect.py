"""What a flawless visit gives: shows a bureau, before anybody is scored, that full marks can be reached."""

import math
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
    VetoOnly,
)
from scorecards.result import Result


def perfect_answers(form: Form) -> dict[str, Answer]:
    return {item.code: _best(item) for item in form.items()}


def perfect_result(form: Form) -> Result:
    return score(form, perfect_answers(form))


def _best(item: Item) -> Answer:
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
        case VetoOnly():
            return a.found(False)
        case _:
            return a.met()


def _times(entry: Entry, points: Decimal) -> int:
    """A repeatable entry as often as it takes to reach the item's points by itself."""
    if not entry.repeatable or not entry.points:
        return 1
    return max(1, math.ceil(points / entry.points))
