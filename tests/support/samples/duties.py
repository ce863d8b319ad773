from datetime import timedelta

from bureau.roles import Role
from duties.models import BureauDutyKind, Duty, DutySetting
from duties.service import excusing, feeds, own_kinds, ticking
from kernel.actor import system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI, today
from tests.support.samples import Sample
from tests.support.world import World


def bureau_of(world: World, place: str):
    """Its own work, in its scope, which stays."""
    system = system_actor(world.bureaus[place[0]])
    use_scope(db.session(), system.scope)
    return system


def make_kind(world: World, place: str = "a1", **values) -> BureauDutyKind:
    system = bureau_of(world, place)
    content = {
        "title": f"演示任务 {new_id()}", "cadence": "daily", "due_time": (now()).astimezone(SHANGHAI).time(),
        "grace_hours": 24, "starts_on": today(), **values,
    }  # fmt: skip
    row = BureauDutyKind(bureau_id=system.bureau_id, id=new_id(), created_by=system.account_id, **content)
    db.session.add(row)
    db.session.flush()
    return row


def make_duty(world: World, place: str = "a1", kind: str | None = None, **values) -> Duty:
    """Late but not missed, so that no new plan takes it back; of a kind that is ticked; in the bureau's scope."""
    code = kind or f"b-{make_kind(world, place).id}"
    system = bureau_of(world, place)
    at = now()
    due = values.pop("due_at", at - timedelta(minutes=10))
    day = due.astimezone(SHANGHAI).date()
    content = {
        "kind": code, "period": day.isoformat(), "on_day": day, "first_day": day, "last_day": day,
        "opens_at": min(at, due) - timedelta(hours=1), "due_at": due, "closes_at": due + timedelta(hours=24),
        "is_long": False, **values,
    }  # fmt: skip
    row = Duty(bureau_id=system.bureau_id, school_id=world.schools[place], id=new_id(), **content)
    db.session.add(row)
    db.session.flush()
    return row


def _tick(world: World, place: str):
    duty = make_duty(world, place)
    head = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), head.scope)
    made = ticking.tick(head, new_id(), duty.id, note="演示").id
    bureau_of(world, place)
    return made


def _excuse(world: World, place: str):
    head = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), head.scope)
    row = excusing.ask(head, new_id(), first_day=today(), last_day=today(), reason="power_cut", note="演示停电")
    bureau_of(world, place)
    return row.id


def _feed(world: World, place: str):
    head = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), head.scope)
    made = feeds.create_feed(head, "演示手机")
    bureau_of(world, place)
    return made


def _school_kind(world: World, place: str):
    head = world.actor(Role.PRINCIPAL, place)
    use_scope(db.session(), head.scope)
    row = own_kinds.create(
        head, new_id(), title=f"演示本校任务 {new_id()}", cadence="weekly", due_time=now().astimezone(SHANGHAI).time(),
        grace_hours=24, starts_on=today(),
    )  # fmt: skip
    bureau_of(world, place)
    return row.id


def _setting(world: World, place: str):
    kind = make_kind(world, place)
    system = bureau_of(world, place)
    row = DutySetting(
        bureau_id=system.bureau_id, id=new_id(), kind=f"b-{kind.id}", created_by=system.account_id, is_on=True
    )
    db.session.add(row)
    db.session.flush()
    return row.id


SAMPLES = {
    "duty_id": Sample(lambda world, place: make_duty(world, place).id),
    "duty_tick_id": Sample(_tick),
    "duty_excuse_id": Sample(_excuse),
    "duty_feed_id": Sample(lambda world, place: _feed(world, place).feed.id),
    "feed_secret": Sample(lambda world, place: _feed(world, place).secret),
    "duty_kind_id": Sample(_school_kind),
    "bureau_duty_kind_id": Sample(lambda world, place: make_kind(world, place).id, owner="bureau"),
    "duty_setting_id": Sample(_setting, owner="bureau"),
    "duty_code": Sample(lambda world, place: f"b-{make_kind(world, place).id}", owner="bureau"),
}
