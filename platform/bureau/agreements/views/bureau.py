"""The bureau: the list, one agreement with all its parts, signing, publishing, filing, scans."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements import labels, rules
from bureau.agreements.models import Agreement
from bureau.agreements.permissions import Permission
from bureau.agreements.schemas import (
    AgreementEditForm,
    AgreementQuery,
    AgreementReasonForm,
    FilingForm,
    PublicationForm,
    ScanForm,
    SigningForm,
    TransferForm,
)
from bureau.agreements.service import balances, finding, from_awards, making, pricing, reading, signing
from bureau.agreements.sheets import agreement_xlsx
from bureau.agreements.views.blueprint import blueprint
from bureau.schools.models import School
from kernel.access.edge import access, current_actor, may
from kernel.database import db, new_id
from kernel.errors import RuleBroken
from kernel.schemas import BaseSchema, Identifier, PageArguments
from kernel.sheets import MEDIA_TYPE
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form, uploaded

PAGE = 30


class FromTenderForm(BaseSchema):
    tender_id = Identifier(required=True)


@blueprint.get("")
@access(Permission.READ)
def index() -> str:
    return index_page(Form.blank(FromTenderForm()))


def index_page(form: Form) -> str:
    actor = current_actor()
    query = Form.blank(
        AgreementQuery(), {name: request.args[name] for name in ("standing", "cursor") if name in request.args}
    )
    values = query.load()
    page = reading.list_agreements(actor, values["standing"], values["cursor"], PAGE)
    tenders = from_awards.tenders_to_sign(actor) if may(Permission.MANAGE) else []
    return render_template(
        "agreements/index.html", page=page, chosen=values["standing"], labels=labels, standing_of=finding.standing_of,
        form=form, tenders=tenders, days_late=rules.days_late, today=today(),
        next_url=url_for("agreements.index", standing=values["standing"], cursor=page.next_cursor)
        if page.next_cursor else None,
        first_url=url_for("agreements.index", standing=values["standing"]) if values["cursor"] else None,
    )  # fmt: skip


@blueprint.post("/from-tender")
@access(Permission.MANAGE)
def make() -> Any:
    form = Form.submitted(FromTenderForm())
    with form.catching():
        made = from_awards.create_for(current_actor(), form.load()["tender_id"])
        flash(_("已生成 %(count)s 份协议。", count=len(made)) if made else _("各标包均已有协议。"))
        return redirect(url_for("agreements.show", agreement_id=made[0].id) if made else url_for("agreements.index"))
    return index_page(form), form.refusal_status


@blueprint.get("/<uuid:agreement_id>")
@access(Permission.READ)
def show(agreement_id: UUID) -> str:
    return show_page(agreement_id)


def show_page(agreement_id: UUID, refused: Form | None = None) -> str:
    """`refused`: a form of this page that was not taken; its messages stand at the top."""
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    lots = finding.lots_of(actor, [agreement.id])
    items: dict[UUID, list[Any]] = {}
    for item in finding.items_of(actor, [lot.id for lot in lots]):
        items.setdefault(item.lot_id, []).append(item)
    lines = reading.balances_of(actor, agreement.id)
    shared = [one for one in lines if one.lot.balance_form == "per_school" and one.item is not None]
    return render_template(
        "agreements/show.html", agreement=agreement, lots=lots, items=items, labels=labels,
        standing=finding.standing_of(agreement), prices=pricing.prices_of_agreement(actor.bureau_id, agreement.id, today()),
        balances=lines, shared=shared, schools=_schools(lots) if shared else [], changes=finding.changes_of(actor, agreement),
        documents=finding.documents_of(actor, agreement), events=finding.events_of(actor, agreement),
        warnings=signing.warnings(actor, agreement), form=refused or Form.blank(SigningForm()), new_id=new_id,
        days_late=rules.days_late, today=today(), quantity=labels.quantity_text, own=actor.account_id,
    )  # fmt: skip


def _schools(lots: list[Any]) -> list[tuple[int, str]]:
    query = select(School.id, School.name).where(School.bureau_id == current_actor().bureau_id).order_by(School.name)
    covered = None if any(lot.covers_all for lot in lots) else {one for lot in lots for one in lot.school_ids}
    return [(one.id, one.name) for one in db.session.execute(query) if covered is None or one.id in covered]


def carry_out(agreement_id: UUID, schema: BaseSchema, act: Callable[[dict[str, Any]], Any], done: str) -> Any:
    """A form of the agreement's page: carried out, or shown again with what is wrong."""
    form = Form.submitted(schema)
    with form.catching():
        act(form.load())
        flash(done)
        return redirect(url_for("agreements.show", agreement_id=agreement_id))
    return show_page(agreement_id, form), form.refusal_status


@blueprint.post("/<uuid:agreement_id>/edit")
@access(Permission.MANAGE)
def edit(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> Agreement:
        return making.edit_pending(
            current_actor(), agreement_id, data["version"], title=data["title"], notes=data["notes"] or "",
            notice_on=data["notice_on"],
        )  # fmt: skip

    return carry_out(agreement_id, AgreementEditForm(), act, _("已保存。"))


@blueprint.post("/<uuid:agreement_id>/signing")
@access(Permission.MANAGE)
def sign(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> Agreement:
        return signing.sign(
            current_actor(), agreement_id, data["version"], supplier_signed_on=data["supplier_signed_on"],
            bureau_signed_on=data["bureau_signed_on"], override_reason=data["override_reason"] or "",
        )  # fmt: skip

    return carry_out(agreement_id, SigningForm(), act, _("协议已签订。"))


@blueprint.post("/<uuid:agreement_id>/publication")
@access(Permission.MANAGE)
def publish(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> Agreement:
        return signing.publish(current_actor(), agreement_id, data["version"], data["published_on"])

    return carry_out(agreement_id, PublicationForm(), act, _("合同已公告。"))


@blueprint.post("/<uuid:agreement_id>/filing")
@access(Permission.MANAGE)
def file_copy(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> Agreement:
        return signing.file_copy(
            current_actor(), agreement_id, data["version"], data["filed_on"], data["reference"] or ""
        )

    return carry_out(agreement_id, FilingForm(), act, _("已登记报备。"))


@blueprint.post("/<uuid:agreement_id>/cancellation")
@access(Permission.MANAGE)
def cancel(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> Agreement:
        return making.cancel(current_actor(), agreement_id, data["version"], data["reason"])

    return carry_out(agreement_id, AgreementReasonForm(), act, _("协议已取消。"))


@blueprint.post("/<uuid:agreement_id>/scans")
@access(Permission.MANAGE)
def add_scan(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> None:
        save_scans(agreement_id, data)

    return carry_out(agreement_id, ScanForm(), act, _("文件已上传。"))


def save_scans(agreement_id: UUID, data: dict[str, Any]) -> None:
    files = uploaded("file")
    if not files:
        raise RuleBroken("no_file", _("请选择文件。"))
    for place, file in enumerate(files):
        signing.add_document(
            current_actor(), agreement_id, data["id"] if place == 0 else new_id(), file.read(), file.filename or "",
            kind=data["kind"], side=data["side"], title=data["title"] or "",
        )  # fmt: skip


@blueprint.get("/<uuid:agreement_id>/scans/<uuid:scan_id>")
@access(Permission.READ)
def scan(agreement_id: UUID, scan_id: UUID) -> Response:
    return scan_response(agreement_id, scan_id)


def scan_response(agreement_id: UUID, scan_id: UUID) -> Response:
    attachment, data = signing.read_document(current_actor(), agreement_id, scan_id)
    response = Response(data, mimetype=attachment.media_type)
    response.headers["Content-Disposition"] = disposition("inline", attachment.original_name)
    return response


@blueprint.post("/<uuid:agreement_id>/transfers")
@access(Permission.MANAGE)
def transfer(agreement_id: UUID) -> Any:
    def act(data: dict[str, Any]) -> None:
        balances.transfer(
            current_actor(), data.pop("id"), data.pop("agreement_item_id"), agreement_id=agreement_id, **data
        )

    return carry_out(agreement_id, TransferForm(), act, _("余量已调剂，双方均有记录。"))


@blueprint.get("/<uuid:agreement_id>/moves")
@access(Permission.READ)
def moves(agreement_id: UUID) -> str:
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    cursor = Form.blank(PageArguments(), {"cursor": request.args.get("cursor", "")}).load()["cursor"]
    page = reading.moves_of(actor, agreement.id, cursor, PAGE)
    return render_template(
        "agreements/moves.html", agreement=agreement, page=page, labels=labels, quantity=labels.quantity_text,
        next_url=url_for("agreements.moves", agreement_id=agreement.id, cursor=page.next_cursor)
        if page.next_cursor else None,
        first_url=url_for("agreements.moves", agreement_id=agreement.id) if cursor else None,
    )  # fmt: skip


@blueprint.get("/<uuid:agreement_id>/sheet.xlsx")
@access(Permission.READ)
def sheet(agreement_id: UUID) -> Response:
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    response = Response(agreement_xlsx(actor, agreement), mimetype=MEDIA_TYPE)
    name = _("协议价格和余量-%(number)s.xlsx", number=agreement.number)
    response.headers["Content-Disposition"] = disposition("attachment", name)
    return response
