"""Who took the documents and who asks: nobody at the bureau learns it before its time, by page, API or SQL."""

import json
import re

import pytest
from sqlalchemy import select, text

from bureau.roles import LEVEL_OF, Role
from bureau.tendering.models import TenderAsker, TenderDocumentTaker, TenderQuestion
from bureau.tendering.service import clock, documents, questions, reading
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.errors import RuleBroken
from tests.support.tenders import officer, published, run_clock, supplier

BUREAU = [role for role in Role if LEVEL_OF[role] == "bureau"]
NAME = "演示供应商 a"


@pytest.fixture
def taken(session, world):
    """A tender whose documents two companies took; the first asked."""
    made = published(world)
    for place in ("a", "a-2"):
        documents.take_documents(supplier(world, place), made.id)
    questions.ask(supplier(world), made.id, new_id(), question="配送时间可否调整？")
    return made


@pytest.mark.parametrize("role", BUREAU)
def test_no_bureau_role_reads_or_counts_takers_in_sql(session, world, taken, role):
    use_scope(db.session(), world.actor(role).scope)
    assert db.session.scalars(select(TenderDocumentTaker)).all() == []
    assert db.session.execute(text("SELECT count(*) FROM tender_document_takers")).scalar_one() == 0
    assert documents.takers_of(world.actor(role), taken.tender) == []


@pytest.mark.parametrize("role", BUREAU)
def test_no_bureau_role_reads_askers(session, world, taken, role):
    use_scope(db.session(), world.actor(role).scope)
    with pytest.raises(Exception, match="permission denied"):
        db.session.scalars(select(TenderAsker)).all()


def test_askers_stay_secret_for_ever(session, world, taken):
    run_clock(taken)
    use_scope(db.session(), officer(world).scope)
    with pytest.raises(Exception, match="permission denied"):
        db.session.scalars(select(TenderAsker)).all()


@pytest.mark.parametrize("role", BUREAU)
def test_no_page_and_no_answer_of_the_api_names_or_counts_them(app, session, world, client_as, taken, role):
    """Every GET route of tenders, as this role, before and after the taking: nothing but the question differs."""
    client = client_as(role)
    for rule in app.url_map.iter_rules():
        if "GET" not in rule.methods or set(rule.arguments) != {"tender_id"}:
            continue
        path = re.sub(r"<[^>]+>", str(taken.id), rule.rule)
        shown = client.get(path).text
        assert NAME not in shown, rule.rule
        assert str(world.supplier_id("a")) not in shown, rule.rule


def test_the_audit_does_not_name_the_asker(session, world, client_as, taken):
    """Through the edge, where the audit is written."""
    client = client_as("supplier_user", "a-2")
    path = f"/open-tenders/{taken.id}/questions"
    assert client.post(path, data={"id": str(new_id()), "question": "检测频次？"}).status_code == 302
    session.commit()
    use_scope(db.session(), officer(world).scope)
    rows = db.session.execute(text("SELECT actor_name, changes FROM audit_entries")).all()
    assert not [
        row
        for row in rows
        if "tender_questions" in json.dumps(row.changes)
        or ("tender_document" in json.dumps(row.changes) and "supplier" in row.actor_name)
    ]


def test_a_supplier_sees_its_own_taking_and_asking_alone(session, world, taken):
    other = supplier(world, "a-2")
    assert [row.supplier_id for row in db.session.scalars(select(TenderDocumentTaker))] == [other.own_supplier_id()]
    assert db.session.scalars(select(TenderAsker)).all() == []
    assert db.session.scalars(select(TenderQuestion)).all() == []  # not answered yet
    assert len(questions.own_questions(supplier(world), taken.id)) == 1


def test_at_the_deadline_the_bureau_is_told_who_took_them(session, world, taken):
    run_clock(taken, taken.tender.documents_until)
    assert documents.takers_of(officer(world), taken.tender) == []
    run_clock(taken)
    assert [name for _id, name in documents.takers_of(officer(world), taken.tender)] == [NAME, "演示供应商 a-2"]


def test_the_machine_counts_and_tells_no_more_than_that_they_are_few(session, world, taken):
    use_scope(db.session(), officer(world).scope)
    assert clock.takers(taken.tender) == 2
    run_clock(taken, taken.tender.documents_until)
    told = [row.reason for row in reading.events_of(officer(world), taken.id) if row.event == "few_takers"]
    assert len(told) == 1
    assert "2" not in told[0]


def test_taking_ends_with_the_supply(session, world):
    made = published(world)
    from datetime import timedelta

    with clock_at(made.tender.documents_until + timedelta(seconds=1)), pytest.raises(RuleBroken) as refusal:
        documents.take_documents(supplier(world), made.id)
    assert refusal.value.rule == "documents_closed"


def test_another_bureaus_supplier_sees_nothing(session, world, client_as, taken):
    assert client_as("supplier_user", "b").get(f"/open-tenders/{taken.id}").status_code == 404
