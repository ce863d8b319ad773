"""今天的食堂: one page per day, for the school and read-only for the bureau."""

from datetime import date, timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.database import new_id
from kernel.schemas import BaseSchema, Day
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_day import kinds, labels, rules
from school.canteen_day.permissions import FILERS, Permission
from school.canteen_day.service import figures as keys
from school.canteen_day.service.day import Task, day_of_school
from school.canteen_day.views import rows
from school.canteen_day.views.blueprint import blueprint
from school.canteen_day.views.words import words_of
from school.canteen_staff import labels as staff_labels
from school.diners.labels import MEALS
from school.supply.service.reading import list_receipts


class DayQuery(BaseSchema):
    day = Day(load_default=None, allow_none=True)


@blueprint.get("/canteen-day")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    return day_page(actor, actor.own_school_id(), None)


@blueprint.get("/schools/<int:school_id>/canteen-day")
@access(Permission.OVERSEE)
def index_of_school(school_id: int) -> str:
    actor = current_actor()
    school = get_school(actor, school_id)
    return day_page(actor, school.id, school)


def day_page(actor: Actor, school_id: int, school: Any) -> str:
    query = Form.blank(DayQuery(), dict(request.args.items())).load()
    day = query["day"] or today()
    page = day_of_school(actor, school_id, day)
    receipts = list_receipts(actor, school_id, from_day=day, until_day=day, limit=20).items
    can_record = school is None and not actor.read_only and day <= today()
    return render_template(
        "canteen_day/index.html", page=page, day=day, is_today=day == today(), school=school, labels=labels,
        staff_labels=staff_labels, meal_names=MEALS, receipts=receipts, keys=keys, control_span=_span_words(day),
        can_record=can_record and may(Permission.RECORD), can_eat=can_record and may(Permission.ACCOMPANY),
        day_url=lambda other: _day_url(school, other), enter_url=_enter_url(day, actor), list_url=_list_url(school, day),
        one_tap=_one_tap(actor, day == today()), words_of=words_of, yesterday=day - timedelta(days=1), tomorrow=day + timedelta(days=1), kinds=kinds,
    )  # fmt: skip


def _day_url(school: Any, day: date) -> str:
    if school is None:
        return url_for("canteen_day.index", day=day)
    return url_for("canteen_day.index_of_school", school_id=school.id, day=day)


def _enter_url(day: date, actor: Actor) -> Any:
    def url(task: Task) -> str:
        if task.control:
            if actor.roles.isdisjoint(FILERS[task.control]):
                return ""
            return url_for("canteen_day.enter", record_kind=task.kind.code, day=day, control=task.control)
        return url_for("canteen_day.enter", record_kind=task.kind.code, day=day, meal=task.meal)

    return url


def _list_url(school: Any, day: date) -> Any:
    def url(kind: kinds.Kind) -> str:
        if school is None:
            return url_for("canteen_day.records", record_kind=kind.code, day=day)
        return url_for("canteen_day.records_of_school", school_id=school.id, record_kind=kind.code, day=day)

    return url


def _one_tap(actor: Actor, is_today: bool) -> Any:
    """The hidden fields of the button "all normal" of a task, None where it needs a form: for an exception, and for a
    day that is over, of which it must be said when it was."""

    def fields(task: Task) -> dict[str, str] | None:
        if not is_today:
            return None
        if task.kind is kinds.TASTING:
            return {"rows-0-id": str(new_id()), "rows-0-is_fine": "1", "rows-0-taster_name": actor.display_name}
        if task.kind is kinds.CLEANING:
            areas = {f"rows-0-areas_{number}": str(area) for number, area in enumerate(labels.AREAS)}
            return {"rows-0-id": str(new_id()), **areas}
        if task.control == rules.ControlKind.DAILY and not actor.roles.isdisjoint(FILERS[task.control]):
            return {"rows-0-id": str(new_id()), "rows-0-kind": task.control}
        return None

    return fields


def _span_words(day: date) -> dict[str, str]:
    return {
        rules.ControlKind.DAILY.value: _("当天"),
        rules.ControlKind.WEEKLY.value: _("本周"),
        rules.ControlKind.MONTHLY.value: _("本月"),
    }


blueprint.add_app_template_filter(rows.plain, "plain_number")
