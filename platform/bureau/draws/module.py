"""Draws of schools, inspectors and days, declared to the composition root."""

from bureau.draws import models
from kernel.module import Module

TABLES = models.__all__

MODULE = Module(name="draws")
