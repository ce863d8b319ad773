"""The edge of a request: access check → scope → view → one commit, on success only."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from flask import Response, current_app, g, make_response, request
from flask_babel import gettext as _
from flask_login import current_user

from kernel.access import MEMBER, PUBLIC, SIGNED_IN, AccessTable, only_reads
from kernel.actor import Actor
from kernel.audit import capture
from kernel.database import db
from kernel.database.scope import IDENTITY, use_scope
from kernel.errors import Denied, PendingStep, Unauthenticated

View = TypeVar("View", bound=Callable[..., Any])
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def access_table() -> AccessTable:
    return cast(AccessTable, current_app.extensions["houqin.access"])


def current_actor_or_none() -> Actor | None:
    if "failed" in g and "_login_user" not in g:
        # The request fails before anyone was looked up, perhaps because the database is away: do not ask it again
        # for the sake of the page that says so.
        return None
    # Asked several times in a request: through the proxy once, not once per attribute.
    return getattr(current_user._get_current_object(), "actor", None)


def current_actor() -> Actor:
    """The signed-in actor. Views behind anything but PUBLIC always have one."""
    actor = current_actor_or_none()
    if actor is None:
        raise Unauthenticated
    return actor


def may(permission: str) -> bool:
    """Whether the current actor holds a permission; for templates and menus."""
    actor = current_actor_or_none()
    return actor is not None and actor.pending is None and access_table().allows(actor, permission)


def require(permission: str) -> None:
    if permission == PUBLIC:
        return
    actor = current_actor()
    if permission == SIGNED_IN:
        return
    if actor.pending is not None:
        raise PendingStep(actor.pending)
    if actor.read_only and (request.method not in SAFE or not only_reads(permission)):
        raise Denied(permission, _("这是已并入他校的历史学校，只能查看，不能修改。"))
    if not access_table().allows(actor, permission):
        raise Denied(permission)


def access(permission: str) -> Callable[[View], View]:
    """Declare what a view demands. The first decorator below the route, on pages and API alike, so that the
    check comes before anything of the request is read.

    The view runs within its actor's tenant scope and in one transaction: committed when the view answers below
    400 to an unsafe method, rolled back in every other case.
    """

    def decorate(view: View) -> View:
        @wraps(view)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            require(permission)
            actor = current_actor_or_none()
            session = db.session()
            use_scope(session, IDENTITY if actor is None or permission in (PUBLIC, SIGNED_IN) else actor.scope)
            capture.set_context(session, actor, str(permission), g.get("request_id", ""))
            try:
                answer = view(*args, **kwargs)
                if request.method not in SAFE and _status_of(answer) < 400:
                    db.session.commit()
                return answer
            finally:
                # After a commit there is nothing left to roll back: this ends reads and failed writes alike.
                db.session.rollback()

        wrapped.__access__ = permission  # type: ignore[attr-defined]
        return cast(View, wrapped)

    return decorate


def _status_of(answer: Any) -> int:
    if isinstance(answer, Response):
        return answer.status_code
    if isinstance(answer, tuple) and len(answer) > 1 and isinstance(answer[1], int):
        return answer[1]
    if isinstance(answer, (str, bytes, dict, list)) or answer is None:
        return 200
    if isinstance(answer, tuple):
        return make_response(answer).status_code
    return getattr(answer, "status_code", 200)


__all__ = ["MEMBER", "PUBLIC", "SIGNED_IN", "access", "current_actor", "current_actor_or_none", "may", "require"]
