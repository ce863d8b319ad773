"""Which instant counts, what is the same record, which pictures a body names."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from school.offline_records import rules
from school.offline_records.rules import Flag

ARRIVED = datetime(2026, 9, 7, 7, 0, tzinfo=UTC)
MADE = datetime(2026, 9, 7, 2, 55, tzinfo=UTC)


def judge(made_at=MADE, offset_ms=0, received_at=ARRIVED):
    return rules.judge(made_at, offset_ms, received_at, most_hours=Decimal(24), most_clock_minutes=Decimal(10))


def test_what_was_made_this_morning_counts_from_this_morning():
    assert judge() == rules.Claim(MADE, MADE)


def test_the_phones_clock_is_put_right():
    claim = judge(MADE - timedelta(minutes=4), 4 * 60_000)
    assert claim == rules.Claim(MADE, MADE)


@pytest.mark.parametrize(
    ("made_at", "offset_ms", "at", "flags"),
    [
        (MADE - timedelta(days=1), 0, MADE - timedelta(days=1), (Flag.LATE,)),
        (MADE - timedelta(days=1), 86_400_000, MADE, (Flag.CLOCK,)),
        (ARRIVED + timedelta(minutes=6), 0, ARRIVED, (Flag.AHEAD,)),
        (ARRIVED + timedelta(days=1), 0, ARRIVED, (Flag.AHEAD,)),
        (MADE - timedelta(days=3), 86_400_000, MADE - timedelta(days=2), (Flag.LATE, Flag.CLOCK)),
        (datetime(2199, 12, 31, tzinfo=UTC), 10**13, ARRIVED, (Flag.AHEAD, Flag.CLOCK)),
    ],
)
def test_what_is_not_believed_counts_from_its_arrival(made_at, offset_ms, at, flags):
    assert judge(made_at, offset_ms) == rules.Claim(at, ARRIVED, flags)


def test_a_little_ahead_is_the_network():
    assert judge(ARRIVED + timedelta(minutes=5)) == rules.Claim(ARRIVED, ARRIVED)


@given(
    made_at=st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2199, 12, 31), timezones=st.just(UTC)),
    offset_ms=st.integers(-(10**13), 10**13),
)
def test_nothing_is_ever_dated_after_its_arrival_or_back_without_a_flag(made_at, offset_ms):
    claim = judge(made_at, offset_ms)
    assert claim.at <= claim.counts_at <= ARRIVED
    if not claim.flags:
        assert ARRIVED - claim.counts_at <= timedelta(hours=24)
    else:
        assert claim.counts_at == ARRIVED


def test_the_same_record_is_the_same_whatever_the_clock_says_now():
    one = {"kind": "tasting", "school_id": 1, "made_at": "x", "body": {"rows": []}, "files": [], "clock_offset_ms": 1}
    assert rules.content_digest(one) == rules.content_digest({**one, "clock_offset_ms": 9000, "device": {"id": "2"}})
    for name, other in (("body", {"rows": [1]}), ("made_at", "y"), ("kind", "waste_weight"), ("school_id", 2)):
        assert rules.content_digest(one) != rules.content_digest({**one, name: other})


def test_pictures_are_found_wherever_they_stand():
    body = {"lots": [{"photos": ["a", "b"]}, {"photos": []}], "certificates": [{"photo": "c"}, {"photo": None}]}
    assert sorted(rules.pictures(body)) == ["a", "b", "c"]
    assert list(rules.pictures({"rows": [{"photo": 3}, {"photos": [4, None]}]})) == []
