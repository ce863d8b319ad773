"""Dishes, recipes, menus, food composition and nutrient standards.

Revision: 0033, after 0032
"""

from migrations import tenancy

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

__all__ = ["tenancy"]


def upgrade() -> None:
    pass
