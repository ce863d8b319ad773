"""The only way in which a tender changes its state."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.tendering import labels
from bureau.tendering.following import TenderFollower, offers, tell
from bureau.tendering.models import Tender, TenderEvent, TenderLot
from bureau.tendering.rules import clockwork
from bureau.tendering.rules.states import ENDED, LIVE_LOTS, Facts, Guarded, NotInTable, next_state
from kernel.actor import SYSTEM_ACCOUNT, Actor
from kernel.database import db, new_id, now
from kernel.errors import Conflict, NotFound, RuleBroken


def locked(actor: Actor, tender_id: UUID) -> Tender:
    """The tender with its row locked until the transaction ends, as it now stands: whoever moves it queues here."""
    db.session.flush()
    tender = db.session.scalar(
        select(Tender)
        .where(Tender.bureau_id == actor.bureau_id, Tender.id == tender_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if tender is None:
        raise NotFound(_("没有这个招标项目。"))
    return tender


def move(actor: Actor, tender: Tender, event: str, reason: str = "", *, at: datetime | None = None) -> TenderEvent:
    """Carry out one event of the table. Refusals: Conflict where the table has no such event in this state (somebody
    else was faster), RuleBroken where a guard does not hold. `at`: the instant that the event is dated, for the clock.
    """
    tender = locked(actor, tender.id)
    instant = at or now()
    facts = Facts(
        at=instant, actor_id=actor.account_id, is_clock=is_clock(actor), reason=reason,
        drafter_ids=drafters(tender), bid_deadline=tender.bid_deadline, live_lots=live_lots(tender),
    )  # fmt: skip
    before = tender.state
    try:
        after = next_state(before, event, facts, suspended_from=tender.suspended_from)
    except NotInTable:
        raise Conflict(
            _("招标项目现在的状态是“%(state)s”，不能进行这一步。", state=labels.STATES[before]),
            {"state": before, "version": tender.version},
        ) from None
    except Guarded as refusal:
        raise RuleBroken(
            f"tender_{refusal.guard}",
            str(labels.GUARDS[refusal.guard]),
            str(labels.GUARD_SOURCES.get(refusal.guard, "")),
        ) from None
    paused = tender.suspended_at
    tender.state = after
    tender.suspended_from = before if after == "suspended" else None
    tender.suspended_at = instant if after == "suspended" else None
    if after in ENDED and after != "complete":
        tender.end_reason = reason
        _close_lots(tender, reason)
    row = note(actor, tender, event, before, reason, instant)
    db.session.flush()
    _tell(actor, tender, event, reason, instant, paused)
    set_next_check(actor, tender, instant)
    db.session.flush()
    return row


def note(
    actor: Actor, tender: Tender, event: str, before: str, reason: str = "", at: datetime | None = None
) -> TenderEvent:
    """A line of the tender's history. Also for what leaves the state as it is (an edit, an extension)."""
    row = TenderEvent(
        bureau_id=tender.bureau_id, id=new_id(), tender_id=tender.id, event=event, from_state=before,
        to_state=tender.state, at=at or now(), by_id=actor.account_id, by_name=actor.display_name, reason=reason,
    )  # fmt: skip
    db.session.add(row)
    return row


def is_clock(actor: Actor) -> bool:
    return actor.account_id == SYSTEM_ACCOUNT and actor.token_id is None


def drafters(tender: Tender) -> frozenset[UUID]:
    """Whoever wrote on it: none of them may pass it."""
    wrote = select(TenderEvent.by_id).where(
        TenderEvent.bureau_id == tender.bureau_id,
        TenderEvent.tender_id == tender.id,
        TenderEvent.event.in_(("create", "edit", "submit")),
    )
    return frozenset({tender.created_by, *db.session.scalars(wrote)})


def live_lots(tender: Tender) -> int:
    count = select(func.count()).where(
        TenderLot.bureau_id == tender.bureau_id, TenderLot.tender_id == tender.id, TenderLot.state.in_(LIVE_LOTS)
    )
    return int(db.session.execute(count).scalar_one())


def hands(tender: Tender) -> clockwork.Hands:
    return clockwork.Hands(tender.state, tender.documents_until, tender.bid_deadline, tender.takers_checked)


def set_next_check(actor: Actor, tender: Tender, at: datetime) -> None:
    """When the clock looks again: the tender's own next instant, or a follower's."""
    wishes: list[Any] = [clockwork.next_check(hands(tender))]
    if tender.state not in (*ENDED, "suspended", "draft", "review"):
        wishes += [offer.due(actor, tender, at) for offer in offers(TenderFollower) if offer.due is not None]
    tender.next_check = min((wish for wish in wishes if wish is not None), default=None)


def _close_lots(tender: Tender, reason: str) -> None:
    open_lots = select(TenderLot).where(
        TenderLot.bureau_id == tender.bureau_id, TenderLot.tender_id == tender.id, TenderLot.state.in_(LIVE_LOTS)
    )
    for lot in db.session.scalars(open_lots):
        lot.state, lot.fail_reason = "cancelled", reason


def _tell(
    actor: Actor, tender: Tender, event: str, reason: str, at: datetime, suspended_at: datetime | None
) -> None:  # fmt: skip
    if event == "publish":
        tell("published", actor, tender)
    elif event == "close_bidding":
        tell("bidding_closed", actor, tender, at)
    elif event == "terminate":
        tell("terminated", actor, tender, reason)
    elif event == "fail":
        tell("failed", actor, tender, reason)
    elif event == "suspend":
        tell("suspended", actor, tender, at)
    elif event == "resume":
        tell("resumed", actor, tender, suspended_at, at)
    tell("moved", actor, tender, event)
