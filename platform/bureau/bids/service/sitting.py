"""An opening that is going on: who came, what its record says, and the locks under which a step is taken."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids import labels
from bureau.bids.models import Opening, OpeningPresence
from bureau.bids.service import clock, closing
from bureau.tendering.models import Tender
from bureau.tendering.service import reading
from kernel.actor import Actor
from kernel.database import db, now
from kernel.errors import Conflict, RuleBroken

CITATION = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第三十九、四十一条"


def require_closed(tender: Tender) -> Opening:
    opening = closing.opening_of(tender.bureau_id, tender.id)
    if opening is None:
        raise RuleBroken(
            "before_deadline",
            _(
                "投标截止（%(deadline)s）前任何人不得开启投标文件；服务器时间 %(time)s。",
                deadline=labels.instant(tender.bid_deadline), time=labels.instant(clock.server_time()),
            ),
            CITATION,
        )  # fmt: skip
    return opening


def locked(actor: Actor, tender_id: UUID, *, allow_done: bool = False) -> tuple[Tender, Opening]:
    """The tender before the opening, in the order in which whoever moves the tender takes them."""
    db.session.execute(
        select(Tender.id).where(Tender.bureau_id == actor.bureau_id, Tender.id == tender_id).with_for_update()
    )
    tender = reading.get_tender(actor, tender_id)
    db.session.refresh(tender)
    require_closed(tender)
    opening = closing.opening_of(actor.bureau_id, tender_id, lock=True)
    assert opening is not None
    if opening.state == "waiting" and tender.state != "opening":
        raise Conflict(_("项目现在的状态不能开标。"), {"state": tender.state})
    if opening.state != "waiting" and not allow_done:
        raise Conflict(_("开标已经结束。"), {"state": opening.state})
    return tender, opening


def present(bureau_id: int, tender_id: UUID) -> list[str]:
    rows = db.session.scalars(
        select(OpeningPresence.seat)
        .where(OpeningPresence.bureau_id == bureau_id, OpeningPresence.tender_id == tender_id)
        .order_by(OpeningPresence.at)
    )
    return list(rows)


def record(opening: Opening, heading: str, actor: Actor, line: Mapping[str, Any]) -> None:
    """A line of the minutes, with who and when."""
    lines = [*opening.minutes.get(heading, []), {**line, "by": actor.display_name, "at": now().isoformat()}]
    opening.minutes = {**opening.minutes, heading: lines}
