"""The application factory: wires the kernel and the modules that wsgi.py lists."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from flask import Flask, g, request
from flask_babel import Babel
from flask_login import LoginManager
from werkzeug.middleware.proxy_fix import ProxyFix

from kernel import api, health, logs, metrics
from kernel.access import AccessTable
from kernel.access.edge import current_actor_or_none
from kernel.audit import capture
from kernel.config import Config
from kernel.database import db
from kernel.identity import loading
from kernel.module import Module
from kernel.web import assets, dates, errors, security, shell

ROOT = Path(__file__).resolve().parents[2]
LOCALES = ("zh_CN", "en")


def build_app(config: Config, modules: Sequence[Module]) -> Flask:
    """One application for one configuration. Nothing is read from the environment here, nothing is global."""
    app = Flask("houqin", root_path=str(ROOT), template_folder="templates", static_folder="static")
    app.config.update(
        SECRET_KEY=config.secret_key,
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={
            "pool_size": config.pool_size,
            "max_overflow": config.pool_overflow,
            "pool_recycle": 1800,
            "connect_args": {"connect_timeout": 5, "application_name": "houqin"},
        },
        MAX_CONTENT_LENGTH=config.max_request_bytes,
        MAX_FORM_MEMORY_SIZE=config.max_form_bytes,
        MAX_FORM_PARTS=5000,
        BABEL_DEFAULT_LOCALE=config.default_locale,
        BABEL_DEFAULT_TIMEZONE=config.timezone,
        BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "var" / "translations"),
        PREFERRED_URL_SCHEME="https" if config.behind_tls else "http",
        TRAP_BAD_REQUEST_ERRORS=False,
    )
    app.jinja_options = {"trim_blocks": True, "lstrip_blocks": True}
    app.extensions["houqin.config"] = config
    app.extensions["houqin.modules"] = tuple(modules)
    if config.trusted_proxies:
        count = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]

    table = AccessTable()
    for module in modules:
        table.add(module.permissions)
    app.extensions["houqin.access"] = table

    logs.register(app)
    db.init_app(app)
    _install_capture()
    Babel(app, locale_selector=lambda: _parsed(select_locale()), timezone_selector=lambda: config.timezone)
    login_manager = LoginManager()
    # Without its context processor: templates know `actor`, and a page about a failure must look nobody up.
    login_manager.init_app(app, add_context_processor=False)
    login_manager.session_protection = None  # the sign-in is a random secret kept server-side, revocable there
    loading.register(login_manager)
    security.register(app, behind_tls=config.behind_tls)
    errors.register(app)
    assets.register(app)
    dates.register(app)
    metrics.register(app)
    health.register(app)
    shell.register(app, modules)
    static: Any = app.view_functions["static"]
    static.__access__ = "public"
    for module in modules:
        for blueprint in module.pages:
            app.register_blueprint(blueprint)
    api.init_app(app, [blueprint for module in modules for blueprint in module.api])
    return app


_captured = False


def _install_capture() -> None:
    """Once per process, however many applications a test builds: the session class is shared."""
    global _captured
    if not _captured:
        capture.install(db.session)
        _captured = True


# Reading a locale's name anew costs as much as a query, and every request that says a word needs it.
_parsed = lru_cache(maxsize=8)(Locale.parse)


def select_locale() -> str:
    """The person's own choice, else the cookie's, else what the browser asks for, else Chinese."""
    if "houqin_locale" in g:
        return str(g.houqin_locale)
    chosen: Any = None
    if request:
        chosen = request.cookies.get("houqin_locale")
        if chosen not in LOCALES:
            actor = current_actor_or_none()
            chosen = (
                actor.locale if actor is not None else request.accept_languages.best_match(["zh-CN", "zh", "en"], "zh")
            )
            chosen = "en" if chosen == "en" else "zh_CN"
    return chosen or "zh_CN"
