from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.inspections import labels, rules
from kernel.states import NoTransition

STATES = rules.STATES
EVENTS = (
    "plan", "start", "submit", "return", "review", "release", "appeal", "settle", "publish", "close", "reopen", "cancel",
)  # fmt: skip
ALLOWED = {
    ("planned", "start"), ("planned", "cancel"), ("in_progress", "submit"), ("in_progress", "cancel"),
    ("submitted", "return"), ("submitted", "review"), ("submitted", "release"), ("reviewed", "return"),
    ("reviewed", "release"), ("released", "appeal"), ("released", "publish"), ("appealed", "settle"),
    ("published", "close"), ("closed", "reopen"), ("cancelled", "plan"),
}  # fmt: skip


@pytest.mark.parametrize(("state", "event"), list(product(STATES, EVENTS)))
def test_every_pair_of_state_and_event_either_moves_or_raises(state, event):
    if (state, event) in ALLOWED:
        assert rules.next_state(state, event) in STATES
    else:
        with pytest.raises(NoTransition) as raised:
            rules.next_state(state, event)
        assert (raised.value.state, raised.value.event) == (state, event)


def test_states_and_events_have_words():
    assert set(labels.STATES) == set(labels.STATE_TONES) == set(STATES)
    assert set(labels.EVENTS) == set(EVENTS)


def test_what_the_school_was_told_is_never_untold():
    for (state, _event), after in rules.TRANSITIONS.items():
        assert state not in rules.TOLD_STATES or after in rules.TOLD_STATES


def test_nothing_is_published_while_an_appeal_is_open():
    assert not any(
        state == "appealed" and after in rules.PUBLIC_STATES for (state, _), after in rules.TRANSITIONS.items()
    )


def ranks(*scores):
    entries = [(place, None if score is None else Decimal(str(score))) for place, score in enumerate(scores)]
    return [(one.entry, one.rank, one.of) for one in rules.rank_with_ties(entries)]


def test_equals_share_a_rank_and_the_next_is_skipped():
    assert ranks(80, 95, 90.5, 90.5, 70) == [(1, 1, 5), (2, 2, 5), (3, 2, 5), (0, 4, 5), (4, 5, 5)]


def test_all_equal_are_all_first():
    assert [rank for _entry, rank, _of in ranks(88, 88, 88)] == [1, 1, 1]


def test_equal_numbers_written_differently_are_equal():
    ranked = rules.rank_with_ties([("a", Decimal("90.0000")), ("b", Decimal(90))])
    assert [one.rank for one in ranked] == [1, 1]


def test_without_a_score_nobody_is_ranked_or_counted():
    assert ranks(None, 80, None) == [(1, 1, 1)]
    assert ranks() == []


@given(st.lists(st.integers(0, 20), max_size=30))
def test_a_rank_is_one_more_than_the_number_of_better_ones(scores):
    for entry, rank, of in ranks(*scores):
        assert rank == 1 + sum(other > scores[entry] for other in scores)
        assert of == len(scores)


def test_share_is_of_the_points_at_stake():
    assert rules.lost_share(Decimal(6), Decimal(4), 3) == Decimal("0.5")
    assert rules.lost_share(Decimal(6), None, 3) is None
    assert rules.lost_share(Decimal(6), Decimal(0), 3) is None
    assert rules.lost_share(Decimal(6), Decimal(4), 0) is None


def test_progress_leaves_cancelled_visits_out():
    progress = rules.progress_of({"planned": 2, "submitted": 1, "released": 3, "cancelled": 4, "in_progress": 2})
    assert (progress.planned, progress.done, progress.percent) == (8, 4, 50)
    assert rules.progress_of({"cancelled": 1}).percent == 0


@pytest.mark.parametrize(
    ("profile", "tags"),
    [
        ({"is_boarding": True, "canteen_mode": "self_run"}, {"boarding", "canteen"}),
        ({"is_boarding": False, "canteen_mode": "delivered"}, {"canteen", "delivered_meals"}),
        ({"is_boarding": False, "canteen_mode": "none"}, set()),
        ({}, set()),
    ],
)
def test_tags_come_from_the_schools_profile(profile, tags):
    assert rules.applicability_tags(profile) == tags


def test_chosen_entries_are_those_of_the_answer():
    rule = {"entries": [{"code": "a", "label": "甲", "points": "1"}, {"code": "b", "label": "乙", "points": "2"}]}
    assert rules.chosen_entries(rule, {"checked": {"b": 3, "a": 0}}) == [{"label": "乙", "points": "2", "times": 3}]
    assert rules.chosen_entries(rule, {"level": "a"}) == [{"label": "甲", "points": "1", "times": 1}]
    assert rules.chosen_entries(rule, None) == []
    assert rules.chosen_entries({"shape": "judged"}, {"judged": "3"}) == []


def test_account_keeps_the_forms_order_and_what_belongs_to_each_item():
    form = {
        "sections": [
            {"code": "A", "title": "一", "items": [{"code": "2", "no": "2", "text": "二", "rule": {}}]},
            {"code": "B", "title": "二", "items": [{"code": "1", "text": "一", "rule": {}, "rule_text": "扣 1 分"}]},
        ]
    }
    lines = [{"code": "1", "lost": "1"}, {"code": "2", "lost": "0"}]
    account = rules.enriched_account(lines, form, {"1": "漏水"}, {"2": ["p"]}, {"1": {"met": False}})
    assert [section["code"] for section in account] == ["A", "B"]
    first, second = account[0]["lines"][0], account[1]["lines"][0]
    assert (first["text"], first["photos"], first["remark"], first["answer"]) == ("二", ["p"], "", None)
    assert (second["rule_text"], second["photos"], second["remark"]) == ("扣 1 分", [], "漏水")
    assert second["answer"] == {"met": False}
