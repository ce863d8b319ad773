"""What others than the officers see of an opening: anybody the list of hashes, the bidders the whole record."""

from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import undefer

from bureau.bids.models import Bid, Opening
from bureau.bids.rules import hashes
from bureau.bids.service import closing
from bureau.tendering.models import Tender
from bureau.tendering.service import reading
from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.database.scope import within
from kernel.errors import NotFound
from kernel.identity.models import Bureau


def public(bureau_id: int, tender_id: UUID) -> tuple[Tender, Opening | None, str]:
    """A public tender, its opening once bidding has closed, the bureau's name. No names, no prices."""
    tender = db.session.scalar(
        select(Tender).where(Tender.bureau_id == bureau_id, Tender.id == tender_id, Tender.is_public)
    )
    if tender is None:
        raise NotFound(_("没有这个招标项目。"))
    name = db.session.execute(select(Bureau.name).where(Bureau.id == bureau_id)).scalar_one_or_none() or ""
    return tender, closing.opening_of(bureau_id, tender_id), name


def listed(tender: Tender, opening: Opening) -> dict[str, Any]:
    """The published document, exactly as its digest was made."""
    return hashes.published(str(tender.id), tender.number, opening.closed_at.isoformat(), opening.hashes)


def record(actor: Actor, tender_id: UUID) -> tuple[Tender, Opening]:
    """开标记录, for the bureau and for whoever bid. Whoever stayed away accepts what it says (Order 87, Art. 40)."""
    tender = reading.get_tender(actor, tender_id)
    if closing.opening_of(actor.bureau_id, tender_id) is None:
        raise NotFound(_("投标还没有截止，没有开标记录。"))
    if actor.level == "supplier":
        mine = select(Bid.id).where(
            Bid.bureau_id == actor.bureau_id, Bid.supplier_id == actor.own_supplier_id(), Bid.tender_id == tender_id,
            Bid.state != "withdrawn",
        )  # fmt: skip
        if db.session.scalar(mine.limit(1)) is None:
            raise NotFound(_("开标记录只对参加投标的供应商开放。"))
    elif actor.level != "bureau":
        raise NotFound(_("没有开标记录。"))
    whole = select(Opening).where(Opening.bureau_id == actor.bureau_id, Opening.id == tender_id)
    with within(db.session(), system_actor(actor.bureau_id).scope):  # a bidder itself has no right to the minutes
        opening = db.session.scalars(
            whole.options(undefer(Opening.minutes)).execution_options(populate_existing=True)
        ).one()
    return tender, opening
