"""Suppliers: one company, its registration at each bureau, licences, and the scope its people act in.

Revision: 0019, after 0018
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

HOLDER = """
    account_id uuid, display_name text, locale text, must_change_password boolean, totp_confirmed_at timestamptz,
    account_state text, level text, bureau_id integer, zone_id integer, school_id integer, supplier_id uuid,
    bureau_name text, bureau_state text, bureau_settings jsonb, zone_name text, school_name text, school_state text,
    supplier_name text, roles text[], school_ids integer[]
"""
# As 0007 has it, and the company for which somebody acts at level "supplier".
COLUMNS = """
    a.id, a.display_name, a.locale, a.must_change_password, a.totp_confirmed_at, a.state,
    p.level, p.bureau_id, p.zone_id, p.school_id, p.supplier_id,
    b.name, b.state, b.settings, z.name, s.name, s.state, f.name,
    (SELECT array_agg(m.role) FROM memberships m
      JOIN people k ON k.bureau_id = m.bureau_id AND k.id = m.person_id AND k.state = 'active'
      WHERE m.bureau_id = p.bureau_id AND m.person_id = a.id AND m.level = p.level AND m.ended_at IS NULL
        AND m.valid_from <= (now() AT TIME ZONE 'Asia/Shanghai')::date
        AND (m.valid_until IS NULL OR m.valid_until >= (now() AT TIME ZONE 'Asia/Shanghai')::date)
        AND m.zone_id IS NOT DISTINCT FROM p.zone_id
        AND m.supplier_id IS NOT DISTINCT FROM p.supplier_id
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
    LEFT JOIN bureau_suppliers f ON f.bureau_id = p.bureau_id AND f.id = p.supplier_id
    WHERE p.token_hash = hash AND p.revoked_at IS NULL AND p.expires_at > now()
"""


def upgrade() -> None:
    _companies()
    _scope()
    _attachments()
    _requests()
    _licences()
    _measures()
    _history()
    _shown()


def _bureau_key() -> tuple[sa.Column, sa.Column]:
    return (
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable)


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _recorded() -> tuple[sa.Column, sa.Column]:
    return _instant("created_at"), sa.Column("created_by", sa.Uuid, nullable=False)


def _version() -> sa.Column:
    return sa.Column("version", sa.Integer, nullable=False)


def _companies() -> None:
    op.create_table(
        "suppliers",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("credit_code", sa.Text, nullable=False, unique=True),
        _text("name"),
        _instant("created_at"),
        sa.CheckConstraint("length(credit_code) = 18", name="credit_code"),
    )
    # What a bureau knows of a company stands in that bureau's own row; nobody browses the companies of all bureaus.
    tenancy.global_table("suppliers", "one company may serve several bureaus", identity="rw", operator="rw")
    op.create_table(
        "bureau_suppliers",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, sa.ForeignKey("suppliers.id"), primary_key=True),
        _text("credit_code"),
        _text("name"),
        _text("search_name"),
        _text("kind"),
        _text("size"),
        _text("address"),
        _text("business"),
        _text("contact_name"),
        _text("contact_mobile"),
        _text("contact_email"),
        _text("state"),
        _text("state_reason"),
        sa.Column("return_notes", JSONB, nullable=False),
        _instant("submitted_at", nullable=True),
        _instant("decided_at", nullable=True),
        sa.Column("decided_by", sa.Uuid),
        _instant("admitted_at", nullable=True),
        *_recorded(),
        _version(),
        sa.UniqueConstraint("bureau_id", "credit_code"),
        sa.CheckConstraint("state IN ('draft', 'applied', 'returned', 'refused', 'active', 'removed')", name="state"),
        sa.CheckConstraint("kind IN ('enterprise', 'cooperative', 'individual', 'farm', 'other')", name="kind"),
        sa.CheckConstraint("size IN ('micro', 'small', 'medium', 'large')", name="size"),
        sa.CheckConstraint("state NOT IN ('active', 'removed') OR admitted_at IS NOT NULL", name="admitted"),
    )
    op.create_index("ix_bureau_suppliers_search_name", "bureau_suppliers", ["bureau_id", "search_name"])
    op.create_index("ix_bureau_suppliers_state", "bureau_suppliers", ["bureau_id", "state", "id"])
    tenancy.protect_bureau_table("bureau_suppliers", identity="r", school_condition="admitted_at IS NOT NULL")
    tenancy._grant(
        "bureau_suppliers", "houqin_supplier", "ru", f"bureau_id = {tenancy.BUREAU} AND id = {tenancy.SUPPLIER}"
    )


def _scope() -> None:
    """Whoever held a supplier's role without a company is nobody's any more: such roles and tokens end here, and such
    sign-ins choose their place anew."""
    for table in ("memberships", "sign_ins", "api_tokens"):
        op.add_column(table, sa.Column("supplier_id", sa.Uuid))
    op.execute("ALTER TABLE memberships NO FORCE ROW LEVEL SECURITY")  # else its owner sees no row to end
    op.execute("UPDATE memberships SET ended_at = now() WHERE level = 'supplier' AND ended_at IS NULL")
    op.execute("ALTER TABLE memberships FORCE ROW LEVEL SECURITY")
    op.execute("UPDATE api_tokens SET revoked_at = now() WHERE level = 'supplier' AND revoked_at IS NULL")
    op.execute("UPDATE sign_ins SET level = NULL, bureau_id = NULL WHERE level = 'supplier'")
    op.create_foreign_key(
        op.f("fk_memberships_bureau_id_supplier_id"), "memberships", "bureau_suppliers",
        ["bureau_id", "supplier_id"], ["bureau_id", "id"],
    )  # fmt: skip
    for table, over in (("memberships", "ended_at"), ("api_tokens", "revoked_at")):
        op.create_check_constraint(
            op.f(f"ck_{table}_supplier"), table,
            f"CASE WHEN level = 'supplier' THEN supplier_id IS NOT NULL OR {over} IS NOT NULL"
            " ELSE supplier_id IS NULL END",
        )  # fmt: skip
    op.create_check_constraint(
        op.f("ck_sign_ins_supplier"), "sign_ins", "(level IS NOT DISTINCT FROM 'supplier') = (supplier_id IS NOT NULL)"
    )
    op.drop_index("uq_memberships_live", "memberships")
    op.create_index(
        "uq_memberships_live", "memberships",
        ["bureau_id", "person_id", "role", "zone_id", "school_id", "supplier_id"],
        unique=True, postgresql_where=sa.text("ended_at IS NULL"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index(
        "ix_memberships_supplier", "memberships", ["bureau_id", "supplier_id"],
        postgresql_where=sa.text("supplier_id IS NOT NULL"),
    )  # fmt: skip
    tenancy._grant(
        "memberships", "houqin_supplier", "r", f"bureau_id = {tenancy.BUREAU} AND supplier_id = {tenancy.SUPPLIER}"
    )
    _holder_of("sign_in", "sign_ins", {"last_seen_at": "timestamptz", "second_factor_at": "timestamptz"})
    _holder_of("token", "api_tokens", {"last_used_at": "timestamptz", "scopes": "text[]"})


def _holder_of(proof: str, table: str, own: dict[str, str]) -> None:
    """Runs with the rights of the caller, so row-level security holds: only houqin_identity sees the tables."""
    declared = ", ".join(f"{name} {kind}" for name, kind in own.items())
    selected = ", ".join(f"p.{name}" for name in own)
    op.execute(f"DROP FUNCTION houqin_holder_of_{proof}(text)")
    op.execute(
        f"CREATE FUNCTION houqin_holder_of_{proof}(hash text) RETURNS TABLE (id uuid, {declared}, {HOLDER})"
        f" LANGUAGE plpgsql STABLE ROWS 1 AS $$"
        f" #variable_conflict use_column\n"
        f" BEGIN RETURN QUERY SELECT p.id, {selected}, {COLUMNS} FROM {table} p {JOINS}; END $$"
    )


def _attachments() -> None:
    """A supplier's own files: it sees no others, and the bureau sees them with all the rest."""
    op.add_column("attachments", sa.Column("supplier_id", sa.Uuid))
    op.create_foreign_key(
        op.f("fk_attachments_bureau_id_supplier_id"), "attachments", "bureau_suppliers",
        ["bureau_id", "supplier_id"], ["bureau_id", "id"],
    )  # fmt: skip
    op.create_check_constraint(op.f("ck_attachments_owner"), "attachments", "school_id IS NULL OR supplier_id IS NULL")
    op.create_unique_constraint(op.f("uq_attachments_supplier"), "attachments", ["bureau_id", "supplier_id", "id"])
    tenancy._grant(
        "attachments", "houqin_supplier", "ra", f"bureau_id = {tenancy.BUREAU} AND supplier_id = {tenancy.SUPPLIER}"
    )


def _of_supplier() -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return (
        sa.Column("supplier_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "supplier_id"], ["bureau_suppliers.bureau_id", "bureau_suppliers.id"]),
    )


def _file(column: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    """A file of the same supplier: the key says whose."""
    return (
        sa.Column(column, sa.Uuid),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", column],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
        ),
    )


def _category(*, nullable: bool = False) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return (
        sa.Column("category_id", sa.Uuid, nullable=nullable),
        sa.ForeignKeyConstraint(
            ["bureau_id", "category_id"], ["catalogue_categories.bureau_id", "catalogue_categories.id"]
        ),
    )


def _requests() -> None:
    op.create_table(
        "supplier_requests",
        *_bureau_key(),
        _text("purpose"),
        sa.Column("supplier_id", sa.Uuid),
        sa.ForeignKeyConstraint(["bureau_id", "supplier_id"], ["bureau_suppliers.bureau_id", "bureau_suppliers.id"]),
        _text("credit_code"),
        _text("company_name"),
        _text("kind"),
        _text("size"),
        _text("address"),
        _text("person_name"),
        _text("mobile"),
        _text("email"),
        _text("code_hash"),
        _instant("code_until"),
        sa.Column("codes_sent", sa.Integer, nullable=False),
        _instant("code_sent_at"),
        _text("state"),
        sa.Column("account_id", sa.Uuid),
        _text("address_from"),
        _instant("confirmed_at", nullable=True),
        *_recorded(),
        _version(),
        sa.CheckConstraint("purpose IN ('registration', 'invitation')", name="purpose"),
        sa.CheckConstraint("state IN ('waiting', 'asked', 'done', 'refused')", name="state"),
        sa.CheckConstraint("purpose = 'registration' OR supplier_id IS NOT NULL", name="invitation"),
    )
    op.create_index("ix_supplier_requests_from", "supplier_requests", ["bureau_id", "address_from", "created_at"])
    op.create_index("ix_supplier_requests_email", "supplier_requests", ["bureau_id", "email", "created_at"])
    op.create_index("ix_supplier_requests_state", "supplier_requests", ["bureau_id", "state", "id"])
    op.create_index("ix_supplier_requests_supplier", "supplier_requests", ["bureau_id", "supplier_id"])
    tenancy.protect_supplier_table("supplier_requests")


def _licences() -> None:
    op.create_table(
        "supplier_categories",
        *_bureau_key(),
        *_of_supplier(),
        *_category(),
        _text("state"),
        _text("reason"),
        _instant("decided_at", nullable=True),
        sa.Column("decided_by", sa.Uuid),
        *_recorded(),
        _version(),
        sa.UniqueConstraint("bureau_id", "supplier_id", "category_id"),
        sa.CheckConstraint("state IN ('asked', 'approved', 'refused', 'withdrawn')", name="state"),
    )
    op.create_index("ix_supplier_categories_category", "supplier_categories", ["bureau_id", "category_id", "state"])
    tenancy.protect_supplier_table("supplier_categories", school="r", zone="r")
    op.create_table(
        "supplier_licences",
        *_bureau_key(),
        *_of_supplier(),
        _text("kind"),
        _text("number"),
        _text("scope"),
        _text("issued_by"),
        sa.Column("valid_from", sa.Date),
        sa.Column("valid_until", sa.Date),
        *_file("attachment_id"),
        _text("state"),
        _text("reason"),
        _instant("decided_at", nullable=True),
        sa.Column("decided_by", sa.Uuid),
        *_recorded(),
        _version(),
        sa.CheckConstraint("state IN ('submitted', 'approved', 'returned', 'withdrawn')", name="state"),
        sa.CheckConstraint("valid_from <= valid_until", name="span"),
    )
    op.create_index("ix_supplier_licences_supplier", "supplier_licences", ["bureau_id", "supplier_id", "kind"])
    op.create_index("ix_supplier_licences_until", "supplier_licences", ["bureau_id", "state", "valid_until"])
    tenancy.protect_supplier_table("supplier_licences", school="r", zone="r")
    op.create_table(
        "supplier_licence_rules",
        *_bureau_key(),
        *_category(),
        _text("kind"),
        *_recorded(),
        sa.UniqueConstraint("bureau_id", "category_id", "kind"),
    )
    tenancy.protect_bureau_table("supplier_licence_rules", bureau="rwd", supplier="r")
    op.create_table(
        "supplier_alarms",
        *_bureau_key(),
        *_of_supplier(),
        sa.Column("licence_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "licence_id"], ["supplier_licences.bureau_id", "supplier_licences.id"]),
        sa.Column("days", sa.Integer, nullable=False),
        _instant("sent_at"),
        sa.UniqueConstraint("bureau_id", "licence_id", "days"),
    )
    tenancy.protect_supplier_table("supplier_alarms", bureau="ra", supplier="r")


def _measures() -> None:
    op.create_table(
        "supplier_measures",
        *_bureau_key(),
        *_of_supplier(),
        _text("kind"),
        *_category(nullable=True),
        _text("reason"),
        _text("basis"),
        sa.Column("from_day", sa.Date, nullable=False),
        sa.Column("until_day", sa.Date),
        *_file("evidence_id"),
        _text("state"),
        _instant("confirmed_at", nullable=True),
        sa.Column("confirmed_by", sa.Uuid),
        _instant("ended_at", nullable=True),
        sa.Column("ended_by", sa.Uuid),
        _text("end_reason"),
        *_recorded(),
        _version(),
        sa.CheckConstraint("kind IN ('warning', 'suspension', 'removal')", name="kind"),
        sa.CheckConstraint("state IN ('proposed', 'in_force', 'dropped', 'lifted')", name="state"),
        sa.CheckConstraint("from_day <= until_day", name="span"),
        sa.CheckConstraint("kind = 'suspension' OR (category_id IS NULL AND until_day IS NULL)", name="extent"),
        sa.CheckConstraint("confirmed_by IS DISTINCT FROM created_by", name="second_person"),
        sa.CheckConstraint("kind <> 'removal' OR state <> 'in_force' OR confirmed_by IS NOT NULL", name="removal"),
    )
    op.create_index("ix_supplier_measures_supplier", "supplier_measures", ["bureau_id", "supplier_id", "id"])
    tenancy.protect("supplier_measures")
    own = f"bureau_id = {tenancy.BUREAU}"
    tenancy._grant("supplier_measures", "houqin_bureau", "rw", own)
    # A proposal is the bureau's own business until it is in force.
    tenancy._grant(
        "supplier_measures", "houqin_supplier", "r",
        f"{own} AND supplier_id = {tenancy.SUPPLIER} AND state <> 'proposed'",
    )  # fmt: skip
    op.create_table(
        "supplier_appeals",
        *_bureau_key(),
        *_of_supplier(),
        sa.Column("measure_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "measure_id"], ["supplier_measures.bureau_id", "supplier_measures.id"]),
        _text("statement"),
        *_file("evidence_id"),
        _text("state"),
        _text("decision"),
        _instant("decided_at", nullable=True),
        sa.Column("decided_by", sa.Uuid),
        *_recorded(),
        _version(),
        sa.CheckConstraint("state IN ('open', 'upheld', 'rejected', 'withdrawn')", name="state"),
        sa.CheckConstraint("(state IN ('upheld', 'rejected')) = (decided_by IS NOT NULL)", name="decided"),
    )
    op.create_index(
        "uq_supplier_appeals_once", "supplier_appeals", ["bureau_id", "measure_id"], unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )  # fmt: skip
    op.create_index("ix_supplier_appeals_supplier", "supplier_appeals", ["bureau_id", "supplier_id", "id"])
    tenancy.protect_supplier_table("supplier_appeals")


def _history() -> None:
    op.create_table(
        "supplier_events",
        *_bureau_key(),
        *_of_supplier(),
        _text("subject"),
        sa.Column("subject_id", sa.Uuid, nullable=False),
        _text("event"),
        _text("from_state"),
        _text("to_state"),
        _text("reason"),
        sa.Column("by", sa.Uuid, nullable=False),
        _text("by_name"),
        _text("by_side"),
        _instant("at"),
        sa.CheckConstraint("by_side IN ('bureau', 'supplier', 'system')", name="by_side"),
    )
    op.create_index("ix_supplier_events_supplier", "supplier_events", ["bureau_id", "supplier_id", "id"])
    tenancy.protect_supplier_table("supplier_events", bureau="ra", supplier="ra")


def _shown() -> None:
    """What binds or concerns every supplier of a bureau: its figures, its working days, what it buys."""
    tenancy.show_supplier("figure_overrides", "school_id IS NULL")
    tenancy.show_supplier("bureau_days")
    tenancy.show_supplier("catalogue_categories")
    tenancy.show_supplier("catalogue_certificate_requirements")
    tenancy.show_supplier("catalogue_items", "state = 'published'")
    tenancy.show_supplier("catalogue_unit_conversions")
    tenancy.show_supplier("zones")
