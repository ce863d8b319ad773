"""Declares the module to the composition root."""

from kernel.module import Module
from school.stores import models, work_models

MODULE = Module(name="stores")

__all__ = ["MODULE", "models", "work_models"]
