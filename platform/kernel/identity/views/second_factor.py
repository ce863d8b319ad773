"""The second factor: asked for at sign-in, set up, replaced, switched off."""

from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access import SIGNED_IN
from kernel.access.edge import access, current_actor
from kernel.database import db
from kernel.errors import Denied
from kernel.identity.models import Account
from kernel.identity.schemas import CodeForm, PasswordForm
from kernel.identity.service import second_factor as service
from kernel.identity.views import address, enter, onward, pages, signed_in_person
from kernel.web.forms import Form


@pages.route("/sign-in/second-factor", methods=["GET", "POST"])
@access(SIGNED_IN)
def second_factor() -> Any:
    actor = current_actor()
    if actor.sign_in_id is None:
        raise Denied
    if actor.pending != "second_factor":
        return onward()
    form = Form.blank(CodeForm())
    if request.method == "POST":
        form = Form.submitted(CodeForm())
        with form.catching():
            enter(service.prove(actor, form.load()["code"], address()))
            return onward()
    page = render_template("identity/second_factor.html", form=form)
    return (page, 422) if form.errors else page


@pages.route("/account/second-factor", methods=["GET", "POST"])
@access(SIGNED_IN)
def enrol_second_factor() -> Any:
    """Set-up in two moves: scan the picture, then confirm with a first code."""
    actor = signed_in_person()
    form = Form.blank(CodeForm())
    if request.method == "POST":
        form = Form.submitted(CodeForm())
        with form.catching():
            codes = service.confirm_enrolment(actor, form.load()["code"])
            return render_template("identity/recovery_codes.html", codes=codes)
    page = _enrolment_page(form)
    return (page, 422) if form.errors else page


def _enrolment_page(form: Form, password_form: Form | None = None) -> str:
    actor = current_actor()
    account = db.session.get_one(Account, actor.account_id)
    return render_template(
        "identity/enrol.html",
        form=form,
        password_form=password_form or Form.blank(PasswordForm()),
        account=account,
        secret=service.pending_secret(account.id),
        demanded=actor.pending == "enrol_second_factor",
    )


@pages.post("/account/second-factor/start")
@access(SIGNED_IN)
def start_second_factor() -> Any:
    service.begin_enrolment(signed_in_person())
    return redirect(url_for("identity.enrol_second_factor"))


@pages.get("/account/second-factor/picture.svg")
@access(SIGNED_IN)
def second_factor_picture() -> Any:
    return Response(service.enrolment_picture(signed_in_person().account_id), mimetype="image/svg+xml")


@pages.post("/account/second-factor/recovery-codes")
@access(SIGNED_IN)
def renew_recovery_codes() -> Any:
    actor = signed_in_person()
    form = Form.submitted(PasswordForm())
    with form.catching():
        codes = service.new_recovery_codes(actor, form.load()["password"], address())
        return render_template("identity/recovery_codes.html", codes=codes)
    return _enrolment_page(Form.blank(CodeForm()), form), 422


@pages.post("/account/second-factor/disable")
@access(SIGNED_IN)
def disable_second_factor() -> Any:
    actor = signed_in_person()
    form = Form.submitted(PasswordForm())
    with form.catching():
        service.disable(actor, form.load()["password"], address())
        flash(_("二次验证已停用。"), "success")
        return onward()
    return _enrolment_page(Form.blank(CodeForm()), form), 422
