from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.inspections import rules

DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("until", "acknowledged", "expected"),
    [
        (DAY, False, "open"), (DAY + timedelta(days=1), False, "open"), (DAY - timedelta(days=1), False, "expired"),
        (None, False, "expired"), (DAY, True, "acknowledged"), (DAY - timedelta(days=1), True, "acknowledged"),
    ],
)  # fmt: skip
def test_the_last_day_counts_whole(until, acknowledged, expected):
    assert rules.appeal_window(until, DAY, acknowledged=acknowledged) == expected


@pytest.mark.parametrize("state", rules.STATES)
@pytest.mark.parametrize("window", ["open", "acknowledged", "expired"])
def test_what_keeps_a_visit_from_publication(state, window):
    found = rules.blocker(state, window)
    if state in ("published", "closed", "cancelled"):
        assert found is None
    elif state == "appealed":
        assert found == "appealed"
    elif state == "released":
        assert found == ("window_open" if window == "open" else None)
    else:
        assert found == "not_told"


@given(st.lists(st.decimals(0, 100, places=1), max_size=60))
def test_the_shape_of_a_group_counts_everybody_and_is_hidden_for_few(scores):
    shape = rules.peers_of(scores, Decimal(100))
    if len(scores) < rules.FEWEST_PEERS:
        assert shape == {}
        return
    assert sum(one["count"] for one in shape["bins"]) == len(scores)
    order = ("worst", "lower_quarter", "median", "upper_quarter", "best")
    values = [Decimal(shape[name]) for name in order]
    assert values == sorted(values)
    assert (values[0], values[-1]) == (min(scores), max(scores))
    assert all(value in scores for value in values)


def test_a_line_is_named_by_item_and_unit():
    assert rules.line_key({"code": "1.1"}) == "1.1"
    assert rules.line_key({"code": "1.1", "unit": "301"}) == "1.1@301"


def test_a_score_below_zero_counts_with_the_lowest():
    shape = rules.peers_of([Decimal(-25), *[Decimal(50)] * 4], Decimal(100))
    assert [one["count"] for one in shape["bins"]] == [1, 0, 0, 0, 0, 4, 0, 0, 0, 0]


def test_a_mean_is_rounded_as_scores_are():
    assert rules.peers_of([Decimal("80.025")] * 5, Decimal(100))["mean"] == "80.03"
