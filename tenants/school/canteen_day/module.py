"""Declares the records of the canteen's day to the composition root."""

from kernel.module import Module
from school.canteen_day import group_models as group_models
from school.canteen_day import models as models

MODULE = Module(name="canteen_day")
