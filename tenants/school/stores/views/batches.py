"""What is done with one batch: moved, brought back, disposed of, set aside."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.web.forms import Form, uploaded
from school.stores.permissions import Permission
from school.stores.rules import DocumentKind, GoodKind
from school.stores.schemas import StoreBatchActionForm, StoreHoldForm
from school.stores.service import confirming, freezing, issuing, reading
from school.stores.views.blueprint import blueprint
from school.stores.views.stock import batch_page

PURPOSE = "disposal"


def _form(batch_id: UUID, opened: str, act: Any) -> Any:
    actor = current_actor()
    reading.get_batch(actor, actor.own_school_id(), batch_id)
    form = Form.submitted(StoreBatchActionForm())
    with form.catching():
        return act(actor, form.load())
    return batch_page(batch_id, form, opened), form.refusal_status


def _done(document: Any, text: str) -> Any:
    flash(text, "success")
    return redirect(url_for("stores.show_document", store_document_id=document.id))


@blueprint.post("/stock/batches/<uuid:store_batch_id>/transfer")
@access(Permission.KEEP)
def transfer(store_batch_id: UUID) -> Any:
    def act(actor: Actor, values: dict[str, Any]) -> Any:
        target = values["to_location_id"] or values["location_id"]
        moves = [(store_batch_id, values["location_id"], target, values["quantity"])]
        return _done(issuing.transfer(actor, values["id"], moves, reason=values["reason"]), _("已移库。"))

    return _form(store_batch_id, "transfer", act)


@blueprint.post("/stock/batches/<uuid:store_batch_id>/return")
@access(Permission.KEEP)
def give_back(store_batch_id: UUID) -> Any:
    def act(actor: Actor, values: dict[str, Any]) -> Any:
        takes = [(store_batch_id, values["location_id"], values["quantity"])]
        document = issuing.give_back(
            actor, values["id"], takes, taker_name=values["taker_name"], reason=values["reason"]
        )
        return _done(document, _("已退库。"))

    return _form(store_batch_id, "return", act)


@blueprint.post("/stock/batches/<uuid:store_batch_id>/dispose")
@access(Permission.KEEP)
def dispose(store_batch_id: UUID) -> Any:
    def act(actor: Actor, values: dict[str, Any]) -> Any:
        takes = [(store_batch_id, values["location_id"], values["quantity"])]
        _batch, good = reading.get_batch(actor, actor.own_school_id(), store_batch_id)
        if good.kind == GoodKind.HAZARDOUS:
            row = confirming.propose(
                actor, values["id"], kind=DocumentKind.DISPOSAL, takes=takes, reason=values["reason"],
                attachment_id=_photo(actor, values["id"]),
            )  # fmt: skip
            flash(_("已提交，等第二名保管人员确认后处置。"), "info")
            return redirect(url_for("stores.show_confirmation", store_confirmation_id=row.id))
        document = issuing.dispose(
            actor, values["id"], takes, reason=values["reason"], attachment_id=_photo(actor, values["id"])
        )
        return _done(document, _("已报损。"))

    return _form(store_batch_id, "dispose", act)


def _photo(actor: Actor, document_id: UUID) -> UUID | None:
    """The first photo, kept under an id that follows from the document: sent twice it is kept once."""
    for file in uploaded("photo"):
        photo_id = UUID(int=document_id.int ^ 1)
        kept = store(
            actor, file.stream.read(), name=file.filename or "", purpose=PURPOSE, attachment_id=photo_id,
            accepted=IMAGES, field="photo",
        )  # fmt: skip
        return kept.id
    return None


@blueprint.post("/stock/batches/<uuid:store_batch_id>/freeze")
@access(Permission.KEEP)
def freeze(store_batch_id: UUID) -> Any:
    return _hold(store_batch_id, freezing.freeze, _("已封存，不能再领用。"))


@blueprint.post("/stock/batches/<uuid:store_batch_id>/unfreeze")
@access(Permission.MANAGE)
def unfreeze(store_batch_id: UUID) -> Any:
    """Lifts the school's own hold; what a recall holds only the recall lets go."""
    return _hold(store_batch_id, freezing.unfreeze, _("已解除本校的封存。"))


def _hold(batch_id: UUID, act: Any, text: str) -> Any:
    actor = current_actor()
    reading.get_batch(actor, actor.own_school_id(), batch_id)
    form = Form.submitted(StoreHoldForm())
    with form.catching():
        act(actor, [(actor.own_school_id(), batch_id)], (freezing.SCHOOL, batch_id), form.load()["reason"])
        flash(text, "success")
        return redirect(url_for("stores.show_batch", store_batch_id=batch_id))
    return batch_page(batch_id, form, "hold"), form.refusal_status
