from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.draws.chance import key_of
from bureau.evaluation.rules.committee import (
    Candidate,
    Member,
    Tie,
    composition_problems,
    draw_experts,
    least_size,
    most_purchasers,
    pool_document,
    recusal,
    votes,
)

TWO_THIRDS = Fraction(200, 3)
DAY = date(2026, 6, 1)
KEY = key_of(bytes(range(32)), "演示公开值")


def committee(experts, purchasers, head="expert"):
    members = [Member(f"e{number}", "expert") for number in range(experts)]
    members += [Member(f"p{number}", "purchaser") for number in range(purchasers)]
    first = next(number for number, member in enumerate(members) if member.seat == head)
    members[first] = Member(members[first].key, head, is_head=True)
    return members


def problems(members, least=5, **arguments):
    return [one.code for one in composition_problems(members, least=least, expert_share=TWO_THIRDS, **arguments)]


@pytest.mark.parametrize(("experts", "purchasers"), [(4, 1), (5, 0), (5, 2), (6, 3), (6, 1)])
def test_lawful_committees(experts, purchasers):
    assert problems(committee(experts, purchasers)) == []


@pytest.mark.parametrize(
    ("experts", "purchasers", "found"),
    [
        (3, 0, ["too_small"]),
        (5, 1, ["even"]),
        (3, 2, ["too_few_experts"]),
        (4, 3, ["too_few_experts"]),
        (2, 2, ["too_small", "even", "too_few_experts"]),
    ],
)
def test_unlawful_committees(experts, purchasers, found):
    assert problems(committee(experts, purchasers)) == found


def test_a_large_task_wants_seven():
    assert problems(committee(4, 1), least=7) == ["too_small"]
    figures = {"least": 5, "least_large": 7, "large_from_fen": 1_000_000_000}
    assert least_size(999_999_999, is_large=False, **figures) == 5
    assert least_size(1_000_000_000, is_large=False, **figures) == 7
    assert least_size(1, is_large=True, **figures) == 7
    assert least_size(10**12, is_large=False, least=5, least_large=7, large_from_fen=None) == 5


def test_the_purchaser_does_not_head_it():
    assert problems(committee(4, 1, head="purchaser")) == ["purchaser_heads"]
    assert problems([Member(number, "expert") for number in range(5)]) == ["no_head"]
    assert problems([Member(number, "expert", is_head=True) for number in range(5)]) == ["several_heads"]
    assert problems([Member(number, "expert") for number in range(5)], head_wanted=False) == []


def test_nobody_sits_twice():
    twice = [*committee(4, 0), Member("e3", "expert")]
    assert problems(twice) == ["twice"]


@pytest.mark.parametrize(("size", "most"), [(5, 1), (7, 2), (9, 3), (3, 1)])
def test_how_many_may_speak_for_the_purchaser(size, most):
    assert most_purchasers(size, TWO_THIRDS) == most


@pytest.mark.parametrize(
    ("candidate", "code"),
    [
        (Candidate(1), None),
        (Candidate(1, is_of_purchaser=True), "own_unit"),
        (Candidate(1, declared=("B",)), "declared"),
        (Candidate(1, declared=("Z",)), None),
        (Candidate(1, (Tie("B", "employed"),)), "tie_employed"),
        (Candidate(1, (Tie("B", "employed", date(2023, 6, 2)),)), "tie_employed"),
        (Candidate(1, (Tie("B", "employed", date(2023, 6, 1)),)), None),
        (Candidate(1, (Tie("Z", "employed"),)), None),
        (Candidate(1, (Tie("B", "relative", date(2000, 1, 1)),)), "tie_relative"),
        (Candidate(1, (Tie("Z", "director"), Tie("A", "shareholder", date(2026, 1, 1)))), "tie_shareholder"),
    ],
)
def test_who_must_stay_out(candidate, code):
    found = recusal(candidate, {"A", "B"}, DAY, 3)
    assert (found.code if found else None) == code


def test_a_tie_that_ended_on_a_leap_day():
    assert recusal(Candidate(1, (Tie("B", "employed", date(2024, 2, 29)),)), {"B"}, date(2027, 2, 28), 3) is not None
    assert recusal(Candidate(1, (Tie("B", "employed", date(2024, 2, 29)),)), {"B"}, date(2027, 3, 1), 3) is None


POOL = [Candidate(f"expert-{number:02}") for number in range(20)]


def drawn(pool=POOL, count=4, bidders=frozenset({"B"})):
    return draw_experts(pool, count, KEY, "tender-1", bidders, DAY, 3)


def test_the_draw_does_not_hang_on_how_the_pool_was_read():
    assert drawn(list(reversed(POOL))) == drawn()
    assert pool_document(reversed(POOL)) == pool_document(POOL)
    assert draw_experts(POOL, 4, KEY, "tender-2", {"B"}, DAY, 3).order != drawn().order


def test_the_recused_move_nobody_else():
    first = drawn().called[0]
    tied = [Candidate(one.key, (Tie("B", "employed"),)) if one.key == first else one for one in POOL]
    found = drawn(tied)
    assert found.order == drawn().order[1:]
    assert [(one.key, one.code) for one in found.recused] == [(first, "tie_employed")]


def test_reserves_stand_in_by_their_order():
    found = drawn()
    first, second = found.called[:2]
    reserves = found.reserves
    later = found.replaced(second, "出差").replaced(first, "生病")
    assert later.called == [*found.called[2:], *reserves[:2]]
    assert later.left == ((second, "出差"), (first, "生病"))
    with pytest.raises(ValueError, match="called"):
        later.replaced(first, "again")
    with pytest.raises(ValueError, match="called"):
        found.replaced(reserves[5], "never called")


def test_a_pool_that_runs_out_says_so():
    found = drawn(POOL[:4])
    assert found.is_enough
    assert not found.replaced(found.called[0], "生病").is_enough


@given(st.integers(5, 30), st.integers(1, 5), st.binary(min_size=32, max_size=32))
def test_a_draw_takes_each_once_and_only_the_free(size, count, key):
    pool = [Candidate(number, (Tie("B", "other"),) if number % 3 == 0 else ()) for number in range(size)]
    found = draw_experts(pool, count, key, "x", {"B"}, DAY, 3)
    assert sorted(found.order) == [number for number in range(size) if number % 3]
    assert len(found.recused) == len(range(0, size, 3))


@pytest.mark.parametrize(("ballots", "result"), [([1, 1, 0], True), ([1, 0, 0], False), ([1, 0], None)])
def test_disputes_go_by_majority(ballots, result):
    assert votes(dict(enumerate(map(bool, ballots)))) is result
