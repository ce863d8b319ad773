"""Publishing happens by itself: after every step of a tender, and in rounds for what moves without one."""

from typing import Any
from uuid import UUID

from bureau.ocds.service import publishing
from bureau.tendering.following import TenderFollower
from bureau.tendering.models import Tender, TenderLot, TenderNotice
from kernel.actor import Actor
from kernel.database import db
from kernel.jobs.service import defer


def refresh(bureau_id: int, *, tender_id: str) -> None:
    publishing.refresh(bureau_id, UUID(tender_id))


def round_of_the_living(bureau_id: int) -> None:
    """Answers, awards taken back, agreements signed or ended: whatever is no step of a tender."""
    publishing.refresh_all(bureau_id, ended_too=False)


def round_of_all(bureau_id: int) -> None:
    publishing.refresh_all(bureau_id)


def _later(bureau_id: int, tender_id: UUID) -> None:
    """After the commit: a step is told before its notice is written, and a fault here must not undo the step."""
    defer(db.session(), "ocds.refresh", {"bureau_id": bureau_id, "tender_id": tender_id})


def _moved(_actor: Actor, tender: Tender, _event: str) -> None:
    if tender.is_public:
        _later(tender.bureau_id, tender.id)


def _amended(_actor: Actor, tender: Tender, _notice: TenderNotice) -> None:
    _later(tender.bureau_id, tender.id)


def _extended(_actor: Actor, tender: Tender) -> None:
    _later(tender.bureau_id, tender.id)


def _lot_failed(_actor: Actor, lot: TenderLot) -> None:
    _later(lot.bureau_id, lot.tender_id)


FOLLOWER = TenderFollower(moved=_moved, amended=_amended, extended=_extended, lot_failed=_lot_failed)

JOBS: dict[str, Any] = {"refresh": refresh}
PERIODIC = {"living": ("*/10 * * * *", round_of_the_living), "all": ("20 3 * * *", round_of_all)}
