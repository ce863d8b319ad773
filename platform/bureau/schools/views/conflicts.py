"""A stale edit: the page shows what is stored now beside what was typed, and loses neither."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from kernel.web.forms import Form


@dataclass(frozen=True, slots=True)
class Difference:
    field: str
    label: Any
    stored: str
    typed: str


def differences(
    form: Form,
    labels: Mapping[str, Any],
    shown: Callable[[str, Any], str] = lambda field, value: "" if value is None else str(value),
) -> list[Difference]:
    """The fields in which the stored record and the typed form differ; empty when there was no conflict.

    The form takes over the stored version, so that submitting it again is a decision made in sight of both.
    """
    current = form.conflict.current if form.conflict is not None else None
    if current is None or "version" not in current:
        return []
    form.values["version"] = current["version"]
    typed: Mapping[str, Any] = form.schema.load(
        {name: value for name, value in form.values.items() if name in form.schema.fields}
    )
    found = []
    for field, label in labels.items():
        if field not in current or field not in typed:
            continue
        stored_text, typed_text = shown(field, _plain(current[field])), shown(field, _plain(typed[field]))
        if stored_text != typed_text:
            found.append(Difference(field, label, stored_text, typed_text))
    return found


def _plain(value: Any) -> Any:
    """Decimals and dates as the stored side spells them."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else _number(value)


def _number(value: Any) -> str:
    return format(value.normalize(), "f") if hasattr(value, "normalize") else str(value)
