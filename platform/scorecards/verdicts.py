"""Verdict tables: which verdicts hold for a tally, and for which tallies none or several do."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import NamedTuple

from scorecards.form import Condition, Form, Verdicts, VetoOnly, YesNo, base_of
from scorecards.result import Tally


def general_rate(tally: Tally) -> Fraction:
    """Percentage of the general items that passed; 100 where none was checked, as then none failed."""
    if not tally.general_checked:
        return Fraction(100)
    return Fraction(100 * (tally.general_checked - tally.general_failed), tally.general_checked)


class Facts(NamedTuple):
    """What conditions are about. `score`: as it is shown, None without one (no condition on it holds then)."""

    tally: Tally
    vetoes: int = 0
    score: Decimal | None = None
    key_failures: int = 0


def _holds(condition: Condition, facts: Facts) -> bool:
    actual: Fraction | int
    tally = facts.tally
    match condition.metric:
        case "key_failed":
            actual = tally.key_failed
        case "general_failed":
            actual = tally.general_failed
        case "general_rate":
            actual = general_rate(tally)
        case "vetoes":
            actual = facts.vetoes
        case "key_failures":
            actual = facts.key_failures
        case "score":
            if facts.score is None:
                return False
            actual = Fraction(facts.score)
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
    return judge_facts(verdicts, Facts(tally, vetoes))


def judge_facts(verdicts: Verdicts, facts: Facts) -> list[str]:
    return [
        rule.label
        for rule in verdicts.rules
        if any(all(_holds(condition, facts) for condition in every) for every in rule.any_of)
    ]


class Flaw(NamedTuple):
    """`labels` empty: a hole; several: an overlap. `score`, `key_failures`: where the table asks for them."""

    tally: Tally
    vetoes: int
    labels: tuple[str, ...]
    score: Decimal | None = None
    key_failures: int = 0


def _conditions(verdicts: Verdicts) -> Iterator[Condition]:
    for rule in verdicts.rules:
        for every in rule.any_of:
            yield from every


def _asks(verdicts: Verdicts, metric: str) -> bool:
    return any(condition.metric == metric for condition in _conditions(verdicts))


def _telling(verdicts: Verdicts, metric: str, most: int) -> list[int]:
    """The counts 0..most at which some condition on the metric may change its truth, and their neighbours."""
    values = {0, most}
    for condition in _conditions(verdicts):
        if condition.metric == metric:
            edge = int(condition.value)
        elif metric == "general_failed" and condition.metric == "general_rate":
            edge = int(most * (100 - condition.value) / 100)
        else:
            continue
        values.update(range(edge - 1, edge + 3))
    return sorted(value for value in values if 0 <= value <= most)


def _telling_scores(form: Form, verdicts: Verdicts) -> list[Decimal | None]:
    """Scores as they can be shown: at each threshold and one step to either side, so that 89.9 / 90.0 has no room between."""
    edges = [condition.value for condition in _conditions(verdicts) if condition.metric == "score"]
    if not edges:
        return [None]
    step = Decimal(1).scaleb(-form.places)
    top = base_of(form) + _bonus_of(form)
    values = {Decimal(0), top}
    for edge in edges:
        low = (edge // step) * step
        values.update((low - step, low, low + step))
    return [*sorted(value for value in values if 0 <= value <= top)]


def _bonus_of(form: Form) -> Decimal:
    earned = sum((item.points or Decimal(0) for item in form.items() if item.bonus), Decimal(0))
    return earned if form.bonus_cap is None else min(earned, form.bonus_cap)


def flaws(form: Form) -> Iterator[Flaw]:
    """Outcomes of a visit that checks all items for which not exactly one verdict holds. Conditions are thresholds, so
    the counts around the thresholds stand for all."""
    if form.verdicts is None:
        return
    table = form.verdicts
    items = [item for item in form.items() if not item.bonus]
    key = sum(1 for item in items if isinstance(item.rule, YesNo) and item.key)
    general = sum(1 for item in items if isinstance(item.rule, YesNo) and not item.key)
    other_key = sum(1 for item in items if item.key and not isinstance(item.rule, YesNo))
    red = sum(1 for item in items if isinstance(item.rule, VetoOnly) or item.veto.effect not in ("none", "item_zero"))
    # Of the key items those with yes/no fail as key_failed does; only the others vary on their own.
    others = _telling(table, "key_failures", key + other_key) if _asks(table, "key_failures") else []
    pairs = [
        (failed, failures)
        for failed in sorted({*_telling(table, "key_failed", key), *(other for other in others if other <= key)})
        for failures in sorted({failed, *others})
        if failed <= failures <= failed + other_key
    ]
    for vetoes, (key_failed, key_failures), general_failed, score in product(
        _telling(table, "vetoes", red),
        pairs,
        _telling(table, "general_failed", general),
        _telling_scores(form, table),
    ):
        tally = Tally(key, key_failed, general, general_failed)
        labels = judge_facts(table, Facts(tally, vetoes, score, key_failures))
        if len(labels) != 1:
            yield Flaw(tally, vetoes, tuple(labels), score, key_failures)
