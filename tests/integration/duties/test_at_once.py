"""Two at the same moment, each in a transaction of its own, committed for real."""

import threading
from collections import Counter

import pytest
from sqlalchemy import select, text

from bureau.roles import Role
from duties.models import Duty, DutyMark
from duties.service.fulfilling import fulfil, sweep, unfulfil
from duties.service.generating import TAKE_BACK, generate
from kernel.actor import system_actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from tests.integration.duties.conftest import KINDS
from tests.support import at_once as together
from tests.support.duties import FRIDAY, at, make_terms, published


@pytest.fixture(scope="module")
def city(admin_url, tmp_path_factory):
    with together.city(admin_url, "duties", tmp_path_factory.mktemp("files")) as (app, world), published(*KINDS):
        make_terms(world)
        db.session.commit()
        yield app, world


@pytest.fixture
def clean(city):
    """No duty yet; the test runs as bureau a's own work."""
    app, world = city
    system = system_actor(world.bureaus["a"])
    use_scope(db.session(), system.scope)
    for table in ("duties", "duty_progress"):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.execute(text("UPDATE duty_marks SET withdrawn_at = now()"))
    db.session.commit()
    return app, world, system


def at_six(call):
    def timed():
        with clock_at(at(FRIDAY, 6)):
            return call()

    return timed


def all_duties(system):
    use_scope(db.session(), system.scope)
    return list(db.session.scalars(select(Duty).where(Duty.bureau_id == system.bureau_id)))


def test_generated_by_many_at_once_it_is_there_once(clean):
    app, _world, system = clean
    outcomes = together.at_once(app, *((system, at_six(lambda: generate(system.bureau_id))) for _ in range(4)))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    found = all_duties(system)
    assert sorted(one.duties for one in outcomes) == [0, 0, 0, len(found)]
    keys = Counter((duty.school_id, duty.kind, duty.period) for duty in found)
    assert set(keys.values()) == {1}
    assert len(found) > 50


def test_one_school_s_plan_beside_the_whole_bureau(clean):
    app, world, system = clean
    one = at_six(lambda: generate(system.bureau_id, school_ids=[world.schools["a1"]]))
    outcomes = together.at_once(app, (system, at_six(lambda: generate(system.bureau_id))), (system, one))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    keys = Counter((duty.school_id, duty.kind, duty.period) for duty in all_duties(system))
    assert set(keys.values()) == {1}


def head_of(world):
    return world.actor(Role.PRINCIPAL, "a2")


def morning(system, world):
    use_scope(db.session(), system.scope)
    db.session.expire_all()
    return db.session.scalar(
        select(Duty).where(Duty.school_id == world.schools["a2"], Duty.kind == "morning", Duty.on_day == FRIDAY)
    )


def test_many_records_of_one_duty_at_once_the_earliest_counts(clean):
    app, world, system = clean
    at_six(lambda: generate(system.bureau_id))()
    head = head_of(world)

    def record(minute):
        return lambda: fulfil(
            head, head.school_id, "morning", FRIDAY, record=("check", new_id()), at=at(FRIDAY, 7, minute)
        )

    outcomes = together.at_once(app, *((head, record(minute)) for minute in (50, 10, 40, 20, 30, 5)))
    assert outcomes == [True] * 6
    assert morning(system, world).fulfilled_at == at(FRIDAY, 7, 5)


def test_both_records_voided_at_once_leave_it_owed(clean):
    app, world, system = clean
    at_six(lambda: generate(system.bureau_id))()
    head = head_of(world)
    records = [("check", new_id()) for _ in range(2)]
    use_scope(db.session(), head.scope)
    for record in records:
        fulfil(head, head.school_id, "morning", FRIDAY, record=record, at=at(FRIDAY, 7))
    first_gone, second_tried = threading.Event(), threading.Event()

    def void_first():
        unfulfil(head, records[0])
        first_gone.set()
        second_tried.wait(1)  # the second waits for this one to end: it must not decide without knowing of it

    def void_second():
        assert first_gone.wait(20)
        unfulfil(head, records[1])
        second_tried.set()

    outcomes = together.at_once(app, (head, void_first), (head, void_second))
    assert outcomes == [None, None]
    assert morning(system, world).fulfilled_at is None


def test_one_voided_while_another_is_made_leaves_it_done(clean):
    app, world, system = clean
    at_six(lambda: generate(system.bureau_id))()
    head = head_of(world)
    first = ("check", new_id())
    use_scope(db.session(), head.scope)
    fulfil(head, head.school_id, "morning", FRIDAY, record=first, at=at(FRIDAY, 7))
    made = lambda: fulfil(head, head.school_id, "morning", FRIDAY, record=("check", new_id()), at=at(FRIDAY, 7, 30))  # noqa: E731
    outcomes = together.at_once(app, (head, lambda: unfulfil(head, first)), (head, made))
    assert not [one for one in outcomes if isinstance(one, Exception)]
    assert morning(system, world).fulfilled_at == at(FRIDAY, 7, 30)


def test_record_made_while_its_duty_was_being_written_is_found(clean):
    """Neither sees the other: the record finds nothing due, the generation no record. The clock brings them together."""
    app, world, system = clean
    head = head_of(world)
    written, marked = threading.Event(), threading.Event()

    def write():
        made = at_six(lambda: generate(system.bureau_id))()
        written.set()
        assert marked.wait(20)
        return made.duties

    def mark():
        assert written.wait(20)
        try:
            return fulfil(head, head.school_id, "morning", FRIDAY, record=("check", new_id()), at=at(FRIDAY, 7))
        finally:
            db.session.commit()
            marked.set()

    outcomes = together.at_once(app, (system, write), (head, mark))
    assert outcomes[1] is False
    assert morning(system, world).fulfilled_at is None
    with clock_at(at(FRIDAY, 9)):
        assert sweep(system.bureau_id) == 1
        assert sweep(system.bureau_id) == 0
    db.session.commit()
    assert morning(system, world).fulfilled_at == at(FRIDAY, 7)


def test_duty_taken_back_while_it_is_fulfilled_stays(clean):
    app, world, system = clean
    at_six(lambda: generate(system.bureau_id))()
    head = head_of(world)
    locked, tried = threading.Event(), threading.Event()

    def do():
        done = fulfil(head, head.school_id, "morning", FRIDAY, record=("check", new_id()), at=at(FRIDAY, 7))
        locked.set()
        tried.wait(1)
        return done

    def take_back():
        assert locked.wait(20)
        place = {"bureau_id": system.bureau_id, "school_ids": [head.school_id], "now": at(FRIDAY, 6), "asked": []}
        db.session.execute(TAKE_BACK, place)
        tried.set()

    outcomes = together.at_once(app, (head, do), (system, take_back))
    assert outcomes == [True, None]
    assert morning(system, world).fulfilled_at == at(FRIDAY, 7)
    use_scope(db.session(), system.scope)
    assert db.session.query(DutyMark).filter(DutyMark.withdrawn_at.is_(None)).count() == 1
