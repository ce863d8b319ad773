from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from bureau.draws.routes import distance, length, longitude_permille, route

PLACES = st.lists(
    st.tuples(st.integers(30_000_000, 30_200_000), st.integers(120_000_000, 120_200_000)), min_size=1, max_size=12
)


@given(PLACES)
def test_a_way_visits_each_once_from_its_start(places):
    known = dict(enumerate(places))
    way = route(0, list(known)[1:], known, 866)
    assert way[0] == 0
    assert sorted(way) == sorted(known)


@given(PLACES)
def test_two_opt_leaves_no_crossing_that_could_be_turned(places):
    known = dict(enumerate(places))
    way = route(0, list(known)[1:], known, 866)
    best = length(way, known, 866)
    for first in range(len(way) - 2):
        for last in range(first + 2, len(way)):
            turned = way[: first + 1] + way[first + 1 : last + 1][::-1] + way[last + 1 :]
            assert length(turned, known, 866) >= best


def test_on_a_line_the_way_is_the_shortest():
    places = {number: (30_000_000, 120_000_000 + number * 1000) for number in (0, 3, 1, 4, 2)}
    assert route(0, [3, 1, 4, 2], places, 1000) == [0, 1, 2, 3, 4]
    shortest = min(length([0, *order], places, 1000) for order in permutations([3, 1, 4, 2]))
    assert length([0, 1, 2, 3, 4], places, 1000) == shortest


def test_schools_without_a_place_come_last_in_their_order():
    places = {1: (0, 0), 2: (0, 500), 3: (0, 100)}
    assert route(1, [9, 2, 8, 3], places, 1000) == [1, 3, 2, 9, 8]
    assert route(9, [2, 8, 1], places, 1000) == [9, 2, 1, 8]


def test_a_degree_of_longitude_is_shorter_up_north():
    assert longitude_permille([]) == 1000
    assert longitude_permille([60_000_000]) == 500
    assert distance((0, 0), (3000, 4000), 1000) == 5000
    assert distance((0, 0), (0, 1000), 500) == 500
