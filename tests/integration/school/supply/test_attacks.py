"""What a supplier or a storekeeper would try to bring a lot in that nobody is to take over, or to take one out of sight."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from kernel.database import db, new_id, now
from kernel.errors import RuleBroken
from kernel.web.dates import today
from school.orders.models import BatchCertificate, CertificateFinding
from school.orders.service import certificates
from school.recall.service import lots, recalls
from school.stores.service import freezing
from school.supply.models import GoodsReceipt, GoodsReceiptLine
from school.supply.rejections import warning
from school.supply.service import confirming, voiding
from tests.support.deliveries import accept, on_its_way, received, refusing
from tests.support.orders import paper
from tests.support.receipts import as_json, content, line, record


def refused_elsewhere(shop, batch="L1"):
    """School a2 refuses the lot as spoiled: everybody is warned of it."""
    _order, shipment = on_its_way(shop, "a2", batch=batch, certified=False)
    received(shop, shipment, refusing(shop, "100", "spoiled", "a2"), school="a2")


def test_a_warned_lot_is_not_taken_over_under_another_number(shop):
    """The delivery note says which lot it is, whatever label is typed at the door."""
    _order, shipment = on_its_way(shop)
    refused_elsewhere(shop)
    with pytest.raises(RuleBroken) as refused:
        accept(shop, shipment, {"batch_no": "L1-NEW"})
    assert refused.value.rule == "lot_warned"


def test_nor_confirmed_so_when_the_warning_came_in_between(shop):
    _order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment, {"batch_no": "L1-NEW"})
    refused_elsewhere(shop)
    with pytest.raises(RuleBroken) as refused:
        confirming.confirm(shop.cook(), receipt.id, receipt.version)
    assert refused.value.rule == "lot_warned"


@pytest.mark.parametrize("spelling", [str, lambda name: f" {name[:2]} {name[2:]}"])
def test_a_warned_lot_does_not_come_in_without_an_order(shop, spelling):
    _order, _shipment = on_its_way(shop)
    refused_elsewhere(shop)
    keeper = shop.actor("storekeeper", "a1")
    [known] = warning.list_warnings(keeper).items
    with pytest.raises(RuleBroken) as refused:
        record(keeper, line(shop.stocked.rice, batch_no="L1"), supplier_name=spelling(known[0].supplier_name))
    assert refused.value.rule == "lot_warned"
    record(keeper, line(shop.stocked.rice, batch_no="L1"), supplier_name="演示另一家粮行")
    record(keeper, line(shop.stocked.rice, batch_no="L2"), supplier_name=known[0].supplier_name)


def recalled(shop, number, **more):
    officer = shop.actor("canteen_officer", "a")
    found = [one.lot for one in lots.of_batch_no(officer, number)]
    made = recalls.begin(
        officer, id=new_id(), trigger_kind="lot", trigger={}, lots=found, reason="抽检不合格",
        begun_at=now() - timedelta(seconds=5), **more,
    )  # fmt: skip
    return recalls.freeze_and_tell(officer, made.id, made.version)


def test_a_recalled_lot_of_a_supplier_outside_the_register_comes_in_nowhere(shop):
    """It has no warning of its own: warnings are of registered suppliers."""
    name = "演示农户"
    record(shop.actor("storekeeper", "a2"), line(shop.stocked.rice, batch_no="N1"), supplier_name=name)
    recall = recalled(shop, "N1")
    keeper = shop.actor("storekeeper", "a1")
    for spelling in (name, "演示 农户"):
        with pytest.raises(RuleBroken) as refused:
            record(keeper, line(shop.stocked.rice, batch_no="N1"), supplier_name=spelling)
        assert refused.value.rule == "lot_warned"
    record(keeper, line(shop.stocked.rice, batch_no="N1"), supplier_name="演示别家")
    officer = shop.actor("canteen_officer", "a")
    recalls.lift(officer, recall.id, recall.version, "复检合格")
    record(shop.actor("storekeeper", "a1"), line(shop.stocked.rice, batch_no="N1"), supplier_name=name)


def test_a_drill_stops_no_delivery(shop):
    name = "演示农户"
    record(shop.actor("storekeeper", "a2"), line(shop.stocked.rice, batch_no="N1"), supplier_name=name)
    recalled(shop, "N1", is_drill=True)
    record(shop.actor("storekeeper", "a1"), line(shop.stocked.rice, batch_no="N1"), supplier_name=name)


def test_a_receipt_under_recall_is_not_voided(shop):
    _order, shipment = on_its_way(shop)
    receipt = received(shop, shipment)
    recall = recalled(shop, "L1")
    with pytest.raises(RuleBroken) as refused:
        voiding.void_receipt(shop.actor("storekeeper", "a1"), receipt.id, receipt.version, "录错")
    assert refused.value.rule == "store_batch_frozen"
    assert recall.totals["schools"] == 1


def test_a_lot_that_was_taken_over_under_another_number_is_found_by_either(shop):
    _order, shipment = on_its_way(shop)
    received(shop, shipment, {"batch_no": "X9"}, {"batch_no": "X9"})
    officer = shop.actor("canteen_officer", "a")
    for number in ("L1", "X9"):
        assert {one.lot.batch_no for one in lots.of_batch_no(officer, number)} == {"L1", "X9"}


def test_what_is_typed_is_kept_in_one_spelling(shop, client_as, session):
    client = client_as("storekeeper")
    receipt_id = new_id()
    body = as_json(content(line(shop.stocked.rice, batch_no="ｌ 001 ", quantity=Decimal(2), production_date=today())))
    sent = client.put(f"/api/v1/goods-receipts/{receipt_id}", json={**body, "received_at": None})
    assert sent.status_code == 201, sent.get_data(as_text=True)
    shop.cook()
    assert session.query(GoodsReceiptLine.batch_no).filter_by(receipt_id=receipt_id).scalar() == "L001"
    again = client.put(f"/api/v1/goods-receipts/{receipt_id}", json={**body, "received_at": None})
    assert again.status_code == 200


def test_frozen_by_the_school_itself_it_is_not_voided_either(shop, session):
    keeper = shop.actor("storekeeper", "a1")
    receipt = record(keeper, line(shop.stocked.rice, batch_no="S1"))
    [batch] = session.execute(
        GoodsReceiptLine.__table__.select().where(GoodsReceiptLine.receipt_id == receipt.id)
    ).all()
    from school.stores.models import StoreBatch

    [stock] = session.query(StoreBatch).filter_by(source_id=batch.id).all()
    freezing.freeze(keeper, [(keeper.school_id, stock.id)], (freezing.SCHOOL, stock.id), "可疑")
    with pytest.raises(RuleBroken):
        voiding.void_receipt(keeper, receipt.id, receipt.version, "录错")
    assert session.get(GoodsReceipt, (keeper.bureau_id, keeper.school_id, receipt.id)) is not None


def codes_of(shop, paper_id):
    officer = shop.actor("canteen_officer", "a")
    rows = db.session.scalars(select(CertificateFinding).where(CertificateFinding.certificate_id == paper_id))
    assert officer.bureau_id
    return sorted(row.code for row in rows)


def test_a_report_that_was_used_and_taken_back_is_not_used_again_unseen(shop):
    """Withdrawn after the goods were delivered, its number served the next lot."""
    _order, shipment = on_its_way(shop)  # with the papers of lot L1
    received(shop, shipment)
    spent = db.session.scalars(
        select(BatchCertificate).where(BatchCertificate.kind == "batch_report", BatchCertificate.batch_no == "L1")
    ).one()  # fmt: skip
    number = spent.number
    certificates.withdraw(shop.supplier, spent.id, spent.version)
    again = paper(shop, shop.stocked.rice, text="另一份扫描", number=number, batch_no="L9")
    assert codes_of(shop, again.id) == ["number_reused"]


def test_a_slip_that_was_taken_back_before_it_went_with_anything_is_none(shop):
    slip = paper(shop, shop.stocked.rice, text="写错", number="BG-77", batch_no="L8")
    certificates.withdraw(shop.supplier, slip.id, slip.version)
    right = paper(shop, shop.stocked.rice, text="写对", number="BG-77", batch_no="L9")
    assert codes_of(shop, right.id) == []
