"""A recall: begun from a trace, told to the schools with their stock frozen, ended with a reason."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_number
from kernel.printed import printed
from kernel.states import NoTransition, next_state
from kernel.web.dates import today
from school.canteen_day.service import samples
from school.recall import rules
from school.recall.models import Recall, RecallEvent, RecallPart, SuspectedIncident
from school.recall.service.holding import release
from school.recall.service.lots import Lot
from school.recall.service.telling import tell_end, tell_schools
from school.recall.service.tracing import Details, Trace, details, parts_as_json, trace
from school.stores.service.freezing import freeze, unfreeze
from school.supply.rejections.warning import WarnedLot, lift_for_recall, raise_for_recall

KIND = "recall"
NUMBERED = {False: "ZH", True: "YL"}  # 召回, 演练


def get_recall(actor: Actor, recall_id: UUID, *, lock: bool = False) -> Recall:
    query = select(Recall).where(Recall.bureau_id == actor.bureau_id, Recall.id == recall_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    recall = db.session.scalar(query)
    if recall is None:
        raise NotFound
    return recall


def begin(
    actor: Actor, *, id: UUID, trigger_kind: str, trigger: Mapping[str, Any], lots: Sequence[Lot], reason: str,
    begun_at: datetime, instructions: str = "", is_drill: bool = False, incident: SuspectedIncident | None = None,
) -> Recall:  # fmt: skip
    """Trace the lots and keep what it counted. Nobody is told yet. Sent twice it is one recall."""
    if not lots:
        raise Invalid({"lots": [_("请至少选择一个批次。")]})
    if not reason.strip():
        raise Invalid({"reason": [_("请填写召回原因。")]})
    asked = [lot.as_json() for lot in lots]
    existing = db.session.get(Recall, (actor.bureau_id, id))
    if existing is not None:
        if (existing.lots, existing.reason, existing.is_drill) == (asked, reason.strip(), is_drill):
            return existing
        raise Conflict(_("这个编号已用于另一次召回。"))
    found = trace(actor, lots)
    at = now()
    recall = Recall(
        bureau_id=actor.bureau_id, id=id, is_drill=is_drill, trigger_kind=trigger_kind, trigger=dict(trigger), lots=asked,
        number=next_number(db.session(), actor.bureau_id, None, NUMBERED[is_drill], today().year),
        totals=found.totals(), reason=reason.strip(), instructions=instructions.strip(), begun_at=min(begun_at, at),
        traced_at=at, traced_ms=found.milliseconds, begun_by_name=actor.display_name, created_by=actor.account_id,
        incident_school_id=incident.school_id if incident else None, incident_id=incident.id if incident else None,
    )  # fmt: skip
    db.session.add(recall)
    flush(db.session())
    _note(actor, recall, "begin", "", "open", reason.strip())
    if incident is not None and incident.state == "reported":
        incident.state = next_state(rules.INCIDENT_TRANSITIONS, incident.state, "trace")
        flush(db.session())
    return recall


def freeze_and_tell(actor: Actor, recall_id: UUID, seen: int | None) -> Recall:
    """One click: every batch of the lots is held wherever it lies, and each school that is touched is told, in one
    transaction. Traced anew: what was received or issued since the trace counts. A drill holds nothing."""
    recall = get_recall(actor, recall_id, lock=True)
    require_version(recall, seen)
    at = now()
    _move(actor, recall, "freeze", told_at=at)
    lots = [Lot.from_json(row) for row in recall.lots]
    found, more = trace(actor, lots), details(actor, lots)
    recall.totals = found.totals()
    if not recall.is_drill:
        batches = [(stock.school_id, stock.batch_id) for stock in more.stocks]
        freeze(actor, batches, (KIND, recall.id), _reason(recall))
        _hold_samples(actor, recall, found)
        warned = [
            WarnedLot(lot.supplier_id, lot.supplier_name, lot.item_id, lot.item_name, lot.batch_no)
            for lot in lots
            if lot.supplier_id is not None
        ]
        told = [part.school_id for part in found.schools]
        raise_for_recall(actor, recall.id, warned, note=_reason(recall), told=told)
    _write_parts(actor, recall, found, more, at)
    flush(db.session())
    tell_schools(actor, recall, [part.school_id for part in found.schools])
    return recall


def _hold_samples(actor: Actor, recall: Recall, found: Trace) -> None:
    for part in found.schools:
        for meal in part.meals:
            if meal.samples:
                samples.hold(actor, part.school_id, meal.on_day, meal.meal, _reason(recall))


def _reason(recall: Recall) -> str:
    return _("召回 %(number)s：%(reason)s", number=recall.number, reason=recall.reason)


def _write_parts(actor: Actor, recall: Recall, found: Trace, more: Details, at: datetime) -> None:
    told = parts_as_json(found, more)
    db.session.add_all(
        RecallPart(
            bureau_id=recall.bureau_id, school_id=part.school_id, id=new_id(), recall_id=recall.id, number=recall.number,
            is_drill=recall.is_drill, reason=recall.reason, instructions=recall.instructions, lots=recall.lots,
            part=told[part.school_id], told_at=at,
        )
        for part in found.schools
    )  # fmt: skip


def lift(actor: Actor, recall_id: UUID, seen: int | None, reason: str) -> Recall:
    """A false alarm: the stock is free again, the schools are told why."""
    return _end(actor, recall_id, seen, "lift", reason)


def close(actor: Actor, recall_id: UUID, seen: int | None, reason: str) -> Recall:
    """The goods are dealt with. What is still in some store stays frozen until it is disposed of."""
    return _end(actor, recall_id, seen, "close", reason)


def drop(actor: Actor, recall_id: UUID, seen: int | None, reason: str) -> Recall:
    """Traced, and nothing came of it: nobody was told."""
    return _end(actor, recall_id, seen, "drop", reason)


def _end(actor: Actor, recall_id: UUID, seen: int | None, event: str, reason: str) -> Recall:
    if not reason.strip():
        raise Invalid({"reason": [_("请填写处理结果。")]})
    recall = get_recall(actor, recall_id, lock=True)
    require_version(recall, seen)
    _move(actor, recall, event, reason.strip(), ended_at=now(), end_reason=reason.strip())
    if event == "drop":
        flush(db.session())
        return recall
    parts = db.session.scalars(
        select(RecallPart).where(RecallPart.bureau_id == actor.bureau_id, RecallPart.recall_id == recall.id)
    ).all()
    if event == "lift" and not recall.is_drill:
        batches = [(part.school_id, UUID(row["batch_id"])) for part in parts for row in part.part["stocks"]]
        unfreeze(actor, batches, (KIND, recall.id), reason.strip())
        lift_for_recall(actor, recall.id, reason.strip())
    db.session.execute(
        update(RecallPart)
        .where(RecallPart.bureau_id == actor.bureau_id, RecallPart.recall_id == recall.id)
        .values(is_over=True, over_reason=reason.strip(), version=RecallPart.version + 1)
    )
    flush(db.session())
    if not recall.is_drill:
        for part in parts:
            for row in part.part["meals"]:
                if row["samples"]:
                    release(actor, part.school_id, date.fromisoformat(row["on_day"]), row["meal"])
    tell_end(actor, recall, [part.school_id for part in parts])
    return recall


def held(
    actor: Actor, supplier_id: UUID | None, supplier_name: str, lots: Collection[tuple[UUID, str]]
) -> set[tuple[UUID, str]]:
    """Of these lots (item, number) those that a recall holds which was not lifted, for supply.hooks.LotGuard. Schools never see a recall:
    it is looked for in the bureau's scope. A supplier that is not in the register has no warning of its own."""
    query = select(Recall.lots).where(
        Recall.bureau_id == actor.bureau_id, Recall.state.in_(("active", "closed")), Recall.is_drill.is_(False)
    )
    with within(db.session(), system_actor(actor.bureau_id).scope):
        running = db.session.scalars(query).all()
    recalled = [Lot.from_json(row) for rows in running for row in rows]
    name = printed(supplier_name)
    return {
        (item_id, number)
        for item_id, number in lots
        for lot in recalled
        if lot.matches(
            item_id, number, supplier_id, lot.supplier_name if printed(lot.supplier_name) == name else supplier_name
        )
    }


def _move(actor: Actor, recall: Recall, event: str, reason: str = "", **values: Any) -> None:
    """`values`: what belongs to the new state, written with it."""
    try:
        state = next_state(rules.TRANSITIONS, recall.state, event)
    except NoTransition as error:
        raise RuleBroken("recall_state", _("召回当前状态下不能进行此操作。")) from error
    before, recall.state = recall.state, state
    for name, value in values.items():
        setattr(recall, name, value)
    _note(actor, recall, event, before, state, reason)


def _note(actor: Actor, recall: Recall, event: str, before: str, after: str, reason: str = "") -> None:
    db.session.add(
        RecallEvent(
            bureau_id=recall.bureau_id, id=new_id(), recall_id=recall.id, event=event, from_state=before, to_state=after,
            reason=reason, by=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip
