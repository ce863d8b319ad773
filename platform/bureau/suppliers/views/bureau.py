"""The bureau: the list, a company's page, its review, who may act for it, what categories ask for."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.suppliers import labels, rules, schemas
from bureau.suppliers.permissions import Permission
from bureau.suppliers.service import measures, own, people, reading, reviewing, standing
from bureau.suppliers.service.events import history
from bureau.suppliers.service.finding import get_supplier
from bureau.suppliers.service.registering import CODE_LASTS
from bureau.suppliers.views import pages
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Invalid
from kernel.identity.models import Bureau
from kernel.sheets import MEDIA_TYPE, Column, SheetSpec, export_xlsx
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form

SHEET = SheetSpec(
    name=_l("供应商"),
    columns=[
        Column("name", _l("企业名称"), width=36),
        Column("credit_code", _l("统一社会信用代码"), kind="code", width=22),
        Column("kind", _l("企业类型"), width=14),
        Column("size", _l("企业规模"), width=10),
        Column("state", _l("状态"), width=12),
        Column("open_to", _l("可参与的品类"), width=40),
        Column("closed", _l("不能参与的品类及原因"), width=60),
        Column("next_expiry", _l("最近到期日"), kind="date", width=14),
        Column("warnings", _l("生效的警示"), kind="integer", width=12),
        Column("contact_name", _l("联系人"), width=12),
        Column("contact_mobile", _l("联系电话"), kind="code", width=16),
        Column("address", _l("地址"), width=40),
    ],
)


def _filters() -> tuple[dict[str, Any], Form]:
    """A mistyped address shows the unfiltered list with the message at its field."""
    form = Form.blank(schemas.SupplierQuery(), dict(request.args.items()))
    try:
        return form.load(), form
    except Invalid as error:
        form.reject(error)
        return dict(schemas.SupplierQuery().load({})), form


def as_filters(query: dict[str, Any]) -> reading.Filters:
    return reading.Filters(query["text"], query["state"], query["size"], query["category_id"], query["watch"])


@pages.get("")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    query, form = _filters()
    page = reading.list_suppliers(actor, as_filters(query), query["cursor"], query["limit"])
    kept: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in form.schema.fields and value and name != "cursor"
    }
    return render_template(
        "suppliers/index.html", bureau_code=_bureau_code(actor), page=page, form=form, labels=labels, counts=reading.counts(actor),
        names=standing.category_names(actor), filtered=any(name != "limit" for name in kept), kept=kept,
        first_url=url_for("suppliers.index", **kept) if query["cursor"] else None,
        next_url=url_for("suppliers.index", **kept, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


def _bureau_code(actor: Actor) -> str:
    return db.session.get_one(Bureau, actor.bureau_id).code


@pages.get("/export")
@access(Permission.READ)
def export() -> Response:
    actor = current_actor()
    query, _form = _filters()
    names = standing.category_names(actor)
    rows = [_sheet_row(one, names) for one in reading.all_suppliers(actor, as_filters(query))]
    response = Response(export_xlsx(SHEET, rows), mimetype=MEDIA_TYPE)
    name = _("供应商-%(day)s.xlsx", day=today().isoformat())
    response.headers["Content-Disposition"] = disposition("attachment", name)
    return response


def _sheet_row(one: standing.Standing, names: dict[UUID, str]) -> dict[str, Any]:
    supplier = one.supplier
    reasons = [labels.problem(found[0], names.get(category, "")) for category, found in one.closed.items()]
    return {
        "name": supplier.name, "credit_code": supplier.credit_code, "kind": str(labels.KINDS[supplier.kind]),
        "size": str(labels.SIZES[supplier.size]), "state": str(labels.STATES[supplier.state]),
        "open_to": "、".join(names.get(category, "") for category in one.open_to), "closed": " ".join(reasons),
        "next_expiry": one.next_expiry, "warnings": one.warnings, "contact_name": supplier.contact_name,
        "contact_mobile": supplier.contact_mobile, "address": supplier.address,
    }  # fmt: skip


@pages.get("/<uuid:supplier_id>")
@access(Permission.READ)
def show(supplier_id: UUID) -> str:
    return show_page(supplier_id)


def show_page(supplier_id: UUID, decision: Form | None = None) -> str:
    actor = current_actor()
    supplier = get_supplier(actor, supplier_id)
    return render_template(
        "suppliers/show.html", bureau_code=_bureau_code(actor), supplier=supplier, standing=standing.standing_of(actor, supplier_id), labels=labels,
        names=standing.category_names(actor), licences=own.licences_of(actor, supplier_id),
        choices=own.choices_of(actor, supplier_id), measures=measures.measures_of(actor, supplier_id),
        appeals={one.measure_id: one for one in reversed(measures.appeals_of(actor, supplier_id))},
        colleagues=people.colleagues(actor, supplier_id), history=history(actor, supplier_id), today=today(),
        decision=decision or Form.blank(schemas.SupplierDecisionForm(), {"version": supplier.version}),
        return_fields=labels.RETURN_FIELDS,
    )  # fmt: skip


def _back(supplier_id: UUID) -> Any:
    return redirect(url_for("suppliers.show", supplier_id=supplier_id))


@pages.post("/<uuid:supplier_id>/decision")
@access(Permission.REVIEW)
def decide(supplier_id: UUID) -> Any:
    actor = current_actor()
    get_supplier(actor, supplier_id)
    form = Form.submitted(schemas.SupplierDecisionForm())
    with form.catching():
        values = form.load()
        notes = {field: values[f"note_{field}"] for field in labels.RETURN_FIELDS}
        reviewing.decide(
            actor, supplier_id, values["version"], event=values["event"], reason=values["reason"], notes=notes
        )
        flash(_("审核意见已保存，并已通知企业。"), "success")
        return _back(supplier_id)
    return show_page(supplier_id, form), form.refusal_status


@pages.post("/<uuid:supplier_id>/licences/<uuid:licence_id>/decision")
@access(Permission.REVIEW)
def decide_licence(supplier_id: UUID, licence_id: UUID) -> Any:
    actor = current_actor()
    own.get_licence(actor, supplier_id, licence_id)
    form = Form.submitted(schemas.LicenceDecisionForm())
    with form.catching():
        values = form.load()
        reviewing.decide_licence(actor, supplier_id, licence_id, values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return _back(supplier_id)
    return show_page(supplier_id, form), form.refusal_status


@pages.post("/<uuid:supplier_id>/categories/<uuid:choice_id>/decision")
@access(Permission.REVIEW)
def decide_category(supplier_id: UUID, choice_id: UUID) -> Any:
    actor = current_actor()
    reviewing.get_choice(actor, supplier_id, choice_id)
    form = Form.submitted(schemas.CategoryDecisionForm())
    with form.catching():
        values = form.load()
        reviewing.decide_category(actor, supplier_id, choice_id, values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return _back(supplier_id)
    return show_page(supplier_id, form), form.refusal_status


@pages.get("/<uuid:supplier_id>/edit")
@access(Permission.REVIEW)
def edit(supplier_id: UUID) -> str:
    supplier = get_supplier(current_actor(), supplier_id)
    form = Form.blank(schemas.CorrectionForm(), schemas.CompanyForm().dump(supplier) | {"version": supplier.version})
    return render_template("suppliers/correct.html", supplier=supplier, form=form, labels=labels)


@pages.post("/<uuid:supplier_id>/edit")
@access(Permission.REVIEW)
def correct(supplier_id: UUID) -> Any:
    actor = current_actor()
    supplier = get_supplier(actor, supplier_id)
    form = Form.submitted(schemas.CorrectionForm())
    with form.catching():
        values, version = form.load_edit()
        reviewing.correct(actor, supplier_id, version, values)
        flash(_("已保存。"), "success")
        return _back(supplier_id)
    return render_template("suppliers/correct.html", supplier=supplier, form=form, labels=labels), form.refusal_status


@pages.get("/requests")
@access(Permission.REVIEW)
def requests() -> str:
    return _requests_page()


def _requests_page(code: str | None = None, code_for: UUID | None = None) -> str:
    return render_template(
        "suppliers/requests.html", requests=people.open_requests(current_actor()), labels=labels, code=code,
        code_for=code_for, minutes=int(CODE_LASTS.total_seconds() // 60),
    )  # fmt: skip


@pages.post("/requests/<uuid:supplier_request_id>/agreement")
@access(Permission.REVIEW)
def agree(supplier_request_id: UUID) -> Any:
    people.agree(current_actor(), supplier_request_id)
    flash(_("已同意。"), "success")
    return redirect(url_for("suppliers.requests"))


@pages.post("/requests/<uuid:supplier_request_id>/refusal")
@access(Permission.REVIEW)
def decline(supplier_request_id: UUID) -> Any:
    people.decline(current_actor(), supplier_request_id)
    flash(_("已拒绝。"), "success")
    return redirect(url_for("suppliers.requests"))


@pages.post("/requests/<uuid:supplier_request_id>/code")
@access(Permission.REVIEW)
def hand_over(supplier_request_id: UUID) -> str:
    """Shown once, to be read out to somebody who stands here with the licence."""
    return _requests_page(people.hand_over_code(current_actor(), supplier_request_id), supplier_request_id)


@pages.get("/licence-rules")
@access(Permission.READ)
def licence_rules() -> str:
    actor = current_actor()
    return render_template(
        "suppliers/rules.html", names=standing.category_names(actor), required=standing.required_by_category(actor),
        labels=labels, kinds=_ruled_kinds(), always=rules.ALWAYS,
    )  # fmt: skip


def _ruled_kinds() -> Sequence[str]:
    return [kind for kind in rules.LICENCES if kind not in rules.ALWAYS]


@pages.post("/licence-rules/<uuid:category_id>")
@access(Permission.REVIEW)
def set_rules(category_id: UUID) -> Any:
    kinds = Form.submitted(schemas.LicenceRulesForm()).load()["kinds"]
    reviewing.set_rules(current_actor(), category_id, kinds)
    flash(_("已保存，立即对所有供应商生效。"), "success")
    return redirect(url_for("suppliers.licence_rules"))


@pages.post("/licence-rules")
@access(Permission.REVIEW)
def propose_rules() -> Any:
    filled = reviewing.propose_rules(current_actor())
    flash(_("已为 %(count)s 个品类填入建议。", count=filled), "success")
    return redirect(url_for("suppliers.licence_rules"))
