"""Receipts: recorded once, numbered without gaps, kept as they were, voided with a reason."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from bureau.catalogue.rules import ItemEvent
from bureau.catalogue.service import items as item_service
from kernel.audit.models import AuditEntry
from kernel.database import new_id
from kernel.errors import Conflict, Invalid, NotFound
from school.supply.models import GoodsReceipt
from school.supply.service import recording
from school.supply.service.reading import get_receipt, list_receipts, prefill, recent_names, usual_items
from school.supply.service.voiding import void_receipt
from tests.support.catalogue import stock
from tests.support.receipts import DAY, MORNING, line, record


def test_a_receipt_keeps_what_came_exactly(keeper, stocked, recorded):
    receipt = recorded(
        line(stocked.rice, quantity=Decimal("2.5"), unit="袋", unit_price_fen=11_999),
        line(stocked.salt, unit_price_fen=None, production_date=None),
    )
    view = get_receipt(keeper, keeper.school_id, receipt.id)
    rice, salt = view.lines
    assert (rice.base_quantity, rice.base_unit, rice.amount_fen) == (Decimal("62.5"), "kg", 29_998)
    assert rice.expiry_date == rice.production_date + timedelta(days=365)
    assert (salt.expiry_date, salt.amount_fen) == (None, None)
    assert (receipt.line_count, receipt.amount_fen, receipt.received_on) == (2, 29_998, DAY)
    assert receipt.received_by_name == keeper.display_name


def test_numbers_have_no_gaps_and_each_school_its_own(world, keeper, stocked, recorded, acting):
    year = DAY.year
    first = recorded(line(stocked.salt))
    with pytest.raises(Invalid):
        recorded(line(stocked.salt, unit="箱"))
    second = recorded(line(stocked.salt))
    assert [first.number, second.number] == [f"SH{year}-000001", f"SH{year}-000002"]
    other = acting(world.actor("storekeeper", "a2"))
    assert record(other, line(stocked.salt)).number == f"SH{year}-000001"


def test_what_the_catalogue_becomes_later_changes_no_receipt(world, keeper, stocked, recorded, acting):
    receipt = recorded(line(stocked.rice))
    officer = acting(world.actor("procurement_officer"))
    item = item_service.get_item(officer, stocked.rice)
    values = {name: getattr(item, name) for name in item_service.FIELDS}
    item_service.save_item(officer, item.id, item.version, conversions=[], **{**values, "name": "改名米"})
    item_service.change_state(officer, item.id, ItemEvent.RETIRE, item.version)
    acting(keeper)
    view = get_receipt(keeper, keeper.school_id, receipt.id)
    assert (view.lines[0].item_name, view.lines[0].item_version) == ("粳米", 2)
    with pytest.raises(Invalid) as refused:
        recorded(line(stocked.rice))
    assert list(refused.value.fields) == ["lines.0.item_id"]


def test_a_second_click_is_the_same_receipt(session, keeper, stocked, recorded):
    receipt_id = new_id()
    first = recorded(line(stocked.salt, quantity=Decimal("1.50")), receipt_id=receipt_id)
    again = recorded(line(stocked.salt, quantity=Decimal("1.5")), receipt_id=receipt_id)
    assert again.number == first.number
    assert len(session.scalars(select(GoodsReceipt)).all()) == 1
    with pytest.raises(Conflict):
        recorded(line(stocked.salt, quantity=Decimal("1.51")), receipt_id=receipt_id)
    with pytest.raises(Conflict):
        recorded(line(stocked.salt, quantity=Decimal("1.5")), receipt_id=receipt_id, supplier_name="另一家")


@pytest.mark.parametrize("quantity", [Decimal(5), Decimal(6)])
def test_two_clicks_at_the_same_moment_are_one_receipt(session, monkeypatch, keeper, stocked, recorded, quantity):
    """The loser of the race saw nothing when it looked, and meets the winner only in the key."""
    receipt_id = new_id()
    first = recorded(line(stocked.salt, quantity=Decimal(5)), receipt_id=receipt_id)
    session.commit()
    session.expunge_all()  # the other request's session knows nothing of it
    look = recording.repeated
    answers = [lambda *_: None, look]
    monkeypatch.setattr(recording, "repeated", lambda *arguments: answers.pop(0)(*arguments))
    if quantity == 5:
        assert recorded(line(stocked.salt, quantity=quantity), receipt_id=receipt_id).number == first.number
    else:
        with pytest.raises(Conflict):
            recorded(line(stocked.salt, quantity=quantity), receipt_id=receipt_id)
    monkeypatch.undo()
    # The number that the loser had taken went back with its transaction.
    assert recorded(line(stocked.salt)).number.endswith("-000002")


def test_an_id_of_another_school_tells_nothing(world, keeper, stocked, recorded, acting):
    receipt = recorded(line(stocked.salt))
    other = acting(world.actor("storekeeper", "a2"))
    # The key carries the school: the same id is simply another receipt there.
    assert record(other, line(stocked.salt), receipt_id=receipt.id).school_id == other.school_id
    with pytest.raises(NotFound):
        get_receipt(other, keeper.school_id, receipt.id)


def test_an_item_of_another_bureau_is_unknown(world, keeper, stocked, recorded, acting):
    foreign = stock(acting(world.actor("procurement_officer", "b")))
    acting(keeper)
    with pytest.raises(Invalid) as refused:
        recorded(line(foreign.rice))
    assert list(refused.value.fields) == ["lines.0.item_id"]


def test_every_wrong_field_is_named_at_once(stocked, recorded):
    with pytest.raises(Invalid) as refused:
        recorded(
            line(stocked.rice, batch_no="", production_date=None),
            line(stocked.pork, unit="袋", temperature_celsius=Decimal(90)),
            line(stocked.pork, production_date=DAY - timedelta(days=9)),
        )
    assert set(refused.value.fields) == {
        "lines.0.batch_no", "lines.1.unit", "lines.1.temperature_celsius", "lines.2.expiry_date",
    }  # fmt: skip


def test_nothing_is_received_tomorrow(stocked, recorded):
    with pytest.raises(Invalid) as refused:
        recorded(line(stocked.salt), received_at=MORNING + timedelta(days=11))
    assert list(refused.value.fields) == ["received_at"]


def test_a_receipt_is_voided_once_with_its_reason_and_stays_readable(keeper, stocked, recorded):
    receipt = recorded(line(stocked.rice))
    assert receipt.has_missing_certificates
    with pytest.raises(Conflict):
        void_receipt(keeper, receipt.id, receipt.version + 1, "看错了")
    void_receipt(keeper, receipt.id, receipt.version, "数量有误")
    view = get_receipt(keeper, keeper.school_id, receipt.id)
    assert (view.receipt.state, view.receipt.void_reason, view.receipt.voided_by) == (
        "voided", "数量有误", keeper.account_id,
    )  # fmt: skip
    assert list_receipts(keeper, keeper.school_id, missing=True).items == []
    assert len(list_receipts(keeper, keeper.school_id).items) == 1
    with pytest.raises(Conflict):
        void_receipt(keeper, receipt.id, receipt.version, "再来")


def test_voiding_stands_in_the_audit_with_old_and_new(session, world, keeper, stocked, recorded, acting):
    receipt = recorded(line(stocked.rice))
    session.commit()
    void_receipt(keeper, receipt.id, receipt.version, "数量有误")
    acting(world.actor("bureau_admin"))
    changes = [
        change
        for entry in session.scalars(select(AuditEntry).where(AuditEntry.school_id == keeper.school_id))
        for change in entry.changes
        if change["table"] == "goods_receipts" and change["kind"] == "update"
    ]
    assert [(change["old"]["state"], change["new"]["state"]) for change in changes] == [("recorded", "voided")]


def test_lists_go_newest_first_page_by_page(keeper, stocked, recorded):
    numbers = [recorded(line(stocked.salt), received_at=MORNING - timedelta(hours=hours)).number for hours in (5, 1, 3)]
    first = list_receipts(keeper, keeper.school_id, limit=2)
    assert [row.number for row in first.items] == [numbers[1], numbers[2]]
    rest = list_receipts(keeper, keeper.school_id, limit=2, cursor=first.next_cursor)
    assert [row.number for row in rest.items] == [numbers[0]]
    assert rest.next_cursor is None


def test_a_list_is_confined_to_days_of_shanghai(keeper, stocked, recorded):
    """The receipt came at 06:30, which is still the evening before in UTC."""
    recorded(line(stocked.salt))
    before, after = DAY - timedelta(days=1), DAY + timedelta(days=1)
    for first, last, count in (
        (DAY, DAY, 1),
        (before, before, 0),
        (after, after, 0),
        (None, before, 0),
        (after, None, 0),
    ):
        assert len(list_receipts(keeper, keeper.school_id, from_day=first, until_day=last).items) == count


def test_what_was_received_before_is_not_typed_again(keeper, stocked, recorded):
    recorded(line(stocked.salt), supplier_name="演示甲", received_at=MORNING - timedelta(days=1))
    latest = recorded(
        line(stocked.rice, unit="袋"), line(stocked.salt), supplier_name="演示乙", second_receiver_name="李"
    )
    assert recent_names(keeper) == (["演示乙", "演示甲"], ["李"])
    assert usual_items(keeper) == [stocked.salt, stocked.rice]
    view = get_receipt(keeper, keeper.school_id, latest.id)
    again = prefill(view, whole=False)
    assert again["lines"][0] == {"item_id": str(stocked.rice), "unit": "袋", "unit_price": "5.20"}
    assert prefill(view, whole=True)["lines"][0]["quantity"] == "10"
