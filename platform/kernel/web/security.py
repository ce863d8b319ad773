"""Headers and request checks that hold for every answer."""

from flask import Flask, Response, abort, request
from flask_wtf.csrf import CSRFProtect

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "object-src 'none'; base-uri 'self'; form-action 'self'; frame-ancestors 'none'"
)
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

csrf = CSRFProtect()


def register(app: Flask, *, behind_tls: bool) -> None:
    app.config.update(
        SESSION_COOKIE_NAME="houqin",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=behind_tls,
        WTF_CSRF_CHECK_DEFAULT=False,
        WTF_CSRF_TIME_LIMIT=None,  # a form may be filled for hours; the token still dies with the sign-in
        WTF_CSRF_SSL_STRICT=behind_tls,
    )
    csrf.init_app(app)
    app.before_request(_refuse_what_no_record_can_be_called)
    app.before_request(_check_csrf)

    @app.after_request
    def add_headers(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("X-Frame-Options", "DENY")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(self), microphone=(self)")
        if behind_tls:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if request.endpoint != "static":
            headers.setdefault("Cache-Control", "no-store")
        return response


def _refuse_what_no_record_can_be_called() -> None:
    """No text in PostgreSQL holds a NUL, so no address with one leads anywhere."""
    if "\x00" in request.path:
        abort(404)


def _check_csrf() -> None:
    """Every unsafe request that a browser could be made to send. A request whose only proof is a bearer token, or
    that carries no cookie of ours at all, cannot be forged from another site."""
    if request.method not in UNSAFE:
        return
    is_api = request.path.startswith("/api/")
    if is_api and (request.headers.get("Authorization") or "houqin" not in request.cookies):
        return
    csrf.protect()
