"""A test client that lints every page it is shown and fails a request that leaves half-written work behind."""

from typing import Any

import html5lib
from flask import has_app_context
from flask.testing import FlaskClient
from html5lib.constants import E as HTML_ERRORS

from kernel.database import db

# html5lib reports these for what HTML5 allows today.
TOLERATED = frozenset({"expected-doctype-but-got-start-tag"})


class LintingClient(FlaskClient):
    """`client.open` as usual; text/html answers must parse without an error and carry a title and a language."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        # A context of its own, as in production: else the request would share the test's session and sign-in.
        with self.application.app_context():
            response = super().open(*args, **kwargs)
        _restore_scope()
        if response.mimetype == "text/html" and response.data and 300 > response.status_code >= 200:
            lint(response.get_data(as_text=True), fragment="<html" not in response.get_data(as_text=True)[:200])
        return response


def _restore_scope() -> None:
    """A request of a test shares the test's connection, and SET LOCAL outlives the request's savepoint there: without
    this the test would go on in whatever scope the request ended in (now and then that of its sign-in's bookkeeping)."""
    if not has_app_context():
        return
    session = db.session()
    scope = session.info.get("scope")
    if scope is not None and session.in_transaction():
        session.connection().exec_driver_sql(scope.statements())


def lint(html: str, *, fragment: bool = False) -> None:
    parser = html5lib.HTMLParser(strict=False)
    if fragment:
        parser.parseFragment(html, container="div")
    else:
        document = parser.parse(html)
        assert document is not None
        assert "<title>" in html, "page without a title"
        assert 'lang="' in html[:400], "page without a language"
    problems = [
        (position, code, HTML_ERRORS.get(code, code) % data if data else code)
        for position, code, data in parser.errors
        if code not in TOLERATED
    ]
    assert not problems, f"page does not parse: {problems[:3]}"
    assert " style=" not in html, "inline style: the content security policy blocks it"
    assert "javascript:" not in html, "inline script"
    assert " onclick=" not in html, "inline script"


def sign_in_client(client: FlaskClient, secret: str) -> FlaskClient:
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
        cookie["_fresh"] = True
    return client
