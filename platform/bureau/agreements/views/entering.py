"""The bureau: a contract from before is entered by hand; which schools an agreement covers."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.agreements import labels
from bureau.agreements.permissions import Permission
from bureau.agreements.schemas import CoverageForm, OlderAgreementForm
from bureau.agreements.service import finding, making
from bureau.agreements.terms_in import older_terms
from bureau.agreements.views.blueprint import blueprint
from bureau.catalogue.service import categories
from bureau.catalogue.service import items as catalogue
from bureau.schools.service.schools import all_schools
from bureau.schools.service.zones import zones
from bureau.suppliers.service.finding import supplier_choices
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.forms import Form

LOTS = 3
ROW_CHOICES = (10, 30, 60)


@blueprint.get("/older/new")
@access(Permission.MANAGE)
def new_older() -> str:
    """`rows`: how many lines to offer."""
    wanted = request.args.get("rows", type=int)
    rows = wanted if wanted in ROW_CHOICES else ROW_CHOICES[0]
    return _older_page(Form.blank(OlderAgreementForm(), {"id": str(new_id())}), rows)


def _older_page(form: Form, rows: int) -> str:
    actor = current_actor()
    return render_template(
        "agreements/older.html", form=form, labels=labels, rows=rows, row_choices=ROW_CHOICES, lots=LOTS,
        suppliers=supplier_choices(actor), schools=all_schools(actor), zones=zones(actor),
        categories=[(row.id, row.name) for row in categories.list_categories(actor)],
        items=[
            (row.id, f"{row.code} {row.name} {row.specification}（{row.base_unit}）")
            for row in catalogue.list_items(actor, state="published", limit=1000).items
        ],
    )  # fmt: skip


@blueprint.post("/older/new")
@access(Permission.MANAGE)
def enter_older() -> Any:
    actor = current_actor()
    form = Form.submitted(OlderAgreementForm())
    with form.catching():
        data = form.load()
        known = {row.id: row for row in catalogue.list_items(actor, state="published", limit=1000).items}
        terms = older_terms(data, known, _covered(data))
        made = making.create(actor, terms, agreement_id=data["id"], notes=data["notes"] or "")
        flash(_("已录入。上传双方签字盖章的扫描件并填写签字日期后生效。"))
        return redirect(url_for("agreements.show", agreement_id=made.id))
    lines = form.value("lines", [])
    return _older_page(form, max(len(lines) if isinstance(lines, list) else 0, ROW_CHOICES[0])), form.refusal_status


def _covered(data: dict[str, Any]) -> list[int]:
    """The schools that were ticked and those of the zones; none for all."""
    if data["covers"] == "all":
        return []
    wanted, chosen = set(data["zone_ids"]), set(data["school_ids"])
    found = sorted(chosen | {one.id for one in all_schools(current_actor()) if one.zone_id in wanted})
    if not found:
        raise Invalid({"school_ids": [_("请选择学校或片区。")]})
    return found


@blueprint.get("/<uuid:agreement_id>/lots/<uuid:agreement_lot_id>/coverage")
@access(Permission.MANAGE)
def coverage(agreement_id: UUID, agreement_lot_id: UUID) -> str:
    lot = finding.get_lot(current_actor(), agreement_id, agreement_lot_id)
    values = {"covers": "all" if lot.covers_all else "some", "school_ids": list(lot.school_ids), "version": lot.version}
    return _coverage_page(agreement_id, agreement_lot_id, Form.blank(CoverageForm(), values))


def _coverage_page(agreement_id: UUID, agreement_lot_id: UUID, form: Form) -> str:
    actor = current_actor()
    return render_template(
        "agreements/coverage.html", agreement=finding.get_agreement(actor, agreement_id), form=form,
        lot=finding.get_lot(actor, agreement_id, agreement_lot_id), schools=all_schools(actor), zones=zones(actor),
    )  # fmt: skip


@blueprint.post("/<uuid:agreement_id>/lots/<uuid:agreement_lot_id>/coverage")
@access(Permission.MANAGE)
def cover(agreement_id: UUID, agreement_lot_id: UUID) -> Any:
    actor = current_actor()
    finding.get_agreement(actor, agreement_id)
    finding.get_lot(actor, agreement_id, agreement_lot_id)
    form = Form.submitted(CoverageForm())
    with form.catching():
        data = form.load()
        making.cover(
            actor, agreement_id, agreement_lot_id, data["version"], covers_all=data["covers"] == "all",
            school_ids=_covered(data), reason=data["reason"],
        )  # fmt: skip
        flash(_("已调整覆盖的学校。"))
        return redirect(url_for("agreements.show", agreement_id=agreement_id))
    return _coverage_page(agreement_id, agreement_lot_id, form), form.refusal_status
