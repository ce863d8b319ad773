"""Sealed bids and their opening, declared to the composition root."""

from bureau.bids import api
from bureau.bids.following import CHECK, FOLLOWER
from bureau.bids.permissions import RULES
from kernel.module import Module

MODULE = Module(
    name="bids",
    permissions=RULES,
    api=(api.blp,),
    publishes=(FOLLOWER, CHECK),
)
