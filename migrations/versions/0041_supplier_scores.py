"""What suppliers answer to the facts of their score.

Revision: 0041, after 0040
"""

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
