"""Appeals, declared to the composition root."""

from bureau.appeals import models as _tables  # noqa: F401 - known to the migrations' comparison
from kernel.module import Module

MODULE = Module(name="appeals")
