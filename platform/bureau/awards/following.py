"""What awards do when a tender moves, and what the clock does for them."""

from datetime import datetime

from flask_babel import gettext as _

from bureau.awards.service import terms
from bureau.awards.service.deciding import decide_silently, go_on
from bureau.tendering.following import TenderFollower
from bureau.tendering.models import Tender, TenderLot
from bureau.tendering.rules.terms import end_of_day
from bureau.tendering.service.moving import locked, move
from kernel.actor import Actor, system_actor
from kernel.database import now


def due(_actor: Actor, tender: Tender, at: datetime) -> datetime | None:
    """Silence decides for the first-ranked (Art. 68); the time for challenges runs out. Gives the next such instant."""
    procedure = terms.procedure_of(tender)
    if procedure is None:
        return None
    clock = system_actor(tender.bureau_id)
    if tender.state == "award_decision" and procedure.decided_at is None:
        last = end_of_day(procedure.decide_by)
        if at > last:
            decide_silently(clock, tender, last)
        return last if at <= last else None
    if tender.state == "challenge_window" and procedure.challenge_until is not None:
        last = end_of_day(procedure.challenge_until)
        if at > last:
            move(clock, tender, "close_window", _("质疑期届满。"), at=last)
        return last if at <= last else None
    return None


def lot_failed(actor: Actor, lot: TenderLot) -> None:
    """The only lot that was still to be decided ended: the others' winners have waited long enough."""
    go_on(actor, locked(actor, lot.tender_id), _("其余标包已定标。"), now())


FOLLOWER = TenderFollower(moved=terms.moved, resumed=terms.resumed, lot_failed=lot_failed, due=due)
