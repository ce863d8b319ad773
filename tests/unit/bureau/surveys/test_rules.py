from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bureau.surveys import rules
from scorecards.form import CountDeduction, Levels, ListedDeductions, VetoOnly, YesNo
from tests.unit.scorecards.forms import entries, form, item

D = Decimal
OPENED = datetime(2026, 5, 8, 9, tzinfo=UTC)


def test_a_ticket_is_made_by_the_surveys_key_only() -> None:
    ticket = rules.make_ticket("key", OPENED, "n1")
    assert rules.read_ticket("key", ticket) == OPENED
    assert rules.read_ticket("other", ticket) is None
    later = ticket.replace(str(int(OPENED.timestamp())), str(int(OPENED.timestamp()) - 3600))
    assert rules.read_ticket("key", later) is None


@pytest.mark.parametrize("ticket", ["", ".", "a.b.c", "1.2", "票.据.号", "9" * 400])
def test_nonsense_is_no_ticket(ticket: str) -> None:
    assert rules.read_ticket("key", ticket) is None


def test_an_address_cannot_be_told_from_its_mark() -> None:
    assert rules.address_hash("k1", "10.0.0.1") != rules.address_hash("k2", "10.0.0.1")
    assert "10.0.0.1" not in rules.address_hash("k1", "10.0.0.1")


def test_only_what_anybody_can_answer_is_asked() -> None:
    sheet = form(
        item("1", Levels(entries(5, 0)), 5), item("2", YesNo()), item("3", CountDeduction(D(1)), 5),
        item("4", ListedDeductions(entries(1)), 5), item("5", VetoOnly()),
    )  # fmt: skip
    assert rules.unaskable(sheet) == ["3", "4", "5"]


def rows(count: int, doubtful: str = "") -> list:
    return [
        ({"1": {"level": "1"}, "2": {"met": number % 2 == 0}}, D(100 - number), doubtful) for number in range(count)
    ]


def test_few_answers_show_nothing() -> None:
    tally = rules.tally(rows(4))
    assert (tally.answers, tally.counted, tally.mean, tally.items) == (4, 4, None, {})


def test_doubtful_answers_are_kept_and_not_counted() -> None:
    tally = rules.tally(rows(6) + rows(50, "burst") + rows(9, "too_fast"))
    assert (tally.answers, tally.counted) == (65, 6)
    assert tally.mean == D("97.5")
    assert tally.items == {"1": {"1": 6}, "2": {"yes": 3, "no": 3}}
