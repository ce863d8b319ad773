"""What follows a visit: review, acknowledgement, appeals, revisions of the result, publication, rectification.

Revision: 0010, after 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

STATES = (
    "state IN ('planned', 'in_progress', 'submitted', 'reviewed', 'released', 'appealed', 'published', 'closed',"
    " 'cancelled')"
)
TOLD = "(state IN ('released', 'appealed', 'published', 'closed')) = (released_at IS NOT NULL)"


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable)


def _uuid(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Uuid, nullable=nullable)


def _points(name: str, *, nullable: bool = True) -> sa.Column:
    return sa.Column(name, sa.Numeric(9, 4), nullable=nullable)


def _school_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _recorded() -> list[sa.Column]:
    return [_instant("created_at"), _uuid("created_by"), sa.Column("version", sa.Integer, nullable=False)]


def _in_school(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["bureau_id", "school_id", column], [f"{table}.bureau_id", f"{table}.school_id", f"{table}.id"]
    )


def _in_bureau(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["bureau_id", column], [f"{table}.bureau_id", f"{table}.id"])


def _attachment(column: str = "attachment_id") -> sa.ForeignKeyConstraint:
    return _in_school(column, "attachments")


def upgrade() -> None:
    _older_tables()
    _results()
    _appeals()
    _draws()
    _rectifications()
    _protect()


def _older_tables() -> None:
    for name in ("needs_review", "doubles_unresolved"):
        op.add_column("inspection_plans", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
        op.alter_column("inspection_plans", name, server_default=None)
    op.add_column("inspection_plans", _instant("published_at", nullable=True))
    op.drop_constraint(op.f("ck_inspections_state"), "inspections")
    op.drop_constraint(op.f("ck_inspections_released"), "inspections")
    op.create_check_constraint(op.f("ck_inspections_state"), "inspections", STATES)
    op.create_check_constraint(op.f("ck_inspections_released"), "inspections", TOLD)
    op.create_index(
        "ix_inspections_told", "inspections", ["bureau_id", "plan_id", "state"],
        postgresql_where=sa.text("released_at IS NOT NULL"),
    )  # fmt: skip
    op.add_column("inspection_results", sa.Column("revision", sa.Integer, nullable=False, server_default="0"))
    op.alter_column("inspection_results", "revision", server_default=None)
    op.add_column("inspection_results", sa.Column("appeal_until", sa.Date))


def _results() -> None:
    op.create_table(
        "inspection_acknowledgements",
        *_school_key(),
        _instant("at"),
        _uuid("by"),
        _text("by_name"),
        _text("note"),
        _in_school("id", "inspections"),
    )
    op.create_table(
        "inspection_result_revisions",
        *_school_key(),
        _uuid("inspection_id"),
        sa.Column("number", sa.Integer, nullable=False),
        _text("cause"),
        _text("reason"),
        _uuid("appeal_id", nullable=True),
        _uuid("rectification_id", nullable=True),
        _points("old_score"),
        _points("score"),
        _points("maximum"),
        _points("percent"),
        _text("band", nullable=True),
        _text("verdict", nullable=True),
        sa.Column("account", JSONB, nullable=False),
        sa.Column("changes", JSONB, nullable=False),
        _instant("at"),
        _uuid("by"),
        _in_school("inspection_id", "inspections"),
        sa.UniqueConstraint("bureau_id", "school_id", "inspection_id", "number"),
        sa.CheckConstraint("cause IN ('submission', 'appeal', 'unresolved')", name="cause"),
    )
    op.create_table(
        "inspection_publications",
        *_school_key(),
        _uuid("plan_id"),
        _uuid("form_version_id"),
        _text("stage"),
        sa.Column("is_boarding", sa.Boolean, nullable=False),
        _points("score"),
        _text("band", nullable=True),
        _text("verdict", nullable=True),
        sa.Column("rank", sa.Integer),
        sa.Column("of", sa.Integer, nullable=False),
        sa.Column("peers", JSONB, nullable=False),
        _instant("published_at"),
        _uuid("published_by"),
        _instant("updated_at"),
        _in_school("id", "inspections"),
        _in_bureau("plan_id", "inspection_plans"),
    )
    op.create_index(
        "ix_inspection_publications_plan", "inspection_publications", ["bureau_id", "plan_id", "stage", "is_boarding"]
    )


def _appeals() -> None:
    op.create_table(
        "appeals",
        *_school_key(),
        _uuid("inspection_id"),
        _uuid("plan_id"),
        _text("item_code"),
        _text("item_no"),
        _text("item_text"),
        _points("lost", nullable=False),
        _text("reason"),
        _text("state"),
        _instant("sent_at", nullable=True),
        _uuid("sent_by", nullable=True),
        _instant("decided_at", nullable=True),
        _uuid("decided_by", nullable=True),
        _text("decision_reason"),
        sa.Column("revision", sa.Integer),
        *_recorded(),
        _in_school("inspection_id", "inspections"),
        _in_bureau("plan_id", "inspection_plans"),
        sa.CheckConstraint("state IN ('draft', 'sent', 'withdrawn', 'rejected', 'upheld')", name="state"),
        sa.CheckConstraint("(state IN ('rejected', 'upheld')) = (decided_at IS NOT NULL)", name="decided"),
        sa.CheckConstraint("state = 'draft' OR sent_at IS NOT NULL", name="sent"),
    )
    op.create_index(
        "uq_appeals_item", "appeals", ["bureau_id", "school_id", "inspection_id", "item_code"], unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )  # fmt: skip
    op.create_index("ix_appeals_state", "appeals", ["bureau_id", "state", "id"])
    op.create_index("ix_appeals_plan", "appeals", ["bureau_id", "plan_id", "item_code"])
    op.create_index("ix_appeals_school", "appeals", ["bureau_id", "school_id", "id"])
    op.create_table(
        "appeal_evidence",
        *_school_key(),
        _uuid("appeal_id"),
        _uuid("attachment_id"),
        _instant("added_at"),
        _uuid("added_by"),
        _in_school("appeal_id", "appeals"),
        _attachment(),
    )
    op.create_index("ix_appeal_evidence_appeal", "appeal_evidence", ["bureau_id", "school_id", "appeal_id"])
    _events("appeal_events", "appeal_id", "appeals")


def _events(table: str, column: str, of: str) -> None:
    op.create_table(
        table,
        *_school_key(),
        _uuid(column),
        _text("event"),
        _text("from_state"),
        _text("to_state"),
        _text("reason"),
        _instant("at"),
        _uuid("by"),
        _text("by_name"),
        _in_school(column, of),
    )
    op.create_index(f"ix_{table}_of", table, ["bureau_id", "school_id", column, "id"])


def _draws() -> None:
    op.create_table(
        "reinspection_draws",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        _uuid("plan_id"),
        _text("seed"),
        sa.Column("share", sa.Integer, nullable=False),
        sa.Column("pool", JSONB, nullable=False),
        sa.Column("drawn", JSONB, nullable=False),
        _instant("drawn_at"),
        _uuid("drawn_by"),
        _in_bureau("plan_id", "inspection_plans"),
    )
    op.create_index("ix_reinspection_draws_plan", "reinspection_draws", ["bureau_id", "plan_id", "id"])


def _rectifications() -> None:
    op.create_table(
        "rectifications",
        *_school_key(),
        _uuid("inspection_id"),
        _uuid("plan_id"),
        _text("kind"),
        _text("item_code"),
        _text("item_no"),
        _text("item_text"),
        _text("found"),
        _points("lost", nullable=False),
        _points("available"),
        sa.Column("before_photos", JSONB, nullable=False),
        _text("severity"),
        _text("state"),
        sa.Column("due_on", sa.Date, nullable=False),
        sa.Column("first_due_on", sa.Date, nullable=False),
        _instant("opened_at"),
        _instant("replied_at", nullable=True),
        _instant("closed_at", nullable=True),
        _uuid("draw_id", nullable=True),
        sa.Column("times_unresolved", sa.Integer, nullable=False),
        *_recorded(),
        _in_school("inspection_id", "inspections"),
        _in_bureau("plan_id", "inspection_plans"),
        _in_bureau("draw_id", "reinspection_draws"),
        sa.UniqueConstraint("bureau_id", "school_id", "inspection_id", "item_code"),
        sa.CheckConstraint("severity IN ('immediate', 'urgent', 'normal', 'term')", name="severity"),
        sa.CheckConstraint(
            "state IN ('open', 'replied', 'accepted', 'recheck', 'unresolved', 'closed', 'withdrawn')", name="state"
        ),
        sa.CheckConstraint("(state IN ('closed', 'withdrawn')) = (closed_at IS NOT NULL)", name="closed"),
    )
    op.create_index("ix_rectifications_due", "rectifications", ["bureau_id", "state", "due_on", "id"])
    op.create_index("ix_rectifications_school", "rectifications", ["bureau_id", "school_id", "state", "due_on", "id"])
    op.create_index("ix_rectifications_plan", "rectifications", ["bureau_id", "plan_id", "state", "id"])
    op.create_table(
        "rectification_replies",
        *_school_key(),
        _uuid("rectification_id"),
        sa.Column("number", sa.Integer, nullable=False),
        _text("text"),
        sa.Column("cost_fen", sa.BigInteger),
        _instant("at"),
        _uuid("by"),
        _text("by_name"),
        _text("outcome", nullable=True),
        _text("outcome_reason"),
        _instant("decided_at", nullable=True),
        _uuid("decided_by", nullable=True),
        _in_school("rectification_id", "rectifications"),
        sa.UniqueConstraint("bureau_id", "school_id", "rectification_id", "number"),
        sa.CheckConstraint("cost_fen >= 0", name="cost"),
        sa.CheckConstraint("outcome IN ('accepted', 'sent_back')", name="outcome"),
    )
    op.create_table(
        "rectification_photos",
        *_school_key(),
        _uuid("rectification_id"),
        _uuid("attachment_id"),
        _uuid("before_id", nullable=True),
        _text("phase"),
        _uuid("reply_id", nullable=True),
        _instant("taken_at", nullable=True),
        _instant("added_at"),
        _uuid("added_by"),
        _in_school("rectification_id", "rectifications"),
        _in_school("reply_id", "rectification_replies"),
        _attachment(),
        _attachment("before_id"),
        sa.CheckConstraint("phase IN ('after', 'recheck')", name="phase"),
    )
    op.create_index(
        "ix_rectification_photos_of", "rectification_photos", ["bureau_id", "school_id", "rectification_id", "id"]
    )
    op.create_index("ix_rectification_photos_attachment", "rectification_photos", ["bureau_id", "attachment_id"])
    op.create_table(
        "rectification_extensions",
        *_school_key(),
        _uuid("rectification_id"),
        _text("reason"),
        sa.Column("wanted_until", sa.Date, nullable=False),
        _text("state"),
        _instant("asked_at"),
        _uuid("asked_by"),
        sa.Column("granted_until", sa.Date),
        _instant("decided_at", nullable=True),
        _uuid("decided_by", nullable=True),
        _text("decision_reason"),
        sa.Column("version", sa.Integer, nullable=False),
        _in_school("rectification_id", "rectifications"),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused')", name="state"),
    )
    op.create_index(
        "uq_rectification_extensions_asked", "rectification_extensions", ["bureau_id", "school_id", "rectification_id"],
        unique=True, postgresql_where=sa.text("state = 'asked'"),
    )  # fmt: skip
    op.create_index("ix_rectification_extensions_state", "rectification_extensions", ["bureau_id", "state", "id"])
    _events("rectification_events", "rectification_id", "rectifications")


def _protect() -> None:
    tenancy.protect_school_table("inspection_acknowledgements", bureau="r", school="ra")
    tenancy.protect_school_table("inspection_result_revisions", bureau="ra", school="r", zone="r")
    tenancy.protect_school_table("inspection_publications", bureau="rw", school="r")
    # What a school is still writing is its own: the bureau sees an appeal once it was sent.
    tenancy.protect_school_table("appeals", bureau=None, zone=None, school="rw")
    for role, rights, where in (
        ("bureau", "SELECT, UPDATE", f"bureau_id = {tenancy.BUREAU}"),
        ("zone", "SELECT", f"bureau_id = {tenancy.BUREAU} AND school_id = ANY ({tenancy.SCHOOLS})"),
    ):
        op.execute(f"GRANT {rights} ON appeals TO houqin_{role}")
        command = "ALL" if "UPDATE" in rights else "SELECT"
        op.execute(
            f"CREATE POLICY appeals_{role} ON appeals FOR {command} TO houqin_{role}"
            f" USING ({where} AND state <> 'draft')"
        )
    tenancy.protect_school_table("appeal_evidence", bureau="r", school="rwd")
    tenancy.protect_school_table("appeal_events", bureau="ra", school="ra")
    tenancy.protect_bureau_table("reinspection_draws", bureau="ra", school=None)
    tenancy.protect_school_table("rectifications", bureau="rw", school="rw")
    tenancy.protect_school_table("rectification_replies", bureau="rw", school="rw")
    tenancy.protect_school_table("rectification_photos", bureau="rw", school="rwd")
    tenancy.protect_school_table("rectification_extensions", bureau="rw", school="rw")
    tenancy.protect_school_table("rectification_events", bureau="ra", school="ra")
