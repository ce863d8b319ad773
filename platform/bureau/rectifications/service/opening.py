"""Follows a result: what it lost is to be rectified, what a revision gives back is withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import exists, func, select

from bureau.inspections.following import Follower
from bureau.inspections.models import Inspection, InspectionResult
from bureau.inspections.revision_models import InspectionResultRevision
from bureau.inspections.service.revising import lost_lines
from bureau.inspections.service.visits import move as move_visit
from bureau.rectifications import rules
from bureau.rectifications.models import Rectification
from bureau.rectifications.service.moving import figures_of, move, note
from bureau.schools.service.terms import current_term
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.web.dates import SHANGHAI


def released(
    actor: Actor, visit: Inspection, result: InspectionResult, at: datetime, adjust: Mapping[str, Any]
) -> None:
    """Open one rectification per lost item; those that are open already stay as they are."""
    _open(actor, visit, result, at, adjust, known=_known(visit))


def _known(visit: Inspection) -> dict[str, Rectification]:
    return {
        one.item_code: one
        for one in db.session.scalars(
            select(Rectification).where(
                Rectification.bureau_id == visit.bureau_id,
                Rectification.school_id == visit.school_id,
                Rectification.inspection_id == visit.id,
            )
        )
    }


def _open(
    actor: Actor,
    visit: Inspection,
    result: InspectionResult,
    at: datetime,
    adjust: Mapping[str, Any],
    *,
    known: Mapping[str, Rectification],
    reason: str = "",
) -> None:
    lost = {key: line for key, line in lost_lines(result.account).items() if key not in known}
    if not lost:
        return
    figures = figures_of(visit.bureau_id)
    told_on = at.astimezone(SHANGHAI).date()
    term = current_term(actor, told_on)
    vetoing = {veto["item"] for veto in result.account.get("vetoes", ())}
    key_failures = set(result.account.get("key_failures", ()))
    for key, line in lost.items():
        available = Decimal(line["available"]) if line.get("available") else None
        severity = adjust.get(key) or rules.severity(
            Decimal(line.get("lost") or 0), available, vetoed=bool({key, line["code"]} & vetoing),
            key=bool({key, line["code"]} & key_failures), figures=figures,
        )  # fmt: skip
        due_on = rules.deadline(severity, told_on, term.ends_on if term else None, figures)
        one = Rectification(
            bureau_id=visit.bureau_id, school_id=visit.school_id, id=new_id(), inspection_id=visit.id,
            plan_id=visit.plan_id, kind=visit.kind, item_code=key, item_no=line.get("no", ""), item_text=line["text"],
            found=line.get("remark", ""), lost=Decimal(line.get("lost") or 0), available=available,
            before_photos=list(line.get("photos", ())), severity=severity, due_on=due_on, first_due_on=due_on,
            opened_at=at, created_by=actor.account_id, state="open",
        )  # fmt: skip
        db.session.add(one)
    flush(db.session())
    for key, one in _known(visit).items():
        if key in lost:
            note(actor, one, "open", "", "open", reason, at=at)
    flush(db.session())


def revised(actor: Actor, visit: Inspection, result: InspectionResult, revision: InspectionResultRevision) -> None:
    """Bring the visit's rectifications in line with its result: withdrawn what is no longer lost, opened what is newly
    lost. What was closed stays closed."""
    known = _known(visit)
    lost = lost_lines(result.account)
    reason = revision.reason
    figures = figures_of(visit.bureau_id)
    told_on = revision.at.astimezone(SHANGHAI).date()
    for key, one in known.items():
        line = lost.get(key)
        if line is None:
            if one.state not in rules.ENDED:
                move(actor, one, "withdraw", _("申诉成立，该项不再失分：%(reason)s", reason=reason), at=revision.at)
            continue
        one.lost = Decimal(line.get("lost") or 0)
        if one.state == "withdrawn":
            move(actor, one, "open", reason, at=revision.at)
            term = current_term(actor, told_on)
            severity: Any = one.severity
            one.due_on = rules.deadline(severity, told_on, term.ends_on if term else None, figures)
    _open(actor, visit, result, revision.at, {}, known=known, reason=reason)
    flush(db.session())
    if visit.state == "closed" and has_open(visit):
        move_visit(actor, visit, "reopen", reason, at=revision.at)
    settle_visit(actor, visit)


def has_open(visit: Inspection) -> bool:
    return bool(
        db.session.scalar(
            select(func.count())
            .select_from(Rectification)
            .where(
                Rectification.bureau_id == visit.bureau_id,
                Rectification.school_id == visit.school_id,
                Rectification.inspection_id == visit.id,
                Rectification.state.not_in(rules.ENDED),
            )
        )
    )


def settle_visit(actor: Actor, visit: Inspection) -> None:
    """销号 of the visit once it is published and nothing is left to rectify. With the visit's row locked."""
    if visit.state == "published" and not has_open(visit):
        move_visit(actor, visit, "close")
        flush(db.session())


def published(actor: Actor, visit_ids: Sequence[UUID]) -> None:
    """Those of the visits that have nothing (left) to rectify are closed at once."""
    still_open = exists().where(
        Rectification.bureau_id == Inspection.bureau_id,
        Rectification.school_id == Inspection.school_id,
        Rectification.inspection_id == Inspection.id,
        Rectification.state.not_in(rules.ENDED),
    )
    query = select(Inspection).where(
        Inspection.bureau_id == actor.bureau_id, Inspection.id.in_(visit_ids), Inspection.state == "published",
        ~still_open,
    )  # fmt: skip
    at = now()
    for visit in db.session.scalars(query.with_for_update(of=Inspection)):
        move_visit(actor, visit, "close", at=at)
    flush(db.session())


FOLLOWER = Follower(released=released, revised=revised, published=published)
