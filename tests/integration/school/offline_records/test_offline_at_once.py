"""The same moment, on connections of their own: one phone that sends twice, two phones at one delivery."""

import pytest

from bureau.roles import Role
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.errors import Conflict
from school.canteen_day import kinds
from school.canteen_day.service import reading
from school.offline_records.models import OfflineRecord
from school.offline_records.schemas import OfflineRecordIn
from school.offline_records.service import handing_out, taking
from school.supply.models import GoodsReceipt
from tests.support import at_once as together
from tests.support.deliveries import on_its_way
from tests.support.orders import market
from tests.support.school_phones import count_of


@pytest.fixture(scope="module")
def city(admin_url, worker_id, tmp_path_factory):
    with together.city(admin_url, f"offline_{worker_id}", tmp_path_factory.mktemp("offline")) as found:
        yield found


def actor_of(city, role):
    actor = city[1].actor(role)
    use_scope(db.session(), actor.scope)
    return actor


def document(actor, kind, body):
    return {
        "kind": kind, "school_id": actor.school_id, "made_at": now().isoformat(), "clock_offset_ms": 0,
        "device": {"id": "演示设备"}, "body": body, "files": [],
    }  # fmt: skip


def sending(actor, record_id, sent):
    return actor, lambda: taking.take(actor, record_id, OfflineRecordIn().load(sent), sent)[1]


def test_a_record_sent_three_times_at_once_is_one(city):
    actor = actor_of(city, Role.CANTEEN_MANAGER)
    record_id = new_id()
    sent = document(actor, "tasting", {"rows": [{"id": str(new_id()), "meal": "lunch", "is_fine": True}]})
    outcomes = together.at_once(city[0], *[sending(actor, record_id, sent)] * 3)
    assert sorted(map(str, outcomes)) == ["False", "False", "True"]
    use_scope(db.session(), actor.scope)
    assert len(reading.list_records(actor, kinds.TASTING, actor.school_id).items) == 1
    assert db.session.query(OfflineRecord).filter_by(id=record_id).count() == 1


def test_two_phones_at_one_delivery_and_one_is_told_what_stands(city):
    shop = market(city[1], fixed=True)
    on_its_way(shop, rice="10", pork="2")
    db.session.commit()
    people = [city[1].actor(role) for role in (Role.STOREKEEPER, Role.LOGISTICS_DIRECTOR)]
    use_scope(db.session(), people[0].scope)
    with city[0].test_request_context():
        (given,) = handing_out.school_day(people[0])["receiving"]["shipments"]
    calls = [sending(one, new_id(), document(one, "receipt", count_of(given))) for one in people]
    outcomes = together.at_once(city[0], *calls)
    (told,) = [one for one in outcomes if one is not True]
    assert isinstance(told, Conflict)
    assert told.members["standing"]["state"] == "awaiting"
    use_scope(db.session(), people[0].scope)
    assert db.session.query(GoodsReceipt).count() == 1
    assert db.session.query(OfflineRecord).filter_by(kind="receipt").count() == 1
