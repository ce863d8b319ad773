"""Roles, bureaus, accounts, people, the registry of schools.

Revision: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations import tenancy

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ROLES = ("houqin_identity", "houqin_operator", "houqin_bureau", "houqin_zone", "houqin_school", "houqin_supplier")
SCHOOLS_OWN_COLUMNS = (
    "enrolment_under_6, enrolment_6_8, enrolment_9_11, enrolment_12_14, enrolment_15_17, classes, staff_count,"
    " boarders_male, boarders_female, diners, address, latitude, longitude, contact_name, contact_phone, version"
)


def upgrade() -> None:
    _roles()
    _global_tables()
    _registry()
    _people()
    _rights()


def _roles() -> None:
    """Runtime roles own nothing and cannot pass row-level security; the login role inherits none of them."""
    for role in ROLES:
        op.execute(
            f"DO $$ BEGIN CREATE ROLE {role} NOLOGIN NOINHERIT NOBYPASSRLS;"
            " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
        )
    op.execute(
        "DO $$ BEGIN CREATE ROLE houqin_app LOGIN NOINHERIT NOBYPASSRLS;"
        " EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    # Granted only where missing: two databases of one cluster may migrate at the same moment.
    for role in ROLES:
        op.execute(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_auth_members WHERE"
            f" roleid = '{role}'::regrole AND member = 'houqin_app'::regrole)"
            f" THEN GRANT {role} TO houqin_app; END IF; END $$"
        )
    op.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
    op.execute("GRANT USAGE ON SCHEMA public TO houqin_app, " + ", ".join(ROLES))


def _global_tables() -> None:
    op.create_table(
        "bureaus",
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("code", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("settings", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name="state"),
    )
    op.create_table(
        "accounts",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("username", sa.Text, nullable=False, unique=True),
        sa.Column("mobile", sa.Text, unique=True),
        sa.Column("email", sa.Text),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text, nullable=False),
        sa.Column("password_changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("must_change_password", sa.Boolean, nullable=False),
        sa.Column("totp_secret", sa.Text),
        sa.Column("totp_confirmed_at", sa.DateTime(timezone=True)),
        sa.Column("totp_last_step", sa.Integer),
        sa.Column("recovery_hashes", ARRAY(sa.Text), nullable=False),
        sa.Column("locale", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name="state"),
    )
    op.create_table(
        "sign_ins",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("bureau_id", sa.Integer),
        sa.Column("zone_id", sa.Integer),
        sa.Column("school_id", sa.Integer),
        sa.Column("level", sa.Text),
        sa.Column("second_factor_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("user_agent", sa.Text, nullable=False),
    )
    op.create_table(
        "api_tokens",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("token_hash", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("scopes", ARRAY(sa.Text), nullable=False),
        sa.Column("bureau_id", sa.Integer, nullable=False),
        sa.Column("zone_id", sa.Integer),
        sa.Column("school_id", sa.Integer),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "failed_sign_ins",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_key", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_open", sa.Boolean, nullable=False),
    )
    op.create_index("ix_failed_sign_ins_account_key_at", "failed_sign_ins", ["account_key", "at"])
    op.create_index("ix_failed_sign_ins_address_at", "failed_sign_ins", ["address", "at"])


def _registry() -> None:
    op.create_table(
        "zones",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("bureau_id", "code"),
    )
    counts = (
        "enrolment_under_6", "enrolment_6_8", "enrolment_9_11", "enrolment_12_14", "enrolment_15_17",
        "boarders_male", "boarders_female", "classes", "staff_count", "diners",
    )  # fmt: skip
    op.create_table(
        "schools",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Integer, sa.Identity(), primary_key=True),
        sa.Column("code", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("search_name", sa.Text, nullable=False),
        sa.Column("zone_id", sa.Integer),
        sa.Column("stage", sa.Text, nullable=False),
        sa.Column("setting", sa.Text, nullable=False),
        sa.Column("is_boarding", sa.Boolean, nullable=False),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
        sa.Column("canteen_mode", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("latitude", sa.Numeric(9, 6)),
        sa.Column("longitude", sa.Numeric(9, 6)),
        sa.Column("contact_name", sa.Text, nullable=False),
        sa.Column("contact_phone", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("state_reason", sa.Text, nullable=False),
        sa.Column("merged_into_id", sa.Integer),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("bureau_id", "code"),
        sa.ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "merged_into_id"], ["schools.bureau_id", "schools.id"]),
        sa.CheckConstraint("state IN ('active', 'suspended', 'merged')", name="state"),
        sa.CheckConstraint("(state = 'merged') = (merged_into_id IS NOT NULL)", name="merged"),
        sa.CheckConstraint(
            "stage IN ('kindergarten', 'primary', 'junior', 'nine_year', 'senior', 'vocational', 'special')",
            name="stage",
        ),
        sa.CheckConstraint("canteen_mode IN ('self_run', 'contracted', 'delivered', 'none')", name="canteen_mode"),
        sa.CheckConstraint("setting IN ('urban', 'town', 'rural')", name="setting"),
        sa.CheckConstraint(f"least({', '.join(counts)}) >= 0", name="counts"),
        sa.CheckConstraint("is_boarding OR boarders_male + boarders_female = 0", name="boarders"),
    )
    op.create_index("ix_schools_zone", "schools", ["bureau_id", "zone_id"])
    op.create_index("ix_schools_search_name", "schools", ["bureau_id", "search_name"])
    op.create_index(
        "ix_schools_merged_into", "schools", ["bureau_id", "merged_into_id"],
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )  # fmt: skip
    op.create_table(
        "terms",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("starts_on", sa.Date, nullable=False),
        sa.Column("ends_on", sa.Date, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("bureau_id", "name"),
        sa.CheckConstraint("starts_on < ends_on", name="span"),
    )
    op.create_table(
        "school_state_changes",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("school_id", sa.Integer, nullable=False),
        sa.Column("target_school_id", sa.Integer),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("from_state", sa.Text, nullable=False),
        sa.Column("to_state", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "target_school_id"], ["schools.bureau_id", "schools.id"]),
    )
    op.create_index("ix_school_state_changes_school", "school_state_changes", ["bureau_id", "school_id", "id"])
    op.create_table(
        "school_imports",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("rows", JSONB, nullable=False),
        sa.Column("sheet", sa.LargeBinary),
        sa.Column("new_zones", JSONB, nullable=False),
        sa.Column("created_count", sa.Integer, nullable=False),
        sa.Column("changed_count", sa.Integer, nullable=False),
        sa.Column("unchanged_count", sa.Integer, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('refused', 'checked', 'applied')", name="state"),
    )
    op.create_index("ix_school_imports_newest", "school_imports", ["bureau_id", "created_at", "id"])


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("display_name", sa.Text, nullable=False),
        sa.Column("search_name", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('active', 'suspended')", name="state"),
    )
    op.create_index("ix_people_search_name", "people", ["bureau_id", "search_name"])
    op.create_table(
        "memberships",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("level", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("zone_id", sa.Integer),
        sa.Column("school_id", sa.Integer),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "person_id"], ["people.bureau_id", "people.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "zone_id"], ["zones.bureau_id", "zones.id"]),
        sa.CheckConstraint("level IN ('bureau', 'zone', 'school', 'supplier')", name="level"),
        sa.CheckConstraint(
            "(level = 'zone') = (zone_id IS NOT NULL) AND (level = 'school') = (school_id IS NOT NULL)",
            name="scope",
        ),
        sa.CheckConstraint("valid_from <= valid_until", name="span"),
    )
    op.create_index(
        "uq_memberships_live", "memberships", ["bureau_id", "person_id", "role", "zone_id", "school_id"],
        unique=True, postgresql_where=sa.text("ended_at IS NULL"), postgresql_nulls_not_distinct=True,
    )  # fmt: skip
    op.create_index("ix_memberships_school", "memberships", ["bureau_id", "school_id"])


def _rights() -> None:
    everyone = {"bureau": "r", "zone": "r", "school": "r", "supplier": "r"}
    tenancy.global_table("bureaus", "the list of tenants itself", identity="r", operator="rw", **everyone)
    op.execute("GRANT UPDATE (settings, name, version) ON bureaus TO houqin_bureau")
    _protect_bureaus()
    tenancy.global_table("accounts", "one person may serve several bureaus", identity="rw", operator="rw")
    tenancy.global_table("sign_ins", "read before the tenant is known", identity="rwd", operator="r")
    tenancy.global_table("api_tokens", "read before the tenant is known", identity="rw", operator="r")
    tenancy.global_table("failed_sign_ins", "counted before anyone is known", identity="rwd")
    op.execute("COMMENT ON TABLE alembic_version IS 'global: where the schema stands'")
    op.execute("GRANT SELECT ON alembic_version TO " + ", ".join(ROLES))
    tenancy.protect_bureau_table("zones", identity="r")
    tenancy.protect_bureau_table("terms", bureau="rwd")
    # A school sees itself; its own name stands in its row, not in school_id.
    tenancy.protect("schools")
    tenancy._grant("schools", "houqin_bureau", "rw", f"bureau_id = {tenancy.BUREAU}")
    tenancy._grant("schools", "houqin_zone", "r", f"bureau_id = {tenancy.BUREAU} AND id = ANY ({tenancy.SCHOOLS})")
    tenancy._grant("schools", "houqin_school", "r", f"bureau_id = {tenancy.BUREAU} AND id = {tenancy.SCHOOL}")
    # What a school is, the bureau decides; its numbers and contacts the school keeps itself.
    op.execute(f"GRANT UPDATE ({SCHOOLS_OWN_COLUMNS}) ON schools TO houqin_school")
    op.execute(
        f"CREATE POLICY schools_school_update ON schools FOR UPDATE TO houqin_school"
        f" USING (bureau_id = {tenancy.BUREAU} AND id = {tenancy.SCHOOL})"
    )
    tenancy._grant("schools", "houqin_identity", "r", "true")
    tenancy.protect_school_table("school_state_changes", bureau="ra", school="r")
    tenancy.protect_bureau_table("school_imports", bureau="rwd", zone=None, school=None)
    tenancy.protect_bureau_table("people", identity="rw")
    tenancy.protect_school_table("memberships", bureau="rw", school="rw", identity="rw")


def _protect_bureaus() -> None:
    """The list of tenants is global, yet a bureau may change its own row only, and nobody reads another's settings."""
    tenancy.protect("bureaus")
    for role in ("identity", "operator"):
        op.execute(f"CREATE POLICY bureaus_{role} ON bureaus TO houqin_{role} USING (true) WITH CHECK (true)")
    for role in ("bureau", "zone", "school", "supplier"):
        op.execute(f"CREATE POLICY bureaus_{role} ON bureaus TO houqin_{role} USING (id = {tenancy.BUREAU})")
