"""What makes a form impossible to score is refused at its place, before anybody is scored by it."""

from dataclasses import replace
from typing import Any

import pytest

from scorecards.contradictions import contradictions
from scorecards.form import (
    AllOrNothing,
    CountDeduction,
    Form,
    Item,
    Limit,
    NaShare,
    Parameter,
    Repeat,
    RequiredCount,
    Scale,
    ScaleRow,
    Section,
    Tier,
    Tiers,
    Veto,
)
from tests.unit.scorecards.forms import BANDS, D, form, item

ROOMS = Repeat(unit_label="寝室")
PUPILS = Parameter("pupils", "学生数")
BEDS = Parameter("beds", "床位数", source="unit")


def scaled(parameter: str = "pupils", **more: Any) -> Item:
    return item("1", RequiredCount(Scale(parameter=parameter, **(more or {"per": D(500)})), D(1)), 10)


def costs(*rows: tuple[int, str], **more: Any) -> Item:
    by = Scale(parameter="pupils", rows=tuple(ScaleRow(D(start), D(value)) for start, value in rows), **more)
    return item("1", CountDeduction(D(5), unit_points_by=by), 10)


def tiers(*rows: tuple[int, int], counts: Any = "defects") -> Item:
    return item("1", Tiers(tuple(Tier(start, D(points)) for start, points in rows), counts=counts), 10)


def one(section: dict[str, Any], *items: Item, **more: Any) -> Form:
    return form(sections=(Section(code="A", title="一", items=items, **section),), **more)


ONE = item("1", AllOrNothing(), 10)
BONUS = replace(ONE, bonus=True)


@pytest.mark.parametrize(
    ("target", "path", "code"),
    [
        (one({"repeat": ROOMS}, ONE, repeat=ROOMS), "sections.A.repeat", "repeats_twice"),
        (one({"na_allowed": True}, replace(ONE, code="A")), "sections.A.na_allowed", "section_code_taken"),
        (one({"na_share": NaShare(percent=D(101))}, ONE), "sections.A.na_share.percent", "percent_above_100"),
        (form(scaled()), "items.1.rule.required.parameter", "unknown_parameter"),
        (form(scaled("beds"), parameters=(BEDS,)), "items.1.rule.required.parameter", "parameter_without_units"),
        (form(scaled(plus=1), parameters=(PUPILS,)), "items.1.rule.required", "scale_needs_one"),
        (
            form(scaled(per=D(5), rows=(ScaleRow(D(0), D(1)),)), parameters=(PUPILS,)),
            "items.1.rule.required",
            "scale_needs_one",
        ),
        (form(scaled(per=D(0)), parameters=(PUPILS,)), "items.1.rule.required.per", "not_positive"),
        (
            form(scaled(rows=(ScaleRow(D(0), D("1.5")),)), parameters=(PUPILS,)),
            "items.1.rule.required.rows",
            "not_whole",
        ),
        (form(costs(per=D(5)), parameters=(PUPILS,)), "items.1.rule.unit_points_by", "scale_needs_rows"),
        (
            form(costs((4, "2"), (4, "1")), parameters=(PUPILS,)),
            "items.1.rule.unit_points_by.rows",
            "rows_not_ascending",
        ),
        (form(tiers((1, 10))), "items.1.rule.tiers", "tiers_from_zero"),
        (form(tiers((0, 10), (2, 5), (2, 0))), "items.1.rule.tiers", "rows_not_ascending"),
        (form(tiers((0, 5), (1, 10))), "items.1.rule.tiers", "tiers_not_monotone"),
        (form(tiers((0, 10), (1, 5), counts="present")), "items.1.rule.tiers", "tiers_not_monotone"),
        (form(item("1", CountDeduction(D(1)), 5, bonus=True)), "items.1.bonus", "bonus_shape"),
        (one({"repeat": ROOMS}, BONUS), "items.1.bonus", "bonus_repeats"),
        (form(BONUS, repeat=ROOMS), "items.1.bonus", "bonus_repeats"),
        (form(ONE, parameters=(PUPILS, PUPILS)), "parameters", "duplicate_code"),
        (form(ONE, limits=(Limit(at_least=1, effect="no_band"),)), "limits.0.mark", "limit_without_items"),
        (form(ONE, limits=(Limit(at_least=1, effect="no_band", mark="★"),)), "limits.0.mark", "limit_without_items"),
        (form(replace(ONE, key=True), limits=(Limit(at_least=1, effect="fail"),)), "limits.0.label", "required"),
        (
            form(replace(ONE, key=True), bands=BANDS, limits=(Limit(at_least=1, effect="band_cap", label="特优"),)),
            "limits.0.label",
            "unknown_band",
        ),
        (form(replace(ONE, veto=Veto("fail"))), "items.1.veto.label", "required"),
    ],
)
def test_a_contradiction_is_named_at_its_place(target: Form, path: str, code: str) -> None:
    assert (path, code) in {(problem.path, problem.code) for problem in contradictions(target)}


def test_sound_parts_are_no_contradictions() -> None:
    rows = (costs((4, "2"), (8, "1")), replace(tiers((0, 10), (1, 10), (2, 0)), code="2", key=True, mark="★"))
    limits = (Limit(at_least=1, effect="band_cap", label="合格", mark="★"), Limit(at_least=2, effect="no_band"))
    assert not contradictions(
        one({"repeat": ROOMS, "na_allowed": True}, *rows, parameters=(PUPILS, BEDS), limits=limits, bands=BANDS)
    )
