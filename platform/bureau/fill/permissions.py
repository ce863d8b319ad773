"""The phone's work is the inspector's: bureau.inspections' own permission. Nothing else is declared here."""

from bureau.inspections.permissions import Permission

__all__ = ["Permission"]
