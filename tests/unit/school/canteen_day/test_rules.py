from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.states import NoTransition
from school.canteen_day import rules
from school.canteen_day.rules import Dish, Finding, Fitness, Lack, Limits

AT = datetime(2026, 11, 20, 4, 30, tzinfo=UTC)
LIMIT = Decimal("37.3")
PORK, FISH = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("celsius", "findings", "expected"),
    [
        (None, (), Fitness.FIT),
        (Decimal("36.5"), (), Fitness.FIT),
        (Decimal("37.3"), (), Fitness.FIT),
        (Decimal("37.4"), (), Fitness.KEPT_AWAY),
        (None, (Finding.FEVER,), Fitness.KEPT_AWAY),
        (Decimal("36.5"), (Finding.HAND_WOUND,), Fitness.KEPT_AWAY),
        (None, (Finding.CLOTHING, Finding.NAILS), Fitness.PUT_RIGHT),
        (None, (Finding.CLOTHING, Finding.DIARRHOEA), Fitness.KEPT_AWAY),
        (Decimal("39"), (Finding.CLOTHING,), Fitness.KEPT_AWAY),
    ],
)
def test_who_may_work_after_the_morning_check(celsius, findings, expected):
    assert rules.fitness(celsius, findings, LIMIT) == expected


def test_who_is_absent_is_neither_fit_nor_kept_away():
    assert rules.fitness(None, (), LIMIT, is_absent=True) == Fitness.ABSENT


STEAM = Limits(seconds=Decimal(600), celsius=Decimal(100))
CHLORINE = Limits(seconds=Decimal(300), mg_per_litre=Decimal(250))


@pytest.mark.parametrize(
    ("limits", "given", "expected"),
    [
        (STEAM, {"seconds": 600, "celsius": Decimal(100), "mg_per_litre": None}, []),
        (STEAM, {"seconds": 600, "celsius": None, "mg_per_litre": None}, []),
        (STEAM, {"seconds": 599, "celsius": Decimal(99), "mg_per_litre": None}, [Lack.TOO_SHORT, Lack.TOO_COOL]),
        (CHLORINE, {"seconds": 300, "celsius": None, "mg_per_litre": Decimal(250)}, []),
        (CHLORINE, {"seconds": 300, "celsius": None, "mg_per_litre": Decimal(249)}, [Lack.TOO_WEAK]),
        (CHLORINE, {"seconds": 300, "celsius": None, "mg_per_litre": None}, [Lack.TOO_WEAK]),
    ],
)
def test_what_a_disinfection_lacks(limits, given, expected):
    assert rules.lacks(limits, **given) == expected


@pytest.mark.parametrize(("celsius", "within"), [(-1, False), (0, True), (8, True), (9, False)])
def test_both_ends_of_a_range_belong_to_it(celsius, within):
    assert rules.is_within(Decimal(celsius), Decimal(0), Decimal(8)) is within


def test_a_freezer_has_no_lower_end():
    assert rules.is_within(Decimal(-30), None, Decimal(-12))
    assert not rules.is_within(Decimal(-11), None, Decimal(-12))


def test_a_sample_is_kept_for_its_hours_to_the_minute():
    assert rules.dispose_not_before(AT, Decimal(48)) == AT + timedelta(hours=48)


@given(st.integers(0, 100_000), st.integers(1, 10_000))
def test_late_is_what_is_written_down_after_the_limit_and_not_at_it(after, limit):
    written = AT + timedelta(seconds=after)
    assert rules.is_entered_late(AT, written, Decimal(limit)) is (after > limit * 60)


def test_a_phone_a_little_ahead_is_no_record_of_the_future():
    assert not rules.is_ahead(AT + timedelta(minutes=5), AT)
    assert rules.is_ahead(AT + timedelta(minutes=6), AT)


MENU = [Dish(PORK, "红烧肉", "meat"), Dish(FISH, "清蒸鱼", "meat"), Dish(None, "牛奶", "dairy")]


def test_missing_dishes_are_found_by_id_or_by_name():
    assert [dish.name for dish in rules.missing_dishes(MENU, {(PORK, "红烧肉（少油）"), (None, "牛奶")})] == ["清蒸鱼"]
    assert rules.missing_dishes(MENU, {(None, dish.name) for dish in MENU}) == []
    assert rules.missing_dishes(MENU, set()) == MENU


def test_a_typed_dish_without_an_id_answers_for_no_other_without_one():
    two = [Dish(None, "牛奶"), Dish(None, "苹果")]
    assert [dish.name for dish in rules.missing_dishes(two, {(None, "牛奶")})] == ["苹果"]


def test_only_what_is_cooked_has_a_core_temperature():
    assert [dish.name for dish in MENU if rules.is_cooked(dish)] == ["红烧肉", "清蒸鱼"]
    assert rules.is_cooked(Dish(None, "教师点的一道菜"))


def test_waste_per_diner():
    assert rules.grams_per_diner(12_000, 400) == Decimal("30.0")
    assert rules.grams_per_diner(10, 3) == Decimal("3.3")
    assert rules.grams_per_diner(12_000, 0) is None
    assert rules.grams_per_diner(12_000, None) is None


def test_a_supervision_group_has_five_kinds_of_members():
    assert rules.missing_members(["leader", "teacher", "parent"]) == [
        rules.MemberKind.LOGISTICS, rules.MemberKind.PUPIL,
    ]  # fmt: skip
    assert rules.missing_members(list(rules.MemberKind)) == []


def test_a_finding_moves_by_its_table_only():
    moves = {
        (state, event): rules.next_state(state, event)
        for state in rules.FindingState
        for event in rules.FindingEvent
        if (state, event) in rules.TRANSITIONS
    }
    assert moves == {
        ("open", "fix"): "fixed", ("fixed", "confirm"): "closed", ("fixed", "send_back"): "open",
    }  # fmt: skip
    for state in rules.FindingState:
        for event in rules.FindingEvent:
            if (state, event) not in moves:
                with pytest.raises(NoTransition):
                    rules.next_state(state, event)


@given(st.lists(st.text(min_size=1), min_size=1, max_size=6), st.integers(1, 40), st.integers(0, 50))
def test_people_take_turns_evenly(people, count, begin):
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(count)]
    shared = rules.rotate(people, days, begin)
    assert [day for day, _person in shared] == days
    turns = [
        sum(place == number % len(people) for number in range(begin, begin + count)) for place in range(len(people))
    ]
    assert max(turns) - min(turns) <= 1
    assert next(person for _day, person in shared) == people[begin % len(people)]


def test_without_people_there_is_no_roster():
    assert rules.rotate([], [date(2026, 9, 1)]) == []
