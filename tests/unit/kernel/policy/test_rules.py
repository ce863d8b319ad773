from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.policy.rules import Figure, resolve, value_from_json, value_to_json

TODAY = date(2026, 9, 1)
NATION = Figure("k", Decimal(48), valid_from=date(2019, 4, 1), stricter="higher", citation="国家规定")


def bureau(value, start=date(2025, 1, 1), end=None, citation="区规定"):
    return Figure("k", value, valid_from=start, valid_to=end, level="bureau", citation=citation)


def school(value, start=date(2025, 1, 1)):
    return Figure("k", value, valid_from=start, level="school", citation="校规定")


def reasons(effective):
    return [(refusal.figure.level, refusal.reason) for refusal in effective.refused]


def test_the_nation_holds_where_nobody_overrides():
    found = resolve([NATION], TODAY)
    assert found.number == 48
    assert found.chain == (NATION,)
    assert found.citation == "国家规定"


def test_a_stricter_override_replaces_and_names_both_sources():
    found = resolve([school(Decimal(96)), NATION, bureau(Decimal(72))], TODAY)
    assert found.number == 96
    assert [figure.level for figure in found.chain] == ["national", "bureau", "school"]
    assert found.citation == "校规定；国家规定"
    assert found.refused == ()


@pytest.mark.parametrize(
    ("direction", "override", "holds"),
    [("higher", 47, 48), ("higher", 48, 48), ("lower", 49, 48), ("lower", 24, 24), (None, 1, 1), (None, 99, 99)],
)
def test_only_the_strict_side_is_open(direction, override, holds):
    nation = Figure("k", Decimal(48), valid_from=date(2019, 4, 1), stricter=direction)
    found = resolve([nation, bureau(Decimal(override))], TODAY)
    assert found.number == holds
    assert reasons(found) == ([] if found.number == override else [("bureau", "looser")])


def test_a_school_is_bound_by_its_bureau():
    found = resolve([NATION, bureau(Decimal(72)), school(Decimal(60))], TODAY)
    assert found.number == 72
    assert reasons(found) == [("school", "looser")]


def test_a_refused_bureau_row_leaves_the_school_bound_by_the_nation():
    found = resolve([NATION, bureau(Decimal(24)), school(Decimal(50))], TODAY)
    assert found.number == 50
    assert reasons(found) == [("bureau", "looser")]


def test_spans_are_half_open_and_the_latest_row_holds():
    rows = [NATION, bureau(Decimal(60), date(2026, 1, 1), date(2026, 9, 1)), bureau(Decimal(72), date(2026, 9, 1))]
    assert resolve(rows, date(2025, 12, 31)).number == 48
    assert resolve(rows, date(2026, 1, 1)).number == 60
    assert resolve(rows, date(2026, 8, 31)).number == 60
    assert resolve(rows, date(2026, 9, 1)).number == 72
    overlapping = [NATION, bureau(Decimal(60), date(2026, 1, 1)), bureau(Decimal(72), date(2026, 5, 1))]
    assert resolve(overlapping, TODAY).number == 72
    assert resolve([NATION], date(2019, 3, 31)) is None
    ended = [NATION, bureau(Decimal(60), date(2026, 1, 1), date(2026, 9, 1))]
    assert [resolve(ended, day).number for day in (date(2026, 8, 31), date(2026, 9, 1))] == [60, 48]


def test_two_rows_from_the_same_day_that_contradict_each_other_count_for_nothing():
    found = resolve([NATION, bureau(Decimal(60)), bureau(Decimal(72))], TODAY)
    assert found.number == 48
    assert reasons(found) == [("bureau", "ambiguous")] * 2
    assert resolve([NATION, bureau(Decimal(60)), bureau(Decimal(60))], TODAY).number == 60


def test_values_that_cannot_be_compared_cannot_override():
    assert reasons(resolve([NATION, bureau(["甲"])], TODAY)) == [("bureau", "not_comparable")]
    words = Figure("k", ["甲"], valid_from=date(2019, 4, 1))
    assert resolve([words, bureau(["甲", "乙"])], TODAY).figure.value == ["甲", "乙"]
    assert reasons(resolve([words, bureau(Decimal(1))], TODAY)) == [("bureau", "not_comparable")]
    with pytest.raises(TypeError, match="not a number"):
        _ = resolve([words], TODAY).number


def test_a_figure_that_only_the_bureau_has_stands_alone():
    assert resolve([bureau(Decimal(70)), school(Decimal(60))], TODAY).number == 60


NUMBERS = st.decimals(-1000, 1000, places=2)


@given(NUMBERS, st.lists(NUMBERS, max_size=3), st.lists(NUMBERS, max_size=3), st.sampled_from(["higher", "lower"]))
def test_no_override_ever_loosens_a_national_figure(floor, bureaus, schools, direction):
    nation = Figure("k", floor, valid_from=date(2019, 4, 1), stricter=direction)
    rows = [nation, *(bureau(n, date(2025, 1, 1 + i)) for i, n in enumerate(bureaus))]
    rows += [school(n, date(2025, 1, 1 + i)) for i, n in enumerate(schools)]
    found = resolve(rows, TODAY)
    numbers = [figure.value for figure in found.chain]
    assert numbers == sorted(numbers, reverse=direction == "lower")
    assert found.number >= floor if direction == "higher" else found.number <= floor


@given(st.one_of(st.decimals(allow_nan=False, allow_infinity=False), st.lists(st.text()), st.booleans()))
def test_values_are_stored_exactly(value):
    stored = value_to_json(value)
    again = value_from_json(stored)
    assert again == value
    assert str(again) == str(value)
