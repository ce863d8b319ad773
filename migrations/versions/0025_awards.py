"""Award decisions, notices, letters to each bidder.

Revision: 0025, after 0024
"""

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
