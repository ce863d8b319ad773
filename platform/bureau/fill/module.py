"""Filling without a network, declared to the composition root."""

from bureau.fill import api, shell
from bureau.fill.commands import receipts
from bureau.fill.demo import demo
from bureau.fill.panel import panel
from bureau.fill.service.keeping import reopen
from bureau.inspections.panels import VisitPart
from kernel.module import Module

MODULE = Module(
    name="fill",
    pages=(shell.blueprint,),
    api=(api.blp,),
    publishes=(VisitPart(panel=panel, returned=reopen, order=20),),
    commands=(receipts,),
    demo=demo,
)
