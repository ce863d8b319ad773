"""The demo's records from phones, in a small world that stands for the show schools."""

from types import SimpleNamespace

from sqlalchemy import select

from bureau.demo.context import DemoContext
from bureau.demo.people import SHOW_SCHOOLS, build_people, holder
from bureau.roles import Role
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.web.dates import today
from school.offline_records.demo import demo
from school.offline_records.models import OfflineRecord


def test_show_schools_have_records_that_came_at_once_late_and_by_a_wrong_clock(app, session, world):
    district = DemoContext(today()).district
    shown = [school for school in district.schools[:SHOW_SCHOOLS] if school.canteen_mode != "none"]
    places = dict(zip([school.code for school in shown], ("a1", "a2", "a3"), strict=False))
    people = build_people(district)
    context = SimpleNamespace(
        district=district, bureau_id=world.bureaus["a"], today=today(),
        schools={code: world.schools[place] for code, place in places.items()},
        accounts={
            holder(people, "canteen_manager", code).username: world.person(Role.CANTEEN_MANAGER, place).account_id
            for code, place in places.items()
        },
    )  # fmt: skip
    demo(app, context)
    use_scope(db.session(), system_actor(world.bureaus["a"]).scope)
    found = db.session.scalars(select(OfflineRecord).order_by(OfflineRecord.created_at)).all()
    assert len(found) == 3 * len(shown)
    assert sorted({tuple(one.flags) for one in found}) == [(), ("clock",), ("late",)]
    assert all(one.record_kind == "handover" for one in found)
