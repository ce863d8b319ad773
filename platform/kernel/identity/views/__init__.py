"""Pages of identity. They work while a step is pending, since they are how a person takes that step; but nothing
except the second factor itself, and signing out, is open to who has shown only the password."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask import session as cookie
from flask_login import login_user

from kernel.access.edge import current_actor
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Denied, PendingStep
from kernel.identity.loading import load_by_sign_in

pages = Blueprint("identity", __name__)


def signed_in_person() -> Actor:
    """The actor of a browser that has shown all proof it must. An API token manages no account."""
    actor = current_actor()
    if actor.sign_in_id is None:
        raise Denied
    if actor.pending == "second_factor":
        raise PendingStep("second_factor")
    use_scope(db.session(), IDENTITY)
    return actor


def address() -> str:
    return request.remote_addr or ""


def enter(secret: str, *, fresh_cookie: bool = False, remember: bool | None = None) -> None:
    """Put the sign-in's secret into the cookie. `fresh_cookie`: nothing from before the sign-in lives on."""
    if fresh_cookie:
        cookie.clear()
    signed_in = load_by_sign_in(secret)
    assert signed_in is not None, "a sign-in just made must load"
    login_user(signed_in)
    if remember is not None:
        cookie.permanent = remember


def onward() -> Any:
    """To the next pending step, else to where the person wanted to go."""
    return redirect(url_for("identity.onward"))


from kernel.identity.views import account, second_factor, sessions, sign_in, tokens  # noqa: E402, F401
