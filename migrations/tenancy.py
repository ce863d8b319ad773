"""Row-level security and grants for migrations. Frozen vocabulary: a released helper's effect never changes;
a new need gets a new helper.

Every policy is a plain equality that an index answers. No scope set reads as NULL, which matches no row.
"""

from alembic import op

BUREAU = "nullif(current_setting('app.bureau_id', true), '')::int"
SCHOOL = "nullif(current_setting('app.school_id', true), '')::int"
SCHOOLS = "nullif(current_setting('app.school_ids', true), '')::int[]"

RIGHTS = {
    "r": "SELECT",
    "ra": "SELECT, INSERT",
    "ru": "SELECT, UPDATE",
    "rw": "SELECT, INSERT, UPDATE",
    "rwd": "SELECT, INSERT, UPDATE, DELETE",
    "a": "INSERT",
}
COMMAND = {"r": "SELECT", "a": "INSERT"}


def _grant(table: str, role: str, rights: str | None, using: str, check: str | None = None) -> None:
    if not rights:
        return
    op.execute(f"GRANT {RIGHTS[rights]} ON {table} TO {role}")
    if rights == "ra":  # rows may be read and added, never changed: no policy for UPDATE exists at all
        name = f"{table}_{role.removeprefix('houqin_')}"
        op.execute(f"CREATE POLICY {name}_read ON {table} FOR SELECT TO {role} USING ({using})")
        op.execute(f"CREATE POLICY {name}_add ON {table} FOR INSERT TO {role} WITH CHECK ({check or using})")
        return
    command = COMMAND.get(rights, "ALL")
    clauses = []
    if command != "INSERT":
        clauses.append(f"USING ({using})")
    if command != "SELECT":
        clauses.append(f"WITH CHECK ({check or using})")
    op.execute(
        f"CREATE POLICY {table}_{role.removeprefix('houqin_')} ON {table} FOR {command} TO {role} {' '.join(clauses)}"
    )


def protect(table: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def protect_bureau_table(
    table: str,
    *,
    bureau: str | None = "rw",
    zone: str | None = "r",
    school: str | None = "r",
    supplier: str | None = None,
    identity: str | None = None,
    school_condition: str | None = None,
) -> None:
    """A bureau-owned table. `school_condition` (e.g. "state = 'published'") narrows what schools see."""
    protect(table)
    own = f"bureau_id = {BUREAU}"
    shown = f"{own} AND {school_condition}" if school_condition else own
    _grant(table, "houqin_bureau", bureau, own)
    _grant(table, "houqin_zone", zone, own)
    _grant(table, "houqin_school", school, shown)
    _grant(table, "houqin_supplier", supplier, own)
    _grant(table, "houqin_identity", identity, "true")


def protect_school_table(
    table: str,
    *,
    bureau: str | None = "r",
    zone: str | None = "r",
    school: str | None = "rw",
    identity: str | None = None,
    school_condition: str | None = None,
) -> None:
    """A school-owned table, or a bureau-owned one with a nullable school_id (rows without a school: bureau only)."""
    protect(table)
    own = f"bureau_id = {BUREAU} AND school_id = {SCHOOL}"
    _grant(table, "houqin_bureau", bureau, f"bureau_id = {BUREAU}")
    _grant(table, "houqin_zone", zone, f"bureau_id = {BUREAU} AND school_id = ANY ({SCHOOLS})")
    _grant(table, "houqin_school", school, f"{own} AND {school_condition}" if school_condition else own)
    _grant(table, "houqin_identity", identity, "true")


def global_table(table: str, reason: str, **rights: str) -> None:
    """A table without a tenant: says why in the catalog (`houqin db check` reads it) and grants per role."""
    op.execute(f"COMMENT ON TABLE {table} IS 'global: {reason}'")
    for role, right in rights.items():
        op.execute(f"GRANT {RIGHTS[right]} ON {table} TO houqin_{role}")


SUPPLIER = "nullif(current_setting('app.supplier_id', true), '')::uuid"


def protect_supplier_table(
    table: str,
    *,
    bureau: str | None = "rw",
    supplier: str | None = "rw",
    school: str | None = None,
    zone: str | None = None,
    identity: str | None = None,
) -> None:
    """A bureau-owned table whose rows belong to one supplier each (`supplier_id`): the supplier sees its own only."""
    protect(table)
    own = f"bureau_id = {BUREAU}"
    _grant(table, "houqin_bureau", bureau, own)
    _grant(table, "houqin_zone", zone, own)
    _grant(table, "houqin_school", school, own)
    _grant(table, "houqin_supplier", supplier, f"{own} AND supplier_id = {SUPPLIER}")
    _grant(table, "houqin_identity", identity, "true")


def show_supplier(table: str, condition: str | None = None, rights: str = "r") -> None:
    """Lets suppliers see a bureau-owned table, or its rows where `condition` holds: a plain boolean column such as
    "is_public" or an equality such as "state = 'published'"."""
    own = f"bureau_id = {BUREAU}"
    _grant(table, "houqin_supplier", rights, f"{own} AND {condition}" if condition else own)


def show_to(table: str, role: str, using: str) -> None:
    """Lets one more role see the rows for which `using` holds."""
    op.execute(f"GRANT SELECT ON {table} TO {role}")
    op.execute(
        f"CREATE POLICY {table}_{role.removeprefix('houqin_')}_see ON {table} FOR SELECT TO {role} USING ({using})"
    )


def disclosed_by_clock(table: str) -> None:
    """A table whose rows the bureau sees once `is_disclosed`: the clock, as the machine's operator, sets it and can change
    nothing else of them."""
    own = f"bureau_id = {BUREAU}"
    op.execute(f"GRANT SELECT, UPDATE (is_disclosed) ON {table} TO houqin_operator")
    op.execute(f"CREATE POLICY {table}_operator ON {table} FOR ALL TO houqin_operator USING ({own}) WITH CHECK ({own})")
