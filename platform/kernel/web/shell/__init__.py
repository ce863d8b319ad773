"""The shell around every page: navigation by permission, the landing page, search, language."""

from collections.abc import Sequence
from typing import Any

from flask import Flask, g

from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import within
from kernel.module import Module
from kernel.notices import service as notices
from kernel.web.shell import views
from kernel.web.shell.navigation import menu_for


def _unread(actor: Actor | None) -> int:
    """The bell's figure. A page that tells of a failure must not fail on it: then there is no figure."""
    if actor is None or actor.pending is not None or actor.level == "none" or "failed" in g:
        return 0
    with within(db.session(), actor.scope):
        return notices.unread_count(actor)


def register(app: Flask, modules: Sequence[Module]) -> None:
    from flask_babel import get_locale
    from flask_wtf.csrf import generate_csrf

    from kernel.access.edge import current_actor_or_none, may

    app.register_blueprint(views.blueprint)

    @app.context_processor
    def shell_context() -> dict[str, Any]:
        actor = current_actor_or_none()
        return {
            "actor": actor,
            "menu": menu_for(modules, actor),
            "may": may,
            "locale": str(get_locale() or "zh_CN"),
            "csrf_token": generate_csrf,
            "unread_notices": _unread(actor),
        }
