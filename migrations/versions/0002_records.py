"""Audit, figures, attachments, jobs, notices, document numbers, working days.

Revision: 0002, after 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def _instant(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _text(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.Text, nullable=nullable)


def _bureau_key() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
    ]


def _maybe_school() -> list[sa.schema.SchemaItem]:
    return [
        sa.Column("school_id", sa.Integer),
        sa.ForeignKeyConstraint(["bureau_id", "school_id"], ["schools.bureau_id", "schools.id"]),
    ]


def _recorded() -> list[sa.schema.SchemaItem]:
    return [_instant("created_at"), sa.Column("created_by", sa.Uuid, nullable=False)]


def _version() -> sa.Column:
    return sa.Column("version", sa.Integer, nullable=False)


def upgrade() -> None:
    _audit()
    _figures()
    _attachments()
    _notices()
    _counters_and_days()


def _audit() -> None:
    op.create_table(
        "audit_entries",
        *_bureau_key(),
        *_maybe_school(),
        _instant("at"),
        sa.Column("actor_id", sa.Uuid, nullable=False),
        _text("actor_name"),
        _text("action"),
        _text("request_id"),
        sa.Column("changes", JSONB, nullable=False),
    )
    op.create_index("ix_audit_entries_school", "audit_entries", ["bureau_id", "school_id", "id"])
    op.create_index("ix_audit_entries_actor", "audit_entries", ["bureau_id", "actor_id", "id"])
    op.create_index("ix_audit_entries_action", "audit_entries", ["bureau_id", "action", "id"])
    op.create_table(
        "audit_blocks",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("entries", sa.Integer, nullable=False),
        _text("previous_hash"),
        _text("hash"),
        _instant("sealed_at"),
        sa.CheckConstraint("seq >= 1 AND entries >= 1", name="counts"),
    )
    op.create_table(
        "audit_block_entries",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("entry_id", sa.Uuid, primary_key=True),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        _text("entry_hash"),
        sa.ForeignKeyConstraint(["bureau_id", "seq"], ["audit_blocks.bureau_id", "audit_blocks.seq"]),
    )
    op.create_index("ix_audit_block_entries_seq", "audit_block_entries", ["bureau_id", "seq", "position"])
    # Nobody holds UPDATE or DELETE: an entry once written stays as it is.
    tenancy.protect_school_table("audit_entries", bureau="ra", zone="a", school="ra", identity="a")
    op.execute("GRANT INSERT ON audit_entries TO houqin_supplier")
    op.execute(
        "CREATE POLICY audit_entries_supplier ON audit_entries FOR INSERT TO houqin_supplier"
        f" WITH CHECK (bureau_id = {tenancy.BUREAU})"
    )
    tenancy.protect_bureau_table("audit_blocks", bureau="ra", zone=None, school=None)
    tenancy.protect_bureau_table("audit_block_entries", bureau="ra", zone=None, school=None)


def _figures() -> None:
    op.create_table(
        "national_figures",
        sa.Column("id", sa.Uuid, primary_key=True),
        _text("key"),
        sa.Column("value", JSONB, nullable=False),
        _text("unit"),
        _text("title"),
        _text("citation"),
        _text("certainty"),
        _text("stricter", nullable=True),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.UniqueConstraint("key", "valid_from"),
        sa.CheckConstraint("certainty IN ('confirmed', 'weak', 'to_confirm')", name="certainty"),
        sa.CheckConstraint("stricter IN ('higher', 'lower')", name="stricter"),
    )
    everyone = {"bureau": "r", "zone": "r", "school": "r", "supplier": "r"}
    tenancy.global_table("national_figures", "law is the same for every tenant", operator="rw", **everyone)
    op.create_table(
        "figure_overrides",
        *_bureau_key(),
        *_maybe_school(),
        _text("key"),
        sa.Column("value", JSONB, nullable=False),
        _text("citation"),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        *_recorded(),
        _version(),
        sa.CheckConstraint("valid_to IS NULL OR valid_from < valid_to", name="span"),
    )
    op.create_index("ix_figure_overrides_key", "figure_overrides", ["bureau_id", "key", "school_id"])
    tenancy.protect("figure_overrides")
    own = f"bureau_id = {tenancy.BUREAU}"
    tenancy._grant("figure_overrides", "houqin_bureau", "rw", own)
    tenancy._grant("figure_overrides", "houqin_zone", "r", own)
    tenancy._grant("figure_overrides", "houqin_school", "rw", f"{own} AND school_id = {tenancy.SCHOOL}")
    # A school is bound by its bureau's figures, so it reads them; it cannot write them.
    op.execute(
        "CREATE POLICY figure_overrides_school_reads_bureau ON figure_overrides FOR SELECT TO houqin_school"
        f" USING ({own} AND school_id IS NULL)"
    )


def _attachments() -> None:
    op.create_table(
        "attachments",
        *_bureau_key(),
        *_maybe_school(),
        _text("sha256"),
        _text("media_type"),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("width", sa.Integer),
        sa.Column("height", sa.Integer),
        _text("original_name"),
        _text("purpose"),
        sa.Column("hidden_from_school", sa.Boolean, nullable=False),
        _instant("taken_at", nullable=True),
        *_recorded(),
        sa.UniqueConstraint("bureau_id", "school_id", "id"),
        sa.CheckConstraint("size > 0", name="size"),
    )
    op.create_index("ix_attachments_sha256", "attachments", ["bureau_id", "sha256"])
    tenancy.protect_school_table("attachments", bureau="rw", school="rw", school_condition="NOT hidden_from_school")
    op.create_table(
        "job_runs",
        *_bureau_key(),
        *_maybe_school(),
        _text("task"),
        _text("title"),
        _text("state"),
        sa.Column("progress", sa.Integer, nullable=False),
        _text("message"),
        sa.Column("result", JSONB, nullable=False),
        sa.Column("attachment_id", sa.Uuid),
        _instant("started_at", nullable=True),
        _instant("finished_at", nullable=True),
        *_recorded(),
        sa.UniqueConstraint("bureau_id", "school_id", "id"),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.school_id", "attachments.id"],
        ),
        sa.CheckConstraint("state IN ('queued', 'running', 'done', 'failed')", name="state"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
    )
    op.create_index("ix_job_runs_created_by", "job_runs", ["bureau_id", "created_by", "id"])
    tenancy.protect_school_table("job_runs", bureau="rw", school="rw")


def _notices() -> None:
    op.create_table(
        "notices",
        *_bureau_key(),
        *_maybe_school(),
        sa.Column("person_id", sa.Uuid, nullable=False),
        _text("kind"),
        _text("title"),
        _text("body"),
        _text("url"),
        _instant("created_at"),
        _instant("read_at", nullable=True),
        sa.ForeignKeyConstraint(["bureau_id", "person_id"], ["people.bureau_id", "people.id"]),
    )
    op.create_index("ix_notices_person", "notices", ["bureau_id", "person_id", "id"])
    op.create_index(
        "ix_notices_unread", "notices", ["bureau_id", "person_id"], postgresql_where=sa.text("read_at IS NULL")
    )
    op.create_table(
        "outbox_messages",
        *_bureau_key(),
        _text("channel"),
        _text("recipient"),
        _text("subject"),
        sa.Column("body", JSONB, nullable=False),
        _text("state"),
        sa.Column("tries", sa.Integer, nullable=False),
        _instant("next_try_at"),
        _text("last_error"),
        _instant("created_at"),
        _instant("delivered_at", nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'wecom', 'dingtalk')", name="channel"),
        sa.CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state"),
    )
    op.create_index("ix_outbox_messages_due", "outbox_messages", ["bureau_id", "state", "next_try_at"])
    op.create_table(
        "chat_webhooks",
        *_bureau_key(),
        _text("name"),
        _text("channel"),
        _text("url"),
        _text("secret"),
        sa.Column("is_active", sa.Boolean, nullable=False),
        *_recorded(),
        _version(),
        sa.CheckConstraint("channel IN ('wecom', 'dingtalk')", name="channel"),
    )
    own = f"bureau_id = {tenancy.BUREAU}"
    # A notice is its reader's, whatever scope they read it in; the service asks for person_id in every statement.
    tenancy.protect_bureau_table("notices", bureau="rw", zone="rw", school="rw", supplier="rw")
    # Schools may queue a message but not read the queue; delivery runs in the bureau's scope.
    tenancy.protect_bureau_table("outbox_messages", bureau="rw", zone="a", school="a", supplier="a")
    tenancy.protect_bureau_table("chat_webhooks", zone=None, school=None)
    for role in ("houqin_zone", "houqin_school"):
        op.execute(f"GRANT SELECT (bureau_id, id, channel, is_active) ON chat_webhooks TO {role}")
        op.execute(
            f"CREATE POLICY chat_webhooks_{role.removeprefix('houqin_')} ON chat_webhooks FOR SELECT TO {role} USING ({own})"
        )


def _counters_and_days() -> None:
    op.create_table(
        "document_counters",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("school_id", sa.Integer, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True),
        sa.Column("last", sa.Integer, nullable=False),
    )
    tenancy.protect_school_table("document_counters", bureau="rw", zone=None, school="rw")
    op.create_table(
        "national_days",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("is_workday", sa.Boolean, nullable=False),
        _text("name"),
        _text("citation"),
    )
    everyone = {"bureau": "r", "zone": "r", "school": "r", "supplier": "r"}
    tenancy.global_table("national_days", "one holiday arrangement for the whole nation", operator="rw", **everyone)
    op.create_table(
        "bureau_days",
        sa.Column("bureau_id", sa.Integer, sa.ForeignKey("bureaus.id"), primary_key=True),
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("is_workday", sa.Boolean, nullable=False),
        _text("name"),
    )
    tenancy.protect_bureau_table("bureau_days", bureau="rwd")
