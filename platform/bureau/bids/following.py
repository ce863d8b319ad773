"""What bids do when something happens to their tender, and what they show on its page."""

from datetime import datetime

from flask import render_template
from markupsafe import Markup

from bureau.bids import labels
from bureau.bids.service import closing, kit, officers, sealing
from bureau.tendering.following import TenderCheck, TenderFollower, TenderPart
from bureau.tendering.models import Tender
from kernel.actor import Actor


def _closed(actor: Actor, tender: Tender, deadline: datetime) -> None:
    closing.bidding_closed(actor, tender, deadline)


def _ended(actor: Actor, tender: Tender, reason: str) -> None:
    closing.release(actor, tender)


def _bureau_part(actor: Actor, tender: Tender) -> Markup:
    """The three seats and how far they are; the opening once bidding has closed. Nothing of who bids before."""
    seated = officers.officers_of(actor.bureau_id, tender.id)
    html = render_template(
        "bids/_bureau_part.html", tender=tender, officers=seated,
        names=officers.names_of(actor, [one.person_id for one in seated]),
        opening=closing.opening_of(actor.bureau_id, tender.id), labels=labels,
    )  # fmt: skip
    return Markup(html)  # noqa: S704 - the template escapes


def _supplier_part(actor: Actor, tender: Tender) -> Markup:
    html = render_template(
        "bids/_supplier_part.html", tender=tender, bids=sealing.own_bids(actor, tender.id),
        opening=closing.opening_of(actor.bureau_id, tender.id), labels=labels, told=kit.told,
    )  # fmt: skip
    return Markup(html)  # noqa: S704 - the template escapes


FOLLOWER = TenderFollower(
    published=officers.make_public,
    bidding_closed=_closed,
    lot_failed=closing.lot_failed,
    terminated=_ended,
    failed=_ended,
)
CHECK = TenderCheck(findings=officers.findings)
PART = TenderPart(bureau=_bureau_part, supplier=_supplier_part, order=30)
