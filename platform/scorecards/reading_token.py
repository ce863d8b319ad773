"""What was read from a table, carried by the page until somebody has looked at it: signed, so that it comes back as it
was shown and the file need not be sent, or kept, a second time."""

from collections.abc import Mapping
from typing import Any

from flask import current_app
from itsdangerous import BadSignature, URLSafeTimedSerializer

from scorecards.finding import Finding
from scorecards.form_json import from_json, to_json
from scorecards.importing import Imported
from scorecards.problems import FormInvalid

MAX_AGE = 24 * 3600  # seconds


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="scorecards.reading")


def packed(file_name: str, imported: Imported) -> str:
    assert imported.form is not None
    findings = [list(found) for found in imported.findings]
    return _serializer().dumps([file_name, to_json(imported.form), findings])


def unpacked(token: str) -> tuple[str, Imported] | None:
    """The file's name and what was read from it; None where the page is too old or was tampered with."""
    try:
        file_name, document, findings = _serializer().loads(token, max_age=MAX_AGE)
        form = from_json(document)
    except (BadSignature, FormInvalid, ValueError, TypeError):
        return None
    return file_name, Imported(form, [_finding(*found) for found in findings], {})


def _finding(severity: Any, code: str, where: str, params: Mapping[str, Any]) -> Finding:
    return Finding(severity, code, where, params)
