"""Rounds of demand, declared to the composition root."""

from bureau.demand.permissions import RULES
from kernel.module import Module

MODULE = Module(name="demand", permissions=RULES)
