"""Photos of proof that look like an older one, side by side."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.evidence import service
from bureau.evidence.permissions import Permission
from bureau.evidence.schemas import MatchLookIn
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form

blueprint = Blueprint("evidence", __name__, url_prefix="/evidence")
PURPOSE = {
    "inspection_photo": _l("检查照片"),
    "rectification_photo": _l("整改照片"),
    "appeal_evidence": _l("申诉材料"),
}


@blueprint.get("/photo-matches")
@access(Permission.READ)
def matches() -> str:
    return _page(None)


@blueprint.post("/photo-matches/<uuid:match_id>")
@access(Permission.LOOK)
def look(match_id: UUID) -> Any:
    form = Form.submitted(MatchLookIn())
    with form.catching():
        service.look_at(current_actor(), match_id, **form.load())
        flash(_("已记录核对结论。"))
        return redirect(url_for("evidence.matches"))
    return _page(form, match_id), form.refusal_status


def _page(form: Form | None, refused: UUID | None = None) -> str:
    looked = request.args.get("looked") == "1"
    page = service.list_matches(current_actor(), looked=looked, cursor=request.args.get("cursor"))
    return render_template(
        "evidence/matches.html", page=page, looked=looked, form=form, refused=refused, purposes=PURPOSE
    )
