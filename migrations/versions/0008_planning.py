"""Campaigns, teams, interests, draws.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from migrations import tenancy

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _bureau_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    ]


def _school_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _of_plan() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("plan_id", sa.Uuid, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "plan_id"], ["inspection_plans.bureau_id", "inspection_plans.id"]),
    ]


def upgrade() -> None:
    _draws()
    _campaigns()
    _interests()


def _draws() -> None:
    op.create_table(
        "draws",
        *_bureau_key(),
        *_of_plan(),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("commitment", sa.Text, nullable=False),
        sa.Column("wants_public_value", sa.Text, nullable=False),
        sa.Column("public_value", sa.Text, nullable=False),
        sa.Column("result_digest", sa.Text),
        _instant("drawn_at", nullable=True),
        sa.Column("drawn_by", sa.Uuid),
        _instant("published_at", nullable=True),
        sa.Column("reason", sa.Text, nullable=False),
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("state IN ('committed', 'drawn', 'published', 'withdrawn')", name="state"),
        sa.CheckConstraint("(state IN ('drawn', 'published')) = (drawn_at IS NOT NULL)", name="drawn"),
        sa.CheckConstraint("(drawn_at IS NULL) = (result_digest IS NULL)", name="result"),
        sa.CheckConstraint("(state = 'published') = (published_at IS NOT NULL)", name="published"),
    )
    op.create_index("ix_draws_plan", "draws", ["bureau_id", "plan_id", "id"])
    op.create_index(
        "uq_draws_open", "draws", ["bureau_id", "plan_id"], unique=True, postgresql_where=sa.text("state = 'committed'")
    )
    op.create_table(
        "draw_documents",
        *_bureau_key(),
        sa.Column("rules", JSONB, nullable=False),
        sa.Column("pools", JSONB, nullable=False),
        sa.Column("seed", sa.Text),
        sa.Column("result", JSONB),
        _instant("published_at", nullable=True),
        sa.ForeignKeyConstraint(["bureau_id", "id"], ["draws.bureau_id", "draws.id"]),
        sa.CheckConstraint("(seed IS NULL) = (result IS NULL)", name="drawn"),
        sa.CheckConstraint("published_at IS NULL OR seed IS NOT NULL", name="published"),
    )
    op.create_table(
        "draw_seeds",
        *_bureau_key(),
        sa.Column("seed", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "id"], ["draws.bureau_id", "draws.id"]),
        sa.CheckConstraint("length(seed) = 32", name="length"),
    )
    # Anyone who holds the address sees that a draw exists, its commitment and, later, its digest and document.
    tenancy.protect_bureau_table("draws", school=None, identity="r")
    tenancy.protect_bureau_table("draw_documents", bureau=None, zone=None, school=None)
    own = f"bureau_id = {tenancy.BUREAU}"
    op.execute("GRANT SELECT, INSERT, UPDATE (seed, result, published_at) ON draw_documents TO houqin_bureau")
    op.execute(
        f"CREATE POLICY draw_documents_bureau ON draw_documents FOR ALL TO houqin_bureau"
        f" USING ({own}) WITH CHECK ({own})"
    )
    op.execute("GRANT SELECT ON draw_documents TO houqin_identity")
    op.execute(
        "CREATE POLICY draw_documents_identity ON draw_documents FOR SELECT TO houqin_identity"
        " USING (published_at IS NOT NULL)"
    )
    # A seed is written by the bureau that commits and read by nobody who serves a page.
    tenancy.protect_bureau_table("draw_seeds", bureau="a", zone=None, school=None)
    op.execute("GRANT SELECT ON draw_seeds TO houqin_operator")
    op.execute(f"CREATE POLICY draw_seeds_operator ON draw_seeds FOR SELECT TO houqin_operator USING ({own})")


def _campaigns() -> None:
    op.add_column("inspection_plans", sa.Column("sampling", JSONB, nullable=False, server_default="{}"))
    op.add_column("inspection_plans", sa.Column("shares_sections", sa.Boolean, nullable=False, server_default="false"))
    for name in ("sampling", "shares_sections"):
        op.alter_column("inspection_plans", name, server_default=None)
    op.add_column("inspections", sa.Column("day_order", sa.Integer))
    op.add_column("inspections", sa.Column("draw_id", sa.Uuid))
    op.create_foreign_key(
        op.f("fk_inspections_bureau_id_draw_id"), "inspections", "draws", ["bureau_id", "draw_id"], ["bureau_id", "id"]
    )
    op.add_column("inspection_inspectors", sa.Column("sections", ARRAY(sa.Text)))
    op.create_table(
        "inspection_plan_schools",
        *_school_key(),
        *_of_plan(),
        _instant("added_at"),
        sa.Column("added_by", sa.Uuid, nullable=False),
        sa.UniqueConstraint("bureau_id", "plan_id", "school_id"),
    )
    op.create_table(
        "visit_seeds",
        *_school_key(),
        sa.Column("seed", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "id"], ["inspections.bureau_id", "inspections.school_id", "inspections.id"]
        ),
    )
    tenancy.protect_school_table("inspection_plan_schools", bureau="rwd", zone="r", school=None)
    tenancy.protect_school_table("visit_seeds", bureau="rw", zone=None, school=None)


def _interests() -> None:
    op.create_table(
        "inspector_interests",
        *_bureau_key(),
        sa.Column("person_id", sa.Uuid, nullable=False),
        sa.Column("school_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        _instant("withdrawn_at", nullable=True),
        sa.Column("withdrawn_by", sa.Uuid),
        _instant("created_at"),
        sa.Column("created_by", sa.Uuid, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.ForeignKeyConstraint(["bureau_id", "person_id"], ["people.bureau_id", "people.id"]),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
        sa.CheckConstraint("kind IN ('former_school', 'relative', 'declared')", name="kind"),
        sa.CheckConstraint("valid_until IS NULL OR valid_from <= valid_until", name="span"),
    )
    op.create_index("ix_inspector_interests_person", "inspector_interests", ["bureau_id", "person_id", "school_id"])
    op.create_index("ix_inspector_interests_school", "inspector_interests", ["bureau_id", "school_id"])
    tenancy.protect_bureau_table("inspector_interests", zone=None, school=None)
