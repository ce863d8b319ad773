"""One thing that the doctor or the import has to say about a form."""

from collections.abc import Iterable, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from scorecards.form import decimal_text

Severity: TypeAlias = Literal["error", "warning", "info"]
_ORDER = {"error": 0, "warning": 1, "info": 2}


class Finding(NamedTuple):
    """`where`: "form", "section:CODE", "item:CODE", "band:LABEL" or "verdict:LABEL". The wording of `code` with
    `params` is in scorecards.doctor_text; params are text and integers.
    """

    severity: Severity
    code: str
    where: str = "form"
    params: Mapping[str, Any] = {}

    def to_json(self) -> dict[str, Any]:
        return {"severity": self.severity, "code": self.code, "where": self.where, "params": dict(self.params)}


def finding(severity: Severity, code: str, where: str = "form", **params: Any) -> Finding:
    """Decimals among the params become canonical text."""
    plain = {key: decimal_text(value) if hasattr(value, "as_tuple") else value for key, value in params.items()}
    return Finding(severity, code, where, plain)


def sorted_findings(findings: Iterable[Finding]) -> list[Finding]:
    """Gravest first, else as found; each only once."""
    unique: dict[tuple[str, str, str], Finding] = {}
    for found in findings:
        unique.setdefault((found.code, found.where, repr(found.params)), found)
    return sorted(unique.values(), key=lambda found: _ORDER[found.severity])


def has_errors(findings: Iterable[Finding]) -> bool:
    return any(found.severity == "error" for found in findings)
