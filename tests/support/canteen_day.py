"""A canteen with its people, refrigerators and machines, and records of its day, made through the services."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI, today
from school.canteen_day.kinds import Kind
from school.canteen_day.models import Refrigerator, WaterMachine
from school.canteen_day.service import equipment, keeping
from school.canteen_day.service.preparing import Entry
from school.canteen_staff.models import CanteenStaff
from school.canteen_staff.service import papers, people
from tests.support.world import World


def at(hour: int, minute: int = 0, days: int = 0) -> datetime:
    return datetime.combine(today() + timedelta(days=days), time(hour, minute), SHANGHAI)


def cook(world: World, place: str = "a1", role: str = Role.CANTEEN_MANAGER) -> Actor:
    """The manager of a school's canteen; the session is in that school's scope from here on."""
    actor = world.actor(role, place)
    use_scope(db.session(), actor.scope)
    return actor


def add_person(actor: Actor, name: str, *, health_days: int | None = 100, **values) -> CanteenStaff:
    """`health_days`: how long the health certificate holds from today on; None: there is none."""
    content = {"name": name, "duties": ["cook"], "joined_on": today() - timedelta(days=400), **values}
    staff, _new = people.save_staff(actor, new_id(), content)
    if health_days is not None:
        papers.add_paper(
            actor, new_id(), staff_id=staff.id, kind="health", number="JKZ-演示", issued_on=today() - timedelta(days=300),
            valid_until=today() + timedelta(days=health_days),
        )  # fmt: skip
    return staff


def add_refrigerator(actor: Actor, name: str = "1 号冰箱", kind: str = "chilled") -> Refrigerator:
    row, _new = equipment.save(actor, Refrigerator, new_id(), {"name": name, "kind": kind, "place": "操作间"})
    return row


def add_machine(actor: Actor, name: str = "一楼饮水机") -> WaterMachine:
    row, _new = equipment.save(actor, WaterMachine, new_id(), {"name": name, "place": "教学楼"})
    return row


def entry(happened_at: datetime | None = None, /, *, id: UUID | None = None, **values) -> Entry:
    common = {
        name: values.pop(name) for name in ("note", "photo_id", "corrects_id", "correction_reason") if name in values
    }
    return Entry(id or new_id(), values, happened_at, **common)


def keep(actor: Actor, kind: Kind, happened_at: datetime | None = None, /, **values):
    return keeping.keep_one(actor, kind, entry(happened_at, **values))[0]


SAMPLE = {"meal": "lunch", "dish_id": None, "dish_name": "红烧肉", "grams": 150, "place": "留样柜"}
COOKED = {"meal": "lunch", "dish_id": None, "dish_name": "红烧肉", "celsius": Decimal(82)}
TASTED = {"meal": "lunch", "is_fine": True}
ATE = {
    "meal": "lunch",
    "person_name": "演示校长",
    "person_kind": "leader",
    "dishes": "good",
    "price": "good",
    "service": "good",
}
