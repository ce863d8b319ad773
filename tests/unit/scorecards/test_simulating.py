"""A draft tried on past answers and on generated ones."""

from dataclasses import replace

import pytest

from scorecards.form import (
    Additive,
    AllOrNothing,
    Band,
    CountDeduction,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    Parameter,
    Repeat,
    RequiredCount,
    Scale,
    ScaleRow,
    Section,
    Tier,
    Tiers,
    Veto,
    VetoOnly,
)
from scorecards.generating import generated_visits
from scorecards.past import PastVisit
from scorecards.simulating import simulate
from tests.unit.scorecards.forms import D, entries


def item(code, rule=None, points=5):
    return Item(code=code, no=code, text=code, points=D(points), rule=rule or AllOrNothing())


def form(*items, **more):
    bands = (Band("合格", D(6)), Band("不合格", D(0)))
    return Form(title="表", kind="canteen", sections=(Section(code="s", title="s", items=items),), bands=bands, **more)


FORM = form(item("1"), item("2", CountDeduction(D(1))))


def visits(*answers, score=None):
    return [PastVisit(one, score=score) for one in answers]


def test_scores_bands_and_what_was_lost():
    found = simulate(
        FORM, visits({"1": {"met": True}, "2": {"count": 0}}, {"1": {"met": False}, "2": {"count": 2}}, score=D(7))
    )
    assert found.scores == [D("10.0"), D("3.0")]
    assert (found.mean, found.median, found.mean_before) == (D("6.5"), D("6.5"), D(7))
    assert found.bands == {"合格": 1, "不合格": 1}
    assert (found.items["2"].lost, found.items["2"].lost_points) == (1, D(2))
    assert sum(now for _start, _end, now, _before in found.histogram()) == 2
    assert sum(before for _start, _end, _now, before in found.histogram()) == 2


def test_a_new_item_counts_as_well_done_and_is_named():
    found = simulate(form(*FORM.sections[0].items, item("3")), visits({"1": {"met": True}, "2": {"count": 1}}))
    assert found.scores == [D("14.0")]
    assert (found.items["3"].unmatched, found.items["1"].unmatched) == (1, 0)


def test_a_removed_item_is_left_out_and_named():
    found = simulate(form(item("1")), visits({"1": {"met": False}, "9": {"count": 3}, "9@a": {"count": 1}}))
    assert (found.scores, found.dropped) == ([D("0.0")], {"9": 2})


def test_an_answer_that_the_new_rule_does_not_take_is_not_taken_over():
    """A count of three was well within the old rule; the new one asks whether the thing is met."""
    found = simulate(form(item("1"), item("2")), visits({"1": {"met": False}, "2": {"count": 3}}))
    assert (found.scores, found.items["2"].unmatched) == ([D("5.0")], 1)
    judged = simulate(form(item("2", Judged(D(1)))), visits({"2": {"judged": "4.5"}}))
    assert judged.items["2"].unmatched == 1


def test_an_item_on_which_all_fare_alike_tells_nobody_apart():
    answers = [{"1": {"met": True}, "2": {"count": number}} for number in (0, 1, 2, 0, 1)]
    found = simulate(FORM, visits(*answers))
    assert [code for code, story in found.items.items() if story.never_discriminates] == ["1"]
    assert not simulate(FORM, visits(*answers[:4])).items["1"].never_discriminates


def test_without_visits_there_is_nothing_to_say():
    found = simulate(FORM, [])
    assert (found.visits, found.mean, found.histogram()) == (0, None, [])


def test_full_marks_have_no_step_of_their_own():
    found = simulate(FORM, visits(*[{"1": {"met": True}, "2": {"count": number}} for number in (0, 0, 1)]))
    assert found.histogram()[-1][1] == 10
    assert sum(row[2] for row in found.histogram()) == 3


EVERY = form(
    item("1"), item("2", CountDeduction(D(1))), item("3", Judged(D("0.5"))), item("4", ListedDeductions(entries(1, 2))),
    item("5", Additive(entries(2, 3))), item("6", Levels(entries(5, 3, 0))),
    replace(item("7", VetoOnly()), points=None, veto=Veto("form_zero")),
)  # fmt: skip


def test_generated_answers_fit_every_rule_and_differ():
    made = generated_visits(EVERY, 60, seed=1)
    found = simulate(EVERY, made)
    assert (found.visits, found.incomplete) == (60, 0)
    assert all(story.unmatched == 0 for story in found.items.values())
    assert len(set(found.scores)) > 5
    assert generated_visits(EVERY, 3, seed=1) == made[:3]


@pytest.mark.parametrize("seed", range(3))
def test_no_score_is_lost_from_the_picture(seed):
    found = simulate(EVERY, generated_visits(EVERY, 100, seed))
    assert sum(row[2] for row in found.histogram()) == 100
    assert len(found.histogram()) <= 11


def test_generated_answers_fit_what_depends_on_counts_parameters_and_units():
    rooms = Section(
        code="r", title="寝室", repeat=Repeat(unit_label="寝室"),
        items=(
            item("r1", CountDeduction(D(2), unit_points_by=Scale(
                parameter="beds", rows=(ScaleRow(D(4), D(3)), ScaleRow(D(6), D(2)))))),
            item("r2"),
        ),
    )  # fmt: skip
    others = Section(
        code="o", title="其他",
        items=(
            item("o1", Tiers((Tier(0, D(5)), Tier(1, D(3)), Tier(2, D(0))))),
            item("o2", RequiredCount(Scale(parameter="pupils", per=D(500), minimum=2), D(1))),
            replace(item("o3", Additive(entries(2))), bonus=True),
        ),
    )  # fmt: skip
    form = Form(
        title="表", kind="dormitory", sections=(rooms, others),
        parameters=(Parameter("pupils", "学生数"), Parameter("beds", "床位", source="unit")),
    )  # fmt: skip
    found = simulate(form, generated_visits(form, 80, seed=2))
    assert found.incomplete == 0
    assert {code: story.unmatched for code, story in found.items.items()} == dict.fromkeys(found.items, 0)
    assert found.items["r1"].given == 240  # three rooms each
    assert len(set(found.scores)) > 5
    # Answers to rooms are kept by their item where the section stays, and named where it went.
    past = generated_visits(form, 5, seed=2)
    assert simulate(replace(form, sections=(others,)), past).dropped == {"r1": 15, "r2": 15}


def test_an_item_that_begins_to_repeat_counts_as_well_done():
    """The answers of before have no rooms."""
    past = visits({"1": {"met": False}, "2": {"count": 2}})
    again = replace(FORM, sections=(replace(FORM.sections[0], repeat=Repeat(unit_label="间")),))
    found = simulate(again, past)
    assert found.visits == 1
