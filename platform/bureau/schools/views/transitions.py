"""Suspend, reopen, merge; the schools that were merged into one's own."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools import labels, service, states
from bureau.schools.permissions import Permission
from bureau.schools.schemas import MergeForm, ReasonForm
from bureau.schools.views.schools import blueprint
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form

STAFF_LABELS = {
    "carry_over": lambda: _("转入合并后的学校，岗位不变"),
    "end": lambda: _("全部终止，由合并后的学校另行安排"),
}


@blueprint.get("/<int:school_id>/suspend")
@access(Permission.SCHOOLS_MANAGE)
def suspend(school_id: int) -> str:
    return _reason_page(school_id, "suspend")


@blueprint.post("/<int:school_id>/suspend")
@access(Permission.SCHOOLS_MANAGE)
def confirm_suspend(school_id: int) -> Any:
    return _change(school_id, "suspend", service.suspend_school, _("学校已停用。"))


@blueprint.get("/<int:school_id>/reopen")
@access(Permission.SCHOOLS_MANAGE)
def reopen(school_id: int) -> str:
    return _reason_page(school_id, "reopen")


@blueprint.post("/<int:school_id>/reopen")
@access(Permission.SCHOOLS_MANAGE)
def confirm_reopen(school_id: int) -> Any:
    return _change(school_id, "reopen", service.reopen_school, _("学校已恢复。"))


def _change(school_id: int, event: str, use_case: Any, done: str) -> Any:
    actor = current_actor()
    service.get_school(actor, school_id)
    form = Form.submitted(ReasonForm())
    with form.catching():
        values = form.load()
        use_case(actor, school_id, seen_version=values["version"], reason=values["reason"])
        flash(done, "success")
        return redirect(url_for("schools.show", school_id=school_id))
    return _reason_page(school_id, event, form), form.refusal_status


def _reason_page(school_id: int, event: str, form: Form | None = None) -> str:
    school = service.get_school(current_actor(), school_id)
    form = form or Form.blank(ReasonForm())
    form.values["version"] = school.version
    return render_template("schools/change_state.html", school=school, event=event, form=form, labels=labels)


@blueprint.get("/<int:school_id>/merge")
@access(Permission.SCHOOLS_MANAGE)
def merge(school_id: int) -> str:
    return _merge_page(school_id)


@blueprint.post("/<int:school_id>/merge")
@access(Permission.SCHOOLS_MANAGE)
def confirm_merge(school_id: int) -> Any:
    actor = current_actor()
    service.get_school(actor, school_id)
    form = Form.submitted(MergeForm())
    with form.catching():
        values = form.load()
        service.merge_school(actor, school_id, seen_version=values.pop("version"), **values)
        flash(_("合并完成，原学校的记录可在“历史学校”中查看。"), "success")
        return redirect(url_for("schools.show", school_id=school_id))
    return _merge_page(school_id, form), form.refusal_status


def _merge_page(school_id: int, form: Form | None = None) -> str:
    actor = current_actor()
    school = service.get_school(actor, school_id)
    form = form or Form.blank(MergeForm(), {"staff": "carry_over"})
    form.values["version"] = school.version
    return render_template(
        "schools/merge.html",
        school=school,
        form=form,
        targets=[(target.id, f"{target.code} {target.name}") for target in service.merge_targets(actor, school)],
        staff=[(choice, STAFF_LABELS[choice]()) for choice in states.STAFF_CHOICES],
        labels=labels,
    )
