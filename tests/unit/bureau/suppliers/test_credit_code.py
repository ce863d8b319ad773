import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.suppliers.credit_code import ALPHABET, check_character, invented, is_valid, normalise


def test_the_check_character_by_hand():
    """Σ cᵢ·3ⁱ mod 31 over "91" + fifteen zeros: 9·1 + 1·3 = 12, so the last is 31 − 12 = 19, written K."""
    assert check_character("91" + "0" * 15) == "K"
    assert is_valid("91" + "0" * 15 + "K")


@given(st.integers(0, 10**9 - 1), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_any_single_slip_of_the_finger_is_found(number, position, other):
    """3 is a primitive root of 31, so no weight is 0 and one wrong character always changes the sum."""
    code = invented(number)
    slipped = code[:position] + other + code[position + 1 :]
    assert is_valid(code)
    assert is_valid(slipped) == (slipped == code)


@given(st.integers(0, 10**9 - 1), st.integers(8, 15))
def test_two_neighbours_swapped_are_found(number, position):
    code = invented(number)
    swapped = code[:position] + code[position + 1] + code[position] + code[position + 2 :]
    assert is_valid(swapped) == (swapped == code)


@pytest.mark.parametrize(
    "code", ["", "9" * 17, "9" * 19, "91I000000000000000", "91O000000000000000", "91ABCDEF000000000K"]
)
def test_what_is_no_code(code):
    assert not is_valid(code)


def test_typed_with_blanks_small_letters_or_full_width_forms():
    assert normalise(" 91 ａb0１ ") == "91AB01"
