"""The public pages of procurement, declared to the composition root."""

from bureau.procurement_portal import views
from bureau.procurement_portal.parts import PART
from kernel.module import Module

MODULE = Module(name="procurement_portal", pages=(views.blueprint,), publishes=(PART,))
