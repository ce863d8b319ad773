"""What the doctor looks for in the parts that some forms have: bonus, limits, figures of the school, repeats, vetoes."""

from collections.abc import Iterator
from decimal import Decimal

from scorecards.finding import Finding, finding
from scorecards.form import CountDeduction, Form, Item, Repeat, RequiredCount, Scale, bands_from_best


def part_findings(form: Form) -> Iterator[Finding]:
    yield from _bonus(form)
    yield from _limits(form)
    yield from _parameters(form)
    yield from _repeats(form)
    yield from _section_caps(form)
    yield from _veto_labels(form)


def _bonus(form: Form) -> Iterator[Finding]:
    items = [item for item in form.items() if item.bonus]
    most = sum((item.points or Decimal(0) for item in items), Decimal(0))
    if items and form.bonus_cap is None:
        yield finding("warning", "bonus_without_cap", items=len(items), most=most)
    elif not items and form.bonus_cap is not None:
        yield finding("warning", "bonus_cap_without_items", cap=form.bonus_cap)
    elif form.bonus_cap is not None and form.bonus_cap > most:
        yield finding("info", "bonus_cap_idle", cap=form.bonus_cap, most=most)


def _limits(form: Form) -> Iterator[Finding]:
    ranks = {band.label: place for place, band in enumerate(bands_from_best(form))}
    by_mark: dict[str, list[tuple[int, int]]] = {}
    for limit in form.limits:
        counted = sum(1 for item in form.items() if (item.mark == limit.mark if limit.mark else item.key))
        # In a part that repeats the same item may fail many times.
        repeats = form.repeat is not None or any(section.repeat for section in form.sections)
        if limit.at_least > counted and not repeats:
            yield finding("warning", "limit_unreachable", at_least=limit.at_least, items=counted)
        if limit.effect == "band_cap" and limit.label in ranks:
            by_mark.setdefault(limit.mark, []).append((limit.at_least, ranks[limit.label]))
    for steps in by_mark.values():
        ordered = sorted(steps)
        if [rank for _, rank in ordered] != sorted(rank for _, rank in ordered):
            yield finding("error", "limits_not_monotone")
        if len({count for count, _ in ordered}) < len(ordered):
            yield finding("warning", "limits_twice")


def _scales(item: Item) -> list[Scale]:
    rule = item.rule
    if isinstance(rule, CountDeduction):
        return [scale for scale in (rule.unit_points_by, rule.free_by) if scale is not None]
    return [rule.required] if isinstance(rule, RequiredCount) else []


def _parameters(form: Form) -> Iterator[Finding]:
    used = {scale.parameter for item in form.items() for scale in _scales(item)}
    for parameter in form.parameters:
        if parameter.name not in used:
            yield finding("warning", "parameter_unused", label=parameter.label or parameter.name)


def _repeats(form: Form) -> Iterator[Finding]:
    repeats: list[tuple[str, Repeat | None]] = [("form", form.repeat)]
    repeats += [(f"section:{section.code}", section.repeat) for section in form.sections]
    for where, repeat in repeats:
        if repeat is None:
            continue
        if not repeat.unit_label.strip():
            yield finding("warning", "repeat_without_label", where)
        if repeat.minimum_units < 1:
            yield finding("warning", "repeat_without_units", where)


def _section_caps(form: Form) -> Iterator[Finding]:
    for section in form.sections:
        if section.cap is None:
            continue
        points = [item.points for item in section.items if item.points is not None and not item.bonus]
        where = f"section:{section.code}"
        if section.cap == 0:
            yield finding("error", "section_cap_zero", where)
        elif len(points) == len(section.items) and section.cap > sum(points, Decimal(0)):
            yield finding("info", "section_cap_idle", where, cap=section.cap, points=sum(points, Decimal(0)))
        elif points and section.cap < max(points):
            yield finding("warning", "section_cap_below_item", where, cap=section.cap, points=max(points))


def _veto_labels(form: Form) -> Iterator[Finding]:
    """A verdict that neither the table nor the bands know: allowed, but a slip of the pen looks just like it."""
    if form.verdicts is None:
        return
    known = {rule.label for rule in form.verdicts.rules} | {band.label for band in form.bands}
    for item in form.items():
        if item.veto.effect in ("verdict", "fail") and item.veto.label not in known:
            yield finding("warning", "veto_label_unknown", f"item:{item.code}", label=item.veto.label)
    for limit in form.limits:
        if limit.effect in ("verdict", "fail") and limit.label not in known:
            yield finding("warning", "limit_label_unknown", label=limit.label)
