from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.states import NoTransition
from school.canteen_books import chart, rules
from school.canteen_books.chart import BY_CODE, CostClass, Fund
from school.canteen_books.findings import Bands, Limit, MonthFacts, find
from school.canteen_books.rules import EntryKind, Move

PUPIL = UUID(int=7)


@pytest.mark.parametrize("code", sorted(rules.TEMPLATES))
def test_every_template_writes_what_the_ledger_takes(code):
    template = rules.TEMPLATES[code]
    for in_cash in {False, template.in_cash}:
        moves = rules.template_moves(code, 100, in_cash=in_cash)
        assert rules.move_problems(moves, EntryKind.VOUCHER) == []
        assert template.pays == any(
            move.credit in chart.MONEY and BY_CODE[move.debit].code not in chart.MONEY for move in moves
        ) or code in ("staff_settles",)


def test_the_chart_has_every_account_once_and_the_eight_classes_twice():
    codes = [account.code for account in chart.STANDARD]
    assert len(codes) == len(set(codes)) == len(BY_CODE)
    assert len(chart.COST) == len(chart.STAFF_COST) == len(CostClass) == 8
    assert all(BY_CODE[code].fund == Fund.STAFF for code in chart.STAFF_COST.values())


@pytest.mark.parametrize(
    ("move", "kind", "problem"),
    [
        (Move("9999", chart.BANK, 1), "voucher", "unknown_account"),
        (Move(chart.BANK, chart.OTHER_INCOME, 0), "voucher", "not_positive"),
        (Move(chart.BANK, chart.BANK, 1), "voucher", "same_account"),
        (Move(chart.BANK, chart.PREPAID, 1), "payments", "pupil"),
        (Move(chart.BANK, chart.OTHER_INCOME, 1, PUPIL), "voucher", "pupil"),
        (Move(chart.BANK, chart.AID_FUND, 1), "voucher", "funds_mixed"),
        # A kind that pairs funds must leave each of them balanced.
        (Move(chart.IMPROVEMENT_FUND, chart.IMPROVEMENT_INCOME, 1), "fund_use", "funds_mixed"),
    ],
)
def test_moves_that_no_ledger_may_hold(move, kind, problem):
    assert problem in rules.move_problems([move], kind)


def test_no_moves():
    assert rules.move_problems([], "voucher") == ["no_moves"]


def test_states_are_closed_tables():
    assert rules.next_state(rules.MONTH_TRANSITIONS, "prepared", "close") == "closed"
    for state, event in (("open", "close"), ("closed", "reopen"), ("reopening", "close")):
        with pytest.raises(NoTransition):
            rules.next_state(rules.MONTH_TRANSITIONS, state, event)
    with pytest.raises(NoTransition):
        rules.next_state(rules.VOUCHER_TRANSITIONS, "approved", "withdraw")


AMOUNTS = st.integers(0, 10**8)


@given(st.dictionaries(st.sampled_from(sorted(BY_CODE)), st.tuples(AMOUNTS, AMOUNTS)))
def test_the_result_empties_every_income_and_cost_account(turnover):
    moves = rules.result_moves(turnover)
    assert rules.move_problems(moves, EntryKind.RESULT) in ([], ["no_moves"])
    after = {code: list(sides) for code, sides in turnover.items()}
    for move in moves:
        after.setdefault(move.debit, [0, 0])[0] += move.amount_fen
        after.setdefault(move.credit, [0, 0])[1] += move.amount_fen
    for code, (debit, credit) in after.items():
        if BY_CODE[code].kind in (chart.AccountKind.INCOME, chart.AccountKind.COST):
            assert debit == credit


BANDS = Bands(Limit("70", "食材"), Limit("20", "工资"), Limit("2", "盈亏"))
GOOD = {
    "income_fen": 100_000, "materials_fen": 70_000, "wages_fen": 20_000, "term_income_fen": 100_000,
    "term_result_fen": 2_000, "staff_meals": 10, "staff_income_fen": 500, "staff_cost_fen": 500, "money_fen": 0,
}  # fmt: skip


def codes(**values):
    return [finding.code for finding in find(MonthFacts(**(GOOD | values)), BANDS)]


def test_on_the_limit_is_within_it():
    assert codes() == []


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"materials_fen": 69_999}, ["materials_low"]),
        ({"wages_fen": 20_001}, ["wages_high"]),
        ({"term_result_fen": 2_001}, ["surplus_high"]),
        ({"term_result_fen": -2_001}, ["deficit_high"]),
        ({"staff_income_fen": 0}, ["staff_free"]),
        ({"staff_income_fen": 499}, ["staff_below_cost"]),
        ({"staff_meals": 0, "staff_income_fen": 0, "staff_cost_fen": 0}, []),
        ({"money_fen": -1}, ["money_negative"]),
        ({"improvement_need_fen": 5, "improvement_fen": 4}, ["improvement_short"]),
        ({"count_differences": 1}, ["counts_differ"]),
        ({"teacher_wages": [("演示教师", 5)], "outside": [("演示公司", 7)]}, ["teacher_wages", "payee_outside"]),
        ({"above_limit": [("包餐", 5, 4, "限额文件")]}, ["above_limit"]),
        ({"income_fen": 0, "materials_fen": 0, "wages_fen": 5}, []),
    ],
)
def test_what_is_out_of_its_band_is_found(values, expected):
    assert codes(**values) == expected


def test_a_limit_of_a_hundred_is_none():
    bands = Bands(Limit("0", ""), Limit("100", ""), Limit("100", ""))
    facts = MonthFacts(**(GOOD | {"wages_fen": 150_000, "term_result_fen": -150_000}))
    assert find(facts, bands) == []


def test_a_share_carries_its_source_and_its_figures():
    (finding,) = find(MonthFacts(**(GOOD | {"materials_fen": 55_555})), BANDS)
    assert (finding.citation, finding.params) == ("食材", {"share": 5_556, "limit": "70"})
