"""The generator: as docs/draw-format.md has it, and fair."""

import hashlib
import hmac
import json
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.draws.chance import Stream, canonical, commitment_of, key_of, sample, visit_seed

KEY = bytes(range(32))
VECTORS = json.loads((Path(__file__).parents[3] / "support" / "samples.json").read_text(encoding="utf-8"))


def chi_square(counts, expected):
    return sum((count - expected) ** 2 / expected for count in counts)


def test_the_words_are_those_of_the_specification():
    """Written out here a second time, from the page and not from the code."""
    blocks = b"".join(
        hmac.new(KEY, b"schools:high\x00" + number.to_bytes(4, "big"), hashlib.sha256).digest() for number in range(2)
    )
    words = [int.from_bytes(blocks[at : at + 4], "big") for at in range(0, 64, 4)]
    assert list(islice(Stream(KEY, "schools:high")._words, 16)) == words


def test_a_word_of_the_uneven_rest_is_passed_over():
    stream = Stream(KEY, "演示")
    bound = 3 * 2**30  # a quarter of all words lies above it
    words = list(islice(Stream(KEY, "演示")._words, 400))
    kept = [word for word in words if word < bound]
    assert len(kept) < 400
    assert [stream.below(bound) for _ in kept] == kept


@pytest.mark.parametrize("bound", [0, -1, 2**32 + 1])
def test_no_number_below_nothing(bound):
    with pytest.raises(ValueError, match="no number below"):
        Stream(KEY, "x").below(bound)


def test_numbers_are_even():
    """Fixed seed, 30,000 draws of 10: chi-square with 9 degrees of freedom stays under its 99.9 % quantile 27.9."""
    stream = Stream(KEY, "even")
    counts = Counter(stream.below(10) for _ in range(30_000))
    assert chi_square([counts[number] for number in range(10)], 3000) < 27.9


def test_every_order_of_four_comes_as_often_as_another():
    """24 orders, 23 degrees of freedom: 49.7 is the 99.9 % quantile."""
    stream = Stream(KEY, "orders")
    counts = Counter(tuple(stream.shuffled("abcd")) for _ in range(12_000))
    assert len(counts) == 24
    assert chi_square(counts.values(), 500) < 49.7


def test_a_weight_is_a_chance():
    """First of one draw: 1 : 2 : 7; two degrees of freedom, 13.8 is the 99.9 % quantile."""
    stream = Stream(KEY, "weights")
    counts = Counter(stream.weighted("abc", [1, 2, 7], 1)[0] for _ in range(10_000))
    shares = {"a": 1000, "b": 2000, "c": 7000}
    assert sum((counts[one] - share) ** 2 / share for one, share in shares.items()) < 13.8


@given(st.integers(0, 30), st.integers(0, 30))
def test_weighted_takes_each_once(population, count):
    count = min(count, population)
    taken = Stream(KEY, "once").weighted(range(population), [1 + one for one in range(population)], count)
    assert len(set(taken)) == len(taken) == count


@given(st.integers(0, 200), st.integers(0, 220), st.uuids(), st.sampled_from(["rooms", "windows", "pupils:一(2)班"]))
def test_a_sample_is_distinct_ascending_and_the_same_again(population, k, visit, what):
    first = sample(KEY.hex(), str(visit), what, population, k)
    assert first == sample(KEY.hex(), str(visit), what, population, k)
    assert first == sorted(set(first))
    assert len(first) == min(k, population)
    assert all(0 <= place < population for place in first)


def test_every_room_is_sampled_as_often_as_another():
    """4,000 visits, 5 of 20 rooms: each room 1,000 times; 19 degrees of freedom, 43.8."""
    counts = Counter(room for visit in range(4_000) for room in sample(KEY.hex(), f"v{visit}", "rooms", 20, 5))
    assert chi_square([counts[room] for room in range(20)], 1000) < 43.8


def test_samples_of_a_visit_depend_on_visit_and_kind():
    seeds = [visit_seed(KEY, "a"), visit_seed(KEY, "b")]
    assert seeds[0] != seeds[1]
    drawn = {
        tuple(sample(seed, visit, what, 1000, 5)) for seed in seeds for visit in "ab" for what in ("rooms", "pupils")
    }
    assert len(drawn) == 8


@pytest.mark.parametrize("vector", VECTORS)
def test_the_shared_examples(vector):
    drawn = sample(vector["seed"], vector["visit"], vector["what"], vector["population"], vector["k"])
    assert drawn == vector["drawn"]


def test_canonical_json_has_one_spelling():
    assert canonical({"b": [1, True, None], "a": "学校"}) == '{"a":"学校","b":[1,true,null]}'.encode()
    for bad in ({"a": 1.5}, {"a": [float("nan")]}, {1: "a"}):
        with pytest.raises(ValueError, match="draw's document"):
            canonical(bad)


def test_the_commitment_is_over_seed_pools_and_rules():
    expected = hashlib.sha256(KEY + b'{"p":1}' + b'{"r":2}').hexdigest()
    assert commitment_of(KEY, {"p": 1}, {"r": 2}) == expected
    with pytest.raises(ValueError, match="32 bytes"):
        commitment_of(KEY[:-1], {}, {})
    assert key_of(KEY, "12345") == hashlib.sha256(KEY + b"12345").digest()
