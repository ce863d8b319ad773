"""Declares the module to the composition root."""

from kernel.module import Module

MODULE = Module(name="recall")
