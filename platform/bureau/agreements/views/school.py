"""A school: what it may order, from whom, at today's price and how that came about; its choice; agreements that cover it."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.agreements import labels
from bureau.agreements.permissions import Permission
from bureau.agreements.service import choosing, finding, pricing, reading
from bureau.agreements.stage_schemas import ChoiceForm
from bureau.agreements.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.schemas import PageArguments
from kernel.web.dates import today
from kernel.web.forms import Form

PAGE = 30


@blueprint.get("/orderable")
@access(Permission.READ_COVERED)
def orderable() -> str:
    return _orderable_page(Form.blank(ChoiceForm()))


def _orderable_page(form: Form) -> str:
    actor = current_actor()
    school_id = actor.own_school_id()
    offers = reading.offers_for_school(actor, school_id)
    choices = choosing.choices_of(actor, school_id)
    groups = [
        (
            found[0].price.name,
            sorted(found, key=lambda one: not _is_chosen(choices.get(item_id), one)),
            choices.get(item_id),
        )
        for item_id, found in offers.items()
    ]
    groups.sort(key=lambda group: (group[1][0].price.lot_number, group[0]))
    return render_template(
        "agreements/orderable.html", groups=groups, labels=labels, quantity=labels.quantity_text, today=today(),
        form=form, new_id=new_id,
    )  # fmt: skip


def _is_chosen(choice: Any, offer: Any) -> bool:
    return choice is not None and choice.agreement_item_id == offer.price.agreement_item_id


@blueprint.post("/choices")
@access(Permission.CHOOSE)
def choose() -> Any:
    form = Form.submitted(ChoiceForm())
    with form.catching():
        data = form.load()
        choosing.choose(current_actor(), data["id"], data["agreement_item_id"], data["reason"])
        flash(_("已选定，理由已记录。"))
        return redirect(url_for("agreements.orderable"))
    return _orderable_page(form), form.refusal_status


@blueprint.get("/covering")
@access(Permission.READ_COVERED)
def covering() -> str:
    cursor = Form.blank(PageArguments(), {"cursor": request.args.get("cursor", "")}).load()["cursor"]
    page = reading.list_agreements(current_actor(), None, cursor, PAGE)
    return render_template(
        "agreements/covering.html", page=page, labels=labels, standing_of=finding.standing_of,
        next_url=url_for("agreements.covering", cursor=page.next_cursor) if page.next_cursor else None,
        first_url=url_for("agreements.covering") if cursor else None,
    )  # fmt: skip


@blueprint.get("/covering/<uuid:agreement_id>")
@access(Permission.READ_COVERED)
def covering_one(agreement_id: UUID) -> str:
    return reader_page("agreements/covering_one.html", agreement_id)


def reader_page(template: str, agreement_id: UUID, **more: Any) -> str:
    """An agreement as a school or its supplier reads it: lots, prices with their account, balances."""
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    lots = finding.lots_of(actor, [agreement.id])
    items: dict[UUID, list[Any]] = {}
    for item in finding.items_of(actor, [lot.id for lot in lots]):
        items.setdefault(item.lot_id, []).append(item)
    shown = {lot.id for lot in lots}
    return render_template(
        template, agreement=agreement, lots=lots, items=items, labels=labels, standing=finding.standing_of(agreement),
        prices=pricing.prices_of_agreement(actor.bureau_id, agreement.id, today()), today=today(),
        balances=[one for one in reading.balances_of(actor, agreement.id) if one.lot.id in shown],
        quantity=labels.quantity_text, **more,
    )  # fmt: skip
