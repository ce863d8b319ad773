"""Write records down: each once, whatever the network does; corrected by another record, never written over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import constraint_of, flush
from kernel.errors import Conflict, DomainError, Invalid, NotFound, RuleBroken
from school.canteen_day import rules
from school.canteen_day.kinds import Kind
from school.canteen_day.service import following
from school.canteen_day.service.context import Context, day_of
from school.canteen_day.service.preparing import Entry
from school.supply.rules import content_digest


def keep(
    actor: Actor, kind: Kind, entries: Sequence[Entry], *, written_at: datetime | None = None
) -> list[tuple[Any, bool]]:
    """The records whole, in the order given, and for each whether it is new. Sent again with the same content it is
    the same record; with other content it is a Conflict. All or none: with several entries an Invalid names its
    fields "rows.<number>.<field>". `written_at`: when they were written down, None: now; a phone without a network
    hands in later what it wrote then (school.offline_records judges whether that is to be believed)."""
    digests = {entry.id: digest_of(entry) for entry in entries}
    if len(digests) < len(entries):
        raise Invalid({"_form": [_("同一条记录在一次提交中出现了两次。")]})
    known = _known(actor, kind, digests)
    fresh = [entry for entry in entries if entry.id not in known]
    made: list[Any] = []
    if fresh:
        context = Context(actor, written_at or now())
        try:
            made = _add(context, kind, fresh, digests, is_batch=len(entries) > 1)
        except IntegrityError as error:
            if constraint_of(error) != f"pk_{kind.model.__tablename__}":
                raise
            # The same record arrived twice at the same moment and the other one won: look at the winner.
            db.session.rollback()
            known = _known(actor, kind, digests)
            if len(known) < len(entries):
                raise Conflict(_("这些记录正由另一处提交，请重试。")) from error
        known |= {record.id: record for record in made}
        if made:
            following.follow(context, kind, made, {entry.id: entry for entry in fresh})
    new = {record.id for record in made}
    return [(known[entry.id], entry.id in new) for entry in entries]


def keep_one(actor: Actor, kind: Kind, entry: Entry) -> tuple[Any, bool]:
    return keep(actor, kind, [entry])[0]


def digest_of(entry: Entry) -> str:
    """Over what was sent: the hour of a record sent without one is the service's, and not the same twice."""
    return content_digest(
        {
            "values": dict(entry.values), "happened_at": entry.happened_at, "note": entry.note,
            "photo_id": entry.photo_id, "corrects_id": entry.corrects_id,
            "correction_reason": entry.correction_reason,
        }
    )  # fmt: skip


def _known(actor: Actor, kind: Kind, digests: dict[UUID, str]) -> dict[UUID, Any]:
    model = kind.model
    query = select(model).where(
        model.bureau_id == actor.bureau_id, model.school_id == actor.own_school_id(), model.id.in_(digests)
    )
    found = {record.id: record for record in db.session.scalars(query)}
    for record in found.values():
        if record.digest != digests[record.id]:
            raise Conflict(_("同一编号的记录已存在且内容不同。"), {"id": str(record.id)})
    return found


def _add(
    context: Context, kind: Kind, entries: Sequence[Entry], digests: dict[UUID, str], *, is_batch: bool
) -> list[Any]:
    problems: dict[str, list[str]] = {}
    rows: list[Any] = []
    for number, entry in enumerate(entries):
        prefix = f"rows.{number}." if is_batch else ""
        try:
            rows.append(_record(context, kind, entry, digests[entry.id]))
        except Invalid as error:
            problems |= {f"{prefix}{name}": messages for name, messages in error.fields.items()}
    if problems:
        raise Invalid(problems)
    _supersede(context, kind, entries)
    db.session.add_all(rows)
    table = kind.model.__tablename__
    errors: dict[str, DomainError] = {
        f"uq_{table}_corrects": Conflict(_("这条记录已经更正过，请刷新后查看。")),
        f"fk_{table}_bureau_id_school_id_photo_id": Invalid({"photo_id": [_("没有这张照片，请重新上传。")]}),
        f"fk_{table}_bureau_id_school_id_dish_id": Invalid({"dish_id": [_("没有这道菜。")]}),
        f"fk_{table}_bureau_id_school_id_self_check_id": Invalid({"self_check_id": [_("没有这次自查。")]}),
        f"fk_{table}_bureau_id_school_id_again_of": Invalid({"again_of": [_("没有这条测温记录。")]}),
        "uq_canteen_cooking_temperatures_again": Conflict(_("这次复测已经登记。")),
        "uq_canteen_staff_checks_person": Conflict(_("此人今天已经晨检；如有变化请更正原记录。")),
        "uq_food_samples_bureau_id_school_id_code": Conflict(_("留样编号重复，请重新提交。")),
    }
    flush(db.session, errors)
    return rows


def _record(context: Context, kind: Kind, entry: Entry, digest: str) -> Any:
    actor = context.actor
    happened_at: datetime = entry.happened_at or context.current
    if rules.is_ahead(happened_at, context.current):
        raise Invalid({"happened_at": [_("发生时间不能晚于现在。")]})
    if rules.is_long_ago(happened_at, context.current):
        raise Invalid({"happened_at": [_("发生时间在一年以前，请核对。")]})
    columns = kind.prepare(context, replace(entry, shown=happened_at))
    return kind.model(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=entry.id, on_day=day_of(happened_at),
        happened_at=happened_at, recorded_by_name=actor.display_name, note=entry.note, photo_id=entry.photo_id,
        digest=digest, corrects_id=entry.corrects_id, correction_reason=entry.correction_reason,
        created_at=context.current, created_by=actor.account_id, **columns,
    )  # fmt: skip


def _supersede(context: Context, kind: Kind, entries: Sequence[Entry]) -> None:
    """Mark what the entries correct. Locked one after another in the order of their ids, so that two corrections of
    the same records wait for each other and do not meet crosswise."""
    model = kind.model
    wanted = sorted(entry.corrects_id for entry in entries if entry.corrects_id is not None)
    if not wanted:
        return
    query = (
        select(model)
        .where(
            model.bureau_id == context.actor.bureau_id, model.school_id == context.school_id, model.id.in_(wanted)
        )
        .order_by(model.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )  # fmt: skip
    found = db.session.scalars(query).all()
    if len(found) < len(set(wanted)):
        raise Invalid({"corrects_id": [_("没有要更正的记录。")]})
    for record in found:
        if record.superseded_at is not None:
            raise Conflict(_("这条记录已经更正过，请刷新后查看。"), {"id": str(record.id)})
        if getattr(record, "disposed_at", None) is not None:
            raise Conflict(_("留样已经处置，不能再更正。"), {"id": str(record.id)})
        if getattr(record, "held_reason", ""):  # a correction would stand there free, and be thrown away
            raise RuleBroken("held", _("留样已封存，不得更正：%(reason)s", reason=record.held_reason))
        record.superseded_at = context.current
    flush(db.session)  # before their corrections come: one person has one morning check of a day that counts


def get_record(actor: Actor, kind: Kind, school_id: int, record_id: UUID) -> Any:
    record = db.session.get(kind.model, (actor.bureau_id, school_id, record_id))
    if record is None:
        raise NotFound(_("没有这条记录。"))
    return record
