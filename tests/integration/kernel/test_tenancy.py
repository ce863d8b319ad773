"""The second wall: what PostgreSQL refuses although the code forgot."""

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from kernel.database.check import check_catalog
from kernel.database.scope import Scope, use_scope


@pytest.fixture
def owner(owner_url):
    """A connection as the owner, rolled back."""
    engine = create_engine(owner_url)
    with engine.connect() as connection:
        yield connection
        connection.rollback()
    engine.dispose()


def test_the_migrated_catalog_has_no_finding(owner):
    assert check_catalog(owner) == []


MADE_WRONG = {
    "tenant": "CREATE TABLE wrong (id uuid PRIMARY KEY)",
    "rls": "CREATE TABLE wrong (bureau_id int, id uuid, PRIMARY KEY (bureau_id, id))",
    "rls_forced": "CREATE TABLE wrong (bureau_id int, id uuid, PRIMARY KEY (bureau_id, id));"
    "ALTER TABLE wrong ENABLE ROW LEVEL SECURITY",
    "policy": "CREATE TABLE wrong (bureau_id int, id uuid, PRIMARY KEY (bureau_id, id));"
    "CREATE POLICY p ON wrong TO houqin_school USING (bureau_id IN (SELECT 1))",
    "primary_key": "CREATE TABLE wrong (bureau_id int NOT NULL, id uuid PRIMARY KEY)",
    "unique": "CREATE TABLE wrong (bureau_id int, id uuid, code text UNIQUE, PRIMARY KEY (bureau_id, id))",
    "index": "CREATE TABLE wrong (bureau_id int, id uuid, code text, PRIMARY KEY (bureau_id, id));"
    "CREATE INDEX wrong_code ON wrong (code)",
    "foreign_key": "CREATE TABLE one (bureau_id int, school_id int, id uuid, PRIMARY KEY (bureau_id, school_id, id),"
    " UNIQUE (bureau_id, id)); CREATE TABLE wrong (bureau_id int, school_id int, id uuid, one_id uuid,"
    " PRIMARY KEY (bureau_id, school_id, id), FOREIGN KEY (bureau_id, one_id) REFERENCES one (bureau_id, id))",
    "global_reference": "CREATE TABLE wrong (id int PRIMARY KEY, bureau_id int, zone_id int,"
    " FOREIGN KEY (bureau_id, zone_id) REFERENCES zones (bureau_id, id)); COMMENT ON TABLE wrong IS 'global: test'",
    "trigger": "CREATE TABLE wrong (bureau_id int, id uuid, PRIMARY KEY (bureau_id, id));"
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TRIGGER t BEFORE INSERT ON wrong FOR EACH ROW EXECUTE FUNCTION f()",
    "owner": "CREATE TABLE wrong (bureau_id int, id uuid, PRIMARY KEY (bureau_id, id));"
    "GRANT CREATE ON SCHEMA public TO houqin_school; ALTER TABLE wrong OWNER TO houqin_school",
}


@pytest.mark.parametrize("rule", MADE_WRONG)
def test_a_table_made_wrong_on_purpose_is_found(owner, rule):
    owner.execute(text(MADE_WRONG[rule]))
    assert rule in {finding.rule for finding in check_catalog(owner) if finding.table == "wrong"}


def test_a_role_that_may_bypass_is_found(owner):
    owner.execute(text("ALTER ROLE houqin_school BYPASSRLS"))
    assert "role" in {finding.rule for finding in check_catalog(owner)}


def test_without_a_scope_nothing_can_be_read(session):
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM schools"))


@pytest.mark.parametrize("role", ["houqin_school", "houqin_zone", "houqin_bureau"])
def test_a_role_without_a_tenant_sees_no_rows(session, role):
    use_scope(session(), Scope(role))
    assert session.execute(text("SELECT count(*) FROM schools")).scalar_one() == 0


def test_each_scope_sees_its_own_schools_only(session, world):
    def seen(scope: Scope) -> set[int]:
        use_scope(session(), scope)
        return set(session.execute(text("SELECT id FROM schools")).scalars())

    a, schools = world.bureaus["a"], world.schools
    assert seen(Scope("houqin_school", a, schools["a1"])) == {schools["a1"]}
    assert seen(Scope("houqin_zone", a, school_ids=(schools["a1"], schools["a2"]))) == {schools["a1"], schools["a2"]}
    assert seen(Scope("houqin_bureau", a)) == {schools["a1"], schools["a2"], schools["a3"]}
    assert seen(Scope("houqin_school", world.bureaus["b"], schools["a1"])) == set()


def test_a_row_for_another_school_cannot_be_written(session, world):
    use_scope(session(), Scope("houqin_school", world.bureaus["a"], world.schools["a1"]))
    result = session.execute(text("UPDATE schools SET contact_name = 'x' WHERE id = :id"), {"id": world.schools["a2"]})
    assert result.rowcount == 0


def test_a_reference_across_bureaus_cannot_be_written_even_past_row_level_security(session, world):
    """Foreign keys bypass row-level security; the tenant in the key is what stops this one."""
    use_scope(session(), Scope("houqin_bureau", world.bureaus["a"]))
    with pytest.raises(IntegrityError):
        session.execute(
            text("UPDATE schools SET zone_id = :zone WHERE id = :id"),
            {"zone": world.zones["b-east"], "id": world.schools["a1"]},
        )


def test_the_scope_ends_with_its_transaction(session, world):
    use_scope(session(), Scope("houqin_bureau", world.bureaus["a"]))
    assert session.execute(text("SELECT count(*) FROM schools")).scalar_one() == 3
    session.rollback()
    session().info.pop("scope")
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM schools"))
