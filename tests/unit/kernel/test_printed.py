import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.printed import printed


@pytest.mark.parametrize(
    "typed", ["L001-A", "l001-a", "Ｌ００１－Ａ", " L 001 - A ", "L001—A", "L001–a", "L\u200b001-A", "L001\u3000-A"]
)
def test_one_spelling(typed):
    assert printed(typed) == "L001-A"


def test_what_differs_stays_different():
    assert len({printed(one) for one in ("L001", "L01", "L0O1", "L-001", "批号L001", "")}) == 6


@given(st.text(max_size=40))
def test_said_twice_it_is_said_once(text):
    once = printed(text)
    assert printed(once) == once
