"""Tenders, lots, items, criteria, documents, clarifications, and who took the documents.

Revision: 0022, after 0021
"""

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
