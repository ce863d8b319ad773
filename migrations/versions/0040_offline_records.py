"""Receipts and daily records that were made on a phone without a network.

Revision: 0040, after 0039
"""

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
