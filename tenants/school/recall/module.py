"""Declares recalls to the composition root."""

from kernel.module import Module
from school.recall import models
from school.recall.permissions import RULES

MODULE = Module(name="recall", permissions=RULES)
__all__ = ["MODULE", "models"]
