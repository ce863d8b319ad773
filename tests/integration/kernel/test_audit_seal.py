"""Sealed blocks: a check passes on what was written, and names what was touched since."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from kernel.audit import capture, service
from kernel.audit.models import AuditEntry


@pytest.fixture
def sealed(session, acting, world):
    """A bureau with two sealed blocks; gives its id."""
    actor = acting(world.actor("bureau_admin"))
    for round_of_entries in range(2):
        for number in range(3):
            capture.record(
                session(),
                actor.bureau_id,
                f"demo:audit:{round_of_entries}{number}",
                [{"table": "t", "new": {"n": number}}],
            )
        session.commit()
        assert service.seal(actor.bureau_id, settle=timedelta(seconds=-1)) >= 1
        session.commit()
    return actor.bureau_id


def as_owner(session, statement):
    """What somebody with the owner's password could do behind the service's back."""
    session.execute(text("RESET ROLE"))
    session.execute(text("SET LOCAL ROLE houqin_test_tamperer"))
    session.execute(text(statement))
    session.commit()


@pytest.fixture(autouse=True)
def tamperer(admin_url, database_name):
    """A role that stands for a thief with full rights on the audit's tables."""
    import sqlalchemy

    from tests.support.database import url_of

    engine = sqlalchemy.create_engine(url_of(admin_url, database_name))
    with engine.begin() as connection:
        connection.execute(
            text(
                "DO $$ BEGIN CREATE ROLE houqin_test_tamperer BYPASSRLS; EXCEPTION WHEN duplicate_object OR"
                " unique_violation THEN NULL; END $$"
            )
        )
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO houqin_test_tamperer"))
        connection.execute(text("GRANT houqin_test_tamperer TO houqin_app"))
    yield
    with engine.begin() as connection:
        connection.execute(text("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM houqin_test_tamperer"))
    engine.dispose()


def check(session, bureau_id):
    from kernel.database.scope import Scope, use_scope

    session.commit()
    use_scope(session(), Scope("houqin_bureau", bureau_id=bureau_id))
    session.expire_all()
    return service.verify(bureau_id)


def test_untouched_blocks_verify(session, sealed):
    assert check(session, sealed) == []


def test_sealing_again_seals_nothing_twice(session, sealed):
    assert service.seal(sealed, settle=timedelta(seconds=-1)) == 0


def test_young_entries_wait(session, acting, world):
    actor = acting(world.actor("bureau_admin"))
    service.seal(actor.bureau_id)  # what the world's making left, should the run be older than a minute
    capture.record(session(), actor.bureau_id, "demo:audit:young")
    session.commit()
    assert service.seal(actor.bureau_id) == 0


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        ("UPDATE audit_entries SET changes = '[]' WHERE action = 'demo:audit:01'", "altered"),
        ("UPDATE audit_entries SET actor_name = 'x' WHERE action = 'demo:audit:12'", "altered"),
        ("UPDATE audit_entries SET at = at + interval '1 second' WHERE action = 'demo:audit:00'", "altered"),
        ("DELETE FROM audit_entries WHERE action = 'demo:audit:11'", "removed"),
    ],
)
def test_a_touched_entry_is_named(session, sealed, statement, kind):
    target = session.execute(
        text("SELECT id FROM audit_entries WHERE action = :action"), {"action": statement.split("'")[-2]}
    ).scalar_one()
    as_owner(session, statement)
    assert [(problem.kind, problem.entry_id) for problem in check(session, sealed)] == [(kind, target)]


def test_an_entry_whose_stored_hash_was_changed_too_breaks_its_block(session, sealed):
    as_owner(
        session,
        "UPDATE audit_block_entries SET entry_hash = repeat('0', 64) WHERE seq = 1 AND position = 0",
    )
    assert {problem.kind for problem in check(session, sealed)} == {"altered", "block"}


def test_a_removed_block_leaves_a_gap(session, sealed):
    as_owner(session, "DELETE FROM audit_block_entries WHERE seq = 1; DELETE FROM audit_blocks WHERE seq = 1")
    assert {"gap", "chain"} <= {problem.kind for problem in check(session, sealed)}


def test_a_row_slipped_in_with_an_old_date_is_named_before_and_after_it_is_sealed(session, sealed):
    as_owner(
        session,
        "INSERT INTO audit_entries (bureau_id, id, at, actor_id, actor_name, action, request_id, changes) SELECT"
        " bureau_id, gen_random_uuid(), at - interval '2 days', actor_id, actor_name, 'demo:audit:forged', '', '[]'"
        " FROM audit_entries WHERE action = 'demo:audit:00'",
    )
    assert [problem.kind for problem in check(session, sealed)] == ["slipped_in"]
    assert service.seal(sealed, settle=timedelta(seconds=-1)) == 1
    [problem] = check(session, sealed)
    assert problem.kind == "slipped_in"
    entry = session.get(AuditEntry, (sealed, problem.entry_id))
    assert entry.action == "demo:audit:forged"


def test_cutting_off_the_end_is_seen_by_a_hash_that_was_noted(session, sealed):
    seq, digest = session.execute(text("SELECT seq, hash FROM audit_blocks ORDER BY seq DESC LIMIT 1")).one()
    assert service.verify(sealed, {seq: digest}) == []
    as_owner(
        session,
        f"DELETE FROM audit_entries WHERE id IN (SELECT entry_id FROM audit_block_entries WHERE seq = {seq});"
        f"DELETE FROM audit_block_entries WHERE seq = {seq}; DELETE FROM audit_blocks WHERE seq = {seq}",
    )
    assert check(session, sealed) == []
    assert [(problem.kind, problem.seq) for problem in service.verify(sealed, {seq: digest})] == [("head", seq)]
