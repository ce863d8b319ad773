from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.draws.risk import Facts, risk_of


@pytest.mark.parametrize(
    ("facts", "points", "tier"),
    [
        (Facts(), 40, "medium"),  # never visited: 20 + 20
        (Facts(Decimal(100), 0, False, 0), 0, "low"),
        (Facts(Decimal("89.95"), 0, False, 3), 14, "low"),  # 8.04 → 8, and 6
        (Facts(Decimal(50), 0, False, 0), 40, "medium"),
        (Facts(Decimal(10), 9, True, 99), 100, "high"),
        (Facts(Decimal("37.4"), 1, False, 0), 50, "high"),  # 50.08 → capped at 40, and 10
        (Facts(Decimal(105), 0, True, 7), 24, "low"),  # a bonus above the maximum does not count backwards
    ],
)
def test_points_are_the_sum_of_four_facts(facts, points, tier):
    risk = risk_of(facts)
    assert (risk.points, risk.tier, risk.weight) == (points, tier, points + 10)
    assert sum(risk.parts.values()) == points


@given(st.decimals(0, 100, places=4), st.integers(0, 20), st.booleans(), st.integers(0, 400))
def test_never_above_a_hundred_and_worse_facts_never_lower_it(percent, hazards, boarding, months):
    risk = risk_of(Facts(percent, hazards, boarding, months)).points
    assert 0 <= risk <= 100
    assert risk_of(Facts(max(Decimal(0), percent - 5), hazards, boarding, months)).points >= risk
    assert risk_of(Facts(percent, hazards + 1, boarding, months + 1)).points >= risk
