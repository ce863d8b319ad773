"""The bureau: proposing, approving and withdrawing changes; the urgent stop."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements import labels
from bureau.agreements.change_schemas import ChangeForm, DecisionNoteForm, StopForm
from bureau.agreements.models import AgreementChange
from bureau.agreements.permissions import Permission
from bureau.agreements.schemas import AgreementReasonForm
from bureau.agreements.service import changes, finding, pricing
from bureau.agreements.views.blueprint import blueprint
from bureau.agreements.views.bureau import carry_out
from bureau.catalogue.models import CatalogueItem
from kernel.access.edge import access, current_actor
from kernel.database import db, new_id
from kernel.errors import NotFound
from kernel.web.dates import today
from kernel.web.forms import Form


@blueprint.get("/<uuid:agreement_id>/changes/new")
@access(Permission.MANAGE)
def new_change(agreement_id: UUID) -> str:
    kind = request.args.get("kind", "term_extension")
    if kind not in labels.CHANGE_KINDS:
        raise NotFound(_("没有这种变更。"))
    return _form_page(agreement_id, Form.blank(ChangeForm(), {"id": str(new_id()), "kind": kind, "rule": "lower"}))


def _form_page(agreement_id: UUID, form: Form) -> str:
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    lots = [lot for lot in finding.lots_of(actor, [agreement.id]) if lot.state != "cancelled"]
    kind = str(form.value("kind"))
    choices: list[tuple[Any, str]] = []
    if kind == "item_added":
        wanted = {lot.category_id for lot in lots if lot.category_id}
        query = select(CatalogueItem.id, CatalogueItem.name, CatalogueItem.specification).where(
            CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.state == "published",
            CatalogueItem.category_id.in_(wanted),
        )  # fmt: skip
        rows = db.session.execute(query.order_by(CatalogueItem.code).limit(500))
        choices = [(one.id, f"{one.name} {one.specification}".strip()) for one in rows]
    return render_template(
        "agreements/change.html", agreement=agreement, form=form, kind=kind, lots=lots, labels=labels,
        items=finding.items_of(actor, [lot.id for lot in lots]), choices=choices,
        prices=pricing.prices_of_agreement(actor.bureau_id, agreement.id, today()), quantity=labels.quantity_text,
    )  # fmt: skip


@blueprint.post("/<uuid:agreement_id>/changes/new")
@access(Permission.MANAGE)
def propose(agreement_id: UUID) -> Any:
    form = Form.submitted(ChangeForm())
    with form.catching():
        data = form.load()
        changes.propose(
            current_actor(), agreement_id, data["id"], kind=data["kind"], reason=data["reason"],
            details=_details(data), from_day=data["from_day"],
        )  # fmt: skip
        flash(_("变更已提出，待另一人批准。"))
        return redirect(url_for("agreements.show", agreement_id=agreement_id))
    if str(form.value("kind")) not in labels.CHANGE_KINDS:
        raise NotFound(_("没有这种变更。"))
    return _form_page(agreement_id, form), form.refusal_status


def _details(data: dict[str, Any]) -> dict[str, Any]:
    """The page's fields as the service's content of a change."""
    kind = data["kind"]
    if kind == "term_extension":
        return {"last_day": data["last_day"]}
    if kind in ("suspension", "resumption"):
        return {"lot_id": data["lot_id"]}
    if kind == "supplier_data":
        return {"fields": {name: data[name] for name in labels.SUPPLIER_FIELDS}}
    if kind == "item_added":
        price = data["price"]
        return {
            "lot_id": data["lot_id"], "item_id": data["item_id"], "unit": data["unit"],
            "price_fen": None if price is None else int(price * 100), "quantity": data["quantity"],
        }  # fmt: skip
    if kind == "quantity_supplement":
        return {
            "lines": [
                {"agreement_item_id": line["agreement_item_id"], "quantity": line["value"]}
                for line in data["lines"]
                if line["value"] and line["agreement_item_id"]
            ]
        }
    if kind == "price_change":
        return {"rule": data["rule"], "lines": [_price_line(line, data["rule"]) for line in _priced(data)]}
    return {}


def _priced(data: dict[str, Any]) -> list[dict[str, Any]]:
    if data["rule"] == "market":
        return [line for line in data["lines"] if line["is_chosen"] and line["agreement_item_id"]]
    return [line for line in data["lines"] if line["value"] is not None]


def _price_line(line: dict[str, Any], rule: str) -> dict[str, Any]:
    if line["lot_id"]:
        return {"lot_id": line["lot_id"], "discount": line["value"]}
    if rule == "market":
        return {"agreement_item_id": line["agreement_item_id"]}
    return {"agreement_item_id": line["agreement_item_id"], "price_fen": line["value"] * 100}


@blueprint.post("/<uuid:agreement_id>/changes/<uuid:agreement_change_id>/approval")
@access(Permission.APPROVE)
def approve(agreement_id: UUID, agreement_change_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> AgreementChange:
        return changes.approve(
            current_actor(), agreement_id, agreement_change_id, data["version"], data["reason"] or ""
        )

    return carry_out(agreement_id, DecisionNoteForm(), act, _("变更已生效。"))


@blueprint.post("/<uuid:agreement_id>/changes/<uuid:agreement_change_id>/withdrawal")
@access(Permission.MANAGE)
def withdraw(agreement_id: UUID, agreement_change_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> AgreementChange:
        return changes.withdraw(current_actor(), agreement_id, agreement_change_id, data["version"], data["reason"])

    return carry_out(agreement_id, AgreementReasonForm(), act, _("变更已取消。"))


@blueprint.post("/<uuid:agreement_id>/changes/<uuid:agreement_change_id>/confirmation")
@access(Permission.APPROVE)
def confirm_stop(agreement_id: UUID, agreement_change_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> AgreementChange:
        return changes.confirm_stop(
            current_actor(), agreement_id, agreement_change_id, data["version"], data["reason"] or ""
        )

    return carry_out(agreement_id, DecisionNoteForm(), act, _("已确认紧急暂停。"))


@blueprint.post("/<uuid:agreement_id>/stop")
@access(Permission.MANAGE)
def stop(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> AgreementChange:
        return changes.stop(current_actor(), agreement_id, data["id"], reason=data["reason"], lot_id=data["lot_id"])

    return carry_out(agreement_id, StopForm(), act, _("已暂停，即时生效。"))
