"""The committee meets again over a reported result; what was passed over by the old order falls with it; a committee's
draw is everybody's to check once the result is out.

Revision: 0038, after 0037
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations import tenancy

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

OWN = f"bureau_id = {tenancy.BUREAU}"


def upgrade() -> None:
    _re_evaluations()
    _passed_over()
    _public_draws()


def _re_evaluations() -> None:
    op.create_table(
        "re_evaluations",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason_code", sa.Text(), nullable=False),
        sa.Column("finding", sa.Text(), nullable=False),
        sa.Column("attachment_id", sa.Uuid(), nullable=True),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("needs_second", sa.Boolean(), nullable=False),
        sa.Column("created_by_name", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by_name", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("before", JSONB, nullable=False),
        sa.Column("after", JSONB, nullable=False),
        sa.Column("is_changed", sa.Boolean(), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("reported_reference", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(state = 'finished') = (finished_at IS NOT NULL)", name=op.f("ck_re_evaluations_finished")),
        sa.CheckConstraint(
            "(state IN ('begun', 'finished')) = (began_at IS NOT NULL)", name=op.f("ck_re_evaluations_began")
        ),
        sa.CheckConstraint("finding <> ''", name=op.f("ck_re_evaluations_finding")),
        sa.CheckConstraint(
            "reason_code IN ('sum_error', 'out_of_range', 'objective_differs', 'extreme')",
            name=op.f("ck_re_evaluations_reason_code"),
        ),
        sa.CheckConstraint(
            "state IN ('asked', 'begun', 'finished', 'withdrawn')", name=op.f("ck_re_evaluations_state")
        ),
        sa.CheckConstraint("(finished_at IS NULL) = (is_changed IS NULL)", name=op.f("ck_re_evaluations_changed")),
        sa.CheckConstraint(
            "NOT needs_second OR began_at IS NULL OR confirmed_by IS NOT NULL", name=op.f("ck_re_evaluations_confirmed")
        ),
        sa.CheckConstraint(
            "NOT needs_second OR confirmed_by IS NULL OR confirmed_by <> created_by",
            name=op.f("ck_re_evaluations_two_people"),
        ),
        sa.CheckConstraint("reported_on IS NULL OR is_changed", name=op.f("ck_re_evaluations_reported")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "attachment_id"],
            ["attachments.bureau_id", "attachments.id"],
            name=op.f("fk_re_evaluations_bureau_id_attachment_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "report_id"],
            ["evaluation_reports.bureau_id", "evaluation_reports.id"],
            name=op.f("fk_re_evaluations_bureau_id_report_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_re_evaluations_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_re_evaluations_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_re_evaluations")),
    )
    op.create_index("ix_re_evaluations_tender", "re_evaluations", ["bureau_id", "tender_id", "id"], unique=False)
    op.create_index(
        "uq_re_evaluations_open",
        "re_evaluations",
        ["bureau_id", "tender_id"],
        unique=True,
        postgresql_where=sa.text("state IN ('asked', 'begun')"),
    )
    tenancy.protect_bureau_table("re_evaluations", zone=None, school=None)
    # What was asked for and found stays as it was written.
    op.execute("REVOKE UPDATE ON re_evaluations FROM houqin_bureau")
    op.execute(
        "GRANT UPDATE (state, confirmed_at, confirmed_by, confirmed_by_name, began_at, report_id, before, after, is_changed,"
        " finished_at, reported_on, reported_reference, version) ON re_evaluations TO houqin_bureau"
    )


def _passed_over() -> None:
    """A limit on lots was reached by an order that does not stand any more: the row stays, marked as void."""
    op.add_column("award_passed_over", sa.Column("void_at", sa.DateTime(timezone=True), nullable=True))
    op.drop_constraint("uq_award_passed_over_bureau_id_bid_id", "award_passed_over", type_="unique")
    op.create_index(
        "uq_award_passed_over_bid",
        "award_passed_over",
        ["bureau_id", "bid_id"],
        unique=True,
        postgresql_where=sa.text("void_at IS NULL"),
    )
    op.execute("GRANT UPDATE (void_at) ON award_passed_over TO houqin_bureau")
    op.execute(
        f"CREATE POLICY award_passed_over_bureau_void ON award_passed_over FOR UPDATE TO houqin_bureau"
        f" USING ({OWN}) WITH CHECK ({OWN})"
    )


def _public_draws() -> None:
    """Anybody reads that a committee was promised and drawn, by hash and number; who sits on it and how it was drawn once
    they are disclosed."""
    op.execute(
        "GRANT SELECT (bureau_id, id, tender_id, state, size, purchaser_seats, commitment, wants_public_value,"
        " public_value, result_digest, drawn_at, is_disclosed, created_at) ON evaluation_committees TO houqin_identity"
    )
    op.execute(
        "CREATE POLICY evaluation_committees_identity_see ON evaluation_committees FOR SELECT TO houqin_identity"
        " USING (true)"
    )
    for table in ("committee_draws", "committee_members"):
        tenancy.show_to(table, "houqin_identity", "is_disclosed")
