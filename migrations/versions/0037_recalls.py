"""Recalls: what was touched, who was told, drills.

Revision: 0037, after 0036
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

ANSWER = "seen_at, seen_by_name, state, secured_at, secured_by, secured_by_name, found, words, attachment_id, version"


def upgrade() -> None:
    op.create_table(
        "suspected_incidents",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("meal", sa.Text(), nullable=False),
        sa.Column("sick_count", sa.Integer(), nullable=False),
        sa.Column("symptoms", sa.Text(), nullable=False),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("report_by", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reported_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state <> 'dismissed' OR end_reason <> ''", name="end_reason"),
        sa.CheckConstraint("state IN ('reported', 'traced', 'dismissed')", name="state"),
        sa.CheckConstraint("symptoms <> ''", name="symptoms"),
        sa.CheckConstraint("sick_count > 0", name="sick_count"),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name="fk_suspected_incidents_bureau_id_school_id",
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name="pk_suspected_incidents"),
    )
    op.create_index(
        "ix_suspected_incidents_newest",
        "suspected_incidents",
        ["bureau_id", "school_id", "noticed_at", "id"],
        unique=False,
    )
    op.create_index("ix_suspected_incidents_open", "suspected_incidents", ["bureau_id", "state", "id"], unique=False)
    op.create_table(
        "recalls",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("trigger_kind", sa.Text(), nullable=False),
        sa.Column("trigger", JSONB, nullable=False),
        sa.Column("lots", JSONB, nullable=False),
        sa.Column("totals", JSONB, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traced_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("traced_ms", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("begun_by_name", sa.Text(), nullable=False),
        sa.Column("incident_school_id", sa.Integer(), nullable=True),
        sa.Column("incident_id", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state IN ('open', 'active')) = (ended_at IS NULL)", name="ended"),
        sa.CheckConstraint("(state IN ('open', 'dropped')) = (told_at IS NULL)", name="told"),
        sa.CheckConstraint("reason <> ''", name="reason"),
        sa.CheckConstraint("state IN ('open', 'active', 'lifted', 'closed', 'dropped')", name="state"),
        sa.CheckConstraint("trigger_kind IN ('lot', 'certificate', 'dish', 'meal')", name="trigger_kind"),
        sa.CheckConstraint("(incident_id IS NULL) = (incident_school_id IS NULL)", name="incident"),
        sa.CheckConstraint("traced_ms >= 0", name="traced"),
        sa.ForeignKeyConstraint(
            ["bureau_id", "incident_school_id", "incident_id"],
            ["suspected_incidents.bureau_id", "suspected_incidents.school_id", "suspected_incidents.id"],
            name="fk_recalls_incident",
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name="fk_recalls_bureau_id"),
        sa.PrimaryKeyConstraint("bureau_id", "id", name="pk_recalls"),
        sa.UniqueConstraint("bureau_id", "number", name="uq_recalls_bureau_id_number"),
    )
    op.create_index("ix_recalls_incident", "recalls", ["bureau_id", "incident_school_id", "incident_id"], unique=False)
    op.create_index("ix_recalls_newest", "recalls", ["bureau_id", "begun_at", "id"], unique=False)
    op.create_table(
        "recall_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "recall_id"], ["recalls.bureau_id", "recalls.id"], name="fk_recall_events_bureau_id_recall_id"
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name="fk_recall_events_bureau_id"),
        sa.PrimaryKeyConstraint("bureau_id", "id", name="pk_recall_events"),
    )
    op.create_index("ix_recall_events_of", "recall_events", ["bureau_id", "recall_id", "id"], unique=False)
    op.create_table(
        "recall_parts",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("recall_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("is_drill", sa.Boolean(), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("over_reason", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("instructions", sa.Text(), nullable=False),
        sa.Column("lots", JSONB, nullable=False),
        sa.Column("part", JSONB, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seen_by_name", sa.Text(), nullable=False),
        sa.Column("secured_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("secured_by", sa.Uuid(), nullable=True),
        sa.Column("secured_by_name", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'secured') = (secured_at IS NOT NULL)", name="secured"),
        sa.CheckConstraint("state <> 'secured' OR found <> ''", name="found"),
        sa.CheckConstraint("state IN ('told', 'secured')", name="state"),
        sa.ForeignKeyConstraint(
            ["bureau_id", "recall_id"], ["recalls.bureau_id", "recalls.id"], name="fk_recall_parts_bureau_id_recall_id"
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
            name="fk_recall_parts_bureau_id_school_id_attachment_id",
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"], name="fk_recall_parts_bureau_id_school_id"
        ),
        sa.PrimaryKeyConstraint("bureau_id", "school_id", "id", name="pk_recall_parts"),
        sa.UniqueConstraint(
            "bureau_id", "school_id", "recall_id", name="uq_recall_parts_bureau_id_school_id_recall_id"
        ),
    )
    op.create_index("ix_recall_parts_newest", "recall_parts", ["bureau_id", "school_id", "told_at", "id"], unique=False)
    op.create_index("ix_recall_parts_recall", "recall_parts", ["bureau_id", "recall_id", "school_id"], unique=False)
    # From the number printed on a sack, or on a paper, to every school that took it.
    op.create_index("ix_goods_receipt_lines_lot", "goods_receipt_lines", ["bureau_id", "batch_no", "item_id"])
    op.create_index(
        "ix_goods_receipt_certificates_number",
        "goods_receipt_certificates",
        ["bureau_id", "number"],
        postgresql_where=sa.text("number <> ''"),
    )
    op.create_index(
        "ix_goods_receipts_voided",
        "goods_receipts",
        ["bureau_id", "school_id", "id"],
        postgresql_where=sa.text("state = 'voided'"),
    )
    op.create_index("ix_shipment_lines_lot", "shipment_lines", ["bureau_id", "batch_no", "item_id"])
    tenancy.protect_bureau_table("recalls", zone=None, school=None)
    tenancy.protect_bureau_table("recall_events", bureau="ra", zone=None, school=None)
    tenancy.protect_school_table("suspected_incidents", school="ra")
    _may_update("suspected_incidents", "houqin_bureau", "state, end_reason, version", f"bureau_id = {tenancy.BUREAU}")
    tenancy.protect_school_table("recall_parts", bureau="rw", school="r")
    own = f"bureau_id = {tenancy.BUREAU} AND school_id = {tenancy.SCHOOL}"
    _may_update("recall_parts", "houqin_school", ANSWER, own)


def _may_update(table: str, role: str, columns: str, using: str) -> None:
    op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {role}")
    op.execute(
        f"CREATE POLICY {table}_{role.removeprefix('houqin_')}_update ON {table} FOR UPDATE TO {role}"
        f" USING ({using}) WITH CHECK ({using})"
    )
