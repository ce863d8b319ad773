"""Signs in the data that somebody should look at."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.fairness import labels
from bureau.fairness.permissions import Permission
from bureau.fairness.schemas import DataFlagLookIn
from bureau.fairness.service import flagging
from bureau.fairness.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form


@blueprint.get("/data-flags")
@access(Permission.FLAGS)
def flags() -> str:
    return _page(None)


@blueprint.post("/data-flags/<int:school_id>/<uuid:flag_id>")
@access(Permission.LOOK)
def look(school_id: int, flag_id: UUID) -> Any:
    form = Form.submitted(DataFlagLookIn())
    with form.catching():
        flagging.look_at(current_actor(), school_id, flag_id, **form.load())
        flash(_("已记录核对结论。"))
        return redirect(url_for("fairness.flags"))
    return _page(form, flag_id), form.refusal_status


def _page(form: Form | None, flag_id: UUID | None = None) -> str:
    looked = request.args.get("looked") == "1"
    page = flagging.list_flags(current_actor(), looked=looked, cursor=request.args.get("cursor"))
    return render_template("fairness/flags.html", page=page, looked=looked, labels=labels, form=form, refused=flag_id)
