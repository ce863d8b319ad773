"""Each transaction leaves its audit entry beside its change, under the right name, in the right tenant."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import ProgrammingError

from bureau.schools.models import School, Zone
from kernel.audit.capture import set_context
from kernel.audit.models import AuditEntry
from kernel.database.scope import IDENTITY, within


def entries(session):
    return list(session.scalars(select(AuditEntry).order_by(AuditEntry.id)))


def test_a_change_and_its_entry_commit_together(session, acting, world):
    actor = acting(world.actor("bureau_admin"))
    set_context(session(), actor, "bureau:school:edit", "request-1")
    school = session.get(School, (actor.bureau_id, world.schools["a1"]))
    before = school.contact_name
    school.contact_name = "演示联系人"
    session.commit()
    entry = entries(session)[-1]
    assert (entry.actor_id, entry.action, entry.request_id) == (actor.account_id, "bureau:school:edit", "request-1")
    assert entry.school_id == world.schools["a1"]
    assert entry.changes == [
        {
            "table": "schools",
            "key": {"id": world.schools["a1"]},
            "kind": "update",
            "old": {"contact_name": before},
            "new": {"contact_name": "演示联系人"},
        }
    ]


def test_a_rollback_takes_the_entry_with_it(session, acting, world):
    actor = acting(world.actor("bureau_admin"))
    count = len(entries(session))
    session.add(Zone(bureau_id=actor.bureau_id, code="x", name="演示片区"))
    session.flush()
    session.rollback()
    session.commit()
    assert len(entries(session)) == count


def test_one_entry_for_all_changes_of_a_transaction(session, acting, world):
    actor = acting(world.actor("bureau_admin"))
    count = len(entries(session))
    for code in ("x", "y"):
        session.add(Zone(bureau_id=actor.bureau_id, code=code, name="演示片区"))
        session.flush()
    session.commit()
    written = entries(session)[count:]
    assert len(written) == 1
    assert [change["new"]["code"] for change in written[0].changes] == ["x", "y"]


def test_changes_are_written_under_the_scope_they_were_made_in(session, acting, world):
    """A step under the identity role in the middle must not carry the school's entry into it."""
    actor = acting(world.actor("principal"))
    session.get(School, (actor.bureau_id, actor.school_id)).contact_name = "演示甲"
    with within(session(), IDENTITY):
        session.execute(text("SELECT 1 FROM accounts LIMIT 1"))
    session.commit()
    assert entries(session)[-1].changes[0]["new"] == {"contact_name": "演示甲"}


@pytest.mark.parametrize("statement", ["UPDATE audit_entries SET action = 'x'", "DELETE FROM audit_entries"])
@pytest.mark.parametrize("role", ["bureau_admin", "principal"])
def test_nobody_may_change_or_remove_an_entry(session, acting, world, role, statement):
    acting(world.actor(role))
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text(statement))


def test_a_school_reads_its_own_entries_only(session, acting, world):
    actor = acting(world.actor("bureau_admin"))
    for code in ("a1", "a2"):
        session.get(School, (actor.bureau_id, world.schools[code])).contact_name = "演示乙"
    session.commit()
    acting(world.actor("principal"))
    assert {entry.school_id for entry in entries(session)} == {world.schools["a1"]}
