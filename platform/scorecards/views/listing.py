"""The list of forms, and one form with its versions."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.web.forms import Form
from scorecards import labels, service
from scorecards.permissions import Permission
from scorecards.schemas import FormQuery, VersionForm
from scorecards.views.blueprint import blueprint


@blueprint.get("")
@access(Permission.READ)
def index() -> Any:
    form = Form.blank(FormQuery(), request.args.to_dict())
    page = None
    with form.catching():
        query = form.load()
        page = service.list_templates(current_actor(), **{**query, "state": query["state"] or "active"})
    kept = {name: value for name, value in form.values.items() if name in ("kind", "state", "q") and value}
    return render_template(
        "forms/index.html", form=form, page=page, labels=labels, kept=kept,
        filtered=bool(kept), next_url=_next_url(page, kept),
        first_url=url_for("forms.index", **kept) if form.value("cursor") else None,
    ), 422 if form.failed else 200  # fmt: skip


def _next_url(page: Any, kept: dict[str, Any]) -> str | None:
    if page is None or page.next_cursor is None:
        return None
    return url_for("forms.index", **kept, cursor=page.next_cursor)


@blueprint.get("/<uuid:template_id>")
@access(Permission.READ)
def show(template_id: UUID) -> str:
    actor = current_actor()
    template = service.get_template(actor, template_id)
    versions = service.versions_of(actor, template_id)
    return render_template("forms/show.html", template=template, versions=versions, labels=labels)


@blueprint.post("/<uuid:template_id>/retire")
@access(Permission.MANAGE)
def retire(template_id: UUID) -> Any:
    return _set_retired(template_id, True, _("已停用：不能再用它安排检查，已安排的检查不受影响。"))


@blueprint.post("/<uuid:template_id>/reactivate")
@access(Permission.MANAGE)
def reactivate(template_id: UUID) -> Any:
    return _set_retired(template_id, False, _("已恢复使用。"))


def _set_retired(template_id: UUID, retired: bool, message: str) -> Any:
    seen = Form.submitted(VersionForm()).load()["version"]
    service.retire_template(current_actor(), template_id, seen, retired=retired)
    flash(message, "success")
    return redirect(url_for("forms.show", template_id=template_id))
