"""Declares the module to the composition root."""

from kernel.module import Module
from school.diners.permissions import RULES

MODULE = Module(name="diners", permissions=RULES)
