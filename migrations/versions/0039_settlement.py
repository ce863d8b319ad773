"""Monthly statements with suppliers, their invoices and differences.

Revision: 0039, after 0038
"""

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
