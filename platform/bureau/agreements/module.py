"""Agreements, declared to the composition root."""

from bureau.agreements import balance_models, stage_models
from bureau.agreements.permissions import RULES
from kernel.module import Module

TABLES = (balance_models, stage_models)

MODULE = Module(name="agreements", permissions=RULES)
