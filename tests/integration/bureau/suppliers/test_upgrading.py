"""A deployment from before companies were on record: what it holds at level "supplier" ends, and nothing else."""

import os

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from kernel.database import migrate
from tests.support import database

BEFORE = """
INSERT INTO bureaus (code, name, state, settings, created_at, version) VALUES ('o', '演示旧局', 'active', '{}', now(), 1);
INSERT INTO accounts (id, username, display_name, password_hash, password_changed_at, must_change_password,
  recovery_hashes, locale, state, created_at, version)
  VALUES (gen_random_uuid(), 'old', '演示旧人', '!', now(), false, '{}', 'zh_CN', 'active', now(), 1);
INSERT INTO people (bureau_id, id, display_name, search_name, state, created_at, version)
  SELECT b.id, a.id, a.display_name, a.display_name, 'active', now(), 1 FROM bureaus b, accounts a;
INSERT INTO memberships (bureau_id, id, person_id, level, role, valid_from, version)
  SELECT p.bureau_id, gen_random_uuid(), p.id, level, role, '2024-01-01', 1
  FROM people p, (VALUES ('supplier', 'supplier_user'), ('bureau', 'inspector')) given (level, role);
INSERT INTO sign_ins (id, account_id, token_hash, bureau_id, level, created_at, last_seen_at, expires_at, address,
  user_agent)
  SELECT gen_random_uuid(), p.id, level, p.bureau_id, level, now(), now(), now() + interval '1 day', '', ''
  FROM people p, (VALUES ('supplier'), ('bureau')) given (level);
INSERT INTO api_tokens (id, account_id, token_hash, name, scopes, bureau_id, level, created_at, expires_at)
  SELECT gen_random_uuid(), p.id, level, level, '{*}', p.bureau_id, level, now(), now() + interval '1 day'
  FROM people p, (VALUES ('supplier'), ('bureau')) given (level);
"""


def test_roles_sign_ins_and_tokens_without_a_company_end(admin_url):
    name = f"houqin_test_upgrading_{os.getpid()}"
    with database._admin(admin_url) as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        cursor.execute(f"CREATE DATABASE {name}")
    url = database.url_of(admin_url, name)
    engine = create_engine(url, poolclass=NullPool)
    try:
        with database._locked():
            migrate.upgrade(url, "0018")
        with engine.begin() as connection:
            connection.execute(text(BEFORE.replace(":", "\\:")))
        with database._locked():
            migrate.upgrade(url, "0019")
        with engine.connect() as connection:

            def rows(query):
                return {tuple(row) for row in connection.execute(text(query))}

            assert rows("SELECT level, ended_at IS NULL FROM memberships") == {("supplier", False), ("bureau", True)}
            assert rows("SELECT token_hash, level FROM sign_ins") == {("supplier", None), ("bureau", "bureau")}
            assert rows("SELECT level, revoked_at IS NULL FROM api_tokens") == {("supplier", False), ("bureau", True)}
            forced = "SELECT relforcerowsecurity FROM pg_class WHERE relname = 'memberships'"
            assert rows(forced) == {(True,)}
    finally:
        engine.dispose()
        with database._admin(admin_url) as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
