"""A form as somebody hands it in: by name and bytes, whatever the bytes are."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kernel.sheets.workbook import MOST_BYTES, OLE
from kernel.sheets.workbook import Unreadable as UnreadableSheet
from scorecards.finding import Finding, finding, sorted_findings
from scorecards.importing import Imported, read_data, read_table, read_yaml
from scorecards.plain_yaml import Unreadable, read_plain_json
from scorecards.tables.forms import Found, read_forms

# What a workbook or document may weigh; text is limited further (scorecards.plain_yaml).
MAX_UPLOAD = MOST_BYTES
_TABLES = (".xlsx", ".xlsm", ".docx", ".csv", ".xls", ".doc", ".et", ".wps", ".docm", ".pdf", ".xltx", ".dotx")


def is_table(name: str, data: bytes) -> bool:
    """Whether the file is, or claims to be, a workbook or a document rather than YAML or JSON."""
    return name.lower().endswith(_TABLES) or data.startswith((b"PK", OLE, b"%PDF", b"{\\rtf"))


def read_all(name: str, data: bytes) -> list[Imported]:
    """Every form in the file, at least one entry. Never raises on bad input."""
    if not is_table(name, data):
        return [_read_text(name, data)]
    if data.startswith((b"%PDF", b"{\\rtf")):
        return [_refused("file_other_format")]
    try:
        found = read_forms(name, data)
    except UnreadableSheet as refusal:
        code = _old_or_locked(name, data) if refusal.code == "old_or_locked" else refusal.code
        return [_refused(f"sheet_{code}", **refusal.params)]
    if not found:
        return [_refused("no_table_found")]
    return [_read_found(one) for one in found]


def read_upload(name: str, data: bytes, table: str | None = None) -> Imported:
    """The one form in the file, or of several the one named `table`; else the largest, and a finding that says so."""
    forms = read_all(name, data)
    if len(forms) == 1 and table in (None, forms[0].name):
        return forms[0]
    names = "、".join(f"“{one.name}”" for one in forms)
    if table is not None:
        chosen = next((one for one in forms if one.name == table), None)
        return chosen or _refused("table_unknown", name=table[:80], names=names[:500])
    largest = max(forms, key=_size)
    said = finding("warning", "other_tables", used=largest.name, names=names[:500])
    return replace(largest, findings=sorted_findings([*largest.findings, said]))


def load_form(data: bytes, name: str, table: str | None = None) -> Imported:
    """The same, as the commands call it."""
    return read_upload(name, data, table)


def _size(imported: Imported) -> int:
    return 0 if imported.form is None else sum(1 for _ in imported.form.items())


def _read_text(name: str, data: bytes) -> Imported:
    if not name.lower().endswith(".json"):
        return read_yaml(data)
    try:
        return read_data(read_plain_json(data))
    except Unreadable as error:
        return Imported(None, [Finding("error", error.code, "form", error.params)], {})


def _read_found(found: Found) -> Imported:
    return read_table(found.raw, found.name)


def _refused(code: str, **params: Any) -> Imported:
    return Imported(None, [finding("error", code, **params)], {})


def _old_or_locked(name: str, data: bytes) -> str:
    """The old formats and a file under a password begin with the same bytes; the latter names its lock."""
    if "EncryptedPackage".encode("utf-16-le") in data or data.startswith(b"PK"):
        return "locked"
    return "old_document" if re.search(r"\.(?:doc|wps|dot)$", name.lower()) else "old_workbook"


def forms_of(imported: Sequence[Imported]) -> list[Imported]:
    return [one for one in imported if one.form is not None]
