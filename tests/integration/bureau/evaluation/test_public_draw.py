"""A committee's draw for everybody: the promise at once, names and document with the result."""

import json

import pytest
from sqlalchemy import text

from bureau.evaluation.service import committee, facts, members, public
from bureau.evaluation.verification import verify
from kernel.actor import system_actor
from kernel.database import new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import NotFound
from kernel.identity.models import Person
from tests.support import opened as support
from tests.support import tenders


def row_of(found):
    return facts.committee_of(system_actor(found.made.bureau_id), found.id)


def path(found, rest=""):
    return f"/public/committees/{found.made.bureau_id}/{row_of(found).id}{rest}"


def names_of(world, session, found):
    tenders.officer(world)
    return [
        session.get(Person, (actor.bureau_id, actor.account_id)).display_name for _row, actor in support.seats(found)
    ]


def told(world, found):
    """The result was announced."""
    committee.disclose(tenders.officer(world), found.id)


def test_before_the_result_the_promise_alone_is_public(world, session, client_as):
    found = support.judged(world, "consensus", lots=1)
    names = names_of(world, session, found)
    tenders.officer(world)
    row, address = row_of(found), path(found)
    page = client_as(None).get(address).text
    assert row.commitment in page
    assert row.result_digest in page
    assert "结果公布前保密" in page
    assert not any(name in page for name in names)
    tenders.officer(world)
    document = path(found, "/document.json")
    assert client_as(None).get(document).status_code == 404
    use_scope(session(), IDENTITY)
    for table in ("committee_draws", "committee_members"):
        assert session.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0
    for statement in ("SELECT end_reason FROM evaluation_committees", "SELECT * FROM committee_seeds"):
        with pytest.raises(Exception, match="permission denied"), session.begin_nested():
            session.execute(text(statement))


def test_with_the_result_anybody_draws_it_again(world, session, client_as):
    found = support.judged(world, "formed", lots=1)
    gone = [actor for member, actor in support.seats(found) if member.seat == "expert"][-1]
    support.act(gone)
    members.recuse(gone, found.id, members.own_seat(gone, found.id).version, "演示：与投标人有往来")
    support.declare(found)
    told(world, found)
    names = names_of(world, session, found)
    tenders.officer(world)
    row, address = row_of(found), path(found)
    page = client_as(None).get(address).text
    assert all(name in page for name in names)
    assert "回避，由后一名递补" in page
    assert "不符" not in page
    assert f"houqin committee verify committee-{row.id}.json --commitment {row.commitment}" in page
    body = client_as(None).get(f"{address}/document.json").data
    document = json.loads(body)
    assert all(check.ok for check in verify(document, commitment=row.commitment, result_digest=row.result_digest))
    document["result"]["order"].reverse()
    assert not all(check.ok for check in verify(document))


def test_another_bureaus_address_and_an_invented_one_lead_nowhere(world, client_as):
    found = support.judged(world, "formed", lots=1)
    for bureau_id, committee_id in ((world.bureaus["b"], row_of(found).id), (found.made.bureau_id, new_id())):
        with pytest.raises(NotFound):
            public.shown_draw(bureau_id, committee_id)
        assert client_as(None).get(f"/public/committees/{bureau_id}/{committee_id}").status_code == 404


def test_the_tender_s_public_page_leads_there(world, client_as):
    found = support.judged(world, "formed", lots=1)
    officer = tenders.officer(world)
    address = path(found)
    from kernel.database import db
    from kernel.identity.models import Bureau

    code = db.session.get(Bureau, officer.bureau_id).code
    assert address in client_as(None).get(f"/public/procurement/{code}/tenders/{found.id}").text
