import random
from decimal import Decimal
from statistics import mean

import pytest

from bureau.demo.answers import (
    DemoAnswer,
    FormItem,
    form_items,
    form_total,
    full_answer,
    possible_losses,
    school_quality,
    simulate_answers,
)
from bureau.demo.district import build_district
from bureau.demo.remarks import REMARKS, remark_for
from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.form import (
    KINDS,
    Additive,
    AllOrNothing,
    CountDeduction,
    Entry,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    Rule,
    Section,
    Unscored,
    Veto,
    VetoOnly,
    YesNo,
)

ENTRIES = (Entry("a", "甲", Decimal(1)), Entry("b", "乙", Decimal("1.5")), Entry("c", "丙", Decimal("0.5")))
LEVELS = (Entry("good", "好", Decimal(4)), Entry("fair", "中", Decimal(2)), Entry("bad", "差", Decimal(0)))
RULES: tuple[tuple[Rule, int | None], ...] = (
    (AllOrNothing(), 4),
    (Judged(), 6),
    (CountDeduction(Decimal(1), cap=Decimal(4)), 5),
    (CountDeduction(Decimal(1), zero_at=3), 5),
    (ListedDeductions(ENTRIES), 3),
    (Additive(ENTRIES), 3),
    (Levels(LEVELS), 4),
    (Unscored(), None),
    (VetoOnly(), None),
)


def make_form(rules: tuple[tuple[Rule, int | None], ...], repeat: int = 4) -> Form:
    items = [
        Item(
            code=f"i{number:02d}",
            no=str(number),
            text=f"第{number}项 食品留样规范",
            rule=rule,
            points=None if points is None else Decimal(points),
            na_allowed=number % 5 == 0,
            veto=Veto("form_zero") if isinstance(rule, VetoOnly) else Veto(),
        )
        for number, (rule, points) in enumerate(rules * repeat, 1)
    ]
    total = sum(item.points or 0 for item in items)
    return Form(
        title="演示",
        kind="canteen",
        sections=(Section(code="s", title="一", items=tuple(items)),),
        total=Decimal(total),
        na_policy="renormalise",
    )


def percents(form: Form) -> list[Decimal]:
    scorer, items, found = Scorer(form), form_items(form), []
    for number in range(120):
        answers = simulate_answers(items, number / 119, random.Random(number), form.kind, form_total(form))
        result = scorer.score(read_answers(form, as_json(answers)))
        assert result.complete
        assert result.percent is not None
        found.append(result.percent)
    return found


def as_json(answers: list[DemoAnswer]) -> dict[str, object]:
    return {answer.code: answer.value for answer in answers}


def test_scores_spread_with_the_quality() -> None:
    found = percents(make_form(RULES))
    assert min(found) >= 54
    assert max(found) <= 100
    assert mean(found[:30]) < 67
    assert mean(found[-30:]) > 87
    assert max(found) - min(found) > 35


def test_a_form_of_deductions_spreads_too() -> None:
    """Its items bear no points, its total is more than they could cost."""
    rules: tuple[tuple[Rule, int | None], ...] = ((CountDeduction(Decimal(5), cap=Decimal(10)), None),)
    base = make_form(rules, repeat=14)
    form = Form(title="演示", kind="dormitory", sections=base.sections, total=Decimal(100), mode="deduct")
    found = percents(form)
    assert min(found) >= 50
    assert mean(found[:30]) < 72 < 85 < mean(found[-30:])


@pytest.mark.parametrize(("rule", "points"), RULES)
def test_the_engine_takes_every_loss_as_it_is_meant(rule: Rule, points: int | None) -> None:
    form = make_form(((rule, points), (AllOrNothing(), 10)), repeat=1)
    item = form_items(form)[0]
    scorer = Scorer(form)
    full = scorer.score(read_answers(form, {"i01": full_answer(item), "i02": True}))
    assert full.account[0].lost == 0
    for loss in possible_losses(item):
        result = scorer.score(read_answers(form, {"i01": loss.value, "i02": True}))
        assert result.account[0].lost == loss.lost > 0


def test_an_item_that_can_lose_has_losses() -> None:
    for rule, points in RULES[:7]:
        assert possible_losses(form_items(make_form(((rule, points),), repeat=1))[0])


def test_red_lines_are_crossed_seldom_and_by_the_poor() -> None:
    items = form_items(make_form(((VetoOnly(), None),), repeat=10))

    def crossed(quality: float) -> int:
        visits = [simulate_answers(items, quality, random.Random(number)) for number in range(100)]
        return sum(any(answer.value == {"found": True} for answer in visit) for visit in visits)

    assert crossed(1.0) == 0
    assert 10 <= crossed(0.0) <= 45


def test_a_red_line_among_points_is_left_alone() -> None:
    item = FormItem("p", "all_or_nothing", Decimal(50), protected=True)
    other = FormItem("o", "judged", Decimal(50))
    for number in range(50):
        answers = simulate_answers([item, other], 0.0, random.Random(number))
        assert answers[0].value == {"met": True}


def test_yes_no_forms_fail_more_with_less_quality() -> None:
    items = form_items(make_form(((YesNo(), None),), repeat=30))

    def failed(quality: float) -> int:
        return sum(answer.value == {"met": False} for answer in simulate_answers(items, quality, random.Random(3)))

    assert 9 <= failed(0.0) <= 15
    assert failed(1.0) == 1


def test_lost_items_carry_a_remark_and_no_others_do() -> None:
    answers = simulate_answers(form_items(make_form(RULES)), 0.3, random.Random(1))
    assert any(answer.remark for answer in answers)
    assert all(bool(answer.remark) == (answer.lost > 0) for answer in answers)


def test_the_same_random_numbers_give_the_same_answers() -> None:
    items = form_items(make_form(RULES))
    assert simulate_answers(items, 0.5, random.Random(9)) == simulate_answers(items, 0.5, random.Random(9))


def test_items_that_need_what_the_school_has_not_are_left_out() -> None:
    item = Item(code="bus", no="1", text="校车", rule=AllOrNothing(), points=Decimal(5), tags=("school_bus",))
    form = Form(title="演示", kind="safety", sections=(Section(code="s", title="一", items=(item,)),))
    assert form_items(form, frozenset()) == []
    assert [found.code for found in form_items(form, frozenset({"school_bus"}))] == ["bus"]
    assert len(form_items(form)) == 1


def test_an_item_is_not_said_to_be_absent_where_the_form_refuses_it() -> None:
    form = make_form(RULES)
    assert any(item.na_allowed for item in form_items(form))
    refusing = Form(title="演示", kind="canteen", sections=form.sections, na_policy="refuse")
    assert not any(item.na_allowed for item in form_items(refusing))


def test_quality_spreads_from_worst_to_best() -> None:
    district = build_district()
    quality = school_quality(district)
    assert set(quality) == {school.code for school in district.schools}
    assert (min(quality.values()), max(quality.values())) == (0.0, 1.0)
    assert quality == school_quality(district)


def test_a_dozen_remarks_per_kind() -> None:
    assert set(REMARKS) == set(KINDS)
    assert all(len(set(remarks)) == len(remarks) >= 12 for remarks in REMARKS.values())


def test_the_remark_fits_the_item() -> None:
    assert "留样" in remark_for("canteen", "食品留样规范")
    assert "灭火器" in remark_for("safety", "消防设施器材、灭火器完好")
    assert "海报张贴" in remark_for("canteen", "海报张贴")
