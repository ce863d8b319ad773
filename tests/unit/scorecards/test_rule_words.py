"""A rule in words says what the engine does; a flawless visit shows what a form can give."""

import pytest
from hypothesis import given

from scorecards import examples
from scorecards.editing import changed_places, with_item, with_section
from scorecards.form import (
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Form,
    Judged,
    Levels,
    Limit,
    ListedDeductions,
    NaShare,
    Repeat,
    RequiredCount,
    Rule,
    Scale,
    ScaleRow,
    Tier,
    Tiers,
    Unscored,
    Veto,
    VetoOnly,
    YesNo,
    base_of,
)
from scorecards.form_json import from_json, to_json
from scorecards.perfect import perfect_result
from scorecards.problem_text import reason_text, step_text
from scorecards.rule_words import limit_words, repeat_words, rule_words, share_words, verdict_words, veto_words
from tests.support.scoring import forms as any_forms
from tests.unit.scorecards.forms import D, entries, every_shape, form, item, verdict_form


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (AllOrNothing(), ["符合得 5 分，不符合得 0 分"]),
        (Judged(D("0.25")), ["在 0 至 5 分之间评分，间隔 0.25 分"]),
        (CountDeduction(D("0.5"), "间"), ["每间扣 0.5 分，扣完为止"]),
        (
            CountDeduction(D(1), "处", D(3), 4, D(2)),
            ["每处扣 1 分，扣完为止", "最多扣 3 分", "达到 4 处，该条记 0 分", "上次已指出而未整改的，按 2 倍扣"],
        ),
        (
            ListedDeductions((Entry("1", "甲", D(1)), Entry("2", "乙", D(2), True)), D(4)),
            ["出现下列情形分别扣分，扣完为止", "甲：扣 1 分", "乙：每次扣 2 分", "最多扣 4 分"],
        ),
        (Additive(entries(2)), ["做到下列内容分别得分", "小项1：得 2 分"]),
        (Levels(entries(5, 0)), ["从下列等次中选一个", "小项1：得 5 分", "小项2：得 0 分"]),
        (YesNo(), ["合格／不合格，不计分"]),
        (VetoOnly(), ["红线项：发现即否决，不计分"]),
        (Unscored(), ["只记录，不计分"]),
    ],
)
def test_every_rule_has_words(rule, words):
    assert rule_words(rule, D(5)) == words


@pytest.mark.parametrize(
    ("veto", "on_finding", "words"),
    [
        (Veto(), False, ""),
        (Veto("form_zero", condition="弄虚作假"), False, "弄虚作假：总分记 0 分"),
        (Veto("section_zero", on_loss=True), False, "该条一有失分，该部分记 0 分"),
        (Veto("band_cap", "合格"), False, "检查员认定触发否决：等级最高为“合格”"),
        (Veto("verdict", "不合格"), True, "发现即判定为“不合格”"),
    ],
)
def test_every_veto_has_words(veto, on_finding, words):
    assert veto_words(veto, on_finding=on_finding) == words


def test_every_verdict_has_words():
    rules = verdict_form().verdicts.rules
    for rule in rules:
        words = verdict_words(rule)
        assert words
        assert "<=" not in words


@pytest.mark.parametrize("name", examples.names())
def test_every_example_gives_full_marks_to_a_flawless_visit(name):
    target = examples.load(name)
    best = perfect_result(target)
    assert best.complete
    assert not best.vetoes
    if best.score is not None:
        assert best.score == base_of(target)
        assert best.band in (None, max(target.bands, key=lambda band: band.minimum).label if target.bands else None)


def test_every_shape_reaches_its_points():
    assert perfect_result(every_shape()).score == 100
    repeatable = form(item("1", Additive(entries(2, repeatable=True)), 5))
    assert perfect_result(repeatable).score == 5


def test_a_change_names_its_places_and_leaves_the_rest():
    document = to_json(every_shape())
    changed = with_item(document, "2", {**to_json(every_shape())["sections"][0]["items"][1], "text": "新"})
    assert changed_places(document, changed) == {"item:2"}
    assert document == to_json(every_shape())
    assert from_json(changed).item("2").text == "新"
    titled = with_section(document, "1", title="新", points=None, note="")
    assert changed_places(document, titled) == {"section:1"}
    assert changed_places(document, document) == set()
    with pytest.raises(KeyError):
        with_item(document, "99", {})
    with pytest.raises(KeyError):
        with_section(document, "99", title="", points=None, note="")


BEDS = Scale(parameter="beds", rows=(ScaleRow(D(4), D(25)), ScaleRow(D(8), D(10))))


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        (
            Tiers((Tier(0, D(15)), Tier(1, D(10)), Tier(2, D(5)), Tier(4, D(0)))),
            [
                "缺少或不合格的数量决定得分",
                "0 项：得 15 分",
                "1 项：得 10 分",
                "2 至 3 项：得 5 分",
                "4 项以上：得 0 分",
            ],
        ),
        (
            RequiredCount(Scale(parameter="pupils", per=D(500), minimum=2), D(3), cap=D(8), zero_at=4),
            [
                "每缺一名扣 3 分，扣完为止",
                "应有数量：学生数每 500 计 1，不足部分进一；至少 2",
                "最多扣 8 分",
                "缺 4 名起，该条记 0 分",
            ],
        ),
        (
            CountDeduction(D(25), "床", unit_points_by=BEDS, free=1),
            ["每床的扣分随beds而定，扣完为止", "beds 4 起：每床扣 25 分", "beds 8 起：每床扣 10 分", "1 床以内不扣"],
        ),
    ],
)
def test_rules_that_count(rule: Rule, words: list[str]) -> None:
    assert rule_words(rule, D(15), {"pupils": "学生数"}) == words


def test_what_limits_repeats_and_shares_say() -> None:
    assert limit_words(Limit(at_least=2, effect="band_cap", label="合格")) == "重点项有 2 项以上失分：等级最高为“合格”"
    assert limit_words(Limit(at_least=1, effect="no_band", mark="★")) == "标记 ★ 的条目有 1 项以上失分：不评等级"
    assert repeat_words(Repeat(unit_label="寝室", minimum_units=5)) == "每寝室填一次，至少 5，各寝室平均"
    assert share_words(NaShare(percent=D(80), of="rest")) == "整体不适用时，按其余部分得分率的 80% 计"
    assert veto_words(Veto("fail", "不达标", on_loss=True)) == "该条一有失分，判定为“不达标”，不评等级"


@given(any_forms())
def test_every_form_has_words_and_a_flawless_visit(form: Form) -> None:
    for row in form.items():
        assert all(rule_words(row.rule, row.points))
    result = perfect_result(form)
    assert result.complete
    assert not result.missing_parameters
    for line in result.account:
        assert line.lost == 0 or line.rule == "listed_deductions"
    assert all("%(" not in reason_text(line) for line in result.account)
    assert all("%(" not in step_text(step) for step in result.steps)
