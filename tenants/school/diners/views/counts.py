"""报餐 on a phone: yesterday's numbers stand there, one tap says the same; and the canteen's view of the day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.database import now
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.diners import labels
from school.diners.permissions import Permission
from school.diners.rules import Meal
from school.diners.schemas import CountsForm, DayQuery, ServedMealsSchema
from school.diners.service import counting, meals
from school.diners.service.counting import LATE_WRITERS, ClassCount
from school.diners.service.meals import MealSetting
from school.diners.views.blueprint import blueprint


@dataclass(frozen=True, slots=True)
class MealOfDay:
    meal: Meal
    deadline: datetime
    is_late: bool
    expected: int
    rows: list[ClassCount]

    def of(self, group: UUID | None) -> ClassCount:
        return next(row for row in self.rows if row.class_id == group)

    @property
    def planned(self) -> int:
        return sum(row.planned or 0 for row in self.rows)

    @property
    def unsaid(self) -> int:
        return sum(row.planned is None and row.class_id is not None for row in self.rows)


def _query() -> dict[str, Any]:
    try:
        return Form.blank(DayQuery(), dict(request.args.items())).load()
    except Invalid:
        return DayQuery().load({})


def _of_day(actor: Actor, day: date) -> list[MealOfDay]:
    settings = meals.settings(actor, actor.own_school_id())
    served = [setting for setting in settings.values() if setting.is_served]
    expected = counting.expected(actor, actor.own_school_id(), [day])
    return [_meal(actor, day, setting, expected) for setting in served]


def _meal(actor: Actor, day: date, setting: MealSetting, expected: Mapping[tuple[date, Meal], int]) -> MealOfDay:
    deadline = setting.deadline(day)
    rows = counting.class_counts(actor, actor.own_school_id(), day, setting.meal)
    return MealOfDay(setting.meal, deadline, now() > deadline, expected.get((day, setting.meal), 0), rows)


@blueprint.get("/diners")
@access(Permission.REPORT)
def index() -> str:
    """The class that is asked for, else the teacher's own, else the choice of one."""
    query = _query()
    return _report_page(query["day"] or _next_open_day(current_actor()), query["class_id"])


def _next_open_day(actor: Actor) -> date:
    """The next school day on which a meal may still be reported, today first: what a teacher comes for. The canteen
    comes for today."""
    if actor.roles & LATE_WRITERS:
        return today()
    settings = [one for one in meals.settings(actor, actor.own_school_id()).values() if one.is_served]
    calendar = workdays.calendar(actor.bureau_id)
    for ahead in range(counting.FURTHEST):
        day = today() + timedelta(days=ahead)
        if is_workday(day, calendar) and any(one.deadline(day) >= now() for one in settings):
            return day
    return today()


def _report_page(day: date, class_id: UUID | None, form: Form | None = None) -> str:
    actor = current_actor()
    shown = _of_day(actor, day)
    groups = shown[0].rows if shown else []
    # A class was asked for, else those of this teacher.
    chosen = [
        row.class_id
        for row in groups
        if (row.class_id == class_id if class_id is not None else row.teacher_id == actor.account_id)
    ]
    with_staff = bool(actor.roles & LATE_WRITERS)
    return render_template(
        "diners/report.html", day=day, meals=shown, groups=groups, chosen=chosen, labels=labels, form=form,
        with_staff=with_staff, may_late=with_staff, today=today(), next_day=day + timedelta(days=1),
        previous_day=day - timedelta(days=1),
    )  # fmt: skip


@blueprint.post("/diners")
@access(Permission.REPORT)
def report() -> Any:
    return _written(counting.report, _("已报餐。"))


@blueprint.post("/diners/served")
@access(Permission.REPORT)
def count_served() -> Any:
    return _written(counting.count_served, _("实到人数已保存。"))


def _written(write: Any, said: str) -> Any:
    form = Form.submitted(CountsForm())
    back, day = "report", today()
    with form.catching():
        values = form.load()
        back, day = values["back"], values["on_day"]
        counts = {(Meal(row["meal"]), row["class_id"]): row["number"] for row in values["counts"]}
        write(current_actor(), day, counts)
        flash(said, "success")
        if back == "summary":
            return redirect(url_for("diners.summary", day=day.isoformat()))
        groups = {group for _meal, group in counts if group is not None}
        only = groups.pop() if len(groups) == 1 else None
        return redirect(url_for("diners.index", day=day.isoformat(), class_id=only))
    page = _summary_page(day, form) if back == "summary" and may(Permission.READ) else _report_page(day, None, form)
    return page, form.refusal_status


@blueprint.get("/diners/summary")
@access(Permission.READ)
def summary() -> str:
    return _summary_page(_query()["day"] or today())


def _summary_page(day: date, form: Form | None = None) -> str:
    actor = current_actor()
    shown = _of_day(actor, day)
    groups = shown[0].rows if shown else []
    return render_template(
        "diners/summary.html", day=day, meals=shown, groups=groups, labels=labels, form=form, today=today(),
        next_day=day + timedelta(days=1), previous_day=day - timedelta(days=1), chosen=_query()["meal"],
    )  # fmt: skip


@blueprint.get("/diners/meals")
@access(Permission.MANAGE)
def meal_settings() -> str:
    return _settings_page(None)


@blueprint.post("/diners/meals")
@access(Permission.MANAGE)
def save_meal_settings() -> Any:
    form = Form.submitted(ServedMealsSchema())
    with form.catching():
        meals.save_settings(current_actor(), form.load()["meals"])
        flash(_("已保存。"), "success")
        return redirect(url_for("diners.meal_settings"))
    return _settings_page(form), form.refusal_status


def _settings_page(form: Form | None) -> str:
    actor = current_actor()
    rows = list(meals.settings(actor, actor.own_school_id()).values())
    if form is None:
        form = Form.blank(
            ServedMealsSchema(),
            {
                "meals": [
                    {
                        "meal": row.meal, "is_served": row.is_served, "days_before": row.days_before,
                        "report_until": f"{row.report_until:%H:%M}", "version": row.version,
                    }
                    for row in rows
                ]
            },
        )  # fmt: skip
    return render_template("diners/meals.html", form=form, rows=rows, labels=labels)
