"""Making, changing and ending a kind of one's own: a school's or the bureau's."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from duties import labels, rules
from duties.permissions import Permission
from duties.schemas import OWN_CADENCES, BureauDutyKindForm, DutyVersionForm, SchoolDutyKindForm
from duties.service import own_kinds
from duties.sources import role_book
from duties.views.blueprint import blueprint
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form

LISTS = ("months", "roles", "stages", "canteen_modes")


@blueprint.get("/plan/kinds/new")
@access(Permission.PLAN)
def new_school_kind() -> str:
    return _new_page(Form.blank(SchoolDutyKindForm(), _first_values()), is_school=True)


@blueprint.post("/plan/kinds/new")
@access(Permission.PLAN)
def create_school_kind() -> Any:
    return _create(Form.submitted(SchoolDutyKindForm()), is_school=True)


@blueprint.get("/settings/kinds/new")
@access(Permission.MANAGE)
def new_bureau_kind() -> str:
    return _new_page(Form.blank(BureauDutyKindForm(), _first_values()), is_school=False)


@blueprint.post("/settings/kinds/new")
@access(Permission.MANAGE)
def create_bureau_kind() -> Any:
    return _create(Form.submitted(BureauDutyKindForm()), is_school=False)


@blueprint.get("/plan/kinds/<uuid:duty_kind_id>")
@access(Permission.READ)
def show_school_kind(duty_kind_id: UUID) -> str:
    return _page(duty_kind_id, None, is_school=True)


@blueprint.post("/plan/kinds/<uuid:duty_kind_id>")
@access(Permission.PLAN)
def edit_school_kind(duty_kind_id: UUID) -> Any:
    return _edit(duty_kind_id, Form.submitted(SchoolDutyKindForm()), is_school=True)


@blueprint.post("/plan/kinds/<uuid:duty_kind_id>/end")
@access(Permission.PLAN)
def end_school_kind(duty_kind_id: UUID) -> Any:
    return _end(duty_kind_id, is_school=True)


@blueprint.get("/settings/kinds/<uuid:bureau_duty_kind_id>")
@access(Permission.MANAGE)
def show_bureau_kind(bureau_duty_kind_id: UUID) -> str:
    return _page(bureau_duty_kind_id, None, is_school=False)


@blueprint.post("/settings/kinds/<uuid:bureau_duty_kind_id>")
@access(Permission.MANAGE)
def edit_bureau_kind(bureau_duty_kind_id: UUID) -> Any:
    return _edit(bureau_duty_kind_id, Form.submitted(BureauDutyKindForm()), is_school=False)


@blueprint.post("/settings/kinds/<uuid:bureau_duty_kind_id>/end")
@access(Permission.MANAGE)
def end_bureau_kind(bureau_duty_kind_id: UUID) -> Any:
    return _end(bureau_duty_kind_id, is_school=False)


def _first_values() -> dict[str, Any]:
    return {
        "id": str(new_id()), "cadence": "weekly", "days": "school", "due_time": "17:00", "weekday": 4,
        "month_day": 31, "anchor": "end", "shift_days": 0, "lead_days": 0, "grace_hours": 72, "needed": 1,
        "starts_on": today().isoformat(), **{name: [] for name in LISTS},
    }  # fmt: skip


def _new_page(form: Form, *, is_school: bool) -> str:
    return _render(form, None, is_school=is_school)


def _create(form: Form, *, is_school: bool) -> Any:
    with form.catching():
        data = form.load()
        kind_id = data.pop("id") or new_id()
        data.pop("version")
        own_kinds.create(current_actor(), kind_id, **data)
        flash(_("已保存。"), "success")
        return redirect(_back(is_school))
    return _new_page(form, is_school=is_school), form.refusal_status


def _page(kind_id: UUID, form: Form | None, *, is_school: bool) -> str:
    row = own_kinds.get_own(current_actor(), kind_id)
    if form is None:
        schema = SchoolDutyKindForm() if is_school else BureauDutyKindForm()
        values = {name: getattr(row, name) for name in schema.fields if name != "id"}
        values |= {
            "due_time": f"{row.due_time:%H:%M}", "starts_on": row.starts_on.isoformat(),
            "ends_on": row.ends_on.isoformat() if row.ends_on else "",
            "once_on": row.once_on.isoformat() if row.once_on else "",
            **({} if is_school else {"boarding": _flag_text(getattr(row, "boarding", None))}),
        }  # fmt: skip
        form = Form.blank(schema, values)
    return _render(form, row, is_school=is_school)


def _flag_text(value: bool | None) -> str:
    return "" if value is None else str(int(value))


def _edit(kind_id: UUID, form: Form, *, is_school: bool) -> Any:
    own_kinds.get_own(current_actor(), kind_id)
    with form.catching():
        values, seen = form.load_edit()
        own_kinds.edit(current_actor(), kind_id, seen, **values)
        flash(_("已保存，还没到期的任务按新的要求重新产生。"), "success")
        return redirect(_back(is_school))
    return _page(kind_id, form, is_school=is_school), form.refusal_status


def _end(kind_id: UUID, *, is_school: bool) -> Any:
    own_kinds.get_own(current_actor(), kind_id)
    form = Form.submitted(DutyVersionForm())
    with form.catching():
        own_kinds.end(current_actor(), kind_id, form.load()["version"])
        flash(_("已停用。"), "success")
        return redirect(_back(is_school))
    return _page(kind_id, None, is_school=is_school), form.refusal_status


def _back(is_school: bool) -> str:
    return url_for("duties.plan" if is_school else "duties.list_settings")


def _render(form: Form, row: Any, *, is_school: bool) -> str:
    return render_template(
        "duties/kind_form.html", form=form, row=row, is_school=is_school, back=_back(is_school),
        cadences=[(code, labels.CADENCES[code]) for code in OWN_CADENCES], roles=list(role_book().labels.items()),
        months=[(month, month) for month in range(1, 13)], stages=list(labels.STAGES.items()),
        modes=[(mode, labels.CANTEEN_MODES[mode]) for mode in rules.CANTEEN_MODES],
        may_edit=may(Permission.PLAN if is_school else Permission.MANAGE) and (row is None or row.is_active),
        words=labels,
    )  # fmt: skip
