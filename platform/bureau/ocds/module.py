"""Open contracting data, declared to the composition root."""

from bureau.ocds import api
from bureau.ocds.commands import ocds
from bureau.ocds.jobs import FOLLOWER, JOBS, PERIODIC
from kernel.module import Module

MODULE = Module(
    name="ocds",
    api=(api.blp,),
    jobs=JOBS,
    periodic=PERIODIC,
    commands=(ocds,),
    publishes=(FOLLOWER,),
)
