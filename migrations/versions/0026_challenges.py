"""Enquiries, challenges and complaints with their clocks.

Revision: 0026, after 0025
"""

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
