"""The look happens by itself after every opening."""

from typing import Any
from uuid import UUID

from bureau.collusion.service import looking
from bureau.tendering.following import TenderFollower
from bureau.tendering.models import Tender
from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.jobs.service import defer


def look(bureau_id: int, *, tender_id: str, progress: Any = None) -> None:
    looking.look(system_actor(bureau_id), UUID(tender_id))


def _after_opening(actor: Actor, tender: Tender, event: str) -> None:
    if event == "open":
        defer(db.session(), "collusion.look", {"bureau_id": tender.bureau_id, "tender_id": tender.id})


FOLLOWER = TenderFollower(moved=_after_opening)
