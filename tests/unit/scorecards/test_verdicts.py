"""Verdict forms: key and general items, the official table with its hole, samples, red lines."""

import pytest

from scorecards import answers as a
from scorecards.engine import score
from scorecards.form import AllOrNothing, Condition, Form, Judged, VerdictRule, Verdicts, Veto, VetoOnly, YesNo
from scorecards.result import Tally
from scorecards.verdict_text import read_verdict
from scorecards.verdicts import flaws, judge
from tests.unit.scorecards.forms import D, form, item, perfect, verdict_form, verdict_table


def answered(target: Form, *failed: str) -> dict[str, a.Answer]:
    return perfect(target) | {code: a.met(False) for code in failed}


@pytest.mark.parametrize(
    ("failed", "verdict", "problem"),
    [
        ((), "符合", None),
        (("g1",), "基本符合", None),
        (("g1", "g2", "g3"), "基本符合", None),
        (("g1", "g2", "g3", "g4"), "不符合", None),
        (("k1", "g1"), "基本符合", None),
        (("k1", "k2"), "不符合", None),
        (("k1",), None, "hole"),
    ],
)
def test_the_table_of_2016(failed: tuple[str, ...], verdict: str | None, problem: str | None) -> None:
    target = verdict_form()
    result = score(target, answered(target, *failed))
    assert (result.verdict, result.verdict_problem, result.score) == (verdict, problem, None)
    assert result.key_failures == tuple(code for code in failed if code.startswith("k"))


def test_the_hole_is_found_and_a_mended_table_is_total() -> None:
    holes = list(flaws(verdict_form()))
    assert [(flaw.tally.key_failed, flaw.tally.general_failed, flaw.labels) for flaw in holes] == [(1, 0, ())]
    assert not list(flaws(verdict_form(verdicts=verdict_table(hole=False))))


def test_the_rate_is_compared_exactly_not_as_shown() -> None:
    # 7 of 23 fail: 69.565…% is below 70 however it would be rounded; 6 of 20 is exactly 70 %.
    sixteen_of_23, fourteen_of_20 = Tally(7, 0, 23, 7), Tally(7, 0, 20, 6)
    assert judge(verdict_table(), sixteen_of_23) == ["不符合"]
    assert judge(verdict_table(), fourteen_of_20) == ["基本符合"]


def test_what_does_not_apply_leaves_the_rate() -> None:
    target = verdict_form()
    answers = answered(target, "g1", "g2", "g3") | {"g10": a.not_applicable("没有")}
    result = score(target, answers)  # 6 of 9 = 66.7 %
    assert (result.verdict, result.percent) == ("不符合", D("66.7"))
    assert result.tally == Tally(2, 0, 9, 3)


def test_a_sample_is_enough_where_the_table_says_so() -> None:
    rules = verdict_table().rules
    target = verdict_form(key=5, verdicts=Verdicts(rules=rules, min_key=3, min_general=7))
    answers = {f"k{n}": a.met() for n in range(1, 4)} | {f"g{n}": a.met() for n in range(1, 7)}
    assert score(target, answers).missing == ("g7", "g8", "g9", "g10")
    assert score(target, answers | {"g7": a.met()}).verdict == "符合"
    absent = {f"g{n}": a.not_applicable("没有") for n in range(7, 11)}
    assert score(target, answers | absent).complete, "only what applies can be asked for"


def test_a_sample_never_covers_a_red_line() -> None:
    rows = [item("g1", YesNo()), item("g2", YesNo()), item("v", VetoOnly(), veto=Veto("verdict", "重大"))]
    target = form(*rows, verdicts=Verdicts(rules=verdict_table().rules, min_key=0, min_general=1))
    assert score(target, {"g1": a.met()}).missing == ("v",)
    assert score(target, {"g1": a.met(), "v": a.found(False)}).verdict == "符合"


def test_one_red_line_decides() -> None:
    veto = Veto("verdict", "重大事故隐患")
    clean = VerdictRule("未发现", ((Condition("vetoes", "=", D(0)),),))
    rows = [item("1", VetoOnly(), veto=veto), item("2", VetoOnly(), veto=veto)]
    target = form(*rows, verdicts=Verdicts(rules=(clean,)))
    assert score(target, {"1": a.found(False), "2": a.found(False)}).verdict == "未发现"
    result = score(target, {"1": a.found(False), "2": a.found()})
    assert (result.verdict, [veto.item for veto in result.vetoes]) == ("重大事故隐患", ["2"])


def test_an_overlap_gives_no_verdict() -> None:
    both = tuple(VerdictRule(label, ((Condition("vetoes", ">=", D(0)),),)) for label in ("甲", "乙"))
    target = verdict_form(verdicts=Verdicts(rules=both))
    assert score(target, perfect(target)).verdict_problem == "overlap"
    assert next(flaws(target)).labels == ("甲", "乙")


@pytest.mark.parametrize(
    ("text", "conditions"),
    [
        ("重点项不合格>=2 或 一般项合格率<70%", [[("key_failed", ">=", "2")], [("general_rate", "<", "70")]]),
        (
            "重点项不合格<=1 且 70%<=一般项合格率<100%",
            [[("key_failed", "<=", "1"), ("general_rate", ">=", "70"), ("general_rate", "<", "100")]],
        ),
        ("重点项和一般项均未发现问题", [[("key_failed", "=", "0"), ("general_failed", "=", "0")]]),
        ("重点项不合格２项及以上", [[("key_failed", ">=", "2")]]),
        ("一般项合格率不低于70%，重点项不合格不超过1项", [[("general_rate", ">=", "70"), ("key_failed", "<=", "1")]]),
        ("任一 veto=true 项成立", [[("vetoes", ">=", "1")]]),
        ("未发现重大事故隐患", [[("vetoes", "=", "0")]]),
    ],
)
def test_verdict_wording_is_read(text: str, conditions: list[list[tuple[str, str, str]]]) -> None:
    rule = read_verdict("x", text)
    assert rule is not None
    assert [[(c.metric, c.operator, str(c.value)) for c in every] for every in rule.any_of] == conditions


@pytest.mark.parametrize("text", ["", "情节严重", "重点项不合格较多", "总体良好且重点项不合格<=1", "一般项合格率"])
def test_a_verdict_is_never_guessed(text: str) -> None:
    assert read_verdict("x", text) is None


def by_score(*rules: tuple[str, str, str], places: int = 1) -> Form:
    table = Verdicts(
        rules=tuple(
            VerdictRule(label, (tuple(Condition("score", op, D(value)) for op, value in pairs),))
            for label, *pairs in [(label, (">=", low), ("<=", high)) for label, low, high in rules]
        )
    )
    return form(item("1", Judged(D("0.1")), 100), verdicts=table, places=places)


def test_a_verdict_by_the_score_is_total_at_the_precision_that_is_shown() -> None:
    rules = (("优", "90", "100"), ("良", "60", "89.9"), ("差", "0", "59.9"))
    assert not list(flaws(by_score(*rules)))
    assert [flaw.score for flaw in flaws(by_score(*rules, places=2))] == [
        D("59.91"),
        D("59.99"),
        D("89.91"),
        D("89.99"),
    ]
    overlap = list(flaws(by_score(("优", "90", "100"), ("良", "0", "90"))))
    assert [(flaw.score, flaw.labels) for flaw in overlap] == [(D(90), ("优", "良"))]


def test_a_verdict_by_key_items_of_any_rule_is_total() -> None:
    def table(*counts: tuple[str, str, str]) -> Form:
        rules = tuple(
            VerdictRule(label, ((Condition("key_failures", op, D(value)),),))  # type: ignore[arg-type]
            for label, op, value in counts
        )
        rows = [item("1", AllOrNothing(), 50, key=True), item("2", YesNo(), key=True), item("3", AllOrNothing(), 50)]
        return form(*rows, verdicts=Verdicts(rules=rules))

    assert not list(flaws(table(("好", "=", "0"), ("差", ">=", "1"))))
    assert {flaw.key_failures for flaw in flaws(table(("好", "=", "0"), ("差", ">=", "2")))} == {1}
