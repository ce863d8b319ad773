"""Recalls: what was touched, who was told, drills.

Revision: 0038, after 0037
"""

from migrations import tenancy

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
