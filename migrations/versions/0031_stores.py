"""Stock: goods, locations, batches, moves, balances, requisitions, stocktakes, closings.

Revision: 0031, after 0030
"""

from migrations import tenancy

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
