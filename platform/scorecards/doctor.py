"""The form doctor: finds what is wrong, or doubtful, in a form before anybody is scored by it.

error: the form must not be published like this. warning: a person should look. info: worth knowing.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from scorecards.doctor_items import item_findings
from scorecards.doctor_parts import part_findings
from scorecards.finding import Finding, Severity, finding, has_errors, sorted_findings
from scorecards.form import WITHOUT_POINTS, Form, Section, Unscored, bands_from_best, base_of
from scorecards.form_json import contradictions
from scorecards.reading_text import normalise
from scorecards.verdicts import Flaw, flaws, general_rate

__all__ = ["Finding", "check", "has_errors"]

_HONOUR = re.compile(r"星|★|示范|先进|标兵|标杆|[一二三特]等奖|金牌|银牌|铜牌")


def check(form: Form) -> list[Finding]:
    """Gravest first."""
    return sorted_findings(_all(form))


def _all(form: Form) -> Iterator[Finding]:
    for problem in contradictions(form):
        yield finding("error", "contradiction", **{**problem.params, "path": problem.path, "problem": problem.code})
    yield from _sums(form)
    for section in form.sections:
        if not section.items:
            yield finding("error", "section_without_items", f"section:{section.code}", title=section.title)
        for item in section.items:
            yield from item_findings(form, item)
    yield from _duplicates(form)
    yield from _bands(form)
    yield from _verdicts(form)
    yield from _not_applicable(form)
    yield from part_findings(form)


def _scored(form: Form) -> bool:
    if form.mode == "pass_rate":
        return True
    return form.total is not None or any(not isinstance(item.rule, WITHOUT_POINTS) for item in form.items())


def _items_sum(section: Section) -> Decimal:
    """Bonus items earn over the total and count in no sum; a part of nothing but bonus is compared as it is."""
    rows = [item for item in section.items if not isinstance(item.rule, WITHOUT_POINTS)]
    own = [item for item in rows if not item.bonus]
    return sum((item.points or Decimal(0) for item in own or rows), Decimal(0))


def _is_bonus(section: Section) -> bool:
    return bool(section.items) and all(item.bonus for item in section.items)


def _sums(form: Form) -> Iterator[Finding]:
    if not _scored(form) or form.mode == "pass_rate":
        return
    # In deduct mode the total is set, and what can be lost need not add up to it.
    severity: Severity = "warning" if form.mode == "deduct" else "error"
    for section in form.sections:
        items = _items_sum(section)
        capped = section.cap is not None and section.cap == section.points
        if section.points is not None and section.items and items != section.points and not capped:
            yield finding(severity, "section_sum", f"section:{section.code}", items=items, points=section.points)
    if form.total is None:
        return
    counted = [section for section in form.sections if not _is_bonus(section)]
    items = sum((_items_sum(section) for section in counted), Decimal(0))
    caps = [section.cap for section in counted if section.cap is not None]
    capped = form.mode == "deduct" and len(caps) == len(counted) and sum(caps, Decimal(0)) == form.total
    # Items that only cost have no points to add up.
    costs_only = form.mode == "deduct" and not items
    if items != form.total and not capped and not costs_only:
        yield finding(severity, "total_sum", items=items, total=form.total)
    printed = [section.points for section in counted if section.points is not None]
    if counted and len(printed) == len(counted) and sum(printed, Decimal(0)) != form.total:
        yield finding(severity, "sections_sum", sections=sum(printed, Decimal(0)), total=form.total)


def _duplicates(form: Form) -> Iterator[Finding]:
    texts: dict[str, str] = {}
    numbers: dict[str, str] = {}
    for item in form.items():
        text = re.sub(r"\W", "", normalise(item.text)) or normalise(item.text)
        if text in texts:
            yield finding("warning", "duplicate_text", f"item:{item.code}", other=texts[text])
        texts.setdefault(text, item.code)
        if item.no and item.no in numbers:
            yield finding("info", "duplicate_no", f"item:{item.code}", no=item.no, other=numbers[item.no])
        numbers.setdefault(item.no, item.code)


def _bands(form: Form) -> Iterator[Finding]:
    if not form.bands:
        if _scored(form) and form.verdicts is None:
            yield finding("warning", "bands_missing")
        return
    if not _scored(form):
        yield finding("error", "bands_without_score")
    top = base_of(form)
    ranked = bands_from_best(form)
    for band in ranked:
        where = f"band:{band.label}"
        if band.minimum > top:
            yield finding("error", "band_unreachable", where, minimum=band.minimum, total=top)
        if band.maximum is not None and band.maximum < band.minimum:
            yield finding("error", "band_reversed", where, minimum=band.minimum, maximum=band.maximum)
    if ranked[0].maximum is not None and ranked[0].maximum != top:
        yield finding("warning", "band_top", f"band:{ranked[0].label}", maximum=ranked[0].maximum, total=top)
    if ranked[-1].minimum > 0:
        # Stars and honours are given or not: below the lowest there is none. Grades have to reach down to zero.
        grave: Severity = "warning" if all(_HONOUR.search(band.label) for band in ranked) else "error"
        yield finding(grave, "band_below_missing", f"band:{ranked[-1].label}", minimum=ranked[-1].minimum)
    for upper, lower in pairwise(ranked):
        if lower.maximum is None:
            continue
        where = f"band:{lower.label}"
        params = {
            "maximum": lower.maximum,
            "minimum": upper.minimum,
            "upper": upper.label,
            "lower": lower.label,
        }
        if lower.maximum > upper.minimum:
            yield finding("error", "band_overlap", where, **params)
        elif lower.maximum == upper.minimum:
            yield finding("info", "band_shared_border", where, **params)
        elif upper.minimum - lower.maximum > 1:
            yield finding("error", "band_gap", where, **params)
        elif _gap_can_be_hit(form, lower.maximum, upper.minimum):
            # "60-89, 90-100": fine for whole points, but 89.5 stands in neither.
            yield finding("warning", "band_gap", where, **params)


def _gap_can_be_hit(form: Form, low: Decimal, high: Decimal) -> bool:
    """Whether a score of the form's own places lies strictly between."""
    return low + Decimal(1).scaleb(-form.places) < high


def _verdicts(form: Form) -> Iterator[Finding]:
    if form.verdicts is None:
        if not _scored(form) and not any(item.veto.effect == "verdict" for item in form.items()):
            yield finding("error", "neither_score_nor_verdict")
        return
    holes = [flaw for flaw in flaws(form) if not flaw.labels]
    overlaps = [flaw for flaw in flaws(form) if flaw.labels]
    only_clean = bool(holes) and all(_clean(flaw) for flaw in holes)
    if only_clean:
        # A list of red lines names what is bad and leaves the rest unsaid.
        yield finding("warning", "verdict_clean_unnamed")
    elif holes:
        yield finding("error", "verdict_hole", **_flaw_params(holes))
    if overlaps:
        yield finding("error", "verdict_overlap", labels=" / ".join(overlaps[0].labels), **_flaw_params(overlaps))


def _clean(flaw: Flaw) -> bool:
    return not flaw.vetoes and not flaw.tally.key_failed and not flaw.tally.general_failed


def _flaw_params(found: list[Flaw]) -> dict[str, Any]:
    first = found[0]
    rate = general_rate(first.tally)
    return {
        "key_failed": first.tally.key_failed,
        "general_failed": first.tally.general_failed,
        "rate": round(Decimal(rate.numerator) / Decimal(rate.denominator), 2),
        "vetoes": first.vetoes,
    }


def _not_applicable(form: Form) -> Iterator[Finding]:
    items = [item for item in form.items() if not isinstance(item.rule, Unscored)]
    whole = any(section.na_allowed for section in form.sections)
    if form.na_policy != "refuse" and items and not whole and not any(item.na_allowed or item.tags for item in items):
        yield finding("warning", "na_unreachable")
