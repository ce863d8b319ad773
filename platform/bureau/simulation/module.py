"""Weights tried before publication, declared to the composition root."""

from bureau.simulation import views
from bureau.simulation.demo import demo
from bureau.simulation.permissions import RULES
from bureau.tendering.following import TenderPart
from kernel.module import Module

MODULE = Module(
    name="simulation",
    permissions=RULES,
    pages=(views.blueprint,),
    publishes=(TenderPart(bureau=views.panel, order=30),),
    demo=demo,
)
