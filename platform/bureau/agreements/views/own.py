"""A supplier: its own agreements, its signed scans."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.agreements import labels
from bureau.agreements.permissions import Permission
from bureau.agreements.schemas import ScanForm
from bureau.agreements.service import finding, reading
from bureau.agreements.views.blueprint import blueprint
from bureau.agreements.views.bureau import save_scans, scan_response
from bureau.agreements.views.school import PAGE, reader_page
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.schemas import PageArguments
from kernel.web.forms import Form


@blueprint.get("/own")
@access(Permission.READ_OWN)
def own() -> str:
    cursor = Form.blank(PageArguments(), {"cursor": request.args.get("cursor", "")}).load()["cursor"]
    page = reading.list_agreements(current_actor(), None, cursor, PAGE)
    return render_template(
        "agreements/own.html", page=page, labels=labels, standing_of=finding.standing_of,
        next_url=url_for("agreements.own", cursor=page.next_cursor) if page.next_cursor else None,
        first_url=url_for("agreements.own") if cursor else None,
    )  # fmt: skip


@blueprint.get("/own/<uuid:agreement_id>")
@access(Permission.READ_OWN)
def own_one(agreement_id: UUID) -> str:
    return _own_page(agreement_id, Form.blank(ScanForm()))


def _own_page(agreement_id: UUID, form: Form) -> str:
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    return reader_page(
        "agreements/own_one.html", agreement_id, form=form, new_id=new_id,
        documents=finding.documents_of(actor, agreement), changes=finding.changes_of(actor, agreement),
    )  # fmt: skip


@blueprint.post("/own/<uuid:agreement_id>/scans")
@access(Permission.ANSWER)
def add_own_scan(agreement_id: UUID) -> Any:
    form = Form.submitted(ScanForm())
    with form.catching():
        save_scans(agreement_id, form.load())
        flash(_("文件已上传。"))
        return redirect(url_for("agreements.own_one", agreement_id=agreement_id))
    return _own_page(agreement_id, form), form.refusal_status


@blueprint.get("/own/<uuid:agreement_id>/scans/<uuid:scan_id>")
@access(Permission.READ_OWN)
def own_scan(agreement_id: UUID, scan_id: UUID) -> Response:
    return scan_response(agreement_id, scan_id)
