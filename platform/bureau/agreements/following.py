"""What agreements do when a tender moves, and what they show on its page."""

from flask import render_template
from markupsafe import Markup
from sqlalchemy import select

from bureau.agreements import labels
from bureau.agreements.models import Agreement
from bureau.agreements.permissions import Permission
from bureau.agreements.service.completing import complete_if_signed
from bureau.agreements.service.finding import standing_of
from bureau.agreements.service.from_awards import waits_for_agreement
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.following import TenderFollower, TenderPart
from bureau.tendering.models import Tender
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import db


def moved(actor: Actor, tender: Tender, event: str) -> None:
    if event == "close_window":
        complete_if_signed(actor, tender.id)


def bureau_part(actor: Actor, tender: Tender) -> Markup:
    """The tender's agreements, and whether awards wait for one."""
    if not may(Permission.READ):
        return Markup("")
    rows = db.session.execute(
        select(Agreement, BureauSupplier.name)
        .join(
            BureauSupplier,
            (BureauSupplier.bureau_id == Agreement.bureau_id) & (BureauSupplier.id == Agreement.supplier_id),
        )
        .where(Agreement.bureau_id == actor.bureau_id, Agreement.tender_id == tender.id)
        .order_by(Agreement.number)
    ).all()
    waits = waits_for_agreement(actor, tender)
    if not rows and not waits:
        return Markup("")
    return Markup(  # noqa: S704 - the template escapes
        render_template(
            "agreements/_tender.html", rows=[(row[0], row[1], standing_of(row[0])) for row in rows], waits=waits,
            tender=tender, labels=labels,
        )
    )  # fmt: skip


def supplier_part(actor: Actor, tender: Tender) -> Markup:
    """The supplier's own agreements out of this tender."""
    if not may(Permission.READ_OWN):
        return Markup("")
    rows = db.session.scalars(
        select(Agreement)
        .where(
            Agreement.bureau_id == actor.bureau_id, Agreement.tender_id == tender.id,
            Agreement.supplier_id == actor.own_supplier_id(),
        )
        .order_by(Agreement.number)
    ).all()  # fmt: skip
    if not rows:
        return Markup("")
    return Markup(  # noqa: S704 - the template escapes
        render_template("agreements/_own_tender.html", rows=[(row, standing_of(row)) for row in rows], labels=labels)
    )


FOLLOWER = TenderFollower(moved=moved)
PART = TenderPart(bureau=bureau_part, supplier=supplier_part, order=80)
