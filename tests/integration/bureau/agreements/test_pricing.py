from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from sqlalchemy import event

from bureau.agreements.service import changes, pricing
from bureau.agreements.service.pricing import Pin, PinnedLine, SettledLine
from bureau.prices.models import PriceBook
from bureau.prices.service import books
from kernel.database import db, new_id
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.states import NoTransition
from kernel.web.dates import today
from tests.support import agreements as made
from tests.support.agreements import both, discount_lot, fixed_lot, pork, rice, signed, terms


def price(one, item_id, school=None, on=None):
    return pricing.price_of(one.agreement.bureau_id, one.agreement.id, item_id, school, on or today())


def change(officer, approver, one, kind, details, **values):
    proposed = changes.propose(officer, one.agreement.id, new_id(), kind=kind, reason="演示", details=details, **values)
    return changes.approve(approver, one.agreement.id, proposed.id, proposed.version)


@pytest.fixture
def one(world, officer, stocked):
    made.book(officer, {stocked.pork: 2890}, today() - timedelta(days=50), number="JG-1")
    return signed(officer, both(world, stocked))


def test_a_fixed_price_is_what_was_agreed(world, one, stocked):
    found = price(one, stocked.rice, world.schools["a1"])
    assert (found.fen, found.unit, found.rule, found.book) == (520, "kg", "fixed", None)
    assert found.pin == Pin(one.item(stocked.rice).id, None, None)


def test_a_discount_is_taken_off_the_day_s_book_and_rounded_once(world, one, stocked):
    found = price(one, stocked.pork, world.schools["a1"])
    # 28.90 × (1 − 12.5 %) = 25.2875 → 25.29
    assert (found.fen, found.exact, found.discount) == (2529, Fraction(20230, 8), Decimal("12.5"))
    account = found.account()
    assert account["book"]["number"] == "JG-1"
    assert account["book"]["sources"][0]["name"] == "演示市场"
    assert (account["exact"], account["rounding"], account["lot"]) == ("10115/4", "half_up_fen_once", 2)


def test_a_unit_is_priced_by_its_base_units_before_rounding(world, officer, stocked):
    made.book(officer, {stocked.pork: 2890}, today() - timedelta(days=9))
    # 斤 is half a kg: 28.90 × 0.5 × 0.875 = 12.64375 → 12.64, not half of 25.29
    one = signed(officer, terms(world.supplier_id(), discount_lot(stocked, items=[pork(stocked, unit="斤")])))
    assert price(one, stocked.pork).fen == 1264


def test_the_book_of_the_day_decides(one, officer, stocked):
    made.book(officer, {stocked.pork: 3000}, today() - timedelta(days=10), number="JG-2")
    assert price(one, stocked.pork, on=today() - timedelta(days=11)).book.book_number == "JG-1"
    assert price(one, stocked.pork, on=today() - timedelta(days=10)).fen == 2625


def test_without_a_book_there_is_no_price_and_it_says_so(world, officer, stocked):
    one = signed(officer, terms(world.supplier_id(), discount_lot(stocked)))
    with pytest.raises(RuleBroken) as refused:
        price(one, stocked.pork)
    assert refused.value.rule == "price_missing"


def test_a_hold_keeps_the_book_of_its_period(world, officer, stocked):
    begin = today() - timedelta(days=60)
    made.book(officer, {stocked.pork: 2000}, begin - timedelta(days=1), number="A")
    made.book(officer, {stocked.pork: 2400}, begin + timedelta(days=10), number="B")
    made.book(officer, {stocked.pork: 2800}, begin + timedelta(days=40), number="C")
    one = signed(officer, terms(world.supplier_id(), discount_lot(stocked, hold_days=30)))
    days = {
        offset: price(one, stocked.pork, on=begin + timedelta(days=offset)).book.book_number
        for offset in (0, 29, 30, 59, 60)
    }
    assert days == {0: "A", 29: "A", 30: "B", 59: "B", 60: "C"}
    assert price(one, stocked.pork, on=begin + timedelta(days=45)).reference_day == begin + timedelta(days=30)


def test_a_lot_that_does_not_cover_the_school_gives_it_no_price(world, officer, stocked):
    lot = fixed_lot(stocked, zone_id=world.zones["a-east"])
    one = signed(officer, terms(world.supplier_id(), lot))
    assert price(one, stocked.rice, world.schools["a2"]).fen == 520
    with pytest.raises(NotFound):
        price(one, stocked.rice, world.schools["a3"])


def test_of_two_lots_with_an_item_the_school_s_own_decides(world, officer, stocked):
    east = fixed_lot(stocked, zone_id=world.zones["a-east"])
    west = fixed_lot(stocked, number=2, zone_id=world.zones["a-west"], items=[rice(stocked, price_fen=540)])
    one = signed(officer, terms(world.supplier_id(), east, west))
    assert [price(one, stocked.rice, world.schools[code]).fen for code in ("a1", "a3")] == [520, 540]


def test_a_change_holds_from_its_day_and_the_past_stays(one, officer, approver, stocked):
    item = one.item(stocked.rice)
    lines = [{"agreement_item_id": str(item.id), "price_fen": 500}]
    done = change(
        officer, approver, one, "price_change", {"rule": "lower", "lines": lines}, from_day=today() + timedelta(days=3)
    )
    assert price(one, stocked.rice, on=today() + timedelta(days=2)).fen == 520
    later = price(one, stocked.rice, on=today() + timedelta(days=3))
    assert (later.fen, later.change_number, later.first_fen) == (500, done.number, 520)
    assert later.pin.term_id is not None


def test_a_higher_discount_is_a_change_of_the_lot(one, officer, approver, stocked):
    lot = one.lots[1]
    lines = [{"lot_id": str(lot.id), "discount": "20"}]
    change(officer, approver, one, "price_change", {"rule": "lower", "lines": lines})
    assert price(one, stocked.pork).fen == 2312
    assert price(one, stocked.pork, on=today() - timedelta(days=1)).fen == 2529
    assert lot.discount == Decimal("12.5")


def test_what_was_settled_is_recomputed_to_the_cent_after_later_books_and_changes(one, officer, approver, stocked):
    lines = [
        PinnedLine(price(one, stocked.rice).pin, Decimal("12.345")),
        PinnedLine(price(one, stocked.pork).pin, Decimal("7.5")),
    ]
    first = [(line.price_fen, line.amount_fen) for line in pricing.recompute(one.agreement.bureau_id, lines)]
    assert first == [(520, 6419), (2529, 18968)]  # 64.194 → 64.19; 189.675 → 189.68
    made.book(officer, {stocked.pork: 9999}, today() - timedelta(days=2), number="JG-9")
    item = one.item(stocked.rice)
    detail = [{"agreement_item_id": str(item.id), "price_fen": 400}, {"lot_id": str(one.lots[1].id), "discount": "50"}]
    change(officer, approver, one, "price_change", {"rule": "lower", "lines": detail})
    assert [price(one, stocked.rice).fen, price(one, stocked.pork).fen] == [400, 5000]
    again = [(line.price_fen, line.amount_fen) for line in pricing.recompute(one.agreement.bureau_id, lines)]
    assert again == first
    new = PinnedLine(price(one, stocked.pork).pin, Decimal(1))
    assert pricing.recompute(one.agreement.bureau_id, [new])[0].price_fen == 5000


def test_a_withdrawn_book_breaks_no_pin(one, officer, approver, stocked):
    """A book that a price was pinned to has begun, and what has begun is not withdrawn. Were its row changed all the
    same, the settled price would still come out of its lines."""
    pin = price(one, stocked.pork).pin
    line = PinnedLine(pin, Decimal("2.4"))
    before = pricing.recompute(one.agreement.bureau_id, [line])
    book = db.session.get(PriceBook, (one.agreement.bureau_id, pin.book_id))
    for state in ("superseded", "effective", "publicised"):
        book.state = state
        db.session.flush()
        with pytest.raises((Conflict, NoTransition)):
            books.withdraw(approver, book.id, book.version, "演示：反悔")
    book.state, book.is_public, book.begins_on = "withdrawn", False, None
    db.session.flush()
    db.session.expire_all()
    assert pricing.recompute(one.agreement.bureau_id, [line]) == before
    with pytest.raises(RuleBroken):
        price(one, stocked.pork)  # for new prices it is gone


def test_a_book_that_never_went_out_is_no_ground_of_a_price(one, officer, stocked):
    pin = price(one, stocked.pork).pin
    book = db.session.get(PriceBook, (one.agreement.bureau_id, pin.book_id))
    book.state, book.is_public, book.publicised_at = "withdrawn", False, None
    db.session.flush()
    with pytest.raises(NotFound):
        pricing.recompute(one.agreement.bureau_id, [PinnedLine(pin, Decimal(1))])


def test_a_pin_that_never_was_is_refused(one, stocked):
    pin = price(one, stocked.pork).pin
    other = price(one, stocked.rice).pin
    for wrong in (replace(pin, book_id=new_id()), replace(pin, book_id=None), replace(other, term_id=new_id())):
        with pytest.raises(NotFound):
            pricing.recompute(one.agreement.bureau_id, [PinnedLine(wrong, Decimal(1))])


def test_the_runtime_has_no_right_to_alter_what_was_agreed(one):
    from sqlalchemy import text
    from sqlalchemy.exc import ProgrammingError

    for statement in (
        "UPDATE agreement_items SET fixed_price_fen = 1",
        "UPDATE agreement_items SET quantity = 1",
        "UPDATE agreement_lots SET discount = 1",
        "UPDATE agreement_price_terms SET price_fen = 1",
        "DELETE FROM agreement_items",
        "UPDATE balance_moves SET used_change = 0",
    ):
        with pytest.raises(ProgrammingError), db.session.begin_nested():
            db.session.execute(text(statement))


def test_a_book_that_came_late_makes_a_difference_note(world, one, officer, stocked):
    school, day = world.schools["a1"], today() - timedelta(days=5)
    settled = [
        SettledLine(price(one, stocked.pork, school, day).pin, Decimal(10), school, day),
        SettledLine(price(one, stocked.rice, school, day).pin, Decimal(10), school, day),
    ]
    assert pricing.difference_note(one.agreement.bureau_id, settled) == []
    made.book(officer, {stocked.pork: 2700}, day, number="JG-3")  # known only now, holds since that day
    (line,) = pricing.difference_note(one.agreement.bureau_id, settled)
    # 27.00 × 0.875 = 23.625 → 23.63; 10 kg: 236.30 instead of 252.90
    assert (line.settled_fen, line.due_fen, line.difference_fen) == (25290, 23630, -1660)
    corrected = [SettledLine(line.pin, Decimal(10), school, day)]
    assert pricing.difference_note(one.agreement.bureau_id, corrected) == []


def test_a_school_sees_what_it_may_order_cheapest_first(world, officer, stocked):
    made.book(officer, {stocked.pork: 2890}, today() - timedelta(days=9))
    dear = signed(officer, both(world, stocked))
    cheap = signed(
        officer, terms(world.supplier_id("a-2"), fixed_lot(stocked, items=[rice(stocked, unit="袋", price_fen=12500)]))
    )
    ended = signed(officer, both(world, stocked, last_day=today() - timedelta(days=1)))
    waiting = signed(officer, both(world, stocked, first_day=today() + timedelta(days=1)))
    found = pricing.prices_for_school(officer.bureau_id, world.schools["a1"], today())
    # A bag of 25 kg at 125.00 is 5.00 a kg: cheaper than 5.20.
    assert [one.agreement_id for one in found[stocked.rice]] == [cheap.agreement.id, dear.agreement.id]
    assert {one.agreement_id for one in found[stocked.pork]} == {dear.agreement.id}
    assert ended.agreement.id != waiting.agreement.id


def test_the_order_page_s_queries_do_not_grow(world, officer, stocked):
    made.book(officer, {stocked.pork: 2890, stocked.salt: 300}, today() - timedelta(days=9))

    def queries():
        counted = []
        engine = db.session.connection().engine

        def count(*_args):
            counted.append(_args[2])

        event.listen(engine, "before_cursor_execute", count)
        try:
            found = pricing.prices_for_school(officer.bureau_id, world.schools["a1"], today())
        finally:
            event.remove(engine, "before_cursor_execute", count)
        return sum(map(len, found.values())), len(counted)

    signed(officer, both(world, stocked))
    few = queries()
    for place in ("a", "a-2", "a-2"):
        salt = made.ItemTerms(item_id=stocked.salt, name="食盐", unit="kg", quantity=Decimal(9))
        signed(
            officer,
            terms(world.supplier_id(place), fixed_lot(stocked), discount_lot(stocked, items=[pork(stocked), salt])),
        )
    many = queries()
    assert (few[0], many[0]) == (2, 11)
    assert few[1] == many[1]
