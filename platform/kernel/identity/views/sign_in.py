"""Signing in and out, and the way through the steps in between."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask_babel import gettext as _
from flask_login import logout_user

from kernel.access import PUBLIC, SIGNED_IN
from kernel.access.edge import access, current_actor, current_actor_or_none
from kernel.errors import TooManyAttempts, Unauthenticated
from kernel.identity.schemas import SignInForm
from kernel.identity.service import signing_in
from kernel.identity.views import address, enter, pages
from kernel.web.errors import STEPS
from kernel.web.forms import Form
from kernel.web.shell.views import safe_next


@pages.route("/sign-in", methods=["GET", "POST"])
@access(PUBLIC)
def sign_in() -> Any:
    if request.method == "GET":
        if current_actor_or_none() is not None:
            return redirect(url_for("identity.onward"))
        wanted = safe_next(request.args.get("next")) or ""
        return render_template("identity/sign_in.html", form=Form.blank(SignInForm(), {"next": wanted}))
    form = Form.submitted(SignInForm())
    status, headers = 422, {}
    try:
        with form.catching():
            data = form.load()
            former = current_actor_or_none()
            secret = signing_in.sign_in(
                data["name"], data["password"], address(), request.user_agent.string, remember=data["remember"]
            )
            if former is not None:
                signing_in.sign_out(former)
            enter(secret, fresh_cookie=True, remember=data["remember"])
            cookie["next"] = safe_next(data["next"])
            return redirect(url_for("identity.onward"))
    except Unauthenticated as error:
        form.errors["_form"] = [error.message]
    except TooManyAttempts as error:
        form.errors["_form"] = [error.message]
        status, headers = 429, {"Retry-After": str(error.retry_after)}
    return render_template("identity/sign_in.html", form=form), status, headers


@pages.get("/sign-in/onward")
@access(SIGNED_IN)
def onward() -> Any:
    actor = current_actor()
    if actor.pending is not None:
        return redirect(url_for(STEPS[actor.pending]))
    return redirect(safe_next(cookie.pop("next", None)) or url_for("shell.home"))


@pages.post("/sign-out")
@access(SIGNED_IN)
def sign_out() -> Any:
    signing_in.sign_out(current_actor())
    leave()
    flash(_("已退出登录。"), "success")
    return redirect(url_for("identity.sign_in"))


def leave() -> None:
    logout_user()
    cookie.clear()
