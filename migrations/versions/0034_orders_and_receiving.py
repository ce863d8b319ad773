"""Call-off orders, shipments, receiving by two people, rejections, warnings of lots.

Revision: 0034, after 0033
"""

from migrations import tenancy

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
