"""What is due, by whom, by when.

Revision: 0035, after 0034
"""

from migrations import tenancy

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
