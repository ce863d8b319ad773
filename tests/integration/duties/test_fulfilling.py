"""A record fulfils what is due, in its own transaction, by any of its days and however often it is said."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bureau.roles import Role
from duties.models import Duty, DutyMark
from duties.service.fulfilling import fulfil, unfulfil
from kernel.actor import system_actor
from kernel.database import db, new_id
from kernel.errors import NotFound

DAY = date(2026, 11, 20)
DUE = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)  # 08:00 in Shanghai


@pytest.fixture
def principal(world, acting):
    return acting(world.actor(Role.PRINCIPAL))


def owe(world, acting, place="a1", kind="演示-daily", **values):
    """A duty as it is generated, by the bureau's job; the school acts afterwards."""
    acting(system_actor(world.bureaus[place[0]]))
    content = {
        "kind": kind, "period": values.get("meal") or DAY.isoformat(), "on_day": DAY, "first_day": DAY,
        "last_day": DAY, "opens_at": DUE - timedelta(hours=2), "due_at": DUE, "closes_at": DUE + timedelta(days=1), "is_long": False,
        **values,
    }  # fmt: skip
    duty = Duty(bureau_id=world.bureaus[place[0]], school_id=world.schools[place], **content)
    db.session.add(duty)
    db.session.flush()
    acting(world.actor(Role.PRINCIPAL, place))
    return duty


def seen(duty):
    db.session.refresh(duty)
    return duty.fulfilled_at


def test_record_fulfils_its_days_duty_at_its_own_instant(world, acting):
    duty = owe(world, acting)
    actor, record = world.actor(Role.PRINCIPAL), ("goods_receipt", new_id())
    done_at = DUE + timedelta(minutes=5)
    assert fulfil(actor, actor.school_id, duty.kind, DAY, record=record, at=done_at)
    assert seen(duty) == done_at
    assert (duty.record_kind, duty.record_id, duty.fulfilled_by) == (*record, actor.account_id)


def test_said_twice_it_is_said_once(world, acting):
    duty = owe(world, acting)
    actor, record = world.actor(Role.PRINCIPAL), ("goods_receipt", new_id())
    assert fulfil(actor, actor.school_id, duty.kind, DAY, record=record, at=DUE)
    assert fulfil(actor, actor.school_id, duty.kind, DAY, record=record, at=DUE + timedelta(hours=3))
    assert seen(duty) == DUE
    assert db.session.query(DutyMark).filter_by(kind=duty.kind).count() == 1


def test_nothing_due_is_no_error(world, principal):
    assert not fulfil(principal, principal.school_id, "演示-daily", DAY, record=("tick", new_id()))


def test_another_day_or_meal_or_kind_fulfils_nothing(world, acting):
    duty = owe(world, acting, meal="lunch")
    actor = world.actor(Role.PRINCIPAL)
    assert not fulfil(actor, actor.school_id, duty.kind, DAY, meal="dinner")
    assert not fulfil(actor, actor.school_id, duty.kind, DAY + timedelta(days=1), meal="lunch")
    assert not fulfil(actor, actor.school_id, "演示-other", DAY, meal="lunch")
    assert seen(duty) is None
    assert fulfil(actor, actor.school_id, duty.kind, DAY, meal="lunch")


def test_any_day_of_a_longer_period_counts(world, acting):
    duty = owe(world, acting, first_day=DAY - timedelta(days=4), last_day=DAY + timedelta(days=2))
    actor = world.actor(Role.PRINCIPAL)
    assert not fulfil(actor, actor.school_id, duty.kind, DAY - timedelta(days=5))
    assert fulfil(actor, actor.school_id, duty.kind, DAY - timedelta(days=4))


def test_voided_record_leaves_the_duty_owed_unless_another_stands(world, acting):
    duty = owe(world, acting)
    actor = world.actor(Role.PRINCIPAL)
    first, second = ("receipt", new_id()), ("receipt", new_id())
    fulfil(actor, actor.school_id, duty.kind, DAY, record=first, at=DUE)
    fulfil(actor, actor.school_id, duty.kind, DAY, record=second, at=DUE + timedelta(hours=1))
    unfulfil(actor, first)
    assert seen(duty) == DUE + timedelta(hours=1)
    assert duty.record_id == second[1]
    unfulfil(actor, second)
    assert seen(duty) is None
    assert duty.record_id is None
    assert duty.fulfilled_by is None


def test_duty_that_takes_three_records_is_done_with_the_third(world, acting):
    duty = owe(world, acting, needed=3)
    actor = world.actor(Role.PRINCIPAL)
    records = [("training", new_id()) for _ in range(3)]
    assert not fulfil(actor, actor.school_id, duty.kind, DAY, record=records[0], at=DUE)
    assert not fulfil(actor, actor.school_id, duty.kind, DAY, record=records[1], at=DUE + timedelta(hours=1))
    assert fulfil(actor, actor.school_id, duty.kind, DAY, record=records[2], at=DUE + timedelta(hours=2))
    assert seen(duty) == DUE + timedelta(hours=2)
    unfulfil(actor, records[0])
    assert seen(duty) is None


def test_school_cannot_fulfil_for_another(world, acting):
    duty = owe(world, acting, place="a2")
    actor = acting(world.actor(Role.PRINCIPAL, "a1"))
    with pytest.raises(NotFound):
        fulfil(actor, world.schools["a2"], duty.kind, DAY)
    acting(world.actor(Role.PRINCIPAL, "a2"))
    assert seen(duty) is None


def test_supplier_and_supervisor_fulfil_within_their_bounds(world, acting):
    duty = owe(world, acting)
    supplier = acting(world.actor(Role.SUPPLIER_USER))
    assert fulfil(supplier, world.schools["a1"], duty.kind, DAY, record=("statement", new_id()))
    supervisor = acting(world.actor(Role.ZONE_SUPERVISOR))
    assert fulfil(supervisor, world.schools["a1"], duty.kind, DAY, record=("visit", new_id()))
    with pytest.raises(NotFound):
        fulfil(supervisor, world.schools["a3"], duty.kind, DAY)


def test_bureau_cannot_fulfil_in_another_bureau(world, acting):
    duty = owe(world, acting, place="b1")
    bureau = acting(system_actor(world.bureaus["a"]))
    with pytest.raises(Exception, match="fk_duty_marks_bureau_id_school_id"):
        fulfil(bureau, world.schools["b1"], duty.kind, DAY)


def test_what_was_done_before_its_meal_was_near_fulfils_nothing(world, acting):
    """A sample of lunch that was written down at dawn is of no lunch; kept anew in time it counts."""
    duty = owe(world, acting, meal="lunch")
    actor = world.actor(Role.PRINCIPAL)
    early, soon = duty.opens_at - timedelta(minutes=1), duty.opens_at + timedelta(minutes=1)
    assert not fulfil(actor, actor.school_id, duty.kind, DAY, meal="lunch", record=("sample", new_id()), at=early)
    assert seen(duty) is None
    assert fulfil(actor, actor.school_id, duty.kind, DAY, meal="lunch", record=("sample", new_id()), at=soon)
    assert seen(duty) == soon


def test_of_no_meal_it_may_be_done_before_it_opens(world, acting):
    """A week's menu is published days ahead."""
    duty = owe(world, acting)
    actor = world.actor(Role.PRINCIPAL)
    assert fulfil(actor, actor.school_id, duty.kind, DAY, record=("menu", new_id()), at=DUE - timedelta(days=3))
    assert seen(duty) == DUE - timedelta(days=3)
