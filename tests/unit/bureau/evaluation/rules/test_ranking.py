import itertools
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bureau.draws.chance import Stream, key_of
from bureau.evaluation.rules.ranking import Entry, candidates, rank

KEY = key_of(bytes(32), "演示")


def entry(bid, score, price, evaluated=None):
    return Entry(bid, None if score is None else Fraction(score), Fraction(evaluated or price), Fraction(price))


def seen(places):
    return [(place.bid, place.place, place.decided_by) for place in places]


def test_score_goes_down_then_price_up():
    entries = [entry("a", 80, 100), entry("b", 90, 200), entry("c", 80, 90)]
    assert seen(rank(entries)) == [("b", 1, "score"), ("c", 2, "score"), ("a", 3, "price")]


def test_two_that_look_equal_are_not():
    """89.994999 and 89.995: both are shown as 89.99 or 90.00, the exact ones differ."""
    entries = [entry("a", Fraction(89_994_999, 10**6), 1), entry("b", Fraction(89_995, 1000), 2)]
    assert [place.bid for place in rank(entries)] == ["b", "a"]


def test_of_equal_scores_the_price_as_bid_decides_not_the_one_scored():
    entries = [entry("a", 80, 100, 90), entry("b", 80, 95, 95)]
    assert [place.bid for place in rank(entries)] == ["b", "a"]


def test_the_lowest_price_method_goes_by_the_evaluated_price():
    entries = [entry("a", None, 100, 90), entry("b", None, 95)]
    assert seen(rank(entries)) == [("a", 1, "price"), ("b", 2, "price")]


TIED = [entry("a", 80, 100), entry("b", 80, 100), entry("c", 80, 100), entry("d", 70, 1)]


def test_without_a_rule_the_tied_share_their_place():
    places = rank(TIED)
    assert seen(places) == [("a", 1, "tied"), ("b", 1, "tied"), ("c", 1, "tied"), ("d", 4, "score")]
    assert places[0].tied == ("a", "b", "c")


def test_the_documents_rule_comes_before_the_draw():
    places = rank(TIED, document_rule={"a": Fraction(1), "b": Fraction(3), "c": Fraction(1)}, draw_key=KEY)
    drawn = Stream(KEY, "tie:2").shuffled(["a", "c"])
    assert seen(places) == [("b", 1, "score"), (drawn[0], 2, "document"), (drawn[1], 3, "draw"), ("d", 4, "score")]


def test_the_draw_can_be_repeated_by_anybody():
    places = rank(list(reversed(TIED)), draw_key=KEY, draw_name="lot-1")
    assert [place.bid for place in places[:3]] == Stream(KEY, "lot-1:1").shuffled(["a", "b", "c"])
    assert [place.place for place in places] == [1, 2, 3, 4]
    assert {place.decided_by for place in places[1:3]} == {"draw"}


def test_of_a_brand_the_best_alone_is_recommended():
    places = rank([entry("a", 90, 1), entry("b", 80, 1), entry("c", 70, 1), entry("d", 60, 1)])
    assert candidates(places, [["c", "a"], ["b"], ["d"]]) == ["a", "b", "d"]


ENTRIES = st.lists(st.tuples(st.integers(0, 3), st.integers(1, 3)), min_size=1, max_size=8).map(
    lambda pairs: [entry(f"b{number}", *pair) for number, pair in enumerate(pairs)]
)


@given(ENTRIES, st.randoms(use_true_random=False), st.booleans())
def test_places_follow_from_the_bids_alone(entries, random, drawn):
    key = KEY if drawn else None
    mixed = list(entries)
    random.shuffle(mixed)
    places = rank(entries, draw_key=key)
    assert rank(mixed, draw_key=key) == places
    by_bid = {one.bid: one for one in entries}
    for before, after in itertools.pairwise(places):
        one, other = by_bid[before.bid], by_bid[after.bid]
        assert (-one.score, one.price) <= (-other.score, other.price)
        assert before.place < after.place or (not drawn and (one.score, one.price) == (other.score, other.price))
    assert sorted(by_bid) == sorted(place.bid for place in places)
