"""Classes, pupils, meal plans, counts of diners, and the canteen's books.

Revision: 0032, after 0031
"""

from migrations import tenancy

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
