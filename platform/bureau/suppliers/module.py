"""Suppliers as a module."""

from bureau.suppliers import models  # noqa: F401 -- the tables
from bureau.suppliers.demo import demo
from kernel.module import Module

MODULE = Module(name="suppliers", demo=demo)
