"""Records of the canteen's day; certificates and training of its staff.

Revision: 0036, after 0035
"""

from migrations import tenancy

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
