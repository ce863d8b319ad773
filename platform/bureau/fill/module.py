"""Filling without a network, declared to the composition root."""

from bureau.fill import api
from kernel.module import Module

MODULE = Module(name="fill", api=(api.blp,))
