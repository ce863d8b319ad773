"""Deadlines move tenders by themselves. Every step is dated by the instant it fell due at, so a clock that was late,
ran twice or ran in two workers leaves what a punctual one would have left.
"""

import logging
from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select, update

from bureau.tendering.models import Tender, TenderDocumentTaker
from bureau.tendering.rules import clockwork
from bureau.tendering.service import figures
from bureau.tendering.service.lots import tell_failure
from bureau.tendering.service.moving import hands, live_lots, move, note, set_next_check
from kernel.actor import Actor, system_actor
from kernel.audit import capture
from kernel.database import db, now
from kernel.database.scope import Scope, within

log = logging.getLogger(__name__)


def run_due(bureau_id: int, at: datetime | None = None) -> int:
    """Do whatever has fallen due on the bureau's tenders; how many were looked at. One tender's failure does not keep
    the next one waiting: it is logged and tried again at the next tick."""
    at = at or now()
    actor = system_actor(bureau_id)
    waiting = (
        select(Tender.id).where(Tender.bureau_id == bureau_id, Tender.next_check <= at).order_by(Tender.next_check)
    )
    done = 0
    for tender_id in list(db.session.scalars(waiting)):
        try:
            with db.session.begin_nested():
                done += _run(actor, tender_id, at)
        except Exception:
            log.exception("a tender's clock stopped", extra={"bureau_id": bureau_id, "tender_id": str(tender_id)})
    return done


def catch_up(bureau_id: int, tender_id: UUID | None = None) -> bool:
    """Before somebody looks at a tender (None: at the list): do what fell due since the last tick, under the clock's
    own name and scope. True where something was done: the edge of a reading request must then commit."""
    session = db.session()
    actor = system_actor(bureau_id)
    former = session.info.get(capture.CONTEXT)
    with within(session, actor.scope):
        due = select(Tender.id).where(Tender.bureau_id == bureau_id, Tender.next_check <= now())
        if tender_id is not None:
            due = due.where(Tender.id == tender_id)
        if session.scalar(due.limit(1)) is None:
            return False
        # What the clock changes is the clock's in the audit as well, what the actor changed before it the actor's.
        capture.write_pending(session)
        capture.set_context(session, actor, "tendering.clock")
        try:
            return run_due(bureau_id) > 0 if tender_id is None else _run(actor, tender_id, now())
        finally:
            capture.write_pending(session)
            session.info[capture.CONTEXT] = former or capture.Context()


def _run(actor: Actor, tender_id: UUID, at: datetime) -> bool:
    """True unless another worker holds the tender or nothing is due on it any more."""
    tender = db.session.scalar(
        select(Tender)
        .where(Tender.bureau_id == actor.bureau_id, Tender.id == tender_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if tender is None or tender.next_check is None or tender.next_check > at:
        return False
    while (step := clockwork.due(hands(tender), at)) is not None:
        instant, what = step
        if what == "check_takers":
            _check_takers(actor, tender, instant)
        else:
            _close_bidding(actor, tender, instant)
    set_next_check(actor, tender, at)
    db.session.flush()
    return True


def _check_takers(actor: Actor, tender: Tender, until: datetime) -> None:
    """Art. 18: with too few takers the supply of documents may go on. Only that they are too few is told, not how many."""
    least = figures.figure(tender, "bidders_least").number
    if takers(tender) < least:
        note(
            actor, tender, "few_takers", tender.state,
            _("提供期限届满，获取招标文件的供应商不足%(least)s家，可以顺延提供期限并公告。", least=least), until,
        )  # fmt: skip
    tender.takers_checked = until
    db.session.flush()


def _close_bidding(actor: Actor, tender: Tender, deadline: datetime) -> None:
    move(actor, tender, "close_bidding", at=deadline)
    disclose_takers(tender)
    if live_lots(tender) == 0:
        reason = _("全部标包投标人不足，招标失败。")
        move(actor, tender, "fail", reason, at=deadline)
        tell_failure(actor, tender, reason, deadline)


def takers(tender: Tender) -> int:
    """How many took the documents. Only the machine may count them before the deadline."""
    count = select(func.count()).where(
        TenderDocumentTaker.bureau_id == tender.bureau_id, TenderDocumentTaker.tender_id == tender.id
    )
    with within(db.session(), Scope("houqin_operator", bureau_id=tender.bureau_id)):
        return int(db.session.execute(count).scalar_one())


def disclose_takers(tender: Tender) -> None:
    """From the deadline on the bureau sees who took the documents (Art. 28)."""
    mine = update(TenderDocumentTaker).where(
        TenderDocumentTaker.bureau_id == tender.bureau_id, TenderDocumentTaker.tender_id == tender.id
    )
    with within(db.session(), Scope("houqin_operator", bureau_id=tender.bureau_id)):
        db.session.execute(mine.values(is_disclosed=True), execution_options={"synchronize_session": False})
