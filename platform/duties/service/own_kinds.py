"""Kinds that people make: the bureau's for its types of schools, a school's for itself. Fulfilled by a tick."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from duties.models import BureauDutyKind, SchoolDutyKind
from duties.service.choosing import plan_anew, plan_own_anew
from duties.starter import STARTERS, Starter
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policy import service as policy
from kernel.web.dates import today

Made = BureauDutyKind | SchoolDutyKind
# Of an existing kind the cadence stays: its periods would get other names, and what is done be owed again.
LASTING = ("cadence", "starts_on")


def list_own(actor: Actor, *, ended: bool = False) -> list[Made]:
    """Of the actor's own level, by title; ended ones only on demand."""
    model: Any = SchoolDutyKind if actor.level == "school" else BureauDutyKind
    query = select(model).where(model.bureau_id == actor.bureau_id, model.is_active.is_(not ended))
    if actor.level == "school":
        query = query.where(model.school_id == actor.own_school_id())
    return list(db.session.scalars(query.order_by(model.title)))


def get_own(actor: Actor, kind_id: UUID) -> Made:
    row: Made | None
    if actor.level == "school":
        row = db.session.get(SchoolDutyKind, (actor.bureau_id, actor.own_school_id(), kind_id))
    else:
        row = db.session.get(BureauDutyKind, (actor.bureau_id, kind_id))
    if row is None:
        raise NotFound
    return row


def create(actor: Actor, kind_id: UUID, **content: Any) -> Made:
    """Sent twice with the same content it is the same kind."""
    _check(content)
    row: Made
    if actor.level == "school":
        key: tuple[Any, ...] = (actor.bureau_id, actor.own_school_id(), kind_id)
        existing: Made | None = db.session.get(SchoolDutyKind, key)
        row = SchoolDutyKind(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=kind_id, created_by=actor.account_id,
            **content,
        )  # fmt: skip
    else:
        existing = db.session.get(BureauDutyKind, (actor.bureau_id, kind_id))
        row = BureauDutyKind(bureau_id=actor.bureau_id, id=kind_id, created_by=actor.account_id, **content)
    if existing is not None:
        if any(getattr(existing, name) != value for name, value in content.items()):
            raise Conflict(_("同一编号的任务已存在且内容不同。"), {"version": existing.version})
        return existing
    db.session.add(row)
    _flush()
    _plan(actor)
    return row


def edit(actor: Actor, kind_id: UUID, seen_version: int | None, **content: Any) -> Made:
    """What is not due yet follows the change."""
    row = get_own(actor, kind_id)
    require_version(row, seen_version)
    merged = {name: content.get(name, getattr(row, name)) for name in (*content, *LASTING, "once_on", "months")}
    if any(content.get(name, getattr(row, name)) != getattr(row, name) for name in LASTING):
        raise Invalid({"cadence": [_("已有任务的频次和开始日期不能修改，请停用后另建一项。")]})
    _check(merged)
    for name, value in content.items():
        setattr(row, name, value)
    _flush()
    _plan(actor)
    return row


def end(actor: Actor, kind_id: UUID, seen_version: int | None) -> Made:
    """From now on nobody owes it; what was owed and done stays."""
    row = get_own(actor, kind_id)
    require_version(row, seen_version)
    if not row.is_active:
        raise Conflict(_("这项任务已经停用。"))
    row.is_active = False
    if isinstance(row, BureauDutyKind):
        row.template = ""  # the starter may be adopted again
    # The title becomes free for a kind to come.
    row.title = _("%(title)s（已停用 %(day)s）", title=row.title, day=today().isoformat())
    _flush()
    _plan(actor)
    return row


def _flush() -> None:
    taken = Invalid({"title": [_("已有同名任务。")]})
    flush(
        db.session(),
        {
            "uq_bureau_duty_kinds_bureau_id_title": taken,
            "uq_school_duty_kinds_bureau_id_school_id_title": taken,
            "pk_bureau_duty_kinds": Conflict(_("同一编号的任务已存在且内容不同。")),
            "pk_school_duty_kinds": Conflict(_("同一编号的任务已存在且内容不同。")),
        },
    )


def _plan(actor: Actor) -> None:
    (plan_own_anew if actor.level == "school" else plan_anew)(actor)


def _check(content: dict[str, Any]) -> None:
    problems: dict[str, list[str]] = {}
    if content["cadence"] in ("months", "yearly") and not content.get("months"):
        problems["months"] = [_("请选择月份。")]
    if (content["cadence"] == "once") != (content.get("once_on") is not None):
        problems["once_on"] = [_("只做一次的任务请填写日期，其他任务不填。")]
    if content.get("ends_on") is not None and content["ends_on"] < content["starts_on"]:
        problems["ends_on"] = [_("结束日期应不早于开始日期。")]
    least, most = content.get("least_diners"), content.get("most_diners")
    if least is not None and most is not None and least > most:
        problems["most_diners"] = [_("人数上限应不小于下限。")]
    if problems:
        raise Invalid(problems)


def adopted(actor: Actor) -> dict[str, BureauDutyKind]:
    query = select(BureauDutyKind).where(
        BureauDutyKind.bureau_id == actor.bureau_id, BureauDutyKind.template != ""
    )  # fmt: skip
    return {row.template: row for row in db.session.scalars(query)}


def adopt(actor: Actor, codes: Iterable[str]) -> int:
    """Starter kinds become the bureau's own, to be changed as it likes. Those it has already stay. Gives the number new."""
    wanted = set(codes)
    unknown = wanted - STARTERS.keys()
    if unknown:
        raise Invalid({"codes": [_("没有这项模板。")]})
    have = adopted(actor)
    titles = set(db.session.scalars(select(BureauDutyKind.title).where(BureauDutyKind.bureau_id == actor.bureau_id)))
    new = [STARTERS[code] for code in STARTERS if code in wanted and code not in have]
    for starter in new:
        db.session.add(_row(actor, starter, titles))
    _flush()
    if new:
        plan_anew(actor)
    return len(new)


def _row(actor: Actor, starter: Starter, titles: set[str]) -> BureauDutyKind:
    title = str(starter.title)
    if title in titles:
        title = _("%(title)s（模板）", title=title)
    pattern = starter.pattern
    return BureauDutyKind(
        bureau_id=actor.bureau_id, id=new_id(), created_by=actor.account_id, template=starter.code, title=title,
        detail=str(starter.detail), citation=_source(actor, starter), cadence=pattern.cadence, days=pattern.days,
        due_time=pattern.due_time, weekday=pattern.weekday, month_day=pattern.month_day, months=list(pattern.months),
        anchor=pattern.anchor, shift_days=pattern.shift_days, lead_days=pattern.lead_days,
        grace_hours=int(pattern.usual_grace.total_seconds() // 3600), needed=pattern.needed,
        roles=list(starter.roles), needs_photo=starter.needs_photo, needs_note=starter.needs_note,
        stages=list(starter.types.stages), boarding=starter.types.boarding,
        canteen_modes=list(starter.types.canteen_modes), starts_on=today(),
    )  # fmt: skip


def _source(actor: Actor, starter: Starter) -> str:
    return policy.effective(actor.bureau_id, starter.policy).citation if starter.policy else ""
