"""A school's plan: what it owes and why, what it does earlier, what it does besides."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from duties import labels
from duties.permissions import Permission
from duties.schemas import DutyVersionForm, SchoolDutySettingForm, choice_from
from duties.service import choosing, own_kinds
from duties.service.plans import pattern_of
from duties.sources import role_book
from duties.views.blueprint import blueprint
from kernel.access.edge import access, current_actor, may
from kernel.errors import NotFound
from kernel.web.forms import Form


@blueprint.get("/plan")
@access(Permission.READ)
def plan() -> str:
    actor = current_actor()
    plans, facts = choosing.own_planning(actor)
    lines = [(kind, plans.resolved(kind, facts)) for kind in plans.kinds.values() if kind.is_active]
    return render_template(
        "duties/plan.html",
        owed=[(kind, resolved) for kind, resolved in lines if resolved.pattern is not None],
        others=[kind for kind, resolved in lines if resolved.pattern is None],
        own=own_kinds.list_own(actor),
        choices=choosing.own_choices(actor),
        when=labels.when_text,
        pattern_of=pattern_of,
        may_plan=may(Permission.PLAN),
        roles=role_book().labels,
        words=labels,
    )


@blueprint.get("/plan/<duty_code>")
@access(Permission.READ)
def show_choice(duty_code: str) -> str:
    actor = current_actor()
    row = choosing.own_choices(actor).get(duty_code)
    values: dict[str, Any] = {"is_added": "1" if row and row.is_added else ""}
    if row is not None:
        values |= {
            "version": row.version, "due_time": f"{row.due_time:%H:%M}" if row.due_time else "",
            "weekday": row.weekday, "month_day": row.month_day, "minutes_after": row.minutes_after,
        }  # fmt: skip
    return _choice_page(duty_code, Form.blank(SchoolDutySettingForm(), values))


def _choice_page(duty_code: str, form: Form) -> str:
    actor = current_actor()
    plans, facts = choosing.own_planning(actor)
    kind = plans.kinds.get(duty_code)
    if kind is None or not kind.is_active:
        raise NotFound
    return render_template(
        "duties/choice.html", kind=kind, resolved=plans.resolved(kind, facts), form=form, when=labels.when_text,
        fields=choosing.fields_of(kind), row=choosing.own_choices(actor).get(duty_code), may_plan=may(Permission.PLAN),
        roles=role_book().labels, words=labels,
    )  # fmt: skip


@blueprint.post("/plan/<duty_code>")
@access(Permission.PLAN)
def choose(duty_code: str) -> Any:
    form = Form.submitted(SchoolDutySettingForm())
    with form.catching():
        data = form.load()
        choice = choice_from(data)
        choosing.choose(current_actor(), duty_code, data["version"], is_added=data["is_added"], choice=choice)
        flash(_("已保存，今后的任务按新的要求产生。"), "success")
        return redirect(url_for("duties.plan"))
    return _choice_page(duty_code, form), form.refusal_status


@blueprint.post("/plan/<duty_code>/forget")
@access(Permission.PLAN)
def forget(duty_code: str) -> Any:
    form = Form.submitted(DutyVersionForm())
    with form.catching():
        choosing.forget(current_actor(), duty_code, form.load()["version"])
        flash(_("已恢复为本区要求。"), "success")
        return redirect(url_for("duties.plan"))
    return _choice_page(duty_code, form), form.refusal_status
