"""Without signing in: register a company, prove the mail address, look at a registered company's certificates."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.suppliers import labels
from bureau.suppliers.schemas import ConfirmForm, SupplierRequestForm
from bureau.suppliers.service import reading, registering
from bureau.suppliers.views import public_pages
from kernel.access import PUBLIC
from kernel.access.edge import access, current_actor_or_none
from kernel.actor import Actor
from kernel.database import new_id
from kernel.web.forms import Form


@public_pages.get("/<bureau_code>/register")
@access(PUBLIC)
def register(bureau_code: str) -> str:
    return _register_page(bureau_code, Form.blank(SupplierRequestForm(), {"id": new_id(), "kind": "enterprise"}))


@public_pages.post("/<bureau_code>/register")
@access(PUBLIC)
def send(bureau_code: str) -> Any:
    bureau = registering.bureau_by_code(bureau_code)
    form = Form.submitted(SupplierRequestForm())
    with form.catching():
        values = form.load()
        request_id = values.pop("id")
        registering.open_request(bureau, request_id, request.remote_addr or "", values)
        return redirect(
            url_for("public_suppliers.confirm_page", bureau_code=bureau_code, supplier_request_id=request_id)
        )
    return _register_page(bureau_code, form), form.refusal_status


def _register_page(bureau_code: str, form: Form) -> str:
    bureau = registering.bureau_by_code(bureau_code)
    return render_template("suppliers/register.html", bureau=bureau, form=form, labels=labels)


def _signed_in() -> Actor | None:
    """Who is signed in and past every pending step; the choice of a scope is none for this purpose."""
    actor = current_actor_or_none()
    usable = actor is not None and actor.pending in (None, "choose_scope") and actor.sign_in_id is not None
    return actor if usable else None


@public_pages.get("/<bureau_code>/requests/<uuid:supplier_request_id>")
@access(PUBLIC)
def confirm_page(bureau_code: str, supplier_request_id: UUID) -> str:
    return _confirm_page(bureau_code, supplier_request_id, Form.blank(ConfirmForm()))


@public_pages.post("/<bureau_code>/requests/<uuid:supplier_request_id>")
@access(PUBLIC)
def confirm(bureau_code: str, supplier_request_id: UUID) -> Any:
    bureau = registering.bureau_by_code(bureau_code)
    actor = _signed_in()
    form = Form.submitted(ConfirmForm())
    with form.catching():
        values = form.load()
        outcome = registering.confirm(
            bureau, supplier_request_id, values["code"], request.remote_addr or "", actor=actor,
            password=values["password"],
        )  # fmt: skip
        if outcome.kind == "asked":
            return render_template("suppliers/asked.html", bureau=bureau)
        if actor is not None:
            flash(_("邮箱已验证。请选择这家企业的工作身份，继续填写资料。"), "success")
            return redirect(url_for("identity.choose_scope"))
        return render_template("suppliers/joined.html", bureau=bureau, username=outcome.username)
    return _confirm_page(bureau_code, supplier_request_id, form), form.refusal_status


def _confirm_page(bureau_code: str, request_id: UUID, form: Form) -> str:
    bureau = registering.bureau_by_code(bureau_code)
    asked = registering.get_request(bureau, request_id)
    return render_template(
        "suppliers/confirm.html", bureau=bureau, asked=asked, form=form, signed_in=_signed_in(),
        most=registering.MOST_CODES,
    )  # fmt: skip


@public_pages.post("/<bureau_code>/requests/<uuid:supplier_request_id>/code")
@access(PUBLIC)
def resend(bureau_code: str, supplier_request_id: UUID) -> Any:
    registering.resend(registering.bureau_by_code(bureau_code), supplier_request_id)
    flash(_("验证码已重新发送。"), "success")
    return redirect(
        url_for("public_suppliers.confirm_page", bureau_code=bureau_code, supplier_request_id=supplier_request_id)
    )


@public_pages.get("/<bureau_code>/<uuid:supplier_id>")
@access(PUBLIC)
def certificates(bureau_code: str, supplier_id: UUID) -> str:
    bureau = registering.bureau_by_code(bureau_code)
    return render_template(
        "suppliers/public.html", bureau=bureau, shown=reading.public_supplier(bureau, supplier_id), labels=labels
    )
