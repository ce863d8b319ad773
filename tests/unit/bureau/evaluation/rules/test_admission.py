from dataclasses import replace
from decimal import Decimal

import pytest

from bureau.evaluation.rules.admission import (
    Offered,
    Wanted,
    count_bidders,
    incomplete,
    over_ceiling,
    over_lot_limit,
    same_brand_groups,
    too_few,
)

WANTED = [Wanted("rice", Decimal(1000), 600), Wanted("oil", Decimal(200))]
OFFERED = [Offered("rice", Decimal("1000.000"), 600), Offered("oil", Decimal(200), 99_999)]


def codes(problems):
    return [(problem.code, problem.key) for problem in problems]


def test_a_price_at_the_ceiling_is_within_it():
    assert over_ceiling(1_000, 1_000, WANTED, OFFERED) == []
    assert over_ceiling(10**12, None) == []


def test_above_the_ceiling_the_bid_is_invalid():
    dear = [replace(OFFERED[0], unit_price_fen=601), OFFERED[1]]
    found = over_ceiling(1_001, 1_000, WANTED, dear)
    assert codes(found) == [("over_ceiling", None), ("over_unit_ceiling", "rice")]
    assert {problem.article for problem in found} == {"order_87:63:4"}
    assert [(problem.found, problem.bound) for problem in found] == [(1_001, 1_000), (601, 600)]


def test_however_low_there_is_no_lowest_price():
    assert over_ceiling(1, 1_000, WANTED, [replace(OFFERED[0], unit_price_fen=1)]) == []


def test_a_whole_bid_prices_every_item_once():
    assert incomplete(WANTED, OFFERED) == []
    assert codes(incomplete(WANTED, OFFERED[:1])) == [("item_missing", "oil")]
    assert codes(incomplete(WANTED, [*OFFERED, OFFERED[0]])) == [("item_twice", "rice")]
    assert codes(incomplete(WANTED, [*OFFERED, Offered("salt", Decimal(1), 1)])) == [("item_unknown", "salt")]
    assert codes(incomplete(WANTED, [replace(OFFERED[0], unit_price_fen=0), OFFERED[1]])) == [
        ("item_without_price", "rice")
    ]
    assert codes(incomplete(WANTED, [replace(OFFERED[0], quantity=Decimal(999)), OFFERED[1]])) == [
        ("quantity_changed", "rice")
    ]


def test_bids_of_one_brand_are_one_bidder():
    brands = {1: {"oil": "演示金穗牌"}, 2: {"oil": " 演示金穗 "}, 3: {"oil": "演示银河"}, 4: {}, 5: {"oil": ""}}
    groups = same_brand_groups(brands)
    assert groups == [[1, 2], [3], [4], [5]]
    assert count_bidders(brands, groups) == 4
    assert count_bidders([1, 2], groups) == 1
    assert count_bidders([2, 3, 9], groups) == 3


def test_full_and_half_width_letters_are_the_same_brand():
    assert same_brand_groups({1: {"x": "ＡＢＣ"}, 2: {"x": "abc"}}) == [[1, 2]]
    assert same_brand_groups({1: {"x": "牌"}, 2: {"x": "牌"}}) == [[1, 2]]


def test_with_several_core_products_the_document_says_what_is_the_same():
    brands = {1: {"oil": "甲", "rice": "乙"}, 2: {"oil": "甲", "rice": "丙"}, 3: {"oil": "丁", "rice": "丙"}}
    assert same_brand_groups(brands) == [[1], [2], [3]]
    assert same_brand_groups(brands, several="any") == [[1, 2, 3]]
    assert same_brand_groups({1: {"oil": "甲"}, 2: {"oil": "甲", "rice": "丙"}}) == [[1], [2]]


@pytest.mark.parametrize(
    ("stage", "code", "article"),
    [
        ("opening", "too_few_to_open", "order_87:40"), ("qualified", "too_few_qualified", "order_87:44"),
        ("conforming", "too_few_conforming", "order_87:43"),
    ],
)  # fmt: skip
def test_two_are_too_few(stage, code, article):
    problem = too_few(2, 3, stage)
    assert (problem.code, problem.article, problem.found, problem.bound) == (code, article, 2, 3)
    assert too_few(3, 3, stage) is None


def test_lots_that_one_may_bid_for_are_limited_by_the_document():
    assert over_lot_limit(3, None) is None
    assert over_lot_limit(2, 2) is None
    assert over_lot_limit(3, 2).code == "too_many_lots"
