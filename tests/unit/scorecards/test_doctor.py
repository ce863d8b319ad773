"""Each thing the doctor must find, on a form made wrong in just that way."""

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scorecards import doctor
from scorecards.doctor import check, has_errors
from scorecards.doctor_text import FINDINGS
from scorecards.form import (
    Additive,
    AllOrNothing,
    Band,
    CountDeduction,
    Form,
    Judged,
    Levels,
    Limit,
    ListedDeductions,
    Parameter,
    Repeat,
    RequiredCount,
    Scale,
    Section,
    Tier,
    Tiers,
    Verdicts,
    Veto,
    VetoOnly,
    YesNo,
)
from tests.unit.scorecards.forms import BANDS, D, entries, every_shape, form, item, verdict_form, verdict_table

# Whose severity depends on the form; the documentation says on what.
VARYING = {"band_gap", "subpoints_above_item", "kind_guessed"}
SOUND = item("1", AllOrNothing(), 100)


# What one fault brings along of itself.
CONSEQUENCES = {
    "points_without_rule": {"total_sum", "key_without_verdicts"},
    "deduction_above_item": {"subpoints_above_item"},
    "cap_below_unit": {"item_not_fully_losable"},
    "item_without_points": {"total_sum"},
}


def codes(target: Form) -> dict[str, tuple[str, str]]:
    return {found.code: (found.severity, found.where) for found in check(target)}


def test_a_sound_form_is_left_in_peace() -> None:
    assert check(every_shape()) == []
    assert check(verdict_form(verdicts=verdict_table(hole=False))) == []


@pytest.mark.parametrize(
    ("row", "severity", "code"),
    [
        (item("2", CountDeduction(D(2)), None), "error", "item_without_points"),
        (item("2", AllOrNothing(), 0), "error", "item_without_points"),
        (item("2", YesNo(), 5), "error", "points_without_rule"),
        (item("2", Judged(D(6)), 5), "error", "step_above_item"),
        (item("2", Judged(D(2)), 5), "info", "step_does_not_divide"),
        (item("2", CountDeduction(D(6)), 5), "error", "deduction_above_item"),
        (item("2", CountDeduction(D(3), cap=D(2)), 5), "error", "cap_below_unit"),
        (item("2", CountDeduction(D(3), cap=D(6)), 5), "warning", "cap_above_item"),
        (item("2", CountDeduction(D(2), zero_at=4), 5), "info", "zero_at_redundant"),
        (item("2", ListedDeductions(entries(6)), 5), "error", "deduction_above_item"),
        (item("2", ListedDeductions(entries(3), D(2)), 5), "error", "cap_below_unit"),
        (item("2", ListedDeductions(entries(3, 3)), 5), "warning", "subpoints_above_item"),
        (item("2", ListedDeductions(entries(3)), 5), "info", "item_not_fully_losable"),
        (item("2", Additive(entries(3, 3)), 5), "error", "subpoints_above_item"),
        (item("2", Additive(entries(2, 2)), 5), "error", "item_max_unreachable"),
        (item("2", Levels(entries(6, 0)), 5), "error", "subpoints_above_item"),
        (item("2", Levels(entries(4, 0)), 5), "error", "item_max_unreachable"),
        (item("2", Levels(entries(5, 0, 0)), 5), "warning", "levels_equal"),
        (item("2", Levels(entries(5, 2)), 5), "info", "levels_end_above_zero"),
        (item("2", Tiers((Tier(0, D(6)), Tier(1, D(0)))), 5), "error", "subpoints_above_item"),
        (item("2", Tiers((Tier(0, D(4)), Tier(1, D(0)))), 5), "error", "item_max_unreachable"),
        (item("2", Tiers((Tier(0, D(5)), Tier(1, D(2)))), 5), "info", "levels_end_above_zero"),
        (item("2", Tiers((Tier(0, D(5)), Tier(1, D(5)), Tier(2, D(0)))), 5), "warning", "levels_equal"),
        (item("2", AllOrNothing(), 5, review="decide"), "warning", "rule_needs_person"),
        (item("2", AllOrNothing(), 5, review="confirm"), "warning", "rule_to_confirm"),
        (item("2", AllOrNothing(), 5, na_allowed=True), "warning", "na_unreachable"),
        (item("2", AllOrNothing(), 5, text="墙面、地面、门窗（含纱窗、玻璃）整洁"), "info", "double_barrelled"),
        (item("2", AllOrNothing(), 5, text="检查内容１"), "warning", "duplicate_text"),
        (item("2", YesNo(), key=True), "info", "key_without_verdicts"),
    ],
)
def test_an_item_made_wrong(row: Any, severity: str, code: str) -> None:
    found = codes(form(SOUND, row, bands=BANDS))
    assert found[code] == (severity, "item:2")
    assert set(found) <= {code, *CONSEQUENCES.get(code, ())}


def test_a_threshold_just_above_what_counting_reaches_is_fine() -> None:
    assert "zero_at_redundant" not in codes(form(item("1", CountDeduction(D(2), zero_at=3), 5), bands=BANDS[3:]))


def test_sums_that_do_not_close() -> None:
    sections = (
        Section(
            code="1", title="一", points=D(50), items=(item("1", AllOrNothing(), 56), item("2", AllOrNothing(), 3))
        ),
        Section(code="2", title="二", points=D(45), items=(item("3", AllOrNothing(), 45),)),
        Section(code="3", title="三", points=D(1)),
    )
    found = check(form(sections=sections, total=D(100), bands=BANDS))
    assert [(x.code, x.where, dict(x.params)) for x in found] == [
        ("section_sum", "section:1", {"items": "59", "points": "50"}),
        ("total_sum", "form", {"items": "104", "total": "100"}),
        ("sections_sum", "form", {"sections": "96", "total": "100"}),
        ("section_without_items", "section:3", {"title": "三"}),
    ]
    assert has_errors(found)


def test_in_deduct_mode_sums_need_not_close_and_a_ceiling_may_be_open() -> None:
    beds = item("2", ListedDeductions(entries(10)), None)
    found = codes(form(item("1", AllOrNothing(), 90), beds, total=D(100), mode="deduct", bands=BANDS))
    assert found == {"total_sum": ("warning", "form"), "deduction_without_ceiling": ("info", "item:2")}


def bands(*rows: tuple[str, Any, Any]) -> tuple[Band, ...]:
    return tuple(Band(label, D(str(low)), None if high is None else D(str(high))) for label, low, high in rows)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("优", 90, 100), ("良", 60, 90), ("差", 0, 60)], {"band_shared_border": "info"}),
        ([("优", 90, None), ("良", 60, None), ("差", 0, None)], {}),
        ([("优", 91, 100), ("良", 60, 90), ("差", 0, 59)], {"band_gap": "warning"}),
        ([("优", 90, 100), ("良", 60, "89.9"), ("差", 0, "59.9")], {}),
        ([("优", 75, 100), ("良", 60, 70), ("差", 0, "59.9")], {"band_gap": "error"}),
        ([("优", 85, 100), ("良", 60, 90), ("差", 0, "59.9")], {"band_overlap": "error"}),
        ([("优", 90, 100), ("良", 60, "89.9")], {"band_below_missing": "error"}),
        ([("五星", 90, 100), ("三星", 60, "89.9")], {"band_below_missing": "warning"}),
        ([("示范食堂", 90, 100), ("合格", 60, "89.9")], {"band_below_missing": "error"}),
        ([("优", 120, 130), ("差", 0, "119.9")], {"band_unreachable": "error", "band_top": "warning"}),
        ([("优", 90, 80), ("差", 0, "89.9")], {"band_reversed": "error", "band_top": "warning"}),
        ([("优", 90, 95), ("差", 0, "89.9")], {"band_top": "warning"}),
        ([], {"bands_missing": "warning"}),
    ],
)
def test_bands(rows: Any, expected: dict[str, str]) -> None:
    found = codes(form(SOUND, bands=bands(*rows)))
    assert {code: severity for code, (severity, _) in found.items()} == expected


def test_a_hole_and_an_overlap_of_a_verdict_table() -> None:
    (hole,) = check(verdict_form())
    assert (hole.severity, hole.code) == ("error", "verdict_hole")
    assert (hole.params["key_failed"], hole.params["general_failed"], hole.params["rate"]) == (1, 0, "100")
    rules = verdict_table(hole=False).rules
    twice = codes(verdict_form(verdicts=Verdicts(rules=(*rules, replace(rules[0], label="另")))))
    assert twice == {"verdict_overlap": ("error", "form")}


def test_a_list_of_red_lines_without_a_word_for_clean() -> None:
    from scorecards.verdict_text import read_verdict

    rule = read_verdict("重大", "任一项成立")
    assert rule
    target = form(item("1", VetoOnly(), veto=Veto("verdict", "重大")), verdicts=Verdicts(rules=(rule,)))
    assert codes(target) == {"verdict_clean_unnamed": ("warning", "form")}


def test_neither_score_nor_verdict() -> None:
    assert codes(form(item("1", YesNo()))) == {"neither_score_nor_verdict": ("error", "form")}
    assert codes(form(item("1", YesNo()), bands=BANDS))["bands_without_score"] == ("error", "form")


def test_na_that_no_item_can_use() -> None:
    assert codes(form(SOUND, bands=BANDS, na_policy="renormalise")) == {"na_unreachable": ("warning", "form")}


def test_a_form_that_contradicts_itself_is_an_error_not_a_crash() -> None:
    found = check(form(SOUND, SOUND, bands=BANDS, total=D(200)))
    assert ("error", "contradiction") in {(x.severity, x.code) for x in found}


def test_the_gravest_come_first() -> None:
    order = [
        found.severity
        for found in check(form(SOUND, item("1", AllOrNothing(), 5, na_allowed=True), item("2", Judged(D(2)), 5)))
    ]
    assert order == sorted(order, key=["error", "warning", "info"].index)
    assert len(set(order)) == 3


def test_tiers_that_rise_where_they_should_fall_are_a_contradiction() -> None:
    rising = item("1", Tiers((Tier(0, D(2)), Tier(1, D(5)))), 5)
    assert codes(form(rising, bands=BANDS[3:]))["contradiction"][0] == "error"


STAFF = RequiredCount(Scale(parameter="pupils", per=D(500)), D(6))


def test_staffing_that_costs_more_than_the_item_and_figures_nobody_uses() -> None:
    pupils = Parameter("pupils", "学生数", "人")
    beds = Parameter("beds", "床位数", "张", "asked")
    found = codes(form(item("1", STAFF, 5), bands=BANDS[3:], parameters=(pupils, beds)))
    assert found == {"deduction_above_item": ("error", "item:1"), "parameter_unused": ("warning", "form")}
    unknown = codes(form(item("1", replace(STAFF, unit_points=D(1)), 5), bands=BANDS[3:]))
    assert unknown == {"contradiction": ("error", "form")}


def test_bonus() -> None:
    more = item("2", Additive(entries(2, 3)), 5, bonus=True)
    assert codes(form(SOUND, more, total=D(100), bands=BANDS)) == {"bonus_without_cap": ("warning", "form")}
    assert codes(form(SOUND, more, total=D(100), bands=BANDS, bonus_cap=D(5))) == {}
    assert codes(form(SOUND, more, total=D(100), bands=BANDS, bonus_cap=D(9))) == {"bonus_cap_idle": ("info", "form")}
    assert codes(form(SOUND, bands=BANDS, bonus_cap=D(9))) == {"bonus_cap_without_items": ("warning", "form")}


def test_a_part_of_nothing_but_bonus_stands_beside_the_total() -> None:
    parts = (
        Section(code="1", title="一", points=D(100), items=(SOUND,)),
        Section(code="2", title="加分项", points=D(5), items=(item("2", Additive(entries(2, 3)), 5, bonus=True),)),
    )
    assert codes(form(sections=parts, total=D(100), bands=BANDS, bonus_cap=D(5))) == {}


def limit(at_least: int, label: str, effect: Any = "band_cap", mark: str = "") -> Limit:
    return Limit(at_least=at_least, effect=effect, label=label, mark=mark)


def test_limits_on_key_items() -> None:
    rows = (item("1", AllOrNothing(), 50, key=True), item("2", AllOrNothing(), 50, key=True))
    assert codes(form(*rows, bands=BANDS, limits=(limit(1, "良好"), limit(2, "合格")))) == {}
    many = codes(form(*rows, bands=BANDS, limits=(limit(3, "良好"),)))
    assert many == {"limit_unreachable": ("warning", "form")}
    turned = codes(form(*rows, bands=BANDS, limits=(limit(1, "合格"), limit(2, "良好"))))
    assert turned == {"limits_not_monotone": ("error", "form")}
    twice = codes(form(*rows, bands=BANDS, limits=(limit(1, "良好"), limit(1, "合格"))))
    assert twice == {"limits_twice": ("warning", "form")}
    unknown = codes(form(*rows, bands=BANDS, limits=(limit(1, "没有这一档"),)))
    assert unknown == {"contradiction": ("error", "form")}


def test_labels_that_the_verdict_table_does_not_know() -> None:
    red = item("9", VetoOnly(), veto=Veto("verdict", "重大隐患"))
    target = verdict_form(verdicts=verdict_table(hole=False))
    section = replace(target.sections[0], items=(*target.sections[0].items, red))
    found = codes(replace(target, sections=(section,), limits=(limit(1, "没有", "fail"),)))
    assert found["veto_label_unknown"] == ("warning", "item:9")
    assert found["limit_label_unknown"] == ("warning", "form")


def part(**more: Any) -> Form:
    items = (item("1", CountDeduction(D(5)), 60), item("2", AllOrNothing(), 40))
    return form(sections=(Section(code="1", title="一", items=items, **more),), total=D(100), bands=BANDS)


@pytest.mark.parametrize(
    ("more", "severity", "code"),
    [
        ({"cap": D(0)}, "error", "section_cap_zero"),
        ({"cap": D(120)}, "info", "section_cap_idle"),
        ({"cap": D(50)}, "warning", "section_cap_below_item"),
        ({"repeat": Repeat(unit_label=" ")}, "warning", "repeat_without_label"),
        ({"repeat": Repeat(unit_label="寝室", minimum_units=0)}, "warning", "repeat_without_units"),
    ],
)
def test_a_section_made_wrong(more: Any, severity: str, code: str) -> None:
    assert codes(part(**more)) == {code: (severity, "section:1")}


def test_a_rate_needs_no_points() -> None:
    assert codes(form(item("1", AllOrNothing()), item("2", YesNo()), total=D(100), mode="pass_rate", bands=BANDS)) == {}


def test_the_documentation_names_every_finding_once_with_its_severity() -> None:
    text = (Path(__file__).parents[3] / "docs/form-import.md").read_text("utf-8")
    listed = text.split("## Findings and their severity")[1].split("`doubt_…`")[0]
    by_severity = re.split(r"\*\*(error|warning|info)\*\* — ", listed)[1:]
    named = {
        severity: re.findall(r"`([a-z_]+)`", words)
        for severity, words in zip(by_severity[::2], by_severity[1::2], strict=True)
    }
    every = [code for words in named.values() for code in words]
    assert sorted(every) == sorted(code for code in FINDINGS if not code.startswith("doubt_"))
    source = "".join(path.read_text("utf-8") for path in (Path(doctor.__file__).parent).rglob("*.py"))
    for severity, code in re.findall(r"\"(error|warning|info)\", \"([a-z_]+)\"", source):
        listed_under = {level for level, words in named.items() if code in words}
        assert not listed_under or severity in listed_under or code in VARYING, (severity, code)
