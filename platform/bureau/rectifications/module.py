"""Rectification, declared to the composition root."""

from bureau.rectifications import models as _tables  # noqa: F401 - known to the migrations' comparison
from bureau.rectifications.service.opening import FOLLOWER
from kernel.module import Module

MODULE = Module(name="rectifications", publishes=(FOLLOWER,))
