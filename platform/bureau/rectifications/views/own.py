"""The school: what is to be put right, photos beside the inspector's, the reply, more time."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.rectifications import labels, rules
from bureau.rectifications.permissions import Permission
from bureau.rectifications.schemas import BoardQuery, ExtensionForm, PhotoForm, ReplyForm
from bureau.rectifications.service import reading, replying
from bureau.rectifications.service.moving import figures_of, own_rectification
from bureau.rectifications.views.blueprint import blueprint
from bureau.rectifications.views.shown import page
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid, NotFound
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded

PAGE = 50


@blueprint.get("/")
@access(Permission.READ_OWN)
def own() -> str:
    """The school's to-do list: what is due first comes first."""
    actor = current_actor()
    query = Form.blank(BoardQuery(), request.args.to_dict()).load()
    wanted = reading.Filter(state=query["state"], group=None if query["state"] else "active")
    listed = reading.board(actor, wanted, query["cursor"], PAGE)
    kept: dict[str, Any] = {"state": query["state"]} if query["state"] else {}
    figures = figures_of(actor.bureau_id)
    day = today()
    return render_template(
        "rectifications/own.html",
        page=listed,
        counts=reading.counts(actor),
        chosen=query["state"],
        tone=lambda one: reading.tone_of(one, figures, day),
        first_url=url_for("rectifications.own", **kept) if query["cursor"] else None,
        next_url=url_for("rectifications.own", cursor=listed.next_cursor, **kept) if listed.next_cursor else None,
        labels=labels,
    )


@blueprint.get("/<uuid:rectification_id>")
@access(Permission.READ_OWN)
def show(rectification_id: UUID) -> str:
    return _page(rectification_id, Form.blank(ReplyForm(), {"id": str(new_id())}))


def _page(rectification_id: UUID, form: Form, extension: Form | None = None) -> str:
    one = own_rectification(current_actor(), rectification_id)
    return page(
        "rectifications/show.html",
        one,
        form,
        extension=extension or Form.blank(ExtensionForm(), {"id": str(new_id())}),
        my_turn=one.state in rules.SCHOOL_STATES,
        inspection_id=one.inspection_id,
    )


@blueprint.get("/<uuid:rectification_id>/camera")
@access(Permission.RECTIFY)
def camera(rectification_id: UUID) -> str:
    """`before`: the before-photo that lies over the camera's picture, so that both are taken from one place."""
    one = own_rectification(current_actor(), rectification_id)
    before = request.args.get("before", "")
    if before and before not in one.before_photos:
        raise NotFound(_("没有这张整改前照片。"))
    return render_template("rectifications/camera.html", one=one, before=before, photo_id=new_id())


@blueprint.post("/<uuid:rectification_id>/photos")
@access(Permission.RECTIFY)
def add_photo(rectification_id: UUID) -> Any:
    """One photo, by the camera page's script or as a plain form."""
    own_rectification(current_actor(), rectification_id)  # a slip in the form must not hide that it is not there
    form = Form.submitted(PhotoForm())
    with form.catching():
        data = form.load()
        files = uploaded("photo")
        if len(files) != 1:
            raise Invalid({"photo": [_("请选择一张照片。")]})
        replying.add_photo(
            current_actor(), rectification_id, data["id"], files[0].read(), name=files[0].filename or "",
            before_id=data["before_id"],
        )  # fmt: skip
        return redirect(url_for("rectifications.show", rectification_id=rectification_id) + "#photos", 303)
    words = " ".join(text for texts in form.errors.values() for text in texts)
    if request.headers.get("X-Requested-With") == "fetch":
        return Response(words, status=form.refusal_status, mimetype="text/plain")
    flash(words, "danger")
    return redirect(url_for("rectifications.show", rectification_id=rectification_id) + "#photos", 303)


@blueprint.post("/<uuid:rectification_id>/photos/<uuid:rectification_photo_id>/remove")
@access(Permission.RECTIFY)
def remove_photo(rectification_id: UUID, rectification_photo_id: UUID) -> Any:
    replying.remove_photo(current_actor(), rectification_id, rectification_photo_id)
    return redirect(url_for("rectifications.show", rectification_id=rectification_id) + "#photos")


@blueprint.post("/<uuid:rectification_id>/reply")
@access(Permission.RECTIFY)
def reply(rectification_id: UUID) -> Any:
    form = Form.submitted(ReplyForm())
    with form.catching():
        data = form.load()
        cost: Decimal | None = data["cost"]
        replying.reply(
            current_actor(), rectification_id, data["version"], reply_id=data["id"], text=data["text"],
            cost_fen=None if cost is None else int(cost * 100),
        )  # fmt: skip
        flash(_("整改回复已提交，等待教育局审核。"))
        return redirect(url_for("rectifications.show", rectification_id=rectification_id))
    return _page(rectification_id, form), form.refusal_status


@blueprint.post("/<uuid:rectification_id>/extension")
@access(Permission.RECTIFY)
def ask_extension(rectification_id: UUID) -> Any:
    form = Form.submitted(ExtensionForm())
    with form.catching():
        data = form.load()
        replying.ask_extension(
            current_actor(), rectification_id, extension_id=data["id"], reason=data["reason"],
            wanted_until=data["wanted_until"],
        )  # fmt: skip
        flash(_("延期申请已提交。"))
        return redirect(url_for("rectifications.show", rectification_id=rectification_id))
    return _page(rectification_id, Form.blank(ReplyForm(), {"id": str(new_id())}), form), form.refusal_status
