"""A delivery on an order: counted by one, confirmed by another, and with that in stock, order, balance and duty at once."""

from datetime import timedelta
from decimal import Decimal

import pytest

from bureau.agreements.balance_models import AgreementBalance
from bureau.agreements.service import reading
from duties.models import DutyMark
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.identity.models import Account
from kernel.identity.passwords import hash_password
from kernel.web.dates import today
from school.orders.models import CertificateFinding
from school.orders.service import certificates, finding, receiving, shipping
from school.stores.service.balances import on_hand
from school.supply.models import GoodsReceipt
from school.supply.rejections import settling, warning
from school.supply.rejections.finding import lines_of as rejected_lines
from school.supply.rejections.finding import of_receipt
from school.supply.service import accepting, confirming, voiding
from school.supply.service.certificates import CertificateInput
from school.supply.service.confirming import receipt_lines
from tests.support.deliveries import accept, counted, on_its_way, order_now, photo, received, refusing
from tests.support.orders import lots, paper, shipped
from tests.support.pictures import jpeg
from tests.support.world import PASSWORD


def balance_of(shop, item):
    use_scope(db.session(), shop.world.actor("procurement_officer").scope)
    query = db.select(AgreementBalance).where(AgreementBalance.agreement_item_id == item.id)
    return db.session.scalar(query.execution_options(populate_existing=True))


def stock_of(shop, item, school="a1"):
    return on_hand(shop.cook(school), shop.world.schools[school], [item]).get(item, 0)


def counts(shop, order):
    return [finding.counts_of(line) for line in finding.lines_of(order_now(shop, order))]


def test_nothing_is_in_the_books_before_a_second_person_confirms(shop):
    order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment)
    assert (receipt.state, receipt.confirmed_at, receipt.number[:2]) == ("awaiting", None, "SH")
    assert (stock_of(shop, shop.stocked.rice), balance_of(shop, shop.rice).used) == (0, 0)
    storekeeper = shop.actor("storekeeper", "a1")
    with pytest.raises(RuleBroken) as refused:
        confirming.confirm(storekeeper, receipt.id, receipt.version)
    assert refused.value.rule == "same_person"
    receipt = confirming.confirm(shop.cook(), receipt.id, receipt.version)
    assert (receipt.state, receipt.second_receiver_name) == ("recorded", shop.cook().display_name)
    assert (stock_of(shop, shop.stocked.rice), stock_of(shop, shop.stocked.pork)) == (100, 20)
    rice = balance_of(shop, shop.rice)
    assert (rice.reserved, rice.used) == (0, 100)
    assert reading.reconcile(shop.agreement.bureau_id) == []
    assert order_now(shop, order).state == "received"
    assert [one.open for one in counts(shop, order)] == [0, 0]
    marks = db.session.query(DutyMark).filter_by(kind="receiving").all()
    assert [(mark.record_id, mark.by) for mark in marks] == [(receipt.id, shop.cook().account_id)]


def test_confirming_twice_is_confirming_once(shop):
    _order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment)
    version = receipt.version
    confirming.confirm(shop.cook(), receipt.id, version)
    assert confirming.confirm(shop.cook(), receipt.id, version).state == "recorded"
    assert stock_of(shop, shop.stocked.rice) == 100
    with pytest.raises(Conflict):
        confirming.confirm(shop.actor("principal", "a1"), receipt.id, version)


def test_the_same_delivery_sent_twice_is_one_receipt(shop):
    _order, shipment = on_its_way(shop)
    receipt_id = new_id()
    one = accept(shop, shipment, receipt_id=receipt_id)
    assert accept(shop, shipment, receipt_id=receipt_id).id == one.id
    with pytest.raises(Conflict):
        accept(shop, shipment, {"arrived": Decimal(99)}, receipt_id=receipt_id)
    with pytest.raises(Conflict):
        accept(shop, shipment)
    assert db.session.query(GoodsReceipt).count() == 1


def test_a_stricter_school_asks_for_three_people(shop, monkeypatch):
    monkeypatch.setattr(confirming, "receivers", lambda actor, school_id: 3)
    _order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment)
    receipt = confirming.confirm(shop.cook(), receipt.id, receipt.version)
    assert receipt.state == "awaiting"
    receipt = confirming.confirm(shop.actor("principal", "a1"), receipt.id, receipt.version)
    assert receipt.state == "recorded"
    assert len(confirming.confirmations(shop.cook(), receipt.school_id, receipt.id)) == 2


def with_password(shop, role, place="a1"):
    """PASSWORD for one of the world's people."""
    from kernel.database.scope import IDENTITY

    use_scope(db.session(), IDENTITY)
    someone = shop.world.person(role, place)
    db.session.get(Account, someone.account_id).password_hash = hash_password(PASSWORD)
    db.session.commit()
    return someone.username


def test_the_second_person_signs_on_the_first_ones_phone(shop):
    name = with_password(shop, "canteen_manager")
    other_school = with_password(shop, "canteen_manager", "a2")
    teacher = with_password(shop, "teacher")
    own = with_password(shop, "storekeeper")
    _order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment)
    db.session.commit()
    keeper = shop.actor("storekeeper", "a1")
    here = (receipt.id, receipt.version)
    with pytest.raises(Invalid) as wrong:
        confirming.confirm_here(keeper, *here, name, "错误的口令", "127.0.0.1")
    assert "password" in wrong.value.fields
    for stranger in (other_school, teacher):
        with pytest.raises(Denied):
            confirming.confirm_here(keeper, *here, stranger, PASSWORD, "127.0.0.1")
    with pytest.raises(RuleBroken):
        confirming.confirm_here(keeper, *here, own, PASSWORD, "127.0.0.1")
    receipt = confirming.confirm_here(keeper, *here, name, PASSWORD, "127.0.0.1")
    assert receipt.state == "recorded"
    assert receipt.second_received_by == shop.world.person("canteen_manager", "a1").account_id
    assert confirming.confirmations(keeper, receipt.school_id, receipt.id)[0].how == "here"


def test_without_required_papers_nothing_is_accepted(shop):
    _order, shipment = on_its_way(shop, certified=False)
    with pytest.raises(RuleBroken) as refused:
        accept(shop, shipment)
    assert refused.value.rule == "certificates_missing"
    assert len(refused.value.members["missing"]) == 3
    assert "第五十三条" in refused.value.citation
    refuse_pork = refusing(shop, "20", "no_certificate")
    scan = photo(shop, text="批次报告")
    report = CertificateInput(kind="batch_report", line=0, attachment_id=scan)
    receipt = received(shop, shipment, {}, refuse_pork, certificates=[report])
    assert [line.quantity for line in receipt_lines(receipt)] == [100, 0]
    assert receipt.amount_fen == 52000


def test_a_paper_that_ran_out_or_is_of_another_lot_proves_nothing(shop):
    paper(shop, shop.stocked.rice, text="过期", valid_until=today())
    paper(shop, shop.stocked.rice, text="另批", batch_no="L2")
    _order, shipment = on_its_way(shop, "a1", "100", "0", certified=False)
    with pytest.raises(RuleBroken):
        accept(shop, shipment)


def test_cold_goods_need_their_temperature_and_are_refused_when_warm(shop):
    _order, shipment = on_its_way(shop)
    for temperature in (None, Decimal("8.1")):
        with pytest.raises(Invalid) as refused:
            accept(shop, shipment, {}, {"temperature_celsius": temperature})
        assert list(refused.value.fields) == ["lots.1.temperature_celsius"]
    warm = refusing(shop, "20", "too_warm", temperature_celsius=Decimal("8.1"))
    receipt = received(shop, shipment, {}, warm)
    assert [line.rejected_quantity for line in receipt_lines(receipt)] == [0, 20]


def test_what_came_beyond_the_tolerance_is_to_be_refused(shop):
    order, shipment = on_its_way(shop, "a1", "105", "20")
    with pytest.raises(Invalid) as refused:
        accept(shop, shipment, {"arrived": Decimal(106)})
    assert "lots.0.rejected_quantity" in refused.value.fields
    receipt = received(shop, shipment, {"arrived": Decimal(107), "net": Decimal(106), **refusing(shop, "1", "surplus")})
    line = receipt_lines(receipt)[0]
    assert (line.ordered_quantity, line.shipped_quantity, line.arrived_quantity, line.net_quantity, line.quantity) == (
        100, 105, 107, 106, 105
    )  # fmt: skip
    assert balance_of(shop, shop.rice).used == 105
    assert counts(shop, order)[0].over == 6


def test_a_refusal_needs_a_reason_and_a_photo(shop):
    _order, shipment = on_its_way(shop)
    with pytest.raises(Invalid) as refused:
        accept(shop, shipment, {"rejected": Decimal(1)})
    assert {"lots.0.reason", "lots.0.photos"} == set(refused.value.fields)
    with pytest.raises(Invalid) as refused:
        accept(shop, shipment, {**refusing(shop, "1"), "photos": (new_id(),)})
    assert "lots.0.photos" in refused.value.fields


def test_refused_goods_are_sent_again(shop):
    order, shipment = on_its_way(shop)
    receipt = received(shop, shipment, refusing(shop, "30"))
    rejection = of_receipt(shop.cook(), receipt.school_id, receipt.id)
    assert (rejection.state, rejection.number[:2], rejection.amount_fen) == ("open", "JS", 15600)
    assert counts(shop, order)[0].rejected == 30
    assert balance_of(shop, shop.rice).reserved == 30
    supplier = shop.supplier
    settling.answer(supplier, rejection.id, rejection.version, answer="replace", note="明早补", promised_on=today())
    with pytest.raises(Invalid):
        settling.ship_again(supplier, rejection.id, new_id(), lines=lots(order, "31"))
    again = settling.ship_again(supplier, rejection.id, new_id(), lines=lots(order, "30"))
    with pytest.raises(Invalid):
        settling.ship_again(supplier, rejection.id, new_id(), lines=lots(order, "1"))
    second = received(shop, again)
    rejection = of_receipt(shop.cook(), receipt.school_id, receipt.id)
    assert (rejection.state, rejected_lines(rejection)[0].replaced_quantity) == ("replaced", 30)
    first, _pork = counts(shop, order)
    assert (first.received, first.rejected, first.open) == (100, 0, 0)
    assert (balance_of(shop, shop.rice).reserved, balance_of(shop, shop.rice).used) == (0, 100)
    assert order_now(shop, order).state == "received"
    voiding.void_receipt(shop.cook(), second.id, second.version, "称错")
    rejection = of_receipt(shop.cook(), receipt.school_id, receipt.id)
    assert (rejection.state, rejected_lines(rejection)[0].replaced_quantity) == ("open", 0)
    assert counts(shop, order)[0].rejected == 30
    assert reading.reconcile(shop.agreement.bureau_id) == []


def test_refused_goods_are_given_up(shop):
    order, shipment = on_its_way(shop)
    receipt = received(shop, shipment, refusing(shop, "30"), wanted="credit")
    rejection = of_receipt(shop.cook(), receipt.school_id, receipt.id)
    assert (rejection.state, rejected_lines(rejection)[0].credited_quantity) == ("credited", 30)
    assert (balance_of(shop, shop.rice).reserved, balance_of(shop, shop.rice).used) == (0, 70)
    with pytest.raises(Conflict):
        settling.answer(shop.supplier, rejection.id, rejection.version, answer="credit", note="", promised_on=None)
    assert order_now(shop, order).state == "received"


def test_only_the_supplier_itself_sees_a_rejection(shop):
    _order, shipment = on_its_way(shop)
    receipt = received(shop, shipment, refusing(shop, "30"))
    rejection = of_receipt(shop.cook(), receipt.school_id, receipt.id)
    other = shop.actor("supplier_user", "a-2")
    with pytest.raises(NotFound):
        settling.answer(other, rejection.id, rejection.version, answer="credit", note="", promised_on=None)
    with pytest.raises(NotFound):
        settling.credit(shop.cook("a2"), rejection.id, rejection.version, "不再需要")


def test_a_short_delivery_leaves_the_rest_awaited(shop):
    order, shipment = on_its_way(shop, "a1", "60", "20")
    received(shop, shipment, {"arrived": Decimal(59)})
    assert [one.open for one in counts(shop, order)] == [41, 0]
    assert (order_now(shop, order).state, balance_of(shop, shop.rice).reserved) == ("shipped", 41)
    received(shop, shipped(shop, order, "41", "0"))
    assert order_now(shop, order).state == "received"
    assert balance_of(shop, shop.rice).used == 100


def test_voiding_takes_everything_back_and_it_can_be_received_anew(shop):
    order, shipment = on_its_way(shop)
    receipt = received(shop, shipment, refusing(shop, "30"))
    receipt = voiding.void_receipt(shop.cook(), receipt.id, receipt.version, "点错")
    assert (stock_of(shop, shop.stocked.rice), balance_of(shop, shop.rice).used) == (0, 0)
    assert balance_of(shop, shop.rice).reserved == 100
    assert (order_now(shop, order).state, counts(shop, order)[0].open) == ("shipped", 100)
    assert of_receipt(shop.cook(), receipt.school_id, receipt.id).state == "voided"
    assert db.session.query(DutyMark).filter(DutyMark.withdrawn_at.is_(None)).count() == 0
    received(shop, shipment)
    assert (stock_of(shop, shop.stocked.rice), balance_of(shop, shop.rice).used) == (100, 100)
    assert reading.reconcile(shop.agreement.bureau_id) == []


def test_what_was_issued_cannot_be_voided(shop, monkeypatch):
    from school.stores.service import receiving as stores

    _order, shipment = on_its_way(shop)
    receipt = received(shop, shipment)
    db.session.commit()

    def issued(*_args, **_more):
        raise RuleBroken("store_already_issued", "已出库")

    monkeypatch.setattr(stores, "take_back", issued)
    with pytest.raises(RuleBroken):
        voiding.void_receipt(shop.cook(), receipt.id, receipt.version, "点错")
    db.session.rollback()
    assert db.session.get(GoodsReceipt, (receipt.bureau_id, receipt.school_id, receipt.id)).state == "recorded"


def test_an_awaiting_receipt_is_sent_back_and_counted_anew(shop):
    _order, shipment = on_its_way(shop)
    receipt = accept(shop, shipment, {"arrived": Decimal(90)})
    voiding.void_receipt(shop.cook(), receipt.id, receipt.version, "少点一袋")
    assert received(shop, shipment).state == "recorded"


def test_a_refusal_for_safety_warns_the_schools_that_have_the_lot(shop):
    _far, waiting = on_its_way(shop, "a2", certified=False)
    _order, shipment = on_its_way(shop)
    receipt = received(shop, shipment, refusing(shop, "100", "contaminated"))
    told = warning.to_acknowledge(shop.cook("a2"))
    assert [(one.batch_no, row.found_in) for one, row in told] == [("L1", "shipped")]
    assert warning.to_acknowledge(shop.cook("a1")) == []
    assert warning.to_acknowledge(shop.cook("a3")) == []
    with pytest.raises(RuleBroken) as refused:
        accept(shop, waiting, school="a2")
    assert refused.value.rule == "lot_warned"
    order, _ = on_its_way(shop, "a3", "0", "20")
    with pytest.raises(Invalid) as unshipped:
        shipped(shop, order, "100", "0")
    assert "警示" in unshipped.value.fields["lines.0.batch_no"][0]
    found = warning.list_warnings(shop.actor("canteen_officer"), is_open=True).items[0][0]
    assert (found.raised_by_school_id, found.rejection_id) == (
        receipt.school_id, of_receipt(shop.cook(), receipt.school_id, receipt.id).id,
    )  # fmt: skip
    warning.acknowledge(shop.cook("a2"), found.id, "已拒收")
    assert warning.to_acknowledge(shop.cook("a2")) == []
    with pytest.raises(NotFound):
        warning.acknowledge(shop.cook("a3"), found.id, "与我无关")
    warning.lift(shop.actor("canteen_officer"), found.id, found.version, "复检合格")
    assert accept(shop, waiting, school="a2").state == "awaiting"


def test_a_warning_that_comes_between_the_two_people_stops_the_second(shop):
    _far, waiting = on_its_way(shop, "a2", certified=False)
    _order, shipment = on_its_way(shop)
    first = accept(shop, waiting, school="a2")
    received(shop, shipment, refusing(shop, "1", "spoiled"))
    with pytest.raises(RuleBroken) as refused:
        confirming.confirm(shop.cook("a2"), first.id, first.version)
    assert refused.value.rule == "lot_warned"


def test_the_same_scan_for_another_lot_and_too_much_weight_are_found(shop):
    paper(shop, shop.stocked.rice, text="报告", number="R-1", covers_quantity=Decimal(150))
    paper(shop, shop.stocked.rice, text="报告", number="R-1", batch_no="L9")
    for school in ("a1", "a2"):
        on_its_way(shop, school, "100", "0", certified=False)
    use_scope(db.session(), shop.world.actor("canteen_officer").scope)
    found = {(row.code, row.detail) for row in db.session.query(CertificateFinding)}
    assert found == {
        ("number_reused", "L1"),
        ("file_reused", "L1"),
        ("over_covered", ""),
        ("number_reused", "L9"),
        ("file_reused", "L9"),
    }
    officer = shop.actor("canteen_officer")
    rows = certificates.list_findings(officer, is_open=True).items
    certificates.settle(officer, rows[0][0].id, "已核实为同一检验样品")
    assert len(certificates.list_findings(officer, is_open=True).items) == len(rows) - 1


def test_a_scan_is_seen_by_the_schools_it_came_to(shop):
    made = paper(shop, shop.stocked.rice)
    on_its_way(shop, "a1", "100", "0", certified=False)
    assert certificates.scan_of(shop.cook("a1"), made.id)[1]
    with pytest.raises(NotFound):
        certificates.scan_of(shop.cook("a2"), made.id)
    with pytest.raises(NotFound):
        certificates.scan_of(shop.actor("supplier_user", "a-2"), made.id)


def test_a_school_writes_down_what_the_supplier_did_not(shop):
    order, _shipment = on_its_way(shop, "a1", "60", "20")
    actor = shop.actor("storekeeper", "a1")
    made = shipping.ship(actor, order.id, new_id(), lines=lots(order, "40", "0"))
    assert made.is_by_school
    assert made.state == "sent"


def test_another_schools_delivery_is_not_found(shop):
    _order, shipment = on_its_way(shop)
    with pytest.raises(NotFound):
        accepting.accept(shop.cook("a2"), new_id(), shipment_id=shipment.id, lots=counted(shipment))


def test_a_received_order_is_closed(shop):
    order, shipment = on_its_way(shop)
    received(shop, shipment)
    order = order_now(shop, order)
    assert receiving.close(shop.cook(), order.id, order.version).state == "closed"


def test_later_days_need_papers_of_that_day(shop):
    paper(shop, shop.stocked.rice, text="晚发", issued_on=today() + timedelta(days=9))
    on_its_way(shop, "a1", "100", "0", certified=False)
    use_scope(db.session(), shop.world.actor("canteen_officer").scope)
    assert {row.code for row in db.session.query(CertificateFinding)} == {"issued_after"}
    assert jpeg("晚发")


def test_a_lot_that_did_not_come_is_counted_as_nothing(shop):
    """Papers photographed at the door belong to the place of their lot on the note, whatever else came."""
    order, shipment = on_its_way(shop, certified=False)
    scans = [
        CertificateInput(kind=kind, line=1, attachment_id=photo(shop, text=kind))
        for kind in ("animal_quarantine", "meat_inspection")
    ]
    receipt = received(shop, shipment, {"arrived": Decimal(0)}, certificates=scans)
    assert [(line.position, line.quantity) for line in receipt_lines(receipt)] == [(1, 20)]
    assert [lot.arrived_quantity for lot in shipping.lots_of(shipment)] == [0, 20]
    assert [one.open for one in counts(shop, order)] == [100, 0]
    voiding.void_receipt(shop.cook(), receipt.id, receipt.version, "点错")
    assert [lot.arrived_quantity for lot in shipping.lots_of(shipment)] == [None, None]
