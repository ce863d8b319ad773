"""Schedules: laid down by the school for itself, or by the bureau for many schools at once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, select

from bureau.inspections.models import Inspection
from bureau.inspections.service import planning
from bureau.schools.models import School, Term
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from kernel.workdays import rules as workday_rules
from kernel.workdays import service as workdays
from school.self_checks import rules
from school.self_checks.models import SelfCheckSchedule
from school.self_checks.permissions import FILLERS, SCHEDULERS
from scorecards import service as forms

CONTENT = (
    "title", "form_version_id", "plan_id", "rhythm", "weekdays", "month_day", "workdays_only", "role", "starts_on",
    "ends_on", "grace_days",
)  # fmt: skip
ROLES = tuple(str(role) for role in FILLERS)


def _own(actor: Actor, query: Select[Any]) -> Select[Any]:
    query = query.where(SelfCheckSchedule.bureau_id == actor.bureau_id)
    if actor.level == "school":
        return query.where(SelfCheckSchedule.school_id == actor.own_school_id())
    return query.where(SelfCheckSchedule.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def get_schedule(actor: Actor, school_id: int, schedule_id: UUID, *, lock: bool = False) -> SelfCheckSchedule:
    query = _own(actor, select(SelfCheckSchedule)).where(
        SelfCheckSchedule.school_id == school_id, SelfCheckSchedule.id == schedule_id
    )
    found: SelfCheckSchedule | None = db.session.scalar(query.with_for_update() if lock else query)
    if found is None:
        raise NotFound(_("没有这项自查安排。"))
    return found


def list_schedules(actor: Actor, school_id: int) -> list[SelfCheckSchedule]:
    """All of a school's, those that still run first."""
    query = _own(actor, select(SelfCheckSchedule)).where(SelfCheckSchedule.school_id == school_id)
    found = db.session.scalars(query.order_by(SelfCheckSchedule.id.desc()))
    return sorted(found, key=lambda row: row.ends_on is not None and row.ends_on < today())


def create_schedule(
    actor: Actor, schedule_id: UUID, *, day: date | None = None, **values: Any
) -> tuple[SelfCheckSchedule, bool]:  # fmt: skip
    """The school's own. Sent twice with the same content it is the same (and not new), with other content a Conflict.

    A plan of the bureau's is not the school's to choose: what it does not know of yet it may not learn here.
    `day`: today, for what is brought in.
    """
    if values.pop("plan_id", None) is not None:
        raise Invalid({"plan_id": [_("检查计划由教育局指定。")]})
    values = complete(actor, values)
    existing = db.session.get(SelfCheckSchedule, (actor.bureau_id, actor.own_school_id(), schedule_id))
    if existing is not None:
        if all(getattr(existing, name) == values[name] for name in CONTENT):
            return existing, False
        raise Conflict(_("这个编号已用于另一项自查安排。"), {"version": existing.version})
    _require_ahead(values["starts_on"], day)
    schedule = SelfCheckSchedule(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=schedule_id, owner="school", batch=None,
        created_by=actor.account_id, **values,
    )  # fmt: skip
    db.session.add(schedule)
    flush(db.session())
    return schedule, True


def _require_ahead(starts_on: date, day: date | None) -> None:
    if starts_on < (day or today()):
        # Checks of days that are over could only be missed.
        raise Invalid({"starts_on": [_("开始日期不能早于今天。")]})


def ask_schools(
    actor: Actor, batch: UUID, school_ids: Sequence[int], *, day: date | None = None, **values: Any
) -> list[SelfCheckSchedule]:  # fmt: skip
    """One schedule per school, asked for by the bureau; of a plan without a list of schools, of every school that the
    plan visits. The same batch sent again adds only the schools that were not asked yet."""
    values = complete(actor, values)
    wanted = list(dict.fromkeys(school_ids))
    if not wanted and values["plan_id"] is not None:
        wanted = planning_schools(actor, values["plan_id"])
    if not wanted:
        raise Invalid({"school_ids": [_("请选择学校。")]})
    active = set(
        db.session.scalars(
            select(School.id).where(
                School.bureau_id == actor.bureau_id, School.id.in_(wanted), School.state == "active"
            )
        )
    )
    if len(active) != len(wanted):
        raise Invalid({"school_ids": [_("有学校不存在或已停用。")]})
    asked = {
        row.school_id: row
        for row in db.session.scalars(
            select(SelfCheckSchedule).where(
                SelfCheckSchedule.bureau_id == actor.bureau_id, SelfCheckSchedule.batch == batch
            )
        )
    }
    if any(getattr(row, name) != values[name] for row in list(asked.values())[:1] for name in CONTENT):
        raise Conflict(_("这个编号已用于另一次自查要求。"))
    if not asked:
        _require_ahead(values["starts_on"], day)
    for school_id in wanted:
        if school_id not in asked:
            asked[school_id] = SelfCheckSchedule(
                bureau_id=actor.bureau_id, school_id=school_id, id=id_in_batch(batch, school_id), owner="bureau",
                batch=batch, created_by=actor.account_id, **values,
            )  # fmt: skip
            db.session.add(asked[school_id])
    flush(db.session(), {"pk_self_check_schedules": Conflict(_("这个编号已用于另一次自查要求。"))})
    return [asked[school_id] for school_id in wanted]


def id_in_batch(batch: UUID, school_id: int) -> UUID:
    """The same for the same batch and school, so that a lost reply may be repeated."""
    return UUID(int=(batch.int ^ school_id) & ((1 << 128) - 1))


def planning_schools(actor: Actor, plan_id: UUID) -> list[int]:
    """The active schools that a plan visits."""
    found = db.session.scalars(
        select(Inspection.school_id)
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .where(
            Inspection.bureau_id == actor.bureau_id, Inspection.plan_id == plan_id, Inspection.state != "cancelled",
            School.state == "active",
        )
        .order_by(Inspection.school_id)
    )  # fmt: skip
    return list(found)


def complete(actor: Actor, given: Mapping[str, Any]) -> dict[str, Any]:
    """The content with what was left out filled in; Invalid where it does not fit together."""
    values = {
        "plan_id": None, "weekdays": [], "month_day": None, "workdays_only": False, "role": "", "ends_on": None,
        "grace_days": None, **given,
    }  # fmt: skip
    errors: dict[str, list[str]] = {}
    rhythm = values["rhythm"]
    if values["plan_id"] is not None:
        # Beside the plan's score only a score of the plan's own form means anything.
        plan = planning.get_plan(actor, values["plan_id"])
        values["form_version_id"] = plan.form_version_id
    if values.get("form_version_id") is None:
        errors["form_version_id"] = [_("请选择评分表。")]
    else:
        version = _published(actor, values["form_version_id"])
        if version is None:
            errors["form_version_id"] = [_("请选择已发布的评分表。")]
    values["weekdays"] = sorted(set(values["weekdays"] or ())) if rhythm == "weekly" else []
    if rhythm == "weekly" and not values["weekdays"]:
        errors["weekdays"] = [_("请选择星期几。")]
    values["month_day"] = values["month_day"] if rhythm == "monthly" else None
    if rhythm == "monthly" and values["month_day"] is None:
        errors["month_day"] = [_("请填写每月几号。")]
    values["workdays_only"] = bool(values["workdays_only"]) and rhythm in ("daily", "weekly", "monthly")
    if values["ends_on"] is not None and values["ends_on"] < values["starts_on"]:
        errors["ends_on"] = [_("结束日期不能早于开始日期。")]
    if rhythm == "once" and values["ends_on"] is None:
        errors["ends_on"] = [_("请填写完成期限。")]
    if values["role"] and values["role"] not in ROLES:
        errors["role"] = [_("请选择学校里填写自查的岗位。")]
    if values["grace_days"] is None:
        values["grace_days"] = rules.USUAL_GRACE[rhythm]
    if errors:
        raise Invalid(errors)
    return values


def _published(actor: Actor, form_version_id: UUID) -> Any:
    try:
        version = forms.get_version(actor, form_version_id)
    except NotFound:
        return None
    return version if version.state == "published" else None


def edit_schedule(
    actor: Actor, schedule_id: UUID, seen: int | None, *, title: str, role: str, ends_on: date | None
) -> SelfCheckSchedule:  # fmt: skip
    """What does not change which days there were: the past stays as it was owed. To check on other days, end this
    schedule and lay down another."""
    schedule = get_schedule(actor, actor.own_school_id(), schedule_id, lock=True)
    if schedule.owner != "school":
        raise RuleBroken("not_the_owner", _("这项自查由教育局布置，学校不能修改。"))
    require_version(schedule, seen)
    if role and role not in ROLES:
        raise Invalid({"role": [_("请选择学校里填写自查的岗位。")]})
    _require_end(schedule, ends_on)
    schedule.title, schedule.role, schedule.ends_on = title, role, ends_on
    flush(db.session())
    return schedule


def end_batch(actor: Actor, batch: UUID, ends_on: date) -> int:
    """The bureau's request to all its schools ends with this day. Gives how many schools that touched."""
    found = list(
        db.session.scalars(
            select(SelfCheckSchedule)
            .where(SelfCheckSchedule.bureau_id == actor.bureau_id, SelfCheckSchedule.batch == batch)
            .with_for_update()
        )
    )
    if not found:
        raise NotFound(_("没有这次自查要求。"))
    for schedule in found:
        _require_end(schedule, ends_on)
        schedule.ends_on = ends_on
    flush(db.session())
    return len(found)


def _require_end(schedule: SelfCheckSchedule, ends_on: date | None) -> None:
    if ends_on == schedule.ends_on:
        return
    if ends_on is None:
        if schedule.rhythm == "once":
            raise Invalid({"ends_on": [_("请填写完成期限。")]})
    elif ends_on < max(today(), schedule.starts_on):
        # An earlier end would make checks that were owed disappear.
        raise Invalid({"ends_on": [_("结束日期不能早于今天和开始日期。")]})


def pattern_of(schedule: Any) -> rules.Pattern:
    return rules.Pattern(
        schedule.rhythm, schedule.starts_on, schedule.ends_on, tuple(schedule.weekdays), schedule.month_day,
        schedule.workdays_only,
    )  # fmt: skip


def day_facts(actor: Actor) -> tuple[Callable[[date], bool], list[tuple[date, date]]]:
    """(is a school day, the bureau's terms): what occurrences are computed with. Three small queries."""
    terms = [
        (row.starts_on, row.ends_on)
        for row in db.session.scalars(select(Term).where(Term.bureau_id == actor.bureau_id).order_by(Term.starts_on))
    ]
    arrangement = workdays.calendar(actor.bureau_id)
    return rules.school_days(lambda day: workday_rules.is_workday(day, arrangement), terms), terms


def may_do(actor: Actor, schedule: SelfCheckSchedule) -> bool:
    """Whose task it is; the heads of the school may always stand in."""
    if not schedule.role:
        return bool(actor.roles & {str(role) for role in FILLERS})
    return schedule.role in actor.roles or bool(actor.roles & {str(role) for role in SCHEDULERS})
