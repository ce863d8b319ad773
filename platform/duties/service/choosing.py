"""The bureau's and the school's word on kinds: on or off, earlier or later, for which types of schools."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from duties.models import DutySetting, SchoolDutySetting
from duties.resolving import Choice, Resolved, SchoolTypes, looser
from duties.service.generating import generate
from duties.service.plans import Kind, Planning, kinds_of_bureau, planning
from duties.sources import schools_source
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.jobs import service as jobs

FIELD_NAMES = ("due_time", "weekday", "month_day", "minutes_after")
# Which fields of a choice mean anything for a cadence.
FIELDS: dict[str, tuple[str, ...]] = {
    "per_meal": ("minutes_after",),
    "weekly": ("due_time", "weekday"),
    "biweekly": ("due_time", "weekday"),
    "monthly": ("due_time", "month_day"),
    "quarterly": ("due_time", "month_day"),
    "yearly": ("due_time", "month_day"),
    "months": ("due_time", "month_day"),
    "asked": (),
}


def fields_of(kind: Kind) -> tuple[str, ...]:
    return FIELDS.get(kind.pattern.cadence, ("due_time",))


def settings_of(actor: Actor, kind: str | None = None) -> list[DutySetting]:
    query = select(DutySetting).where(DutySetting.bureau_id == actor.bureau_id)
    query = query if kind is None else query.where(DutySetting.kind == kind)
    return list(db.session.scalars(query.order_by(DutySetting.kind, DutySetting.id)))


def get_setting(actor: Actor, setting_id: UUID) -> DutySetting:
    row = db.session.get(DutySetting, (actor.bureau_id, setting_id))
    if row is None:
        raise NotFound
    return row


def get_kind(actor: Actor, code: str) -> Kind:
    kind = kinds_of_bureau(actor.bureau_id).get(code)
    if kind is None:
        raise NotFound
    return kind


def save_setting(
    actor: Actor,
    setting_id: UUID,
    seen_version: int | None,
    *,
    kind: str,
    is_on: bool,
    types: SchoolTypes,
    choice: Choice,
    why: str = "",
) -> DutySetting:
    """Makes one under the client's id or changes it. To switch off what a rule asks for wants a reason, which stays."""
    known = get_kind(actor, kind)
    problems: dict[str, list[str]] = {}
    if not is_on and (known.citation or _has_figures(known)) and not why:
        problems["why"] = [_("这项任务有规定依据，停用时请写明理由。")]
    if types.least_diners is not None and types.most_diners is not None and types.least_diners > types.most_diners:
        problems["most_diners"] = [_("人数上限应不小于下限。")]
    if problems:
        raise Invalid(problems)
    allowed = fields_of(known)
    values: dict[str, Any] = {name: getattr(choice, name) if name in allowed else None for name in FIELD_NAMES}
    values |= {"grace_hours": choice.grace_hours, "is_on": is_on, "why": why, "kind": kind}
    values |= {name: list(value) if isinstance(value, tuple) else value for name, value in asdict(types).items()}
    row = db.session.get(DutySetting, (actor.bureau_id, setting_id))
    if row is None:
        row = DutySetting(bureau_id=actor.bureau_id, id=setting_id, created_by=actor.account_id, **values)
        _require_alone(actor, row)
        db.session.add(row)
    elif seen_version is None:
        if any(getattr(row, name) != value for name, value in values.items()):
            raise Conflict(_("同一编号的设置已存在且内容不同。"), {"version": row.version})
        return row
    else:
        require_version(row, seen_version)
        with db.session.no_autoflush:
            for name, value in values.items():
                setattr(row, name, value)
            _require_alone(actor, row)
    flush(db.session(), {"pk_duty_settings": Conflict(_("同一编号的设置已存在且内容不同。"))})
    plan_anew(actor)
    return row


def _has_figures(kind: Kind) -> bool:
    return kind.published is not None and bool(kind.published.policy)


def _require_alone(actor: Actor, row: DutySetting) -> None:
    """Two settings for the same schools would contradict each other in silence."""
    for other in settings_of(actor, row.kind):
        same = all(
            getattr(other, name) == getattr(row, name)
            for name in ("stages", "boarding", "canteen_modes", "least_diners", "most_diners")
        )
        if other.id != row.id and same:
            raise Invalid({"_form": [_("已有一条针对同样学校的设置，请修改那一条。")]})


def delete_setting(actor: Actor, setting_id: UUID, seen_version: int | None) -> None:
    row = get_setting(actor, setting_id)
    require_version(row, seen_version)
    db.session.delete(row)
    db.session.flush()
    plan_anew(actor)


def plan_anew(actor: Actor) -> None:
    """The plans of all schools may have changed: the worker writes them anew, after the commit."""
    jobs.defer(db.session(), "duties.generate", {"bureau_id": actor.bureau_id})


# A school's own choice.


def own_planning(actor: Actor) -> tuple[Planning, Any]:
    """The plan of the actor's own school, and its facts."""
    facts = schools_source().schools(actor.bureau_id, [actor.own_school_id()])[0]
    return planning(actor.bureau_id, [facts]), facts


def own_choices(actor: Actor) -> dict[str, SchoolDutySetting]:
    query = select(SchoolDutySetting).where(
        SchoolDutySetting.bureau_id == actor.bureau_id, SchoolDutySetting.school_id == actor.own_school_id()
    )
    return {row.kind: row for row in db.session.scalars(query)}


def choose(
    actor: Actor, kind: str, seen_version: int | None, *, is_added: bool, choice: Choice
) -> SchoolDutySetting | None:
    """Earlier than the bureau asks, or taken on though it does not ask; None: back to what the bureau asks."""
    plans, facts = own_planning(actor)
    known = plans.kinds.get(kind)
    if known is None or not known.is_active:
        raise NotFound
    row = own_choices(actor).get(kind)
    if row is not None:
        require_version(row, seen_version)
    allowed = fields_of(known)
    values: dict[str, Any] = {name: getattr(choice, name) if name in allowed else None for name in FIELD_NAMES}
    resolved = _without_school(plans, known, facts)
    if resolved.required is None and not is_added:
        raise Invalid({"is_added": [_("本区不要求本校做这项任务；如要自行开展，请勾选。")]})
    late = looser(resolved.required or known.pattern, Choice(**values)) if resolved.required else []
    if late:
        raise Invalid({name: [_("学校只能比本区要求更早，不能更晚。")] for name in late})
    values["is_added"] = is_added and resolved.required is None
    if row is None:
        row = SchoolDutySetting(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(), kind=kind,
            created_by=actor.account_id, **values,
        )  # fmt: skip
        db.session.add(row)
    else:
        for name, value in values.items():
            setattr(row, name, value)
    flush(db.session(), {"uq_school_duty_settings_bureau_id_school_id_kind": Conflict(_("已有人修改了这项设置。"))})
    plan_own_anew(actor)
    return row


def forget(actor: Actor, kind: str, seen_version: int | None) -> None:
    """Back to what the bureau asks."""
    row = own_choices(actor).get(kind)
    if row is None:
        raise NotFound
    require_version(row, seen_version)
    db.session.delete(row)
    db.session.flush()
    plan_own_anew(actor)


def _without_school(plans: Planning, kind: Kind, facts: Any) -> Resolved:
    return Planning(
        plans.bureau_id, plans.calendar, plans.kinds, plans.settings, {}, {}, plans.calendar_digest
    ).resolved(kind, facts)  # fmt: skip


def plan_own_anew(actor: Actor) -> None:
    """At once: a school that changed its plan sees it. Duties are written by the bureau's hand."""
    with within(db.session(), system_actor(actor.bureau_id).scope):
        generate(actor.bureau_id, school_ids=[actor.own_school_id()])


def owing(actor: Actor, codes: Sequence[str] | None = None) -> dict[str, int]:
    """Kind → how many of the bureau's schools owe it."""
    facts = list(schools_source().schools(actor.bureau_id, None))
    plans = planning(actor.bureau_id, facts)
    wanted = [kind for code, kind in plans.kinds.items() if kind.is_active and (codes is None or code in codes)]
    return {
        kind.code: sum(plans.resolved(kind, school).pattern is not None for school in facts if not school.closed)
        for kind in wanted
    }
