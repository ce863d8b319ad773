"""Sealed bids, the officers' keys, the opening.

Revision: 0023, after 0022
"""

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
