from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.identity.rules import (
    COMMON,
    FAILURE_LIMIT,
    FAILURE_WINDOW,
    is_mobile,
    is_username,
    locked_until,
    normalise_name,
    normalise_password,
    password_problems,
    seconds_until,
)

NOON = datetime(2026, 9, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("password", "problems"),
    [
        ("Xk3-mvq7-pl", []),
        ("Xk3-mvq7-", ["too_short"]),
        ("Xk3-mvq7-p", []),  # exactly ten
        ("correcthorsebattery", []),  # long: letters alone will do
        ("correcthorsebat", ["not_mixed"]),  # fifteen
        ("correcthorsebatt", []),  # sixteen
        ("84019273650", ["not_mixed"]),
        ("春眠不觉晓处处闻啼鸟夜来风雨声", ["not_mixed"]),
        ("春眠不觉晓处处闻啼鸟夜来2风雨声", []),
        ("aaaaaaaaaaaaaaaa", ["monotonous"]),
        ("ab1ab1ab1ab1ab1ab1", ["monotonous"]),
        ("Password123", ["common"]),
        ("pass-word-2026", ["common"]),
        ("a1-23456789", ["common"]),
        ("x" * 60 + "abcd1" * 14, ["too_long"]),
        ("zhangsan-8h2k", ["contains_name"]),
        ("A13800001111z", ["contains_name"]),
        ("", ["too_short", "monotonous"]),
    ],
)
def test_password_rules(password, problems):
    assert password_problems(password, ["ZhangSan", "13800001111"]) == problems


def test_the_common_list_holds_only_what_the_other_rules_let_through():
    assert [password for password in COMMON if len(password) < 10] == []


def test_the_same_password_from_another_keyboard_is_the_same():
    assert normalise_password("ＡＢＣ１２３") == "ABC123"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" ZhangSan ", "zhangsan"),
        ("138 0000 1111", "13800001111"),
        ("+86 138-0000-1111", "13800001111"),
        ("１３８００００１１１１", "13800001111"),
        ("storekeeper@a1", "storekeeper@a1"),
        ("zhang-san", "zhang-san"),
    ],
)
def test_names_are_folded(typed, kept):
    assert normalise_name(typed) == kept


@pytest.mark.parametrize("name", ["13800001111", "1zhang", "zs", "zhang san", "", "a" * 41, "Zhang"])
def test_not_a_username(name):
    assert not is_username(name)


@pytest.mark.parametrize("name", ["zhangsan", "张三丰", "a.b-c_d@e1", "a" * 40])
def test_a_username(name):
    assert is_username(name)


@settings(deadline=None)
@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_no_mobile_can_be_a_username(mobile):
    folded = normalise_name(mobile)
    assert is_mobile(folded)
    assert not is_username(folded)


def at(*minutes):
    return [NOON - timedelta(minutes=minute) for minute in minutes]


@pytest.mark.parametrize(
    ("failures", "until"),
    [
        ([], None),
        (at(1, 2, 3, 4), None),
        (at(1, 2, 3, 4, 14), NOON + timedelta(minutes=1)),
        (at(1, 2, 3, 4, 15), None),  # exactly fifteen minutes ago is out
        (at(0, 0, 0, 0, 0), NOON + timedelta(minutes=15)),
        (at(1, 2, 3, 4, 5, 14), NOON + timedelta(minutes=10)),  # the sixth hardly matters
    ],
)
def test_lock_out(failures, until):
    assert locked_until(failures, NOON) == until


@settings(deadline=None)
@given(st.lists(st.integers(0, 3600), max_size=20))
def test_locked_if_and_only_if_five_lie_within_the_window(ages):
    failures = [NOON - timedelta(seconds=age) for age in ages]
    until = locked_until(failures, NOON)
    recent = sum(age < 900 for age in ages)
    assert (until is not None) == (recent >= FAILURE_LIMIT)
    if until is not None:
        assert NOON < until <= NOON + FAILURE_WINDOW
        assert locked_until(failures, until) is None


@pytest.mark.parametrize(("seconds", "whole"), [(0.2, 1), (1, 1), (1.01, 2), (900, 900), (-5, 1)])
def test_waiting_is_rounded_up(seconds, whole):
    assert seconds_until(NOON + timedelta(seconds=seconds), NOON) == whole
