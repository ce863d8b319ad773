"""双人收发: what waits for a second keeper."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.web.forms import Form
from school.stores import labels
from school.stores.permissions import Permission
from school.stores.schemas import StoreDecisionForm
from school.stores.service import confirming, places, reading, signing
from school.stores.service.steps import steps_of
from school.stores.views.blueprint import blueprint


@blueprint.get("/stock/confirmations")
@access(Permission.READ)
def confirmations() -> str:
    actor = current_actor()
    rows = confirming.waiting(actor, actor.own_school_id())
    return render_template("stores/confirmations.html", rows=rows, labels=labels)


@blueprint.get("/stock/confirmations/<uuid:store_confirmation_id>")
@access(Permission.READ)
def show_confirmation(store_confirmation_id: UUID) -> str:
    return _page(store_confirmation_id)


def _page(confirmation_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    school_id = actor.own_school_id()
    row = confirming.get(actor, school_id, confirmation_id)
    lines = [
        (*reading.get_batch(actor, school_id, batch_id), location_id, quantity)
        for batch_id, location_id, quantity in confirming.takes_of(row)
    ]
    return render_template(
        "stores/confirmation.html", row=row, lines=lines, places=places.places_of(actor, school_id).by_id,
        labels=labels, steps=steps_of(actor, school_id, row.id), form=form,
        is_own=row.created_by == actor.account_id,
    )  # fmt: skip


@blueprint.post("/stock/confirmations/<uuid:store_confirmation_id>")
@access(Permission.CONFIRM)
def decide_confirmation(store_confirmation_id: UUID) -> Any:
    actor = current_actor()
    confirming.get(actor, actor.own_school_id(), store_confirmation_id)
    form = Form.submitted(StoreDecisionForm())
    with form.catching():
        values = form.load()
        is_confirmed = values["decision"] == "yes"
        signing.decide(
            actor, store_confirmation_id, values["version"], is_confirmed=is_confirmed, reason=values["reason"]
        )
        flash(_("已确认，物品已出库。") if is_confirmed else _("已退回。"), "success")
        return redirect(url_for("stores.show_confirmation", store_confirmation_id=store_confirmation_id))
    return _page(store_confirmation_id, form), form.refusal_status
