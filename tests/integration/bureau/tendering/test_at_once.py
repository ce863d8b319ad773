"""Two at the same moment, each committed for real: one does it, the other finds it done or is told."""

import pytest

from bureau.tendering.models import TenderEvent, TenderNotice
from bureau.tendering.service import clock, documents, drafting, reviewing
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict
from tests.support import tenders
from tests.support.at_once import at_once, city
from tests.support.bids import appoint


@pytest.fixture(scope="module")
def place(admin_url, worker_id, tmp_path_factory):
    with city(admin_url, f"tenders_at_once_{worker_id}", tmp_path_factory.mktemp("files")) as (app, world):
        yield app, world


def events(made, event):
    use_scope(db.session(), Scope("houqin_bureau", bureau_id=made.bureau_id))
    return db.session.query(TenderEvent).filter_by(bureau_id=made.bureau_id, tender_id=made.id, event=event).all()


def test_two_clocks_close_a_tender_once(place):
    app, world = place
    made = tenders.published(world)
    after = tenders.after_deadline(made)
    system = system_actor(made.bureau_id)
    outcomes = at_once(app, *[(system, lambda: clock.run_due(made.bureau_id, after))] * 3)
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert sum(outcomes) == 1
    assert [len(events(made, event)) for event in ("few_takers", "close_bidding", "fail")] == [1, 1, 1]


def test_a_double_click_publishes_once(place):
    app, world = place
    made = tenders.reviewed(world)
    appoint(world, made.id)
    actor, seen = tenders.reviewer(world), made.tender.version
    outcomes = at_once(app, *[(actor, lambda: reviewing.publish(actor, made.id, seen).id)] * 2)
    assert outcomes[0] == outcomes[1]
    use_scope(db.session(), actor.scope)
    assert db.session.query(TenderNotice).filter_by(bureau_id=made.bureau_id, tender_id=made.id).count() == 1


def test_of_two_edits_one_is_told(place):
    app, world = place
    made = tenders.ready(world)
    actor, seen = tenders.officer(world), made.tender.version
    outcomes = at_once(
        app,
        *[
            (actor, lambda title=title: drafting.save_tender(actor, made.id, seen, **tenders.values(title=title)).title)
            for title in ("甲", "乙")
        ],
    )
    refused = [one for one in outcomes if isinstance(one, Conflict)]
    assert len(refused) == 1
    use_scope(db.session(), actor.scope)
    assert made.tender.title in [one for one in outcomes if isinstance(one, str)]


def test_two_people_of_a_company_take_the_documents_once(place):
    app, world = place
    made = tenders.published(world)
    actor = tenders.supplier(world)
    outcomes = at_once(app, *[(actor, lambda: documents.take_documents(actor, made.id))] * 3)
    assert outcomes == [None, None, None]
    use_scope(db.session(), system_actor(made.bureau_id).scope)
    assert clock.takers(made.tender) == 1
