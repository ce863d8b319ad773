"""Declares the module to the composition root."""

from kernel.module import Module
from school.orders import models

MODULE = Module(name="orders")

__all__ = ["MODULE", "models"]
