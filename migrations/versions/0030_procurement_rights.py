"""Narrower rights on bids, openings, letters and awards; what was uploaded for a bid.

Revision: 0030, after 0029
"""

import sqlalchemy as sa
from alembic import op

from migrations import tenancy

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

OWN = f"bureau_id = {tenancy.BUREAU}"
OWN_SUPPLIER = f"{OWN} AND supplier_id = {tenancy.SUPPLIER}"


def upgrade() -> None:
    _bids()
    _openings()
    _awards()
    _mini_competitions()
    _uploads()


def _bids() -> None:
    """A supplier adds and takes back, until the bureau sees it; the bureau says what became of a bid. What was sealed is
    nobody's to change."""
    for table in ("bids", "bid_submissions"):
        op.execute(f"DROP POLICY {table}_supplier ON {table}")
        op.execute(
            f"CREATE POLICY {table}_supplier_read ON {table} FOR SELECT TO houqin_supplier USING ({OWN_SUPPLIER})"
        )
    _supplier_may("bids", "sealed", "= 'withdrawn'")
    _supplier_may("bid_submissions", "current", "<> 'current'")
    _update_only("bids", "supplier", "state", "reason", "withdrawal", "version")
    _update_only("bid_submissions", "supplier", "state")
    _update_only("bids", "bureau", "state", "reason", "reason_article", "version")
    _update_only("bids", "operator", "is_disclosed")
    op.execute("DROP POLICY bid_traces_supplier ON bid_traces")
    op.execute(
        "CREATE POLICY bid_traces_supplier_add ON bid_traces FOR INSERT TO houqin_supplier"
        f" WITH CHECK ({OWN_SUPPLIER} AND NOT is_disclosed)"
    )


def _supplier_may(table: str, begins: str, becomes: str) -> None:
    op.execute(
        f"CREATE POLICY {table}_supplier_add ON {table} FOR INSERT TO houqin_supplier"
        f" WITH CHECK ({OWN_SUPPLIER} AND state = '{begins}' AND NOT is_disclosed)"
    )
    op.execute(
        f"CREATE POLICY {table}_supplier_end ON {table} FOR UPDATE TO houqin_supplier"
        f" USING ({OWN_SUPPLIER} AND state = '{begins}' AND NOT is_disclosed)"
        f" WITH CHECK ({OWN_SUPPLIER} AND state {becomes} AND NOT is_disclosed)"
    )


def _openings() -> None:
    """The list of hashes is the world's and never changed; the minutes are read by the bureau, and by a bidder through
    the one use case that asks whether it bid. Officers are fixed once bidders seal for their keys."""
    _update_only("openings", "bureau", "state", "opened_at", "minutes", "version")
    listed = ("bureau_id", "id", "state", "closed_at", "hashes", "hashes_sha256", "opened_at", "created_at", "created_by",
              "version")  # fmt: skip
    for role in ("supplier", "identity"):
        _read_only("openings", role, *listed)
    _hide("openings", "zone", "openings_zone")
    _update_only("officer_keys", "bureau", "state", "confirmed_at", "version")
    _update_only("opening_officers", "bureau", "confirmed_at", "is_public", "version")
    op.execute("DROP POLICY opening_officers_bureau ON opening_officers")
    for name, command, clause in (
        ("read", "SELECT", f"USING ({OWN})"),
        ("add", "INSERT", f"WITH CHECK ({OWN} AND NOT is_public)"),
        ("confirm", "UPDATE", f"USING ({OWN}) WITH CHECK ({OWN})"),
        ("replace", "DELETE", f"USING ({OWN} AND NOT is_public)"),
    ):
        op.execute(
            f"CREATE POLICY opening_officers_bureau_{name} ON opening_officers FOR {command} TO houqin_bureau {clause}"
        )


def _awards() -> None:
    """Who is to win is the purchaser's alone until the letters; a letter is looked up by its code in the bureau's scope."""
    _hide("award_letters", "identity", "award_letters_identity")
    _hide("lot_awards", "zone", "lot_awards_zone")
    _hide("lot_awards", "supplier", "lot_awards_supplier")
    _hide("award_procedures", "zone", "award_procedures_zone")
    _hide("award_passed_over", "supplier", "award_passed_over_supplier")
    _update_only(
        "lot_awards", "bureau", "state", "place", "cancel_asked_at", "cancel_asked_by", "cancel_asked_by_name", "cancel_code",
        "cancel_reason", "cancelled_at", "cancelled_by", "version",
    )  # fmt: skip
    _update_only("evaluation_reports", "bureau", "state", "signed_at", "version")
    _update_only("collusion_signs", "bureau", "state", "reason", "decided_at", "decided_by", "version")


def _mini_competitions() -> None:
    """`account` holds every supplier's prices."""
    _read_only(
        "mini_competitions", "supplier", "bureau_id", "id", "number", "title", "tender_lot_id", "school_id", "state",
        "opened_at", "deadline", "winner_id", "decided_at", "decided_by", "end_reason", "created_at", "created_by",
        "version",
    )  # fmt: skip


def _uploads() -> None:
    """Which sealed files a company sent for a tender: so that nobody fills the disk, and what no bid names can go. Like
    the bids themselves they exist for the company alone; the machine reads them when it cleans up."""
    op.create_table(
        "bid_uploads",
        sa.Column("bureau_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("tender_id", sa.Uuid(), nullable=False),
        sa.Column("supplier_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_bid_uploads_hash")),
        sa.CheckConstraint("size > 0", name=op.f("ck_bid_uploads_size")),
        sa.ForeignKeyConstraint(
            ["bureau_id", "supplier_id"],
            ["bureau_suppliers.bureau_id", "bureau_suppliers.id"],
            name=op.f("fk_bid_uploads_bureau_id_supplier_id"),
        ),
        sa.ForeignKeyConstraint(
            ["bureau_id", "tender_id"],
            ["tenders.bureau_id", "tenders.id"],
            name=op.f("fk_bid_uploads_bureau_id_tender_id"),
        ),
        sa.ForeignKeyConstraint(["bureau_id"], ["bureaus.id"], name=op.f("fk_bid_uploads_bureau_id")),
        sa.PrimaryKeyConstraint("bureau_id", "id", name=op.f("pk_bid_uploads")),
        sa.UniqueConstraint(
            "bureau_id", "tender_id", "supplier_id", "sha256",
            name=op.f("uq_bid_uploads_bureau_id_tender_id_supplier_id_sha256"),
        ),
    )  # fmt: skip
    op.create_index("ix_bid_uploads_hash", "bid_uploads", ["bureau_id", "sha256"], unique=False)
    tenancy.protect_supplier_table("bid_uploads", bureau=None, supplier="ra")
    op.execute("GRANT SELECT, DELETE ON bid_uploads TO houqin_operator")
    op.execute(f"CREATE POLICY bid_uploads_operator ON bid_uploads FOR ALL TO houqin_operator USING ({OWN})")


def _update_only(table: str, role: str, *columns: str) -> None:
    """Of what stands there the role changes these columns alone; its policies stay."""
    op.execute(f"REVOKE UPDATE ON {table} FROM houqin_{role}")
    op.execute(f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO houqin_{role}")


def _read_only(table: str, role: str, *columns: str) -> None:
    op.execute(f"REVOKE SELECT ON {table} FROM houqin_{role}")
    op.execute(f"GRANT SELECT ({', '.join(columns)}) ON {table} TO houqin_{role}")


def _hide(table: str, role: str, policy: str) -> None:
    op.execute(f"REVOKE ALL ON {table} FROM houqin_{role}")
    op.execute(f"DROP POLICY {policy} ON {table}")
