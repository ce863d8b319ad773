"""Whoever made up an issue that takes two keepers may withdraw it while nobody has signed.

Revision: 0042, after 0041
"""

from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_constraint(op.f("ck_store_confirmations_decided"), "store_confirmations")
    op.create_check_constraint(
        op.f("ck_store_confirmations_decided"),
        "store_confirmations",
        "(state = 'waiting') = (decided_by IS NULL) AND (decided_by <> created_by OR state = 'refused')",
    )
