"""Plausible answers to a scored form: what a school of a given quality would get from an inspector.

A score to aim at follows from the quality; then items lose points, each in the way of its own rule, until that much is
lost. So the scores spread as wanted whatever the form looks like.
"""

import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any, NamedTuple

from bureau.demo import SEED
from bureau.demo.district import District
from bureau.demo.remarks import remark_for
from scorecards.form import (
    Additive,
    CountDeduction,
    Form,
    Judged,
    Levels,
    ListedDeductions,
    base_of,
    decimal_text,
)
from scorecards.form_json import shape_of

LOWEST, HIGHEST = Decimal(55), Decimal(99)
NOT_APPLICABLE_SHARE = 0.03
MOST_COUNTED = 8
ZERO = Decimal(0)


class FormItem(NamedTuple):
    """What the simulation needs of an item. `entries` are (code, points); `protected`: losing it is a red line."""

    code: str
    shape: str
    points: Decimal | None
    text: str = ""
    step: Decimal = Decimal("0.5")
    unit_points: Decimal = ZERO
    cap: Decimal | None = None
    zero_at: int | None = None
    entries: tuple[tuple[str, Decimal], ...] = ()
    na_allowed: bool = False
    protected: bool = False


@dataclass(frozen=True, slots=True)
class DemoAnswer:
    """`value` is the answer's JSON as scorecards.answers reads it; `lost` in points, 1 for a failed yes/no item."""

    code: str
    value: Mapping[str, Any]
    lost: Decimal = ZERO
    remark: str = ""


class Loss(NamedTuple):
    lost: Decimal
    value: Mapping[str, Any]


def form_items(form: Form, tags: frozenset[str] | None = None) -> list[FormItem]:
    """With `tags`, without the items that need something which the school has not."""
    items = []
    for item in form.items():
        if tags is not None and not set(item.tags) <= tags:
            continue
        rule = item.rule
        entries: tuple[tuple[str, Decimal], ...] = ()
        if isinstance(rule, (ListedDeductions, Additive, Levels)):
            entries = tuple((entry.code, entry.points) for entry in rule.entries)
        items.append(
            FormItem(
                code=item.code,
                shape=shape_of(rule),
                points=item.points,
                text=item.text,
                step=rule.step if isinstance(rule, Judged) else Decimal("0.5"),
                unit_points=rule.unit_points if isinstance(rule, CountDeduction) else ZERO,
                cap=rule.cap if isinstance(rule, (CountDeduction, ListedDeductions)) else None,
                zero_at=rule.zero_at if isinstance(rule, CountDeduction) else None,
                entries=entries,
                na_allowed=item.na_allowed and form.na_policy != "refuse",
                protected=item.veto.on_loss,
            )
        )
    return items


def form_total(form: Form) -> Decimal | None:
    """What a share of the score is a share of, where the items do not add up to the printed total; None: they do."""
    return base_of(form) if form.mode == "deduct" else None


def school_quality(district: District, seed: int = SEED) -> dict[str, float]:
    """School code → 0 (worst) .. 1 (best), more good ones than bad ones; zones differ a little."""
    rng = random.Random(f"quality:{seed}")
    zone_lead = {zone.code: rng.uniform(-0.15, 0.15) for zone in district.zones}
    draw = {school.code: rng.random() + zone_lead[school.zone] for school in district.schools}
    ranked = sorted(draw, key=lambda code: (draw[code], code))
    last = max(len(ranked) - 1, 1)
    return {code: (place / last) ** 0.6 for place, code in enumerate(ranked)}


def simulate_answers(
    items: Sequence[FormItem],
    quality: float,
    rng: random.Random,
    kind: str = "canteen",
    total: Decimal | None = None,
) -> list[DemoAnswer]:
    """An answer to each item, in order. `total`: see form_total. Lost items carry a remark."""
    absent = {item.code for item in items if item.na_allowed and rng.random() < NOT_APPLICABLE_SHARE}
    asked = [item for item in items if item.code not in absent]
    losses = _losses(asked, quality, rng, total)
    answers = []
    for item in items:
        if item.code in absent:
            answers.append(DemoAnswer(item.code, {"not_applicable": "本校无此项"}))
        elif item.code in losses:
            loss = losses[item.code]
            answers.append(DemoAnswer(item.code, loss.value, loss.lost, remark_for(kind, item.text)))
        else:
            answers.append(DemoAnswer(item.code, full_answer(item)))
    return answers


def full_answer(item: FormItem) -> Mapping[str, Any]:
    """The answer that loses nothing."""
    match item.shape:
        case "judged":
            return {"judged": decimal_text(item.points or ZERO)}
        case "count_deduction":
            return {"count": 0}
        case "listed_deductions":
            return {"checked": {}}
        case "additive":
            return {"checked": {code: 1 for code, _ in item.entries}}
        case "levels":
            return {"level": max(item.entries, key=lambda entry: entry[1])[0]}
        case "veto_only":
            return {"found": False}
        case _:
            return {"met": True}


def possible_losses(item: FormItem) -> list[Loss]:
    """Every loss above nothing that the item's rule can give, smallest first. In a form of deductions an item may cost
    points without bearing any; a failed yes/no item counts 1."""
    points = item.points or ZERO
    match item.shape:
        case "yes_no":
            losses = [Loss(Decimal(1), {"met": False})]
        case "all_or_nothing":
            losses = [Loss(points, {"met": False})]
        case "judged":
            losses = _judged(item, points)
        case "count_deduction":
            losses = _counted(item)
        case "listed_deductions":
            losses = _listed(item)
        case "additive":
            losses = _additive(item, points)
        case "levels":
            losses = [Loss(points - min(value, points), {"level": code}) for code, value in item.entries]
        case _:
            losses = []
    return sorted((loss for loss in losses if loss.lost > 0), key=lambda loss: loss.lost)


def _judged(item: FormItem, points: Decimal) -> list[Loss]:
    marks = (item.step * number for number in range(int(points / item.step) + 1))
    return [Loss(points - mark, {"judged": decimal_text(mark)}) for mark in marks]


def _limited(item: FormItem, lost: Decimal) -> Decimal:
    return min(lost, *(limit for limit in (item.points, item.cap) if limit is not None), lost)


def _counted(item: FormItem) -> list[Loss]:
    losses: list[Loss] = []
    for number in range(1, MOST_COUNTED + 1):
        lost = _limited(item, item.unit_points * number)
        if item.zero_at and number >= item.zero_at and item.points is not None:
            lost = item.points
        if losses and lost == losses[-1].lost:
            break
        losses.append(Loss(lost, {"count": number}))
    return losses


def _listed(item: FormItem) -> list[Loss]:
    """One entry, or two that stand beside each other."""
    ones = [(entry,) for entry in item.entries]
    pairs = list(pairwise(item.entries))
    losses = []
    for some in (*ones, *pairs):
        lost = _limited(item, sum((value for _, value in some), ZERO))
        losses.append(Loss(lost, {"checked": {code: 1 for code, _ in some}}))
    return losses


def _additive(item: FormItem, points: Decimal) -> list[Loss]:
    """The first entries are earned, the last ones not."""
    losses = []
    for kept in range(len(item.entries)):
        some = item.entries[:kept]
        earned = min(points, sum((value for _, value in some), ZERO))
        losses.append(Loss(points - earned, {"checked": {code: 1 for code, _ in some}}))
    return losses


def _losses(items: Sequence[FormItem], quality: float, rng: random.Random, total: Decimal | None) -> dict[str, Loss]:
    choices = {item.code: possible_losses(item) for item in items}
    if not any(choices.values()):
        return _red_lines(items, quality, rng)
    base = total or sum((_weight(item) for item in items), ZERO)
    aim = float(LOWEST) + float(HIGHEST - LOWEST) * quality + rng.uniform(-2, 2)
    budget = base * (100 - min(max(Decimal(f"{aim:.2f}"), LOWEST), HIGHEST)) / 100
    open_items = [item for item in items if choices[item.code] and not item.protected]
    # The weight of an item comes from its code alone, so the same items are often lost in all schools.
    open_items.sort(key=lambda item: rng.random() ** (1 / _proneness(item.code)), reverse=True)
    found: dict[str, Loss] = {}
    # First no item may take more than half of what is to be lost, so that several are found; then what is left is.
    for share in (Decimal("0.5"), Decimal(1)):
        most = budget * share
        for item in open_items:
            fitting = [loss for loss in choices[item.code] if loss.lost <= min(budget, most)]
            if fitting and item.code not in found:
                found[item.code] = rng.choice(fitting)
                budget -= found[item.code].lost
    if not found and open_items:
        least = min(open_items, key=lambda item: choices[item.code][0].lost)
        if choices[least.code][0].lost <= base * (100 - LOWEST) / 100:
            found[least.code] = choices[least.code][0]
    return found


def _red_lines(items: Sequence[FormItem], quality: float, rng: random.Random) -> dict[str, Loss]:
    """A form of red lines only: at most one is crossed, and by a poor school rather than a good one."""
    red_lines = [item for item in items if item.shape == "veto_only"]
    if red_lines and rng.random() < 0.25 * (1 - quality):
        return {rng.choice(red_lines).code: Loss(ZERO, {"found": True})}
    return {}


def _weight(item: FormItem) -> Decimal:
    if item.shape == "yes_no":
        return Decimal(1)
    return ZERO if item.shape in ("veto_only", "unscored") else item.points or ZERO


def _proneness(code: str) -> float:
    """0.2 .. 3.2, steeply spread."""
    return 0.2 + 3 * (zlib.crc32(code.encode()) % 1000 / 1000) ** 2
