"""Publishing happens by itself: a job after every step, rounds for the rest."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.ocds import jobs
from bureau.ocds.models import OcdsRelease
from bureau.tendering.service import changing, ending, reviewing
from kernel.actor import system_actor
from kernel.database.scope import use_scope
from tests.support import tenders


@pytest.fixture
def asked(monkeypatch):
    """The tenders that were handed to the queue."""
    found = []
    monkeypatch.setattr(jobs, "defer", lambda _session, task, arguments: found.append((task, arguments)))
    return found


def releases(session, made):
    return session.scalars(
        select(OcdsRelease.number).where(OcdsRelease.tender_id == made.id).order_by(OcdsRelease.number)
    ).all()


def test_each_public_step_asks_for_a_look(session, world, asked):
    made = tenders.published(world)
    one = ("ocds.refresh", {"bureau_id": made.bureau_id, "tender_id": made.id})
    assert asked == [one]
    officer = tenders.officer(world)
    changing.extend_bidding(
        officer, made.id, made.tender.version, made.tender.bid_deadline + timedelta(days=7), "供应商要求"
    )
    assert asked == [one, one]
    ending.suspend(officer, made.id, made.tender.version, "投诉")
    assert asked == [one] * 3


def test_a_draft_asks_for_none(session, world, asked):
    made = tenders.reviewed(world)
    reviewing.drop(tenders.officer(world), made.id, made.tender.version, "不再采购")
    assert asked == []


def test_the_job_and_the_rounds_append_what_is_new(session, world):
    first, ended, other = tenders.published(world), tenders.published(world), tenders.published(world, "b")
    ending.terminate(
        tenders.officer(world), ended.id, ended.tender.version, reason="采购任务取消", is_major_change=True
    )
    use_scope(session(), system_actor(first.bureau_id).scope)
    jobs.round_of_the_living(first.bureau_id)
    assert (releases(session, first), releases(session, ended)) == ([1], [])
    jobs.round_of_all(first.bureau_id)
    jobs.refresh(first.bureau_id, tender_id=str(first.id))
    assert (releases(session, first), releases(session, ended)) == ([1], [1])
    use_scope(session(), system_actor(other.bureau_id).scope)
    assert releases(session, other) == [], "each bureau its own round"
