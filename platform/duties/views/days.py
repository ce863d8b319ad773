"""A school's duties by day, week and month, and one duty with its tick."""

import calendar as months_of
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from duties import labels
from duties.links import address
from duties.models import Duty
from duties.permissions import Permission
from duties.rules import ONE_DAY, add_months, month_end
from duties.schemas import DutyDayQuery, DutyTickForm, DutyVoidForm
from duties.service import reading, ticking
from duties.service.reading import Shown
from duties.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id, now
from kernel.errors import NotFound
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded

WEEK = timedelta(days=6)


@blueprint.get("/today")
@access(Permission.READ)
def index() -> str:
    """The day's duties, what is still late first; one's own, or all of the school."""
    actor = current_actor()
    query = _query()
    day = query["day"] or today()
    found = reading.between(actor, actor.own_school_id(), day, day)
    if day == today():
        known = {(one.code, one.period) for one in found}
        found = [one for one in reading.owed_now(actor) if (one.code, one.period) not in known] + found
    shown = found if query["all"] else reading.mine(actor, found)
    return render_template(
        "duties/index.html",
        day=day,
        today=today(),
        late=[one for one in shown if one.standing == "late"],
        rest=[one for one in shown if one.standing != "late"],
        every=query["all"],
        counts=(len(reading.mine(actor, found)), len(found)),
        address=address,
        words=labels,
        earlier=day - ONE_DAY,
        later=day + ONE_DAY,
    )


def _query() -> dict[str, Any]:
    form = Form.blank(DutyDayQuery(), {name: request.args[name] for name in ("day", "all") if name in request.args})
    with form.catching():
        return form.load()
    return {"day": None, "all": False}


@blueprint.get("/week")
@access(Permission.READ)
def week() -> str:
    """Seven days of one's own duties, Monday to Sunday."""
    actor = current_actor()
    query = _query()
    day = query["day"] or today()
    monday = day - timedelta(days=day.weekday())
    found = reading.between(actor, actor.own_school_id(), monday, monday + WEEK)
    shown = found if query["all"] else reading.mine(actor, found)
    return render_template(
        "duties/week.html",
        days=[(monday + timedelta(days=n), [one for one in shown if one.on_day == monday + timedelta(days=n)]) for n in range(7)],
        monday=monday,
        sunday=monday + WEEK,
        today=today(),
        every=query["all"],
        address=address,
        words=labels,
        earlier=monday - timedelta(days=7),
        later=monday + timedelta(days=7),
    )  # fmt: skip


@blueprint.get("/calendar")
@access(Permission.READ)
def calendar() -> str:
    actor = current_actor()
    return calendar_page(actor, actor.own_school_id(), "duties.calendar", {}, "")


def calendar_page(actor: Actor, school_id: int, endpoint: str, ids: Mapping[str, Any], school: str) -> str:
    """The month of the address (2026-11), else this one; the day of the address below it, else today."""
    first = month_of(request.args.get("month", ""))
    last = month_end(first)
    found = reading.between(actor, school_id, first, last)
    by_day: dict[date, list[Shown]] = {}
    for one in found:
        by_day.setdefault(one.on_day, []).append(one)
    chosen = _chosen(request.args.get("day", ""), first, last)
    return render_template(
        "duties/calendar.html",
        month=first,
        weeks=months_of.Calendar().monthdatescalendar(first.year, first.month),
        by_day={day: _summary(rows) for day, rows in by_day.items()},
        chosen=chosen,
        rows=by_day.get(chosen, []),
        counts={name: sum(one.standing == name for one in found) for name in labels.STANDINGS},
        today=today(),
        address=lambda **values: url_for(endpoint, **ids, **values),
        open_duty=_opener(actor, school_id),
        earlier=add_months(first, -1),
        later=add_months(first, 1),
        is_own=actor.level == "school",
        school=school,
        words=labels,
    )


def _opener(actor: Actor, school_id: int) -> Any:
    """The address of a row for this reader, "" where there is nothing to open."""

    def address_of(one: Shown) -> str:
        if actor.level == "school":
            return address(one) if one.id is not None else ""
        return url_for("duties.show_of_school", school_id=school_id, duty_id=one.id) if one.id is not None else ""

    return address_of


def _summary(rows: Sequence[Shown]) -> tuple[int, int, bool]:
    """(done, all of them, is something late or missed) of a day."""
    owed = [one for one in rows if one.standing != "excused"]
    done = sum(one.standing in ("on_time", "done_late") for one in owed)
    return done, len(owed), any(one.standing in ("late", "missed") for one in owed)


def _chosen(text: str, first: date, last: date) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = today()
    return found if first <= found <= last else first


def month_of(text: str) -> date:
    """ "2026-11" → its first day; this month for anything else."""
    try:
        found = date.fromisoformat(f"{text}-01")
    except ValueError:
        found = today().replace(day=1)
    return found if 2000 <= found.year <= 2199 else today().replace(day=1)


@blueprint.get("/<uuid:duty_id>")
@access(Permission.READ)
def show(duty_id: UUID) -> str:
    actor = current_actor()
    duty = reading.get_duty(actor, actor.own_school_id(), duty_id)
    return duty_page(duty, Form.blank(DutyTickForm(), {"id": str(new_id())}))


def duty_page(duty: Duty, form: Form | None) -> str:
    """`form` None: to be looked at only."""
    actor = current_actor()
    kind = ticking.kind_of(actor, duty)
    one = reading.show(duty, {kind.code: kind} if kind else {}, now())
    may_tick = form is not None and ticking.is_ticked(kind) and ticking.may_tick(actor, kind)
    return render_template(
        "duties/show.html",
        duty=duty,
        one=one,
        kind=kind,
        form=form,
        may_tick=may_tick and one.standing in ("open", "late"),
        record_url="" if ticking.is_ticked(kind) or form is None else address(one),
        marks=reading.marks_of(duty),
        ticks=reading.ticks_of(duty),
        may_void=lambda tick: (
            form is not None
            and not actor.read_only
            and tick.voided_at is None
            and (tick.created_by == actor.account_id or reading.is_head(actor))
        ),
        is_own=form is not None,
        words=labels,
    )


@blueprint.post("/<uuid:duty_id>/tick")
@access(Permission.TICK)
def tick(duty_id: UUID) -> Any:
    actor = current_actor()
    duty = reading.get_duty(actor, actor.own_school_id(), duty_id)
    form = Form.submitted(DutyTickForm())
    with form.catching():
        data = form.load()
        photo = uploaded("photo")
        ticking.tick(
            actor, data["id"], duty.id, note=data["note"], photo=photo[0].read() if photo else None,
            photo_name=(photo[0].filename or "") if photo else "",
        )  # fmt: skip
        flash(_("已完成。"), "success")
        return redirect(url_for("duties.index"))
    return duty_page(reading.get_duty(actor, actor.own_school_id(), duty_id), form), form.refusal_status


@blueprint.post("/<uuid:duty_id>/ticks/<uuid:duty_tick_id>/void")
@access(Permission.TICK)
def void_tick(duty_id: UUID, duty_tick_id: UUID) -> Any:
    actor = current_actor()
    duty = reading.get_duty(actor, actor.own_school_id(), duty_id)
    found = ticking.get_tick(actor, duty.school_id, duty_tick_id)
    if found.id not in {row.id for row in reading.ticks_of(duty)}:
        raise NotFound
    form = Form.submitted(DutyVoidForm())
    with form.catching():
        values, seen = form.load_edit()
        ticking.void_tick(actor, found.id, seen, values["reason"])
        flash(_("已作废，这项任务需重新完成。"), "success")
        return redirect(url_for("duties.show", duty_id=duty_id))
    return duty_page(reading.get_duty(actor, actor.own_school_id(), duty_id), form), form.refusal_status
