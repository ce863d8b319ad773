"""Declares dishes and menus to the composition root."""

from kernel.module import Module
from school.canteen import models as _models

__all__ = ["MODULE", "_models"]

MODULE = Module(name="canteen")
