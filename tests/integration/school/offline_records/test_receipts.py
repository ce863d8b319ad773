"""Deliveries counted on a phone: two people, two phones, one receipt."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.roles import Role
from duties.models import DutyMark
from kernel.database import db, new_id, now
from school.offline_records import rules
from school.stores.service.balances import on_hand
from school.supply.models import GoodsReceipt, GoodsReceiptConfirmation
from tests.support.deliveries import accept, on_its_way
from tests.support.school_phones import SECOND, count_of


@pytest.fixture
def keeper(phone_of):
    return phone_of(Role.STOREKEEPER)


@pytest.fixture
def cook(phone_of):
    """The second person's narrow token, as it lies on the first one's phone."""
    return phone_of(Role.CANTEEN_MANAGER, scopes=SECOND)


def shipment_of(phone, shipment=None):
    found = phone.day().json["receiving"]["shipments"]
    return next(one for one in found if shipment is None or one["shipment_id"] == str(shipment.id))


def receipts(shop):
    shop.cook()
    return db.session.scalars(select(GoodsReceipt).execution_options(populate_existing=True)).all()


def stock(shop):
    return on_hand(shop.cook(), shop.world.schools["a1"], [shop.stocked.rice]).get(shop.stocked.rice, 0)


def confirming(phone, receipt_id, document=None, **body):
    seen = {"seen": rules.content_digest(document)} if document else {}
    return phone.document("receipt_confirmation", {"receipt_id": str(receipt_id), **seen, **body})


def test_all_that_a_phone_needs_at_the_door(shop, keeper):
    on_its_way(shop)
    db.session.commit()
    given = shipment_of(keeper)
    rice, pork = given["lots"]
    assert (rice["shipped"], rice["ordered"], rice["tolerance"], rice["unit"]) == ("100", "100", "5", "kg")
    assert (rice["is_cold"], pork["is_cold"], pork["most_celsius"]) == (False, True, pork["most_celsius"])
    assert pork["limit_hint"]
    assert (rice["missing"], pork["missing"], rice["warning"]) == ([], [], "")
    assert {one["kind"] for one in pork["papers"]} == {"animal_quarantine", "meat_inspection"}


def test_counted_in_the_morning_confirmed_on_the_same_phone_and_sent_at_noon(shop, keeper, cook):
    on_its_way(shop)
    db.session.commit()
    made, receipt_id = now() - timedelta(hours=4), new_id()
    document = keeper.document("receipt", count_of(shipment_of(keeper), {"arrived_quantity": "99"}), at=made)
    word = confirming(cook, receipt_id, document)
    # The second person's word cannot come before the count.
    assert cook.send(word, confirmation := new_id()).status_code == 404
    taken = keeper.send(document, receipt_id)
    assert taken.status_code == 201, taken.json
    (receipt,) = receipts(shop)
    assert (receipt.id, receipt.state, receipt.received_at) == (receipt_id, "awaiting", made)
    assert cook.send(word, confirmation).status_code == 201
    assert cook.send(word, confirmation).status_code == 200
    (receipt,) = receipts(shop)
    assert (receipt.state, receipt.second_received_by) == ("recorded", cook.someone.account_id)
    (said,) = db.session.scalars(select(GoodsReceiptConfirmation)).all()
    assert (said.account_id, said.how) == (cook.someone.account_id, "offline")
    assert stock(shop) == 99
    assert db.session.scalars(select(DutyMark.at).where(DutyMark.kind == "receiving")).all() == [made]


def test_the_first_person_is_never_the_second(shop, keeper):
    on_its_way(shop)
    db.session.commit()
    receipt_id, document = new_id(), keeper.document("receipt", count_of(shipment_of(keeper)))
    keeper.send(document, receipt_id)
    refused = keeper.send(confirming(keeper, receipt_id, document))
    assert (refused.status_code, refused.json["rule"]) == (422, "same_person")
    assert stock(shop) == 0


def test_a_count_that_was_changed_after_it_was_seen_is_not_confirmed(shop, keeper, cook):
    on_its_way(shop)
    db.session.commit()
    receipt_id, given = new_id(), shipment_of(keeper)
    wrong = keeper.document("receipt", count_of(given, {"arrived_quantity": "200"}))
    seen = confirming(cook, receipt_id, wrong)
    assert keeper.send(wrong, receipt_id).status_code == 422  # far more than was ordered
    assert keeper.send(keeper.document("receipt", count_of(given)), receipt_id).status_code == 201
    answer = cook.send(seen)
    assert (answer.status_code, answer.json["standing"]["received_by_name"]) == (409, keeper.someone.actor.display_name)
    assert stock(shop) == 0


def test_two_phones_one_shipment_and_the_second_is_told_what_stands(shop, keeper, phone_of):
    on_its_way(shop)
    db.session.commit()
    other = phone_of(Role.LOGISTICS_DIRECTOR)
    given = shipment_of(keeper)
    late = other.document("receipt", count_of(given, {"arrived_quantity": "98"}))
    assert keeper.send(keeper.document("receipt", count_of(given))).status_code == 201
    refused = other.send(late)
    assert refused.status_code == 409
    standing = refused.json["standing"]
    assert (standing["received_by_name"], standing["state"]) == (keeper.someone.actor.display_name, "awaiting")
    assert len(receipts(shop)) == 1
    assert other.day().json["receiving"]["shipments"] == []
    (awaiting,) = other.day().json["receiving"]["awaiting"]
    assert awaiting["lines"][0]["arrived"] == "100"
    # The other says then what they saw: by the version that they were shown.
    word = other.document(
        "receipt_confirmation", {"receipt_id": awaiting["receipt_id"], "version": awaiting["version"]}
    )
    assert other.send(word).status_code == 201
    assert other.day().json["receiving"]["awaiting"] == []


def test_the_same_count_again_is_one_receipt(shop, keeper):
    on_its_way(shop)
    db.session.commit()
    receipt_id, document = new_id(), keeper.document("receipt", count_of(shipment_of(keeper)))
    first, again = keeper.send(document, receipt_id), keeper.send({**document, "clock_offset_ms": 7000}, receipt_id)
    assert (first.status_code, again.status_code, first.json == again.json) == (201, 200, True)
    changed = {**document, "body": {**document["body"], "note": "后来想起"}}
    assert keeper.send(changed, receipt_id).status_code == 409
    assert keeper.send(document, new_id()).status_code == 409
    assert len(receipts(shop)) == 1


def test_what_is_refused_has_its_picture_and_its_reason(shop, keeper, cook):
    on_its_way(shop)
    db.session.commit()
    given, receipt_id = shipment_of(keeper), new_id()
    bare = count_of(given, {}, {"rejected_quantity": "2"})
    refused = keeper.send(keeper.document("receipt", bare), receipt_id)
    assert (refused.status_code, sorted(refused.json["errors"])) == (422, ["lots.1.photos", "lots.1.reason"])
    name = keeper.picture("坏肉")
    body = count_of(given, {}, {"rejected_quantity": "2", "reason": "bad_quality", "photos": [name]}, wanted="credit")
    document = keeper.document("receipt", body, pictures=[name])
    assert keeper.send(document, receipt_id).json["missing"] == [name]
    keeper.send_picture(name)
    assert keeper.send(document, receipt_id).status_code == 201
    assert cook.send(confirming(cook, receipt_id, document)).status_code == 201
    (receipt,) = receipts(shop)
    assert receipt.refused["lines"][0]["photos"]
    assert receipt.refused["wanted"] == "credit"


def test_missing_papers_are_photographed_at_the_door(shop, keeper):
    on_its_way(shop, certified=False)
    db.session.commit()
    given, receipt_id = shipment_of(keeper), new_id()
    lacking = [(place, one["kind"]) for place, lot in enumerate(given["lots"]) for one in lot["missing"]]
    assert lacking
    refused = keeper.send(keeper.document("receipt", count_of(given)), receipt_id)
    assert (refused.status_code, refused.json["rule"]) == (422, "certificates_missing")
    name = keeper.picture("证明")
    keeper.send_picture(name)
    papers = [{"kind": kind, "line": place, "photo": name} for place, kind in lacking]
    body = count_of(given, certificates=papers)
    answer = keeper.send(keeper.document("receipt", body, pictures=[name]), receipt_id)
    assert answer.status_code == 201, answer.json


def test_a_delivery_that_arrives_days_late_counts_from_its_arrival(shop, keeper):
    on_its_way(shop)
    db.session.commit()
    before = now()
    answer = keeper.send(keeper.document("receipt", count_of(shipment_of(keeper)), at=before - timedelta(days=3)))
    assert (answer.status_code, answer.json["flags"]) == (201, ["late"])
    (receipt,) = receipts(shop)
    assert receipt.received_at >= before


def test_a_shipment_of_another_school_is_not_there(shop, keeper, phone_of):
    _order, theirs = on_its_way(shop, "a2")
    db.session.commit()
    other = phone_of(Role.STOREKEEPER, "a2")
    body = count_of(shipment_of(other, theirs))
    assert keeper.send(keeper.document("receipt", body)).status_code == 404
    receipt_id, document = new_id(), other.document("receipt", body)
    assert other.send(document, receipt_id).status_code == 201
    assert keeper.send(confirming(keeper, receipt_id, document)).status_code == 404


@pytest.mark.parametrize("role", [Role.TEACHER, Role.PRINCIPAL, Role.FOOD_SAFETY_OFFICER])
def test_only_who_receives_on_the_page_counts_on_a_phone(shop, keeper, phone_of, role):
    on_its_way(shop)
    db.session.commit()
    other = phone_of(role)
    assert other.day().json["receiving"]["shipments"] == []
    assert other.send(other.document("receipt", count_of(shipment_of(keeper)))).status_code == 403


def test_a_teacher_confirms_nothing(shop, keeper, phone_of):
    on_its_way(shop)
    db.session.commit()
    receipt_id, document = new_id(), keeper.document("receipt", count_of(shipment_of(keeper)))
    keeper.send(document, receipt_id)
    teacher = phone_of(Role.TEACHER)
    assert teacher.send(confirming(teacher, receipt_id, document)).status_code == 403


def test_a_confirmation_says_what_was_seen(shop, keeper, cook):
    on_its_way(shop)
    db.session.commit()
    receipt_id, document = new_id(), keeper.document("receipt", count_of(shipment_of(keeper)))
    keeper.send(document, receipt_id)
    both = confirming(cook, receipt_id, document, version=1)
    for wrong in (both, confirming(cook, receipt_id)):
        assert list(cook.send(wrong).json["errors"]) == ["seen"]
    assert cook.send(confirming(cook, receipt_id, version=9)).status_code == 409
    assert cook.send(confirming(cook, receipt_id, seen="0" * 64)).status_code == 409


def test_what_was_counted_on_the_page_meanwhile_stands(shop, keeper):
    _order, shipment = on_its_way(shop)
    db.session.commit()
    document = keeper.document("receipt", count_of(shipment_of(keeper)))
    receipt = accept(shop, shipment)
    db.session.commit()
    answer = keeper.send(document)
    assert (answer.status_code, answer.json["standing"]["number"]) == (409, receipt.number)


def test_the_day_is_not_sent_twice(shop, keeper):
    on_its_way(shop)
    db.session.commit()
    first = keeper.day()
    digest = first.json["digest"]
    assert first.headers["ETag"] == f'"{digest}"'
    assert keeper.day(digest).status_code == 304
    keeper.send(keeper.document("receipt", count_of(shipment_of(keeper))))
    changed = keeper.day(digest)
    assert (changed.status_code, changed.json["digest"] == digest) == (200, False)
