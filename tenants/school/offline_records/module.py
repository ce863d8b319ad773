"""Receipts and daily records made under /fill/ without a network, and handed in when it is there again."""

from kernel.module import Module
from school.offline_records.api import blueprint as api
from school.offline_records.permissions import RULES

MODULE = Module(name="offline_records", permissions=RULES, api=[api])
