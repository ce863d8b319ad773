"""What bids do when something happens to their tender."""

from bureau.bids.service import closing, officers
from bureau.tendering.following import TenderCheck, TenderFollower
from bureau.tendering.models import Tender
from kernel.actor import Actor


def _ended(actor: Actor, tender: Tender, reason: str) -> None:
    closing.release(actor, tender)


FOLLOWER = TenderFollower(
    published=officers.make_public,
    bidding_closed=lambda actor, tender, deadline: closing.bidding_closed(actor, tender, deadline) and None,
    lot_failed=closing.lot_failed,
    terminated=_ended,
    failed=_ended,
)
CHECK = TenderCheck(findings=officers.findings)
