"""Tendering, declared to the composition root."""

from bureau.tendering.permissions import RULES
from bureau.tendering.service import clock, copying  # noqa: F401 -- the tables that a tender refers to
from kernel.module import Module

MODULE = Module(name="tendering", permissions=RULES, periodic={"clock": ("* * * * *", clock.run_due)})
