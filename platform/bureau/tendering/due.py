"""What waits for the actor."""

from collections.abc import Sequence
from datetime import timedelta

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select

from bureau.tendering.models import Tender, TenderEvent
from bureau.tendering.permissions import Permission
from bureau.tendering.service import moving, questions
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import db, now
from kernel.module import DueItem
from kernel.web.dates import shanghai

NAME = "tendering"


def due(actor: Actor) -> Sequence[DueItem]:
    """Reviews, returned drafts and questions that wait, deadlines within a day, documents that too few took."""
    if actor.level == "supplier":
        return _ending(actor, "open_tenders.show") if may(Permission.READ_OPEN) else ()
    if not may(Permission.DRAFT):
        return ()
    running = list(
        db.session.scalars(
            select(Tender).where(
                Tender.bureau_id == actor.bureau_id, or_(Tender.state == "review", Tender.state == "bidding")
            )
        )
    )
    items = []
    asked = questions.waiting(actor, [tender.id for tender in running if tender.state == "bidding"])
    few = _few_takers(actor, running)
    for tender in running:
        url = url_for("tendering.show", tender_id=tender.id)
        if tender.state == "review" and actor.account_id not in moving.drafters(tender):
            items.append(DueItem(_("待复核的招标项目：%(title)s", title=tender.title), url, NAME, detail=tender.number))
        if asked.get(tender.id):
            items.append(
                DueItem(
                    _("待答复的提问：%(title)s", title=tender.title), url, NAME, due_at=tender.bid_deadline,
                    detail=_("%(count)s 个", count=asked[tender.id]),
                )
            )  # fmt: skip
        if tender.id in few:
            items.append(
                DueItem(
                    _("是否顺延招标文件提供期限：%(title)s", title=tender.title), url, NAME,
                    detail=_("获取文件的供应商不足"),
                )
            )  # fmt: skip
    return [*items, *_returned(actor), *_ending(actor, "tendering.show")]


def _returned(actor: Actor) -> list[DueItem]:
    """Drafts that the reviewer gave back to whoever wrote them."""
    found = (
        select(Tender, TenderEvent.reason)
        .join(TenderEvent, (TenderEvent.bureau_id == Tender.bureau_id) & (TenderEvent.tender_id == Tender.id))
        .where(Tender.bureau_id == actor.bureau_id, Tender.state == "draft", TenderEvent.event == "return")
        .order_by(TenderEvent.at)
    )
    latest = {row[0]: row[1] for row in db.session.execute(found)}
    return [
        DueItem(
            _("被退回修改的招标项目：%(title)s", title=tender.title),
            url_for("tendering.show", tender_id=tender.id), NAME, detail=reason,
        )
        for tender, reason in latest.items()
        if actor.account_id in moving.drafters(tender)
    ]  # fmt: skip


def _ending(actor: Actor, endpoint: str) -> list[DueItem]:
    instant = now()
    soon = select(Tender).where(
        Tender.bureau_id == actor.bureau_id,
        Tender.state == "bidding",
        Tender.bid_deadline > instant,
        Tender.bid_deadline <= instant + timedelta(days=1),
    )
    return [
        DueItem(
            _("即将截止：%(title)s", title=tender.title), url_for(endpoint, tender_id=tender.id), NAME,
            due_at=tender.bid_deadline, detail=shanghai(tender.bid_deadline),
        )
        for tender in db.session.scalars(soon)
    ]  # fmt: skip


def _few_takers(actor: Actor, tenders: Sequence[Tender]) -> set[object]:
    """Those whose supply of documents ended with too few takers and was not extended since."""
    bidding = {tender.id: tender for tender in tenders if tender.state == "bidding"}
    if not bidding:
        return set()
    found = select(TenderEvent.tender_id, TenderEvent.at).where(
        TenderEvent.bureau_id == actor.bureau_id,
        TenderEvent.tender_id.in_(list(bidding)),
        TenderEvent.event == "few_takers",
    )
    return {row.tender_id for row in db.session.execute(found) if row.at == bidding[row.tender_id].documents_until}
