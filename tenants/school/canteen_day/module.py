"""Declares the records of the canteen's day to the composition root."""

from kernel.module import Module
from school.canteen_day.api import blueprint as api
from school.canteen_day.owed import DUTIES
from school.canteen_day.permissions import RULES

MODULE = Module(name="canteen_day", permissions=RULES, api=[api], publishes=[*DUTIES])
