"""A tender is complete once every award of it is carried out by a signed agreement and its time for challenges is over."""

from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements.service.from_awards import is_signed
from bureau.awards.models import LotAward
from bureau.tendering.models import Tender
from bureau.tendering.service.moving import move
from kernel.actor import Actor
from kernel.database import db


def complete_if_signed(actor: Actor, tender_id: UUID) -> None:
    """Asked after each signature and after the window closed, whichever comes last."""
    tender = db.session.get(Tender, (actor.bureau_id, tender_id), populate_existing=True)
    if tender is None or tender.state != "contracting":
        return
    awards = db.session.scalars(
        select(LotAward).where(
            LotAward.bureau_id == actor.bureau_id, LotAward.tender_id == tender_id, LotAward.state == "active"
        )
    ).all()
    if awards and all(is_signed(actor, award) for award in awards):
        move(actor, tender, "complete", _("全部中标标包的合同已签订。"))
