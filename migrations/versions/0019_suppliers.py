"""Suppliers: one company, its registration at each bureau, licences, and the scope its people act in.

Revision: 0019, after 0018
"""

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
