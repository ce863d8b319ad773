"""A supplier's certificates of lots; their scans for whoever they came to."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.catalogue import labels as catalogue_labels
from bureau.catalogue.rules import CertificateKind, plain_text
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.schemas import PageArguments
from kernel.web.downloads import disposition
from kernel.web.forms import Form, uploaded
from school.orders.permissions import Permission
from school.orders.schemas import BatchCertificateForm, OrderVersionForm
from school.orders.service import certificates
from school.orders.views.blueprint import blueprint
from school.orders.views.parts import PAGE, carry_out


@blueprint.get("/own/certificates")
@access(Permission.READ_OWN)
def own_certificates() -> str:
    return _page(Form.blank(BatchCertificateForm(), {"id": str(new_id())}))


def _page(form: Form) -> str:
    actor = current_actor()
    cursor = Form.blank(PageArguments(), {"cursor": request.args.get("cursor", "")}).load()["cursor"]
    page = certificates.list_certificates(actor, cursor, PAGE)
    offered = certificates.offered_items(actor)
    return render_template(
        "orders/certificates.html", form=form, page=page, offered=offered, certificate_label=catalogue_labels.certificate_label,
        kinds=[(kind.value, catalogue_labels.CERTIFICATES[kind]) for kind in CertificateKind], plain=plain_text,
        choices=[(item_id, name) for item_id, (name, _unit) in offered.items()],
        next_url=url_for("supply_orders.own_certificates", cursor=page.next_cursor) if page.next_cursor else None,
        first_url=url_for("supply_orders.own_certificates") if cursor else None,
    )  # fmt: skip


@blueprint.post("/own/certificates")
@access(Permission.ANSWER)
def upload_certificate() -> Any:
    actor = current_actor()
    form = Form.submitted(BatchCertificateForm())
    with form.catching():
        data = form.load()
        files = uploaded("file")
        if not files:
            raise Invalid({"file": [_("请选择文件。")]})
        certificates.upload(actor, data.pop("id"), files[0].read(), files[0].filename or "", **data)
        flash(_("证明已上传，同批次的各次送货都会带上。"), "success")
        return redirect(url_for("supply_orders.own_certificates"))
    return _page(form), form.refusal_status


@blueprint.post("/own/certificates/<uuid:batch_certificate_id>/withdraw")
@access(Permission.ANSWER)
def withdraw_certificate(batch_certificate_id: UUID) -> Any:
    actor = current_actor()
    certificates.get_certificate(actor, batch_certificate_id)
    return carry_out(
        OrderVersionForm(),
        lambda data: certificates.withdraw(actor, batch_certificate_id, data["version"]),
        _("证明已停用，以后的送货不再带上。"),
        url_for("supply_orders.own_certificates"),
        lambda form: _page(Form.blank(BatchCertificateForm(), {"id": str(new_id())})),
    )


@blueprint.get("/own/certificates/<uuid:batch_certificate_id>/scan")
@access(Permission.READ_OWN)
def own_scan(batch_certificate_id: UUID) -> Response:
    return _scan(current_actor(), batch_certificate_id)


@blueprint.get("/certificates/<uuid:came_certificate_id>/scan")
@access(Permission.READ)
def scan(came_certificate_id: UUID) -> Response:
    return _scan(current_actor(), came_certificate_id)


@blueprint.get("/certificates/<uuid:any_certificate_id>/original")
@access(Permission.OVERSEE)
def original(any_certificate_id: UUID) -> Response:
    return _scan(current_actor(), any_certificate_id)


def _scan(actor: Actor, certificate_id: UUID) -> Response:
    attachment, data = certificates.scan_of(actor, certificate_id)
    response = Response(data, mimetype=attachment.media_type)
    response.headers["Content-Disposition"] = disposition("inline", attachment.original_name)
    return response
