"""Narrower rights on bids, openings, letters and awards.

Revision: 0030, after 0029
"""

from migrations import tenancy

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
