"""Verdict tables: which verdicts hold for a tally, and for which tallies none or several do."""

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from scorecards.form import Condition, Form, Verdicts, VetoOnly, YesNo
from scorecards.result import Tally


def general_rate(tally: Tally) -> Fraction:
    """Percentage of the general items that passed; 100 where none was checked, as then none failed."""
    if not tally.general_checked:
        return Fraction(100)
    return Fraction(100 * (tally.general_checked - tally.general_failed), tally.general_checked)


def _holds(condition: Condition, tally: Tally, vetoes: int) -> bool:
    actual: Fraction | int
    match condition.metric:
        case "key_failed":
            actual = tally.key_failed
        case "general_failed":
            actual = tally.general_failed
        case "general_rate":
            actual = general_rate(tally)
        case "vetoes":
            actual = vetoes
    # Compared as fractions: 69.96 % is not 70 %, though it would be shown as 70.0.
    value = Fraction(condition.value)
    match condition.operator:
        case "<":
            return actual < value
        case "<=":
            return actual <= value
        case "=":
            return actual == value
        case ">=":
            return actual >= value
        case ">":
            return actual > value


def judge(verdicts: Verdicts, tally: Tally, vetoes: int = 0) -> list[str]:
    """The labels of all rules that hold: one in a sound table."""
    return [
        rule.label
        for rule in verdicts.rules
        if any(all(_holds(condition, tally, vetoes) for condition in every) for every in rule.any_of)
    ]


class Flaw(NamedTuple):
    """`labels` empty: a hole; several: an overlap."""

    tally: Tally
    vetoes: int
    labels: tuple[str, ...]


def _telling(form: Form, metric: str, most: int) -> list[int]:
    """The counts 0..most at which some condition on the metric may change its truth, and their neighbours."""
    assert form.verdicts is not None
    values = {0, most}
    for rule in form.verdicts.rules:
        for condition in (condition for every in rule.any_of for condition in every):
            if condition.metric == metric:
                edge = int(condition.value)
            elif metric == "general_failed" and condition.metric == "general_rate":
                edge = int(most * (100 - condition.value) / 100)
            else:
                continue
            values.update(range(edge - 1, edge + 3))
    return sorted(value for value in values if 0 <= value <= most)


def flaws(form: Form) -> Iterator[Flaw]:
    """Outcomes of a visit that checks all items for which not exactly one verdict holds. Conditions are thresholds, so
    the counts around the thresholds stand for all."""
    if form.verdicts is None:
        return
    items = list(form.items())
    key = sum(1 for item in items if isinstance(item.rule, YesNo) and item.key)
    general = sum(1 for item in items if isinstance(item.rule, YesNo) and not item.key)
    red = sum(1 for item in items if isinstance(item.rule, VetoOnly) or item.veto.effect not in ("none", "item_zero"))
    for vetoes in _telling(form, "vetoes", red):
        for key_failed in _telling(form, "key_failed", key):
            for general_failed in _telling(form, "general_failed", general):
                tally = Tally(key, key_failed, general, general_failed)
                labels = judge(form.verdicts, tally, vetoes)
                if len(labels) != 1:
                    yield Flaw(tally, vetoes, tuple(labels))
