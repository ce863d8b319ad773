"""Receipts and daily records that phones bring later.

Revision: 0039, after 0038
"""

from migrations import tenancy

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
