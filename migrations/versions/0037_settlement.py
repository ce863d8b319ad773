"""Monthly statements with suppliers, invoices, difference notes, supplier facts.

Revision: 0037, after 0036
"""

from migrations import tenancy

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
