"""Which roles must use a second factor."""

from typing import Any

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.people import service
from bureau.people.permissions import Permission
from bureau.people.schemas import SecondFactorForm
from bureau.people.views import demands
from bureau.roles import LABELS, LEVELS
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form

GROUPS = ("bureau", "zone", "school", "supplier")


@demands.get("")
@access(Permission.SECOND_FACTOR)
def show() -> str:
    roles, version = service.second_factor_roles(current_actor())
    return _page(Form.blank(SecondFactorForm(), {"roles": roles, "version": version}))


@demands.post("")
@access(Permission.SECOND_FACTOR)
def save() -> Any:
    form = Form.submitted(SecondFactorForm())
    with form.catching():
        data = form.load()
        service.set_second_factor_roles(current_actor(), data["roles"], data["version"])
        flash(_("已保存。还没有设置的人员，下一次打开页面时须先完成设置。"), "success")
        return redirect(url_for("second_factor_roles.show"))
    if form.conflict is not None and form.conflict.current:
        form.values["version"] = form.conflict.current["version"]
    return _page(form), form.refusal_status


def _page(form: Form) -> str:
    groups = [(level, [(str(role), str(LABELS[role])) for role in LEVELS[level]]) for level in GROUPS]
    return render_template("people/second_factor.html", form=form, groups=groups)
