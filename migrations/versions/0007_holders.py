"""Who holds a sign-in or an API token, as functions: PL/pgSQL keeps their plan for the life of a connection, also
behind a pooler in transaction mode. Planning this query anew took five times as long as running it, in every request.

Revision: 0007, after 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

HOLDER = """
    account_id uuid, display_name text, locale text, must_change_password boolean, totp_confirmed_at timestamptz,
    account_state text, level text, bureau_id integer, zone_id integer, school_id integer,
    bureau_name text, bureau_state text, bureau_settings jsonb, zone_name text, school_name text, school_state text,
    roles text[], school_ids integer[]
"""
COLUMNS = """
    a.id, a.display_name, a.locale, a.must_change_password, a.totp_confirmed_at, a.state,
    p.level, p.bureau_id, p.zone_id, p.school_id,
    b.name, b.state, b.settings, z.name, s.name, s.state,
    (SELECT array_agg(m.role) FROM memberships m
      JOIN people k ON k.bureau_id = m.bureau_id AND k.id = m.person_id AND k.state = 'active'
      WHERE m.bureau_id = p.bureau_id AND m.person_id = a.id AND m.level = p.level AND m.ended_at IS NULL
        AND m.valid_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
        AND (m.valid_until IS NULL OR m.valid_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date)
        AND m.zone_id IS NOT DISTINCT FROM p.zone_id
        -- A school that was merged is read, and only read, by the people of the school that took it in.
        AND m.school_id IS NOT DISTINCT FROM coalesce(s.merged_into_id, p.school_id)),
    CASE WHEN p.level = 'zone' THEN
      (SELECT array_agg(c.id) FROM schools c WHERE c.bureau_id = p.bureau_id AND c.zone_id = p.zone_id) END
"""
JOINS = """
    JOIN accounts a ON a.id = p.account_id
    LEFT JOIN bureaus b ON b.id = p.bureau_id
    LEFT JOIN zones z ON z.bureau_id = p.bureau_id AND z.id = p.zone_id
    LEFT JOIN schools s ON s.bureau_id = p.bureau_id AND s.id = p.school_id
    WHERE p.token_hash = hash AND p.revoked_at IS NULL AND p.expires_at > now()
"""


def upgrade() -> None:
    _holder_of("sign_in", "sign_ins", {"last_seen_at": "timestamptz", "second_factor_at": "timestamptz"})
    _holder_of("token", "api_tokens", {"last_used_at": "timestamptz", "scopes": "text[]"})


def _holder_of(proof: str, table: str, own: dict[str, str]) -> None:
    """Runs with the rights of the caller, so row-level security holds: only houqin_identity sees the tables."""
    declared = ", ".join(f"{name} {kind}" for name, kind in own.items())
    selected = ", ".join(f"p.{name}" for name in own)
    op.execute(
        f"CREATE FUNCTION houqin_holder_of_{proof}(hash text) RETURNS TABLE (id uuid, {declared}, {HOLDER})"
        f" LANGUAGE plpgsql STABLE ROWS 1 AS $$"
        f" #variable_conflict use_column\n"
        f" BEGIN RETURN QUERY SELECT p.id, {selected}, {COLUMNS} FROM {table} p {JOINS}; END $$"
    )
