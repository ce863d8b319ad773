"""Declares the module to the composition root."""

from kernel.module import Module
from school.canteen_books import meal_models
from school.canteen_books.permissions import RULES
from school.canteen_books.service import vouchers

MODULE = Module(name="canteen_books", permissions=RULES)
__all__ = ["MODULE", "meal_models", "vouchers"]
