"""A rule in words says what the engine does; a flawless visit shows what a form can give."""

import pytest

from scorecards import examples
from scorecards.editing import changed_places, with_item, with_section
from scorecards.form import (
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Judged,
    Levels,
    ListedDeductions,
    Unscored,
    Veto,
    VetoOnly,
    YesNo,
    base_of,
)
from scorecards.form_json import from_json, to_json
from scorecards.perfect import perfect_result
from scorecards.rule_words import rule_words, verdict_words, veto_words
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
