"""A contract from before, entered by hand; which schools an agreement covers."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.agreements.models import Agreement, AgreementEvent, AgreementItem, AgreementLot
from bureau.agreements.service import finding, making, reading
from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support.agreements import both, fixed_lot, pending, signed, terms

NEW = "/agreements/older/new"


@pytest.fixture
def one(world, officer, stocked):
    return signed(officer, both(world, stocked))


def rows(world, stocked, **values):
    return {
        "id": str(new_id()), "supplier_id": str(world.supplier_id()), "title": "演示以前的粮油合同",
        "first_day": (today() - timedelta(days=200)).isoformat(), "last_day": (today() + timedelta(days=100)).isoformat(),
        "second_stage": "direct", "covers": "all", "lots-0-title": "粮油", "lots-0-price_rule": "fixed",
        "lots-0-amount": "1000.50", "lots-1-title": "", "lots-1-price_rule": "fixed", "lines-0-lot": "1",
        "lines-0-item_id": str(stocked.rice), "lines-0-price": "5.20", "lines-0-quantity": "1000", "lines-0-unit": "",
        "lines-1-lot": "1", "lines-1-item_id": "", "lines-1-price": "", "lines-1-quantity": "", "lines-1-unit": "",
        **values,
    }  # fmt: skip


def test_an_older_contract_is_entered_on_the_page(world, stocked, officer, client_as, acting):
    client = client_as("procurement_officer")
    assert "用不到的行留空" in client.get(NEW).text
    assert client.get(f"{NEW}?rows=30").text.count("lines-29-item_id") > 0
    data = rows(world, stocked)
    answer = client.post(NEW, data=data)
    assert answer.status_code == 302
    again = client.post(NEW, data=data)
    assert again.location == answer.location, "sent twice it is one contract"
    assert "待签订" in client.get(answer.location).text
    acting(officer)
    agreement = db.session.scalars(select(Agreement)).one()
    assert (agreement.tender_id, agreement.original_amount_fen) == (None, 520_000)
    (item,) = db.session.scalars(select(AgreementItem)).all()
    assert (item.fixed_price_fen, item.unit, item.name) == (520, "kg", "粳米")
    limit = next(line for line in reading.balances_of(officer, agreement.id) if line.item is None)
    assert limit.balance.amount_fen == 100_050


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lines-0-price": ""}, "固定价的标包每项都要有单价"),
        ({"lines-1-price": "3.00"}, "第 2 行没有选择物品"),
        ({"lines-0-lot": "2"}, "第 1 行的标包没有名称"),
        ({"lots-0-title": ""}, "标包"),
        ({"last_day": "2020-01-01"}, "截止日期不能早于开始日期"),
        ({"covers": "some"}, "请选择学校或片区"),
        ({"lots-0-price_rule": "discount"}, "要填写下浮率"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(world, stocked, client_as, session, changed, words):
    client = client_as("procurement_officer")
    answer = client.post(NEW, data=rows(world, stocked, **changed))
    assert answer.status_code == 422
    assert words in answer.text
    assert "演示以前的粮油合同" in answer.text


@pytest.mark.parametrize("role", ["discipline_supervisor", "canteen_officer", "canteen_manager", "supplier_user"])
def test_others_do_not_enter(client_as, one, role):
    client = client_as(role)
    assert client.get(NEW).status_code == 403
    lot = f"/agreements/{one.agreement.id}/lots/{one.lots[0].id}/coverage"
    assert client.get(lot).status_code == 403
    assert client.post(lot, data={"covers": "all", "reason": "x", "version": 1}).status_code == 403


def seen_by(world, acting, code):
    school = acting(world.actor("canteen_manager", code))
    return [row.id for row in reading.list_agreements(school, None, None, 50).items]


def test_coverage_is_narrowed_and_widened_and_schools_see_it_so(world, officer, acting, one):
    a1 = world.schools["a1"]
    assert one.agreement.id in seen_by(world, acting, "a2")
    acting(officer)
    for lot in one.lots:
        making.cover(
            officer, one.agreement.id, lot.id, lot.version, covers_all=False, school_ids=[a1], reason="演示：二校自办"
        )  # fmt: skip
    assert one.agreement.id in seen_by(world, acting, "a1")
    assert one.agreement.id not in seen_by(world, acting, "a2")
    acting(officer)
    lot = one.lots[0]
    version = lot.version
    making.cover(officer, one.agreement.id, lot.id, version, covers_all=True, school_ids=[], reason="演示：恢复")
    making.cover(officer, one.agreement.id, lot.id, version, covers_all=True, school_ids=[], reason="演示：恢复")
    events = [row for row in finding.events_of(officer, one.agreement) if row.event == "cover"]
    assert len(events) == 3, "the same coverage again leaves no row"
    assert one.agreement.id in seen_by(world, acting, "a2")


def test_a_coverage_needs_a_reason_own_schools_and_the_version_seen(world, officer, acting, one):
    lot = one.lots[0]

    def cover(seen=None, reason="演示", schools=(world.schools["a1"],), lot_id=None):
        acting(officer)
        return making.cover(
            officer, one.agreement.id, lot_id or lot.id, seen or lot.version, covers_all=False, school_ids=schools,
            reason=reason,
        )  # fmt: skip

    with pytest.raises(Conflict):
        cover(seen=lot.version + 1)
    with pytest.raises(Invalid):
        cover(reason=" ")
    with pytest.raises(Invalid):
        cover(schools=[world.schools["b1"]])
    with pytest.raises(Invalid):
        cover(schools=[])
    with pytest.raises(NotFound):
        cover(lot_id=new_id())


def test_a_cancelled_agreement_covers_nobody_anew(world, officer, stocked):
    agreement = pending(officer, terms(world.supplier_id(), fixed_lot(stocked)))
    lot = finding.lots_of(officer, [agreement.id])[0]
    making.cancel(officer, agreement.id, agreement.version, "演示")
    with pytest.raises(RuleBroken):
        making.cover(
            officer, agreement.id, lot.id, lot.version, covers_all=False, school_ids=[world.schools["a1"]], reason="演示"
        )  # fmt: skip


def test_a_zone_covers_its_schools_on_the_page(world, officer, acting, client_as, one, session):
    lot = one.lots[0]
    acting(officer)
    zone = session.execute(select(finding.AgreementLot.zone_id).where(finding.AgreementLot.id == lot.id)).scalar()
    assert zone is None
    address = f"/agreements/{one.agreement.id}/lots/{lot.id}/coverage"
    client = client_as("procurement_officer")
    assert client.get(address).status_code == 200
    data = {"covers": "some", "school_ids": [str(world.schools["a2"])], "reason": "演示", "version": lot.version}
    assert client.post(address, data={**data, "version": 99}).status_code == 409
    assert client.post(address, data={**data, "reason": ""}).status_code == 422
    assert client.post(address, data=data).status_code == 302
    acting(officer)
    fresh = session.get(AgreementLot, (officer.bureau_id, lot.id), populate_existing=True)
    assert (fresh.covers_all, list(fresh.school_ids)) == (False, [world.schools["a2"]])
    assert "调整覆盖学校" in client_as("procurement_officer").get(f"/agreements/{one.agreement.id}").text
    acting(officer)
    assert session.scalars(select(AgreementEvent.event).where(AgreementEvent.event == "cover")).all() == ["cover"]
