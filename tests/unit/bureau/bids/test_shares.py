"""Against the browser's own library: what it splits is put together here."""

import base64
import itertools

import pytest

from bureau.bids import sealing as browser
from bureau.bids.rules.shares import combined
from tests.support import bids


def test_any_two_shares_of_the_browser_give_the_key_that_it_made():
    sealed = browser.seal([b"{}"], bids.recipients())[0]
    shares = [bids.open_share(sealed.shares, seat) for seat in bids.SEATS]
    pairs = list(itertools.permutations(shares, 2))
    assert [combined(*pair) for pair in pairs] == browser.combine(pairs)
    assert combined(*pairs[0]).startswith("AGE-SECRET-KEY-1")


@pytest.mark.parametrize(
    ("one", "other"),
    [("", ""), ("not base64", "AAAA"), ("AAAA", "AAAA"), ("AAEB", "AAEBAg=="), ("AAEA", "AAEB"), ("Aw==", "BA==")],
)
def test_what_does_not_belong_together_gives_nothing(one, other):
    assert combined(one, other) == ""


def test_a_line_through_two_points_meets_zero_at_the_secret():
    # 5 + 3x at x = 1 and x = 2, in GF(2^8): 5 ^ 3 and 5 ^ 6.
    points = [base64.b64encode(bytes(pair)).decode() for pair in ((5 ^ 3, 1), (5 ^ 6, 2))]
    assert combined(*points) == "\x05"
