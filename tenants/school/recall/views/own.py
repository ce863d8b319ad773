"""A school's part of the recalls: read it, lock the goods away, say what was found."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools.service.schools import school_names
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form, uploaded
from school.diners.labels import MEALS
from school.recall import labels
from school.recall.permissions import Permission
from school.recall.schemas import SecureForm
from school.recall.service import answering, reading
from school.recall.views.blueprint import blueprint


@blueprint.get("/mine")
@access(Permission.READ_PART)
def mine() -> str:
    actor = current_actor()
    page = reading.list_parts(actor, cursor=request.args.get("cursor"))
    names = school_names(actor, {part.school_id for part in page.items}) if actor.level == "zone" else {}
    return render_template("recall/mine.html", page=page, labels=labels, names=names)


@blueprint.get("/mine/<uuid:recall_id>")
@access(Permission.READ_OWN)
def show_mine(recall_id: UUID) -> str:
    return _page(recall_id, Form.blank(SecureForm()))


@blueprint.post("/mine/<uuid:recall_id>/seen")
@access(Permission.SECURE)
def seen(recall_id: UUID) -> Any:
    """Sent by the page itself when one of the responsible people opens it."""
    answering.mark_seen(current_actor(), recall_id)
    return redirect(url_for("recall.show_mine", recall_id=recall_id))


@blueprint.post("/mine/<uuid:recall_id>/secure")
@access(Permission.SECURE)
def secure(recall_id: UUID) -> Any:
    form = Form.submitted(SecureForm())
    with form.catching():
        values = form.load()
        photos = uploaded("photo")
        answering.secure(
            current_actor(), recall_id, values["version"], found=values["found"], words=values["words"],
            photo=photos[0].read() if photos else None,
        )  # fmt: skip
        flash(_("已登记封存情况，局里马上可以看到。"), "success")
        return redirect(url_for("recall.show_mine", recall_id=recall_id))
    return _page(recall_id, form), form.refusal_status


def _page(recall_id: UUID, form: Form) -> str:
    part = answering.own_part(current_actor(), recall_id)
    if not form.is_submitted and part.state == "secured":
        form = Form.blank(SecureForm(), {"found": part.found, "words": part.words})
    return render_template("recall/show_mine.html", part=part, labels=labels, form=form, meals=MEALS)
