"""What awards do when a tender moves, and what the clock does for them."""

from datetime import datetime

from flask_babel import gettext as _

from bureau.awards.service import terms
from bureau.awards.service.deciding import decide_silently
from bureau.tendering.following import TenderFollower
from bureau.tendering.models import Tender
from bureau.tendering.rules.terms import end_of_day
from bureau.tendering.service.moving import move
from kernel.actor import Actor, system_actor


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


FOLLOWER = TenderFollower(moved=terms.moved, resumed=terms.resumed, due=due)
