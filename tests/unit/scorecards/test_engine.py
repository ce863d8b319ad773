"""Each rule shape by hand-computed figures, and every way an answer can be unfit."""

from decimal import Decimal
from typing import Any

import pytest

from scorecards import answers as a
from scorecards.engine import Scorer, round_half_up, score
from scorecards.form import (
    Additive,
    AllOrNothing,
    Band,
    CountDeduction,
    Entry,
    Judged,
    Levels,
    ListedDeductions,
    Section,
    Unscored,
    Veto,
    VetoOnly,
)
from scorecards.problems import AnswersInvalid, FormInvalid
from tests.unit.scorecards.forms import BANDS, D, entries, every_shape, form, item, perfect

COUNT = CountDeduction(D(2), "处")
MIXED = ListedDeductions((Entry("1", "无制度", D(1)), Entry("2", "每人", D("0.5"), True)))


@pytest.mark.parametrize(
    ("rule", "points", "answer", "awarded", "reason"),
    [
        (AllOrNothing(), 5, a.met(), "5", "full"),
        (AllOrNothing(), 5, a.met(False), "0", "not_met"),
        (Judged(D("0.5")), 5, a.judged("3.5"), "3.5", "judged"),
        (Judged(D(2)), 5, a.judged(5), "5", "full"),
        (COUNT, 10, a.count(0), "10", "full"),
        (COUNT, 10, a.count(3), "4", "count"),
        (COUNT, 5, a.count(3), "0", "count_capped"),
        (CountDeduction(D(2), cap=D(6)), 10, a.count(9), "4", "count_capped"),
        (CountDeduction(D(1), zero_at=3), 5, a.count(2), "3", "count"),
        (CountDeduction(D(1), zero_at=3), 5, a.count(3), "0", "count_zero"),
        (CountDeduction(D(1), cap=D(2), zero_at=3), 5, a.count(3), "0", "count_zero"),
        (CountDeduction(D(1), unresolved_factor=D(2)), 5, a.count(3, unresolved=1), "1", "count"),
        (MIXED, 3, a.checked(), "3", "full"),
        (MIXED, 3, a.checked(["1"]), "2", "listed"),
        (MIXED, 3, a.checked({"1": 1, "2": 3}), "0.5", "listed"),
        (MIXED, 3, a.checked({"1": 1, "2": 9}), "0", "listed_capped"),
        (ListedDeductions(entries(2, 2), D(3)), 5, a.checked(["1", "2"]), "2", "listed_capped"),
        (Additive(entries(2, 3)), 5, a.checked(["2"]), "3", "additive"),
        (Additive(entries(2, 3)), 5, a.checked(["1", "2"]), "5", "full"),
        (Additive((Entry("1", "每项", D(2), True),)), 5, a.checked({"1": 4}), "5", "full"),
        (Levels(entries(5, 3, 0)), 5, a.level("2"), "3", "level"),
        (Levels(entries(5, 3, 0)), 5, a.level("1"), "5", "full"),
    ],
)
def test_what_each_rule_awards(rule: Any, points: int, answer: a.Answer, awarded: str, reason: str) -> None:
    result = score(form(item("1", rule, points)), {"1": answer})
    (line,) = result.account
    assert (line.awarded, line.reason) == (D(awarded), reason)
    assert line.available == points
    assert line.lost == points - D(awarded)
    assert result.score == round(D(awarded), 1)


@pytest.mark.parametrize(
    ("rule", "answer", "code"),
    [
        (AllOrNothing(), a.count(1), "wrong_kind"),
        (AllOrNothing(), a.Answer("met", 1), "not_a_flag"),
        (AllOrNothing(), a.Answer("met", None), "not_a_flag"),
        (Judged(), a.judged("5.5"), "mark_out_of_range"),
        (Judged(), a.judged("-0.5"), "mark_out_of_range"),
        (Judged(), a.judged("0.3"), "mark_off_step"),
        (Judged(), a.judged("1E-300"), "mark_off_step"),
        (Judged(), a.judged("NaN"), "not_a_number"),
        (Judged(), a.judged("Infinity"), "not_a_number"),
        (Judged(), a.Answer("judged", 2.5), "not_a_number"),
        (COUNT, a.count(-1), "not_a_count"),
        (COUNT, a.count(True), "not_a_count"),
        (COUNT, a.Answer("count", 1.0), "not_a_count"),
        (COUNT, a.count(10**7), "not_a_count"),
        (COUNT, a.count(1, unresolved=2), "unresolved_above_count"),
        (COUNT, a.count(1, unresolved=-1), "unresolved_above_count"),
        (MIXED, a.checked(["7"]), "unknown_entry"),
        (MIXED, a.checked({"1": 2}), "entry_not_repeatable"),
        (MIXED, a.checked({"2": -1}), "not_a_count"),
        (MIXED, a.Answer("checked", "1"), "not_entries"),
        (Levels(entries(5, 0)), a.level("9"), "unknown_level"),
        (Levels(entries(5, 0)), a.Answer("level", ["1"]), "unknown_level"),
        (VetoOnly(), a.met(), "wrong_kind"),
        (AllOrNothing(), a.not_applicable("没有"), "na_not_allowed"),
        (AllOrNothing(), a.met(True, veto=True), "item_has_no_veto"),
        (AllOrNothing(), a.Answer("met", True, veto="yes"), "not_a_flag"),  # type: ignore[arg-type]
    ],
)
def test_unfit_answers_are_refused(rule: Any, answer: a.Answer, code: str) -> None:
    veto = Veto("form_zero") if isinstance(rule, VetoOnly) else Veto()
    rows = [item("1", rule, None if isinstance(rule, VetoOnly) else 5, veto=veto), item("2", AllOrNothing(), 5)]
    with pytest.raises(AnswersInvalid) as raised:
        score(form(*rows), {"1": answer, "2": a.met()})
    assert [(problem.path, problem.code) for problem in raised.value.problems] == [("1", code)]


def test_every_unfit_answer_is_listed_at_once() -> None:
    with pytest.raises(AnswersInvalid) as raised:
        score(every_shape(), {"1": a.count(1), "2": a.judged(99), "zz": a.met()})
    assert {(problem.path, problem.code) for problem in raised.value.problems} == {
        ("1", "wrong_kind"),
        ("2", "mark_out_of_range"),
        ("zz", "unknown_item"),
    }


def test_a_reason_is_asked_for_what_does_not_apply() -> None:
    with pytest.raises(AnswersInvalid, match="na_without_reason"):
        score(every_shape(), {"1": a.not_applicable("  ")})


def test_not_applicable_renormalises_by_the_official_formula() -> None:
    answers = perfect(every_shape()) | {"1": a.not_applicable("没有"), "3": a.count(3)}
    # earned 74 of 80: 74 / (100 - 20) x 100
    result = score(every_shape(), answers)
    assert result.score == D("92.5")
    assert result.account[0].awarded is None
    assert result.sections[0].available == 80


def test_a_third_is_rounded_once_at_the_end() -> None:
    rows = [item("1", Judged(D(1)), 3), item("2", AllOrNothing(), 4, na_allowed=True)]
    answers = {"1": a.judged(2), "2": a.not_applicable("没有")}
    assert score(form(*rows, na_policy="renormalise"), answers).score == D("4.7")  # 2/3 x 7 = 4.666…
    assert score(form(*rows, na_policy="renormalise", places=3), answers).score == D("4.667")


@pytest.mark.parametrize(
    ("mark", "shown", "band"), [("89.95", "90.0", "优秀"), ("89.94", "89.9", "良好"), ("74.95", "75.0", "良好")]
)
def test_half_is_rounded_up_and_the_band_follows_what_is_shown(mark: str, shown: str, band: str) -> None:
    result = score(form(item("1", Judged(D("0.01")), 100), bands=BANDS), {"1": a.judged(mark)})
    assert (str(result.score), result.band) == (shown, band)


def test_rounding_never_depends_on_the_callers_decimal_context() -> None:
    from decimal import ROUND_DOWN, localcontext

    with localcontext(prec=2, rounding=ROUND_DOWN):
        result = score(form(item("1", Judged(D("0.01")), 100)), {"1": a.judged("89.95")})
    assert str(result.score) == "90.0"


def test_other_ways_to_treat_what_does_not_apply() -> None:
    rows = [item("1", AllOrNothing(), 60), item("2", AllOrNothing(), 40, na_allowed=True)]
    answers = {"1": a.met(False), "2": a.not_applicable("没有")}
    assert score(form(*rows, na_policy="full"), answers).score == 40
    assert score(form(*rows, na_policy="renormalise"), answers).score == 0
    with pytest.raises(AnswersInvalid):
        score(form(*rows), answers)


def test_nothing_that_applies_has_no_score() -> None:
    rows = [item("1", AllOrNothing(), 60, na_allowed=True)]
    result = score(form(*rows, na_policy="renormalise", bands=BANDS), {"1": a.not_applicable("没有")})
    assert (result.score, result.band, result.complete) == (None, None, True)


def test_a_school_without_the_tag_need_not_answer() -> None:
    rows = [item("1", AllOrNothing(), 60), item("2", AllOrNothing(), 40, tags=("school_bus",))]
    target = form(*rows)
    assert score(target, {"1": a.met()}, {"boarding"}).score == 100
    assert score(target, {"1": a.met()}, {"school_bus"}).missing == ("2",)
    assert score(target, {"1": a.met()}).missing == ("2",)
    # Seen on site all the same: what the inspector answered counts.
    assert score(target, {"1": a.met(), "2": a.met(False)}, {"boarding"}).score == 60


def test_an_unfinished_form_has_no_band_and_says_what_is_missing() -> None:
    answers = perfect(every_shape())
    del answers["3"], answers["7"]
    result = score(every_shape(), answers)
    assert (result.complete, result.band, result.missing) == (False, None, ("3", "7"))
    assert result.score == 85  # what is certain so far
    assert [line.reason for line in result.account if line.code == "3"] == ["unanswered"]


def test_an_unscored_item_may_stay_open() -> None:
    result = score(form(item("1", AllOrNothing(), 10), item("2", Unscored())), {"1": a.met()})
    assert (result.complete, result.score) == (True, 10)


def test_item_veto_takes_the_item_and_says_so() -> None:
    result = score(every_shape(), perfect(every_shape()) | {"6": a.level("1", veto=True)})
    line = result.account[5]
    assert (line.awarded, line.vetoed, line.reason) == (0, True, "veto_item")
    assert result.score == 80
    assert [veto.effect for veto in result.vetoes] == ["item_zero"]


def test_form_veto_zeroes_the_score_but_not_the_account() -> None:
    result = score(every_shape(), perfect(every_shape()) | {"7": a.found()})
    assert (result.score, result.band, result.score_before_veto) == (0, "不合格", 100)
    assert result.account[0].awarded == 20


def test_section_veto_zeroes_its_section_only() -> None:
    one = Section(
        code="1",
        title="一",
        items=(item("1", AllOrNothing(), 30), item("2", COUNT, 30, veto=Veto("section_zero", condition="x"))),
    )
    two = Section(code="2", title="二", items=(item("3", AllOrNothing(), 40),))
    answers = {"1": a.met(), "2": a.count(0, veto=True), "3": a.met()}
    result = score(form(sections=(one, two), total=D(100)), answers)
    assert result.score == 40
    assert [line.reason for line in result.account] == ["veto_section", "veto_section", "full"]
    assert [total.awarded for total in result.sections] == [0, 40]


def test_band_cap_only_ever_lowers() -> None:
    rows = [item("1", AllOrNothing(), 90), item("2", AllOrNothing(), 10, veto=Veto("band_cap", "合格", on_loss=True))]
    target = form(*rows, bands=BANDS)
    assert score(target, {"1": a.met(), "2": a.met(False)}).band == "合格"
    assert score(target, {"1": a.met(), "2": a.met()}).band == "优秀"
    assert score(target, {"1": a.met(False), "2": a.met(False)}).band == "不合格"


def test_a_veto_on_loss_gives_the_verdict_and_keeps_the_score() -> None:
    rows = [item("1", AllOrNothing(), 90), item("2", AllOrNothing(), 10, veto=Veto("verdict", "否决", on_loss=True))]
    result = score(form(*rows), {"1": a.met(), "2": a.met(False)})
    assert (result.score, result.verdict) == (90, "否决")


def test_deduct_mode_starts_from_the_total_and_stops_at_zero() -> None:
    beds = ListedDeductions((Entry("8", "8人间每床", D(10), True),))
    target = form(item("1", AllOrNothing(), 10), item("2", beds), total=D(100), mode="deduct", bands=BANDS)
    assert score(target, {"1": a.met(False), "2": a.checked({"8": 2})}).score == 70
    assert score(target, {"1": a.met(False), "2": a.checked({"8": 12})}).score == 0
    assert score(target, {"1": a.met(), "2": a.checked()}).score == 100


def test_a_form_whose_items_exceed_the_total_never_scores_above_it() -> None:
    target = form(item("1", AllOrNothing(), 80), item("2", AllOrNothing(), 40), total=D(100))
    assert score(target, {"1": a.met(), "2": a.met()}).score == 100


def test_key_failures_are_named() -> None:
    rows = [item("1", COUNT, 10, key=True), item("2", COUNT, 10)]
    assert score(form(*rows), {"1": a.count(1), "2": a.count(1)}).key_failures == ("1",)


def test_a_contradictory_form_is_refused_before_scoring() -> None:
    with pytest.raises(FormInvalid, match="duplicate_code"):
        Scorer(form(item("1", AllOrNothing(), 5), item("1", AllOrNothing(), 5)))
    with pytest.raises(FormInvalid, match="veto_without_effect"):
        Scorer(form(item("1", VetoOnly())))
    with pytest.raises(FormInvalid, match="unknown_band"):
        Scorer(form(item("1", AllOrNothing(), 5, veto=Veto("band_cap", "无此档")), bands=BANDS))
    with pytest.raises(FormInvalid, match="duplicate_minimum"):
        Scorer(form(item("1", AllOrNothing(), 5), bands=(Band("甲", D(0)), Band("乙", D("0.0")))))


@pytest.mark.parametrize(
    ("text", "places", "shown"), [("0.05", 1, "0.1"), ("0.04999", 1, "0.0"), ("2.5", 0, "3"), ("1.0005", 3, "1.001")]
)
def test_round_half_up(text: str, places: int, shown: str) -> None:
    from fractions import Fraction

    assert str(round_half_up(Fraction(text), places)) == shown
    assert isinstance(round_half_up(Fraction(text), places), Decimal)
