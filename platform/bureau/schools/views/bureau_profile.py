from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools import service
from bureau.schools.permissions import Permission
from bureau.schools.schemas import BureauForm
from bureau.schools.views.conflicts import differences
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form

blueprint = Blueprint("bureau_profile", __name__, url_prefix="/bureau")


@blueprint.get("")
@access(Permission.BUREAU_PROFILE_READ)
def show() -> str:
    bureau = service.get_bureau(current_actor())
    form = Form.blank(BureauForm(), {"name": bureau.name, "version": bureau.version})
    return _page(form)


@blueprint.post("")
@access(Permission.BUREAU_PROFILE_EDIT)
def edit() -> Any:
    form = Form.submitted(BureauForm())
    with form.catching():
        values = form.load()
        service.edit_bureau(current_actor(), seen_version=values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("bureau_profile.show"))
    return _page(form), form.refusal_status


def _page(form: Form) -> str:
    return render_template(
        "schools/bureau.html",
        form=form,
        bureau=service.get_bureau(current_actor()),
        differences=differences(form, {"name": _("名称")}),
    )
