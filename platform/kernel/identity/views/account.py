"""One's own account: profile, password, and the place one works in."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from kernel.access import SIGNED_IN
from kernel.access.edge import access
from kernel.database import db
from kernel.identity.models import Account
from kernel.identity.schemas import ChangePasswordForm, ProfileForm, ScopeForm
from kernel.identity.service import accounts, scopes, signing_in
from kernel.identity.views import address, enter, onward, pages, signed_in_person
from kernel.web.forms import Form
from kernel.web.shell.views import safe_next


@pages.route("/account", methods=["GET", "POST"])
@access(SIGNED_IN)
def profile() -> Any:
    actor = signed_in_person()
    account = db.session.get_one(Account, actor.account_id)
    choices = scopes.scopes_of(actor.account_id)
    form = Form.blank(ProfileForm(), {"email": account.email, "locale": account.locale})
    if request.method == "POST":
        form = Form.submitted(ProfileForm())
        with form.catching():
            data = form.load()
            accounts.update_profile(actor.account_id, **data)
            with force_locale(data["locale"]):
                flash(_("已保存。"), "success")
            answer = redirect(url_for("identity.profile"))
            # The language chosen on this browser's pages goes before the account's: keep both the same.
            answer.set_cookie("houqin_locale", data["locale"], max_age=31536000, samesite="Lax", httponly=True)
            return answer
    page = render_template("identity/profile.html", form=form, account=account, choices=choices)
    return (page, 422) if form.errors else page


@pages.route("/account/password", methods=["GET", "POST"])
@access(SIGNED_IN)
def change_password() -> Any:
    actor = signed_in_person()
    form = Form.blank(ChangePasswordForm())
    if request.method == "POST":
        form = Form.submitted(ChangePasswordForm())
        with form.catching():
            data = form.load()
            enter(signing_in.change_password(actor, data["password"], data["new_password"], address()))
            flash(_("口令已修改，其他设备上的登录已全部退出。"), "success")
            return onward()
    username = db.session.get_one(Account, actor.account_id).username
    forced = actor.pending == "change_password"
    page = render_template("identity/password.html", form=form, forced=forced, username=username)
    return (page, 422) if form.errors else page


def _places(endpoint: str) -> Any:
    actor = signed_in_person()
    choices = scopes.scopes_of(actor.account_id)
    form = Form.blank(ScopeForm(), {"next": safe_next(request.args.get("next")) or ""})
    if request.method == "POST":
        form = Form.submitted(ScopeForm())
        with form.catching():
            data = form.load()
            choice = scopes.choose_scope(actor, data["scope"])
            flash(_("当前单位：%(place)s", place=choice.label), "success")
            wanted = safe_next(data["next"])
            return redirect(wanted) if wanted else onward()
    page = render_template("identity/places.html", form=form, choices=choices, endpoint=endpoint)
    return (page, 422) if form.errors else page


@pages.route("/account/place", methods=["GET", "POST"])
@access(SIGNED_IN)
def choose_scope() -> Any:
    """After signing in, where it is not clear which place the person means."""
    return _places("identity.choose_scope")


@pages.route("/account/place/switch", methods=["GET", "POST"])
@access(SIGNED_IN)
def switch_scope() -> Any:
    return _places("identity.switch_scope")
