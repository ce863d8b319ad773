"""Writing a draft: its head, lots, criteria, documents, and the library of criteria."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue.service import categories, items
from bureau.demand.service.rounds import list_rounds
from bureau.schools.service.zones import zones
from bureau.schools.views.conflicts import differences
from bureau.tendering import labels, schemas
from bureau.tendering.models import Tender
from bureau.tendering.permissions import Permission
from bureau.tendering.rules.packs import PACKS
from bureau.tendering.service import copying, criteria, documents, drafting, reading, report
from bureau.tendering.views.blueprint import blueprint
from bureau.tendering.views.showing import show_page
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import SHANGHAI
from kernel.web.forms import Form, uploaded

SPARE_ROWS = 5
INSTANTS = ("documents_until", "questions_until", "bid_deadline")
COMPARED = {
    "title": lambda: _("名称"),
    "budget_fen": lambda: _("预算金额"),
    "bid_deadline": lambda: _("投标截止并开标"),
    "documents_until": lambda: _("获取文件截止"),
    "requirements": lambda: _("采购需求"),
}


@blueprint.get("/new")
@access(Permission.DRAFT)
def new() -> str:
    """`round_id`: the demand that it takes its lots from."""
    proposed = report.proposal(current_actor().bureau_id, "order_87")
    values = {
        "id": new_id(), "rule_pack": "order_87", "subject": "goods", "award_method": "comprehensive",
        "price_form": "fixed", "is_framework": True, "competition": "price", "second_stage": "direct",
        "winners_per_lot": 2, "small_firm_deduction": "10", "round_id": request.args.get("round_id", ""),
        **{name: local(getattr(proposed, name)) for name in INSTANTS},
    }  # fmt: skip
    return _head_page(Form.blank(schemas.TenderForm(), values), None)


@blueprint.post("/new")
@access(Permission.DRAFT)
def create() -> Any:
    form = Form.submitted(schemas.TenderForm())
    with form.catching():
        tender = _save(form)
        flash(_("已保存草稿。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender.id))
    return _head_page(form, None), form.refusal_status


def _save(form: Form) -> Tender:
    actor = current_actor()
    values = form.load()
    tender_id, version, round_id = values.pop("id"), values.pop("version"), values.pop("round_id")
    if round_id is not None and version is None:
        return copying.begin_from_round(actor, tender_id, round_id, **values)
    if values["budget_fen"] is None:
        raise Invalid({"budget_fen": [_("请填写此项。")]})
    return drafting.save_tender(actor, tender_id, version, **values)


@blueprint.get("/<uuid:tender_id>/edit")
@access(Permission.DRAFT)
def edit(tender_id: UUID) -> Any:
    tender = reading.get_tender(current_actor(), tender_id)
    if tender.state != "draft":
        return redirect(url_for("tendering.show", tender_id=tender.id))
    values = {**schemas.TenderForm().dump(tender), **{name: local(getattr(tender, name)) for name in INSTANTS}}
    return _head_page(Form.blank(schemas.TenderForm(), values), tender)


@blueprint.post("/<uuid:tender_id>/edit")
@access(Permission.DRAFT)
def save(tender_id: UUID) -> Any:
    tender = reading.get_tender(current_actor(), tender_id)
    form = Form.submitted(schemas.TenderForm())
    form.values.update(id=str(tender_id), round_id="")
    with form.catching():
        if not form.values.get("version"):
            raise Invalid({"_form": [_("缺少版本号，请刷新后重试。")]})
        _save(form)
        flash(_("已保存。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender_id))
    return _head_page(form, reading.get_tender(current_actor(), tender.id)), form.refusal_status


def local(instant: Any) -> str:
    """As a page's input wants it."""
    return "" if instant is None else instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M")


def _head_page(form: Form, tender: Tender | None) -> str:
    actor = current_actor()
    rounds = [] if tender else [one for one in list_rounds(actor, limit=100).items if one.state == "aggregated"]
    return render_template(
        "tendering/edit.html", form=form, tender=tender, labels=labels, rounds=rounds,
        proposals={pack: report.proposal(actor.bureau_id, pack) for pack in PACKS},
        differences=differences(form, {name: label() for name, label in COMPARED.items()}),
        findings=labels.by_weight(report.report_of(actor, tender)) if tender is not None else [],
    )  # fmt: skip


@blueprint.get("/<uuid:tender_id>/lots/new")
@access(Permission.DRAFT)
def new_lot(tender_id: UUID) -> str:
    tender = reading.get_tender(current_actor(), tender_id)
    return _lot_page(Form.blank(schemas.TenderLotForm(), {"id": new_id(), "version": tender.version}), tender)


@blueprint.get("/<uuid:tender_id>/lots/<uuid:tender_lot_id>/edit")
@access(Permission.DRAFT)
def edit_lot(tender_id: UUID, tender_lot_id: UUID) -> str:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    lot = reading.get_lot(actor, tender.id, tender_lot_id)
    rows = [schemas.TenderItemForm().dump(item) for item in reading.items_of(actor, tender.id, lot.id)]
    values = {**schemas.TenderLotForm(exclude=("items",)).dump(lot), "items": rows, "version": tender.version}
    return _lot_page(Form.blank(schemas.TenderLotForm(), values), tender, is_new=False)


@blueprint.post("/<uuid:tender_id>/lots")
@access(Permission.DRAFT)
def save_lot(tender_id: UUID) -> Any:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    form = Form.submitted(schemas.TenderLotForm())
    with form.catching():
        values, lot_id = form.load(), UUID(str(form.values["id"]))
        values.pop("id")
        rows = [row for row in values.pop("items") if row["item_id"] is not None]
        if any(row["quantity"] is None for row in rows):
            raise Invalid({"_form": [_("每个品目都要填写数量。")]})
        drafting.save_lot(actor, tender.id, lot_id, values.pop("version"), items=rows, **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender.id))
    return _lot_page(form, reading.get_tender(actor, tender_id)), form.refusal_status


def _lot_page(form: Form, tender: Tender, *, is_new: bool = True) -> str:
    actor = current_actor()
    filled = len(form.value("items", [])) if isinstance(form.value("items", []), list) else 0
    return render_template(
        "tendering/lot.html", form=form, tender=tender, is_new=is_new, rows=range(filled + SPARE_ROWS),
        category_options=[(row.id, row.name) for row in categories.list_categories(actor)],
        zone_options=[(row.id, row.name) for row in zones(actor)],
        item_options=[
            (row.id, f"{row.code} {row.name} {row.specification}（{row.base_unit}）")
            for row in items.list_items(actor, state="published", limit=1000).items
        ],
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/lots/<uuid:tender_lot_id>/remove")
@access(Permission.DRAFT)
def remove_lot(tender_id: UUID, tender_lot_id: UUID) -> Any:
    return _step(
        tender_id,
        lambda version: drafting.remove_lot(current_actor(), tender_id, tender_lot_id, version),
        _("已删除。"),
    )


@blueprint.post("/<uuid:tender_id>/ceilings")
@access(Permission.DRAFT)
def ceilings(tender_id: UUID) -> Any:
    return _step(
        tender_id,
        lambda version: copying.ceilings_from_prices(current_actor(), tender_id, version),
        _("已按价格册填入最高限价。"),
    )


def _step(tender_id: UUID, act: Any, done: str) -> Any:
    form = Form.submitted(schemas.TenderStepForm())
    with form.catching():
        act(form.load()["version"])
        flash(done, "success")
        return redirect(url_for("tendering.show", tender_id=tender_id))
    return show_page(tender_id, form), form.refusal_status


@blueprint.get("/<uuid:tender_id>/criteria/new")
@access(Permission.DRAFT)
def new_criterion(tender_id: UUID) -> str:
    tender = reading.get_tender(current_actor(), tender_id)
    values = {
        "id": new_id(),
        "version": tender.version,
        "part": request.args.get("part", "technical"),
        "scale": "judged",
    }
    return _criterion_page(Form.blank(schemas.CriterionForm(), values), tender)


@blueprint.get("/<uuid:tender_id>/criteria/<uuid:criterion_id>/edit")
@access(Permission.DRAFT)
def edit_criterion(tender_id: UUID, criterion_id: UUID) -> str:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    row = criteria.get_criterion(actor, tender.id, criterion_id)
    values = {**schemas.CriterionForm().dump(row), "version": tender.version}
    return _criterion_page(Form.blank(schemas.CriterionForm(), values), tender)


@blueprint.post("/<uuid:tender_id>/criteria")
@access(Permission.DRAFT)
def save_criterion(tender_id: UUID) -> Any:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    form = Form.submitted(schemas.CriterionForm())
    with form.catching():
        values = form.load()
        kept = [level for level in values["levels"] if level["label"] and level["points"] is not None]
        values["levels"] = kept
        criteria.save_criterion(actor, tender.id, values.pop("id"), values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender.id))
    return _criterion_page(form, reading.get_tender(actor, tender_id)), form.refusal_status


def _criterion_page(form: Form, tender: Tender) -> str:
    levels = form.value("levels", [])
    return render_template(
        "tendering/criterion.html", form=form, tender=tender, labels=labels,
        lot_options=[(lot.id, lot.title) for lot in reading.lots_of(current_actor(), tender.id)],
        rows=range(max(4, (len(levels) if isinstance(levels, list) else 0) + 1)),
    )  # fmt: skip


@blueprint.post("/<uuid:tender_id>/criteria/<uuid:criterion_id>/remove")
@access(Permission.DRAFT)
def remove_criterion(tender_id: UUID, criterion_id: UUID) -> Any:
    return _step(
        tender_id,
        lambda version: criteria.remove_criterion(current_actor(), tender_id, criterion_id, version),
        _("已删除。"),
    )


@blueprint.post("/<uuid:tender_id>/criteria-set")
@access(Permission.DRAFT)
def apply_set(tender_id: UUID) -> Any:
    form = Form.submitted(schemas.ApplySetForm())
    with form.catching():
        values = form.load()
        criteria.apply_set(current_actor(), tender_id, values["criteria_set_id"], values["version"])
        flash(_("已套用评分模板。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender_id))
    return show_page(tender_id, form), form.refusal_status


@blueprint.post("/<uuid:tender_id>/criteria-sets")
@access(Permission.DRAFT)
def keep_set(tender_id: UUID) -> Any:
    form = Form.submitted(schemas.CriteriaSetForm())
    with form.catching():
        values = form.load()
        reading.get_tender(current_actor(), tender_id)
        criteria.keep_set(current_actor(), values["id"], tender_id, values["name"], values["note"])
        flash(_("已存为评分模板。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender_id))
    return show_page(tender_id, form), form.refusal_status


@blueprint.get("/criteria-sets")
@access(Permission.READ)
def sets() -> str:
    found = criteria.list_sets(current_actor())
    return render_template(
        "tendering/sets.html", sets=found, labels=labels,
        totals={one.id: sum((Decimal(row["points"]) for row in one.criteria), Decimal(0)) for one in found},
    )  # fmt: skip


@blueprint.post("/criteria-sets/<uuid:criteria_set_id>/retirement")
@access(Permission.DRAFT)
def retire_set(criteria_set_id: UUID) -> Any:
    version = Form.submitted(schemas.TenderStepForm()).load()["version"]
    criteria.retire_set(current_actor(), criteria_set_id, version)
    flash(_("已停用。"), "success")
    return redirect(url_for("tendering.sets"))


@blueprint.post("/<uuid:tender_id>/documents")
@access(Permission.DRAFT)
def add_document(tender_id: UUID) -> Any:
    form = Form.submitted(schemas.TenderDocumentForm())
    with form.catching():
        values = form.load()
        chosen = uploaded("document")
        if len(chosen) != 1:
            raise Invalid({"document": [_("请选择一个文件。")]})
        documents.add_document(
            current_actor(), tender_id, values["id"], chosen[0].read(), chosen[0].filename or "",
            title=values["title"], kind=values["kind"],
        )  # fmt: skip
        flash(_("已上传。"), "success")
        return redirect(url_for("tendering.show", tender_id=tender_id))
    return show_page(tender_id, form), form.refusal_status


@blueprint.post("/<uuid:tender_id>/documents/<uuid:tender_document_id>/remove")
@access(Permission.DRAFT)
def remove_document(tender_id: UUID, tender_document_id: UUID) -> Any:
    return _step(
        tender_id,
        lambda _version: documents.remove_document(current_actor(), tender_id, tender_document_id),
        _("已删除。"),
    )
