"""A supplier's right to answer: it objects to a fact, the bureau strikes it or says why it stands."""

from datetime import date
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, or_, select

from bureau.suppliers.service.finding import names_of
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.service import store
from kernel.states import NoTransition
from kernel.web.dates import today
from school.supplier_scores import labels, rules
from school.supplier_scores.models import (
    SupplierFact,
    SupplierFactObjection,
    SupplierFactObjectionEvent,
    SupplierScorePublication,
)
from school.supplier_scores.service import telling
from school.supplier_scores.service.facts import get_fact
from school.supplier_scores.service.gathering import strike
from school.supplier_scores.service.publishing import revise

PURPOSE = "fact_objection"
Upload = tuple[str, bytes]  # file name, bytes


def object_to(
    actor: Actor, fact_id: UUID, objection_id: UUID, reason: str, upload: Upload | None = None
) -> SupplierFactObjection:
    """Under the client's id; sent twice with the same content it is one objection. Raises NotFound, Conflict, RuleBroken."""
    fact = get_fact(actor, fact_id)
    file = store(actor, upload[1], name=upload[0], purpose=PURPOSE) if upload else None
    sha256 = file.sha256 if file else ""
    known = db.session.get(SupplierFactObjection, (actor.bureau_id, objection_id))
    if known is not None and known.supplier_id == actor.own_supplier_id():
        if (known.fact_id, known.reason, known.file_sha256) != (fact_id, reason, sha256):
            raise Conflict(_("这个编号已用于另一份异议。"), {"version": known.version})
        return known
    if not reason.strip():
        raise Invalid({"reason": [_("请写明理由。")]})
    once = Conflict(_("对这条事实已经提出过异议。"))
    if objection_of(actor, fact) is not None:
        raise once
    if code := problem(actor, fact):
        raise RuleBroken(f"objection_{code}", str(labels.OBJECTION_PROBLEMS[code]))
    row = SupplierFactObjection(
        bureau_id=actor.bureau_id, id=objection_id, supplier_id=actor.own_supplier_id(), fact_id=fact.id, reason=reason,
        attachment_id=file.id if file else None, file_sha256=sha256, objected_by_name=actor.display_name,
        state=rules.next_state("", "object"), created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    flush(db.session(), {"uq_supplier_fact_objections_fact": once, "pk_supplier_fact_objections": once})
    _record(actor, row, "object", "", reason)
    name = names_of(actor, [row.supplier_id]).get(row.supplier_id, "")
    telling.tell_objected(actor, row, fact, name)
    return row


def problem(actor: Actor, fact: SupplierFact) -> str:
    """Why nobody may object to it today, or ""."""
    standing = stood_in(actor, fact)
    answer_until = min((one.answer_until for one in standing), default=None)
    return rules.objection_problem(
        is_kept=fact.is_kept, is_struck=fact.struck_run is not None, counts=bool(standing) or fact.until_run is None,
        answer_until=answer_until, day=today(),
    )  # fmt: skip


def answer_until(actor: Actor, fact: SupplierFact) -> date | None:
    """The last day for objecting: of the first publication that it stood in; None: it was not published yet."""
    return min((one.answer_until for one in stood_in(actor, fact)), default=None)


def stood_in(actor: Actor, *versions: SupplierFact) -> list[SupplierScorePublication]:
    """The publications in which one of these counted."""
    spans = [
        (SupplierScorePublication.run >= one.since_run)
        & (SupplierScorePublication.first_day <= one.day)
        & (SupplierScorePublication.last_day >= one.day)
        & (SupplierScorePublication.run < min((x for x in (one.until_run, one.struck_run) if x), default=2**31 - 1))
        for one in versions
    ]
    query = select(SupplierScorePublication).where(SupplierScorePublication.bureau_id == actor.bureau_id, or_(*spans))
    return list(db.session.scalars(query.order_by(SupplierScorePublication.last_day)))


def withdraw(actor: Actor, objection_id: UUID, seen_version: int | None) -> SupplierFactObjection:
    row = get_objection(actor, objection_id, lock=True)
    require_version(row, seen_version)
    _move(actor, row, "withdraw", "")
    return row


def decide(
    actor: Actor, objection_id: UUID, seen_version: int | None, *, event: str, decision: str
) -> SupplierFactObjection:
    """`event`: uphold (the fact is struck, every score that it stood in is made anew) or reject."""
    row = get_objection(actor, objection_id, lock=True)
    require_version(row, seen_version)
    if not decision.strip():
        raise Invalid({"decision": [_("请写明理由。")]})
    before = row.state
    row.state = _next(row, event)
    row.decision, row.decided_at = decision, now()
    row.decided_by, row.decided_by_name = actor.account_id, actor.display_name
    _record(actor, row, event, before, decision)
    fact = get_fact(actor, row.fact_id)
    if event == "uphold":
        run = strike(actor, fact)
        for publication in stood_in(actor, *_versions(fact)):
            revise(actor, publication, row.supplier_id, run.number, row.id)
    telling.tell_decided(actor, row, fact)
    return row


def _versions(fact: SupplierFact) -> list[SupplierFact]:
    query = select(SupplierFact).where(
        SupplierFact.bureau_id == fact.bureau_id, SupplierFact.source_id == fact.source_id,
        SupplierFact.criterion == fact.criterion, SupplierFact.kind == fact.kind,
    )  # fmt: skip
    return list(db.session.scalars(query))


def _next(row: SupplierFactObjection, event: str) -> str:
    try:
        return rules.next_state(row.state, event)
    except NoTransition:
        text = _("异议当前为“%(state)s”，不能这样操作。", state=labels.OBJECTION_STATES[row.state])
        raise Conflict(text, {"state": row.state, "version": row.version}) from None


def _move(actor: Actor, row: SupplierFactObjection, event: str, reason: str) -> None:
    before, row.state = row.state, _next(row, event)
    _record(actor, row, event, before, reason)


def _record(actor: Actor, row: SupplierFactObjection, event: str, before: str, reason: str) -> None:
    flush(db.session())
    db.session.add(
        SupplierFactObjectionEvent(
            bureau_id=row.bureau_id, id=new_id(), supplier_id=row.supplier_id, objection_id=row.id, event=event,
            from_state=before, to_state=row.state, reason=reason, at=now(), by_id=actor.account_id,
            by_name=actor.display_name,
        )
    )  # fmt: skip
    flush(db.session())


# --- reading ----------------------------------------------------------------------------------------------------------


def get_objection(actor: Actor, objection_id: UUID, *, lock: bool = False) -> SupplierFactObjection:
    """Raises NotFound."""
    query = select(SupplierFactObjection).where(
        SupplierFactObjection.bureau_id == actor.bureau_id, SupplierFactObjection.id == objection_id
    )
    if actor.level == "supplier":
        query = query.where(SupplierFactObjection.supplier_id == actor.own_supplier_id())
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    row: SupplierFactObjection | None = db.session.scalar(query)
    if row is None:
        raise NotFound(_("没有这份异议。"))
    return row


def objection_of(actor: Actor, fact: SupplierFact) -> SupplierFactObjection | None:
    """The one that was not taken back."""
    query = select(SupplierFactObjection).where(
        SupplierFactObjection.bureau_id == actor.bureau_id, SupplierFactObjection.supplier_id == fact.supplier_id,
        SupplierFactObjection.fact_id == fact.id, SupplierFactObjection.state != "withdrawn",
    )  # fmt: skip
    row: SupplierFactObjection | None = db.session.scalar(query)
    return row


def events_of(objection: SupplierFactObjection) -> list[SupplierFactObjectionEvent]:
    query = select(SupplierFactObjectionEvent).where(
        SupplierFactObjectionEvent.bureau_id == objection.bureau_id,
        SupplierFactObjectionEvent.supplier_id == objection.supplier_id,
        SupplierFactObjectionEvent.objection_id == objection.id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(SupplierFactObjectionEvent.id)))


def list_objections(
    actor: Actor, *, state: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[SupplierFactObjection]:
    """Newest first: the bureau's, or a supplier's own."""
    query = select(SupplierFactObjection).where(SupplierFactObjection.bureau_id == actor.bureau_id)
    if actor.level == "supplier":
        query = query.where(SupplierFactObjection.supplier_id == actor.own_supplier_id())
    if state:
        query = query.where(SupplierFactObjection.state == state)
    return paginate(db.session(), query, [SupplierFactObjection.id], cursor, limit)


def count_open(actor: Actor) -> int:
    query = select(func.count()).where(
        SupplierFactObjection.bureau_id == actor.bureau_id, SupplierFactObjection.state == "open"
    )
    return db.session.scalar(query) or 0
