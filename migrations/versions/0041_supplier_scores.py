"""What suppliers answer to the facts of their score.

Revision: 0041, after 0040
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

OF_SUPPLIER = f"bureau_id = {tenancy.BUREAU} AND supplier_id = {tenancy.SUPPLIER}"


def upgrade() -> None:
    _findings()
    _tables()
    _protect()


def _findings() -> None:
    """Whoever settles a finding says whether it is held against the supplier; of those settled before nobody did."""
    op.add_column(
        "certificate_findings", sa.Column("is_against", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.alter_column("certificate_findings", "is_against", server_default=None)
    op.create_check_constraint(
        op.f("ck_certificate_findings_against"), "certificate_findings", "settled_at IS NOT NULL OR NOT is_against"
    )


def _tables() -> None:
    op.create_table(
        "supplier_fact_runs",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("totals", JSONB, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("kind IN ('gather', 'strike')", name=op.f("ck_supplier_fact_runs_kind")),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_supplier_fact_runs_days")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_supplier_fact_runs_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_supplier_fact_runs")),
        sa.UniqueConstraint("bureau_id", "number", name=op.f("uq_supplier_fact_runs_bureau_id_number")),
    )
    op.create_table(
        "supplier_facts",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", JSONB, nullable=False),
        sa.Column("since_run", sa.Integer(), nullable=False),
        sa.Column("until_run", sa.Integer(), nullable=True),
        sa.Column("struck_run", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "criterion IN ('on_time', 'short', 'rejected', 'certificates', 'response')",
            name=op.f("ck_supplier_facts_criterion"),
        ),
        sa.CheckConstraint("since_run < until_run", name=op.f("ck_supplier_facts_runs")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_facts_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_supplier_facts_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_supplier_facts")),
        sa.UniqueConstraint(
            "bureau_id",
            "source_id",
            "criterion",
            "kind",
            "since_run",
            name=op.f("uq_supplier_facts_bureau_id_source_id_criterion_kind_since_run"),
        ),
        sa.UniqueConstraint("bureau_id", "supplier_id", "id", name=op.f("uq_supplier_facts_bureau_id_supplier_id_id")),
    )
    op.create_index(
        "ix_supplier_facts_failed",
        "supplier_facts",
        ["bureau_id", "supplier_id", "day", "id"],
        unique=False,
        postgresql_where=sa.text("NOT is_kept"),
    )
    op.create_index(
        "ix_supplier_facts_newest", "supplier_facts", ["bureau_id", "supplier_id", "day", "id"], unique=False
    )
    op.create_index(
        "ix_supplier_facts_school",
        "supplier_facts",
        ["bureau_id", "school_id", "supplier_id", "day", "id"],
        unique=False,
    )
    op.create_index(
        "ix_supplier_facts_struck",
        "supplier_facts",
        ["bureau_id", "source_id"],
        unique=False,
        postgresql_where=sa.text("struck_run IS NOT NULL"),
    )
    op.create_table(
        "supplier_fact_counts",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=True),
        sa.Column("school_name", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("criterion", sa.Text(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "criterion IN ('on_time', 'short', 'rejected', 'certificates', 'response')",
            name=op.f("ck_supplier_fact_counts_criterion"),
        ),
        sa.CheckConstraint("kept >= 0 AND kept <= total", name=op.f("ck_supplier_fact_counts_kept")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "school_id"],
            ["schools.bureau_id", "schools.id"],
            name=op.f("fk_supplier_fact_counts_bureau_id_school_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_supplier_fact_counts_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_supplier_fact_counts")),
    )
    op.create_index("ix_supplier_fact_counts_month", "supplier_fact_counts", ["bureau_id", "month"], unique=False)
    op.create_index(
        "ix_supplier_fact_counts_school", "supplier_fact_counts", ["bureau_id", "school_id", "month"], unique=False
    )
    op.create_index(
        "ix_supplier_fact_counts_supplier", "supplier_fact_counts", ["bureau_id", "supplier_id", "month"], unique=False
    )
    op.create_table(
        "supplier_score_publications",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("figures", JSONB, nullable=False),
        sa.Column("totals", JSONB, nullable=False),
        sa.Column("answer_until", sa.Date(), nullable=False),
        sa.Column("published_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("first_day <= last_day", name=op.f("ck_supplier_score_publications_days")),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_supplier_score_publications_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_supplier_score_publications")),
        sa.UniqueConstraint("bureau_id", "last_day", name=op.f("uq_supplier_score_publications_bureau_id_last_day")),
    )
    op.create_table(
        "supplier_fact_objections",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("fact_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("file_sha256", sa.Text(), nullable=False),
        sa.Column("objected_by_name", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decided_by_name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "(state IN ('upheld', 'rejected')) = (decided_at IS NOT NULL)",
            name=op.f("ck_supplier_fact_objections_decided"),
        ),
        sa.CheckConstraint("decided_at IS NULL OR decision <> ''", name=op.f("ck_supplier_fact_objections_decision")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_supplier_fact_objections_reason")),
        sa.CheckConstraint(
            "state IN ('open', 'upheld', 'rejected', 'withdrawn')", name=op.f("ck_supplier_fact_objections_state")
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.supplier_id", "attachments.id"],
            name=op.f("fk_supplier_fact_objections_bureau_id_supplier_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "fact_id"],
            ["supplier_facts.bureau_id", "supplier_facts.supplier_id", "supplier_facts.id"],
            name=op.f("fk_supplier_fact_objections_bureau_id_supplier_id_fact_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_supplier_fact_objections_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_supplier_fact_objections")),
        sa.UniqueConstraint(
            "bureau_id", "supplier_id", "id", name=op.f("uq_supplier_fact_objections_bureau_id_supplier_id_id")
        ),
    )
    op.create_index(
        "ix_supplier_fact_objections_newest", "supplier_fact_objections", ["bureau_id", "state", "id"], unique=False
    )
    op.create_index(
        "ix_supplier_fact_objections_supplier",
        "supplier_fact_objections",
        ["bureau_id", "supplier_id", "id"],
        unique=False,
    )
    op.create_index(
        "uq_supplier_fact_objections_fact",
        "supplier_fact_objections",
        ["bureau_id", "fact_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'withdrawn'"),
    )
    op.create_table(
        "supplier_fact_objection_events",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("by_name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "objection_id"],
            [
                "supplier_fact_objections.bureau_id",
                "supplier_fact_objections.supplier_id",
                "supplier_fact_objections.id",
            ],
            name="fk_supplier_fact_objection_events_objection",
        ),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_supplier_fact_objection_events")),
    )
    op.create_index(
        "ix_supplier_fact_objection_events_of",
        "supplier_fact_objection_events",
        ["bureau_id", "objection_id", "id"],
        unique=False,
    )
    op.create_table(
        "supplier_scores",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("publication_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("counts", JSONB, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("points", sa.Text(), nullable=True),
        sa.Column("score", sa.Numeric(precision=5, scale=1), nullable=True),
        sa.Column("facts_digest", sa.Text(), nullable=False),
        sa.Column("objection_id", sa.Uuid(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(state = 'scored') = (points IS NOT NULL) AND (points IS NULL) = (score IS NULL)",
            name=op.f("ck_supplier_scores_points"),
        ),
        sa.CheckConstraint("state IN ('scored', 'not_enough')", name=op.f("ck_supplier_scores_state")),
        sa.CheckConstraint("(revision = 0) = (objection_id IS NULL)", name=op.f("ck_supplier_scores_revision")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "publication_id"],
            ["supplier_score_publications.bureau_id", "supplier_score_publications.id"],
            name=op.f("fk_supplier_scores_bureau_id_publication_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id", "objection_id"],
            [
                "supplier_fact_objections.bureau_id",
                "supplier_fact_objections.supplier_id",
                "supplier_fact_objections.id",
            ],
            name=op.f("fk_supplier_scores_bureau_id_supplier_id_objection_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_supplier_scores_bureau_id_supplier_id"),
        ),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_supplier_scores")),
        sa.UniqueConstraint(
            "bureau_id",
            "publication_id",
            "supplier_id",
            "revision",
            name=op.f("uq_supplier_scores_bureau_id_publication_id_supplier_id_revision"),
        ),
    )
    op.create_index("ix_supplier_scores_supplier", "supplier_scores", ["bureau_id", "supplier_id", "id"], unique=False)


def _protect() -> None:
    tenancy.protect_bureau_table("supplier_fact_runs", bureau="ra", supplier="r")
    tenancy.protect_bureau_table("supplier_score_publications", bureau="ra", supplier="r")
    tenancy.protect_supplier_table("supplier_scores", bureau="ra", supplier="r", school="r", zone="r")
    tenancy.protect_school_table("supplier_facts", bureau="ra", school="r")
    # A fact ends or is struck; what it says is written once, for the bureau too.
    own = f"bureau_id = {tenancy.BUREAU}"
    op.execute("GRANT UPDATE (until_run, struck_run) ON supplier_facts TO houqin_bureau")
    op.execute(
        "CREATE POLICY supplier_facts_bureau_end ON supplier_facts FOR UPDATE TO houqin_bureau"
        f" USING ({own}) WITH CHECK ({own})"
    )
    tenancy.protect_school_table("supplier_fact_counts", bureau="rwd", school="r")
    tenancy.protect_supplier_table("supplier_fact_objections", supplier=None)
    tenancy.protect_supplier_table("supplier_fact_objection_events", bureau="ra", supplier=None)
    for table in (
        "supplier_facts", "supplier_fact_counts", "supplier_fact_objections", "supplier_fact_objection_events",
    ):  # fmt: skip
        tenancy.show_to(table, "houqin_supplier", OF_SUPPLIER)
    _supplier_adds("supplier_fact_objections", "state = 'open'")
    _supplier_adds("supplier_fact_objection_events")
    # It takes an objection back; what becomes of one is the bureau's to say.
    op.execute("GRANT UPDATE (state, version) ON supplier_fact_objections TO houqin_supplier")
    op.execute(
        "CREATE POLICY supplier_fact_objections_supplier_withdraw ON supplier_fact_objections FOR UPDATE"
        f" TO houqin_supplier USING ({OF_SUPPLIER} AND state = 'open') WITH CHECK ({OF_SUPPLIER} AND state = 'withdrawn')"
    )


def _supplier_adds(table: str, condition: str | None = None) -> None:
    own = f"{OF_SUPPLIER} AND {condition}" if condition else OF_SUPPLIER
    op.execute(f"GRANT INSERT ON {table} TO houqin_supplier")
    op.execute(f"CREATE POLICY {table}_supplier_add ON {table} FOR INSERT TO houqin_supplier WITH CHECK ({own})")
