"""During bidding: answers, clarifications, later deadlines."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.tendering import labels, schemas
from bureau.tendering.models import Tender
from bureau.tendering.permissions import Permission
from bureau.tendering.service import changing, questions, reading
from bureau.tendering.views.blueprint import blueprint
from bureau.tendering.views.steps import step
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form


@blueprint.get("/<uuid:tender_id>/amendment")
@access(Permission.DRAFT)
def amendment(tender_id: UUID) -> Any:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    if tender.state != "bidding":
        return redirect(url_for("tendering.show", tender_id=tender.id))
    values = {
        "version": tender.version, "requirements": tender.requirements,
        "items": [schemas.AmendedItemForm().dump(row) for row in reading.items_of(actor, tender.id)],
        "lots": [schemas.AmendedLotForm().dump(row) for row in reading.lots_of(actor, tender.id)],
        "criteria": [schemas.AmendedCriterionForm().dump(row) for row in _changeable(tender)],
    }  # fmt: skip
    return _amendment_page(Form.blank(schemas.AmendmentForm(), values), tender)


def _changeable(tender: Tender) -> list[Any]:
    """Everything but the qualification (Art. 27)."""
    rows = reading.criteria_of(current_actor(), tender.id)
    return [row for row in rows if row.part != "qualification"]


def _amendment_page(form: Form, tender: Tender) -> str:
    actor = current_actor()
    return render_template(
        "tendering/amendment.html", form=form, tender=tender, labels=labels,
        names={
            "items": [(row.name, row.unit) for row in reading.items_of(actor, tender.id)],
            "lots": [row.title for row in reading.lots_of(actor, tender.id)],
            "criteria": [(labels.PARTS[row.part], row.title) for row in _changeable(tender)],
        },
        later=changing.extension_for_change(actor, tender),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/amendment")
@access(Permission.DRAFT)
def amend(tender_id: UUID) -> Any:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    form = Form.submitted(schemas.AmendmentForm())
    with form.catching():
        values = form.load()
        changing.amend(
            actor, tender.id, values["version"], reason=values["reason"], changes=_changes(tender, values),
            requirements=values["requirements"],
        )  # fmt: skip
        flash(_("澄清公告已发布。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender.id))
    return _amendment_page(form, reading.get_tender(actor, tender_id)), form.refusal_status


def _changes(tender: Tender, values: dict[str, Any]) -> list[changing.Change]:
    """What differs from how it stands; a ceiling left empty stays as it was."""
    actor = current_actor()
    stored: dict[str, dict[UUID, Any]] = {
        "item": {row.id: row for row in reading.items_of(actor, tender.id)},
        "lot": {row.id: row for row in reading.lots_of(actor, tender.id)},
        "criterion": {row.id: row for row in _changeable(tender)},
    }
    found = []
    for what, group in (("item", "items"), ("lot", "lots"), ("criterion", "criteria")):
        for row in values[group]:
            row_id = row.pop("id")
            kept = stored[what].get(row_id)
            given = {
                name: value
                for name, value in row.items()
                if value is not None and (kept is None or getattr(kept, name) != value)
            }
            if given:
                found.append(changing.Change(what, row_id, given))
    return found


@blueprint.post("/<uuid:tender_id>/documents-extension")
@access(Permission.DRAFT)
def extend_documents(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.DocumentsExtensionForm(),
        lambda data: changing.extend_documents(
            current_actor(), tender_id, data["version"], data["until"], data["reason"]
        ),
        _("延期公告已发布。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/extension")
@access(Permission.DRAFT)
def extend_bidding(tender_id: UUID) -> Any:
    return step(
        tender_id, schemas.BiddingExtensionForm(),
        lambda data: changing.extend_bidding(
            current_actor(), tender_id, data["version"], data["deadline"], data["reason"]
        ),
        _("延期公告已发布。"),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/questions/<uuid:tender_question_id>/answer")
@access(Permission.DRAFT)
def answer(tender_id: UUID, tender_question_id: UUID) -> Any:
    return step(
        tender_id, schemas.TenderAnswerForm(),
        lambda data: questions.answer(
            current_actor(), tender_id, tender_question_id, data["version"], answer=data["answer"],
            affects_bids=data["affects_bids"],
        ),
        _("已答复，澄清公告已发布。"),
    )  # fmt: skip
