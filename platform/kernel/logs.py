"""Structured logs: one JSON object a line, with who and which school, never with a secret or a personal number."""

import json
import logging
import re
import secrets
import sys
import time
from collections.abc import Mapping
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, g, request

log = logging.getLogger("kernel.request")

_fields: ContextVar[Mapping[str, Any]] = ContextVar("log_fields", default={})  # noqa: B039  never changed in place
REDACTED = "[redacted]"
SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
QUIET_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})  # asked every few seconds by machines

SECRET_KEY = re.compile(
    r"pass(word|wd|phrase)|secret|token|authorization|cookie|api_?key|credential|otp", re.IGNORECASE
)
PERSONAL_KEY = re.compile(r"mobile|phone|id_?(number|card)|^(sfz|tel)$", re.IGNORECASE)
_NAMES = r"(?:pass(?:word|wd|phrase)|secret(?:_key)?|token|authorization|cookie|api_?key)"
# Redaction works on the finished text as well as on names: a library's message may quote what we would never log.
PATTERNS = (
    (re.compile(rf"(?i)([\w-]*{_NAMES}[\w-]*[\"']?\s*[=:]\s*)(?:(?:bearer|basic)\s+)?(?:\"[^\"]*\"|'[^']*'|[^\s,;&\"']+)"),
     rf"\1{REDACTED}"),
    (re.compile(r"(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}"), rf"\1 {REDACTED}"),
    (re.compile(r"(://[^/\s:@]*:)[^/\s@]+@"), rf"\1{REDACTED}@"),
    (re.compile(r"(?<![\dA-Za-z])\d{17}[\dXx](?![\dA-Za-z])"), REDACTED),
    (re.compile(r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)"), REDACTED),
)  # fmt: skip

# What every LogRecord carries; the rest was given by the caller as `extra`.
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


def redact(value: Any, name: str = "") -> Any:
    """The value without secrets and personal numbers, whatever its shape."""
    if name and (SECRET_KEY.search(name) or PERSONAL_KEY.search(name)):
        return REDACTED
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return value if abs(value) < 10**10 or redact(str(value)) == str(value) else REDACTED
    if isinstance(value, Mapping):
        return {str(key): redact(item, str(key)) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item) for item in value]
    text = value if isinstance(value, str) else str(value)
    for pattern, replacement in PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def bind(**fields: Any) -> None:
    """Add fields to every line that this request (or job) logs from here on."""
    _fields.set({**_fields.get(), **fields})


def clear() -> None:
    _fields.set({})


def bound() -> Mapping[str, Any]:
    return _fields.get()


class JsonFormatter(logging.Formatter):
    """time (UTC, ISO 8601), level, logger, message, then the bound fields, the call's `extra`, the exception."""

    def format(self, record: logging.LogRecord) -> str:
        extra = {key: value for key, value in vars(record).items() if key not in _STANDARD}
        if record.exc_info and record.exc_info[0] is not None:
            extra["exception"] = self.formatException(record.exc_info)
        if record.stack_info:
            extra["stack"] = record.stack_info
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": redact(record.getMessage()),
            **redact({**_fields.get(), **extra}),
        }
        return json.dumps(line, ensure_ascii=False, default=str)


def logging_config(level: str) -> dict[str, Any]:
    """For logging.config.dictConfig, and for gunicorn, whose own loggers join ours."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"json": {"()": "kernel.logs.JsonFormatter"}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json", "stream": "ext://sys.stderr"}},
        "root": {"level": level, "handlers": ["stderr"]},
        "loggers": {
            "gunicorn.error": {"level": level, "handlers": [], "propagate": True},
            "gunicorn.access": {"level": "WARNING", "handlers": [], "propagate": True},
            "werkzeug": {"level": "WARNING"},
            "alembic": {"level": "WARNING"},
        },
    }


def configure(level: str) -> None:
    """Send everything this process logs to standard error as JSON lines; called once, by the process's entry."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for name in ("werkzeug", "alembic"):
        logging.getLogger(name).setLevel("WARNING")


def register(app: Flask) -> None:
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    request_id = given if SANE_REQUEST_ID.fullmatch(given) else secrets.token_hex(12)
    g.request_id = request_id
    g.request_started = time.perf_counter()
    clear()
    bind(request_id=request_id, method=request.method, path=_path())


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = g.get("request_id", "")
    _bind_actor()
    started = g.get("request_started")
    duration = None if started is None else round((time.perf_counter() - started) * 1000, 2)
    level = logging.DEBUG if request.path in QUIET_PATHS else logging.INFO
    log.log(level, "request", extra={"status": response.status_code, "duration_ms": duration})
    return response


def _path() -> str:
    """Without the query string, and without a secret that stands in the path (a link from a mail, say)."""
    rule = request.url_rule
    if rule is not None and any(SECRET_KEY.search(argument) for argument in rule.arguments):
        return rule.rule
    return request.path


def _bind_actor() -> None:
    """The actor that the request loaded, if it loaded one: the log never causes a query."""
    actor = getattr(g.get("_login_user"), "actor", None)
    if actor is not None:
        bind(actor=str(actor.account_id), bureau_id=actor.bureau_id or None, school_id=actor.school_id)
