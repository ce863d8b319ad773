"""Declares the canteen's people and papers to the composition root."""

from kernel.module import Module
from school.canteen_staff import models as models

MODULE = Module(name="canteen_staff")
