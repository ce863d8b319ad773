"""The shell around every page: navigation by permission, the landing page, search, language."""

from collections.abc import Sequence
from typing import Any

from flask import Flask

from kernel.module import Module
from kernel.web.shell import views
from kernel.web.shell.navigation import menu_for


def register(app: Flask, modules: Sequence[Module]) -> None:
    from flask_babel import get_locale
    from flask_wtf.csrf import generate_csrf

    from kernel.access.edge import current_actor_or_none, may

    app.register_blueprint(views.blueprint)

    @app.context_processor
    def shell_context() -> dict[str, Any]:
        actor = current_actor_or_none()
        inbox = app.extensions.get("houqin.unread_notices")
        return {
            "actor": actor,
            "menu": menu_for(modules, actor),
            "may": may,
            "locale": str(get_locale() or "zh_CN"),
            "csrf_token": generate_csrf,
            "unread_notices": inbox(actor) if inbox and actor and actor.pending is None else 0,
        }
