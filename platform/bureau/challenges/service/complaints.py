"""A complaint at the finance authority, as the bureau learns of it and must act on it. Recorded, not decided, here."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.challenges import labels, rules
from bureau.challenges.models import Challenge, Complaint
from bureau.challenges.service.moving import get_challenge, national, note
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.states import NoTransition
from kernel.web.dates import today
from kernel.workdays.service import calendar

SUSPENSION = "《政府采购法》第五十七条"
TIME = "《政府采购法》第五十五条"


def get_complaint(actor: Actor, complaint_id: UUID, *, lock: bool = False) -> Complaint:
    query = select(Complaint).where(Complaint.bureau_id == actor.bureau_id, Complaint.id == complaint_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(_("没有这项投诉。"))
    return found


def complaint_of(actor: Actor, challenge_id: UUID) -> Complaint | None:
    return db.session.scalar(
        select(Complaint).where(Complaint.bureau_id == actor.bureau_id, Complaint.challenge_id == challenge_id)
    )


def register(actor: Actor, challenge_id: UUID, complaint_id: UUID, *, authority: str, filed_on: date) -> Complaint:
    """A supplier went to the authority: after the answer, or when the answer did not come in time."""
    challenge = get_challenge(actor, challenge_id, lock=True)
    known = complaint_of(actor, challenge_id)
    if known is not None:
        if (known.id, known.authority, known.filed_on) == (complaint_id, authority.strip(), filed_on):
            return known
        raise Conflict(_("这份质疑的投诉已经登记。"), {"complaint": str(known.id)})
    _check_filing(actor, challenge, filed_on)
    days = calendar(actor.bureau_id)
    review = rules.in_workdays(filed_on, national(actor.bureau_id, "tender.complaint_review.workdays"), days)
    complaint = Complaint(
        bureau_id=actor.bureau_id, id=complaint_id, challenge_id=challenge.id, supplier_id=challenge.supplier_id,
        tender_id=challenge.tender_id, authority=authority.strip(), filed_on=filed_on, review_by=review,
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(complaint)
    taken = Conflict(_("这份质疑的投诉已经登记。"))
    flush(db.session(), {"uq_complaints_bureau_id_challenge_id": taken, "pk_complaints": taken})
    note(actor, challenge, "complaint", challenge.state, authority.strip())
    return complaint


def accept(
    actor: Actor, complaint_id: UUID, version: int | None, *, accepted_on: date, copy_on: date | None,
    suspended_until: date | None,
) -> Complaint:  # fmt: skip
    """The authority took it on: its own terms, the bureau's statement, a suspension of at most so many days."""
    complaint = get_complaint(actor, complaint_id, lock=True)
    require_version(complaint, version)
    _require_order("accepted_on", accepted_on, complaint.filed_on)
    if copy_on is not None:
        _require_order("copy_on", copy_on, accepted_on)
    _move(actor, complaint, "accept")
    days = calendar(actor.bureau_id)
    figures = {
        name: national(actor.bureau_id, f"tender.complaint_{name}.workdays") for name in ("copies", "reply", "decision")
    }
    complaint.accepted_on, complaint.copy_on = accepted_on, copy_on
    complaint.copies_by = rules.in_workdays(complaint.filed_on, figures["copies"], days)
    complaint.reply_by = rules.in_workdays(copy_on or accepted_on, figures["reply"], days)
    complaint.decision_by = rules.in_workdays(accepted_on, figures["decision"], days)
    if suspended_until is not None:
        _require_order("suspended_until", suspended_until, accepted_on)
        most = national(actor.bureau_id, "tender.suspension.days")
        if suspended_until > accepted_on + timedelta(days=most):
            raise RuleBroken("suspension_long", _("暂停采购活动最长不超过 %(days)s 天。", days=most), SUSPENSION)
        complaint.suspended_until = suspended_until
    db.session.flush()
    return complaint


def reply(actor: Actor, complaint_id: UUID, version: int | None, replied_on: date) -> Complaint:
    """The bureau handed its statement in."""
    complaint = get_complaint(actor, complaint_id, lock=True)
    require_version(complaint, version)
    if complaint.state != "accepted" or complaint.accepted_on is None:
        raise Conflict(_("投诉还没有受理，或者已经办结。"), {"state": complaint.state})
    _require_order("replied_on", replied_on, complaint.accepted_on)
    complaint.replied_on = replied_on
    db.session.flush()
    return complaint


def end(actor: Actor, complaint_id: UUID, version: int | None, event: str) -> Complaint:
    """Refused by the authority, or withdrawn by whoever complained."""
    complaint = get_complaint(actor, complaint_id, lock=True)
    require_version(complaint, version)
    _move(actor, complaint, event)
    db.session.flush()
    return complaint


def decide(
    actor: Actor, complaint_id: UUID, version: int | None, *, decided_on: date, outcome: str, decision: str
) -> Complaint:
    """What the authority decided. A suspension ends with it."""
    complaint = get_complaint(actor, complaint_id, lock=True)
    require_version(complaint, version)
    if outcome not in labels.OUTCOMES:
        raise Invalid({"outcome": [_("请选择处理结果。")]})
    if not decision.strip():
        raise Invalid({"decision": [_("请填写处理决定的内容。")]})
    if complaint.accepted_on is not None:
        _require_order("decided_on", decided_on, complaint.accepted_on)
    if (complaint.state, "decide") in rules.COMPLAINT_TRANSITIONS:
        complaint.decided_on, complaint.outcome, complaint.decision = decided_on, outcome, decision.strip()
    _move(actor, complaint, "decide")
    db.session.flush()
    return complaint


def unfounded_count(actor: Actor, supplier_id: UUID) -> tuple[int, int]:
    """(unfounded complaints of this supplier in the span that counts, how many lead to the list of bad records)."""
    decided: Sequence[date | None] = db.session.scalars(
        select(Complaint.decided_on).where(
            Complaint.bureau_id == actor.bureau_id, Complaint.supplier_id == supplier_id,
            Complaint.outcome == "unfounded",
        )
    ).all()  # fmt: skip
    months = national(actor.bureau_id, "tender.unfounded.months")
    days = [day for day in decided if day is not None]
    return rules.unfounded_in_span(days, today(), months), national(actor.bureau_id, "tender.unfounded.count")


def _check_filing(actor: Actor, challenge: Challenge, filed_on: date) -> None:
    if challenge.kind != "challenge":
        raise RuleBroken("not_challenged", _("只有经过质疑的事项可以投诉。"), TIME)
    if filed_on > today():
        raise Invalid({"filed_on": [_("日期不能晚于今天。")]})
    if challenge.state in ("answered", "rejected"):
        until = challenge.complaint_until
        if until is not None and filed_on > until:
            raise RuleBroken("complaint_late", _("投诉期限到 %(day)s 为止。", day=until.isoformat()), TIME)
    elif filed_on <= challenge.answer_by:
        raise RuleBroken(
            "complaint_early", _("答复期限 %(day)s 未过，还不能投诉。", day=challenge.answer_by.isoformat()), TIME
        )


def _require_order(field: str, day: date, earliest: date) -> None:
    if day < earliest:
        raise Invalid({field: [_("日期不能早于 %(day)s。", day=earliest.isoformat())]})


def _move(actor: Actor, complaint: Complaint, event: str) -> None:
    try:
        complaint.state = rules.next_complaint_state(complaint.state, event)
    except NoTransition:
        raise Conflict(
            _("现在的状态是“%(state)s”，不能进行这一步。", state=labels.COMPLAINT_STATES[complaint.state]),
            {"state": complaint.state, "version": complaint.version},
        ) from None
    challenge = get_challenge(actor, complaint.challenge_id)
    note(actor, challenge, f"complaint_{event}", challenge.state)
