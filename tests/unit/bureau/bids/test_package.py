"""A bid out of its seal: whoever wrote it held the key, so nothing in it is believed."""

import base64
import contextlib
import hashlib
import json
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.bids.rules.package import Expected, Malformed, read

TENDER, LOT, BID, ITEM = (uuid.UUID(int=number) for number in (1, 2, 3, 4))
EXPECTED = Expected(TENDER, LOT, BID, "910000000000000000", "fixed", frozenset({ITEM}))
DISCOUNT = Expected(TENDER, LOT, BID, "910000000000000000", "discount", frozenset({ITEM}))


def bid(**changed):
    document = {
        "format": "houqin-bid-2", "tender_id": str(TENDER), "lot_id": str(LOT), "bid_id": str(BID),
        "supplier": {"credit_code": "910000000000000000", "name": "演示"},
        "price": {"form": "fixed", "total_fen": 1000, "total_words": "壹拾元整", "items": [
            {"tender_item_id": str(ITEM), "unit_price_fen": 10, "quantity": "100", "amount_fen": 1000}]},
        "qualification": [], "technical": [], "declarations": {}, "files": [],
    }  # fmt: skip
    return {**document, **changed}


def packed(document):
    return json.dumps(document).encode()


def test_a_whole_bid_is_read():
    data = b"%PDF"
    file = {"id": "f1", "name": "a.pdf", "media_type": "application/pdf", "data": base64.b64encode(data).decode(),
            "sha256": hashlib.sha256(data).hexdigest()}  # fmt: skip
    answer = {"criterion": "Q1", "statement": "有", "files": ["f1"]}
    package = read(packed(bid(files=[file], qualification=[answer])), EXPECTED)
    assert (package.total_fen, package.items[0].amount_fen, package.files[0].data) == (1000, 1000, data)
    assert "data" not in package.document["files"][0]


def test_a_bid_of_the_first_format_is_read_as_it_was():
    """What was sealed before the formats changed may be opened years later: it stated what it liked."""
    older = bid(format="houqin-bid-1", declarations={"contact": "演示 13900000000", "terms": {"days": 30}})
    package = read(packed(older), EXPECTED)
    assert package.document["declarations"]["terms"] == {"days": 30}
    assert package.total_fen == 1000


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"format": "houqin-bid-3"}, "not_a_bid"),
        ({"tender_id": str(LOT)}, "other_tender"),
        ({"lot_id": str(TENDER)}, "other_lot"),
        ({"bid_id": str(TENDER)}, "other_bid"),
        ({"bid_id": 7}, "shape"),
        ({"supplier": {"credit_code": "x"}}, "other_supplier"),
        ({"supplier": []}, "shape"),
        ({"price": {"form": "discount", "discount_percent": "3"}}, "price_form"),
        ({"price": {"form": "fixed", "total_fen": True}}, "price"),
        ({"price": {"form": "fixed", "total_fen": -1}}, "price"),
        ({"price": {"form": "fixed", "total_fen": 10**16}}, "price"),
        ({"price": {"form": "fixed", "total_fen": "1000"}}, "price"),
        ({"price": {"form": "fixed", "total_fen": 1, "items": {}}}, "shape"),
        ({"files": [{"id": "../x"}]}, "shape"),
        ({"qualification": [{"criterion": "Q1", "files": ["f9"]}]}, "file_missing"),
        ({"technical": "all of it"}, "shape"),
        ({"declarations": {"x": "\x00"}}, "shape"),
        ({"declarations": {"contact_name": 7}}, "shape"),
        ({"declarations": {"contact_name": "x" * 201}}, "shape"),
    ],
)
def test_each_fault_has_its_own_code(changed, code):
    with pytest.raises(Malformed) as refusal:
        read(packed(bid(**changed)), EXPECTED)
    assert refusal.value.code == code


def test_an_item_twice_or_of_another_lot_is_refused():
    line = bid()["price"]["items"][0]
    for items, code in (([line, line], "item_twice"), ([{**line, "tender_item_id": str(LOT)}], "unknown_item")):
        with pytest.raises(Malformed) as refusal:
            read(packed(bid(price={"form": "fixed", "total_fen": 1, "items": items})), EXPECTED)
        assert refusal.value.code == code


@pytest.mark.parametrize(
    ("text", "is_read"),
    [
        ("0", True),
        ("12.5", True),
        ("99.9999", True),
        ("100", False),
        ("-1", False),
        ("1.00001", False),
        ("NaN", False),
        ("1e1", True),
    ],
)
def test_a_discount_is_at_least_zero_and_below_a_hundred(text, is_read):
    document = packed(bid(price={"form": "discount", "discount_percent": text}))
    if is_read:
        assert 0 <= read(document, DISCOUNT).discount < 100
        return
    with pytest.raises(Malformed) as refusal:
        read(document, DISCOUNT)
    assert refusal.value.code == "discount"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(sorted(bid())), JSON)
def test_whatever_stands_in_a_part_it_is_read_or_refused_never_a_crash(name, value):
    with contextlib.suppress(Malformed):
        read(packed(bid(**{name: value})), EXPECTED)


@given(st.binary(max_size=40))
def test_any_bytes_are_refused_plainly(data):
    with pytest.raises(Malformed):
        read(data, EXPECTED)


@pytest.mark.parametrize("depth", [30, 400, 990])
@pytest.mark.parametrize(("opens", "closes"), [("[", "]"), ('{"a":', "}")])
def test_a_bid_of_nothing_but_brackets_is_refused_as_any_other(depth, opens, closes):
    text = json.dumps(bid(declarations={"deep": "here"})).replace('"here"', opens * depth + "1" + closes * depth)
    with pytest.raises(Malformed) as refusal:
        read(text.encode(), EXPECTED)
    assert (refusal.value.code, refusal.value.place) == ("shape", "depth")


@pytest.mark.parametrize("quantity", ["0E+99999999", "0E+200000", "1E+13", "0E-99999"])
def test_a_quantity_that_no_column_takes_is_refused(quantity):
    document = bid()
    document["price"]["items"][0]["quantity"] = quantity
    with pytest.raises(Malformed) as refusal:
        read(packed(document), EXPECTED)
    assert refusal.value.code == "price"


@pytest.mark.parametrize("stated", ["壹拾元", 10.5, {"fen": 1}, -1, [1], 10**16])
def test_the_total_below_the_details_is_an_amount_or_nothing(stated):
    price = {**bid()["price"], "detail_total_fen": stated}
    with pytest.raises(Malformed) as refusal:
        read(packed(bid(price=price)), EXPECTED)
    assert (refusal.value.code, refusal.value.place) == ("price", "price.detail_total_fen")
    assert read(packed(bid(price={**price, "detail_total_fen": 1000})), EXPECTED).total_fen == 1000


def test_a_line_whose_product_no_column_takes_is_refused():
    document = bid()
    document["price"]["items"][0] |= {"unit_price_fen": 10**15, "quantity": "10000"}
    with pytest.raises(Malformed) as refusal:
        read(packed(document), EXPECTED)
    assert refusal.value.code == "price"
