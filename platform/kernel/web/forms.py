"""A page's form: what was typed, what is wrong with it, and one way from there to a service call."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from flask import request
from flask_babel import gettext as _
from marshmallow import ValidationError
from werkzeug.datastructures import FileStorage, MultiDict

from kernel.database import db
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.schemas import BaseSchema, flatten_errors


class Form:
    """`values` are shown again as typed; `errors` stand at their fields, those of no field under "_form".

    Repeated groups are named `lines-0-quantity`, `lines-1-quantity` … in HTML and reach the schema as a list.
    """

    def __init__(self, schema: BaseSchema, values: Mapping[str, Any] | None = None, *, submitted: bool = False) -> None:
        self.schema = schema
        self.values: dict[str, Any] = dict(values or {})
        self.errors: dict[str, list[str]] = {}
        self.is_submitted = submitted
        self.failed = False
        self.conflict: Conflict | None = None  # a stale edit; its `current` is what is stored now

    @classmethod
    def blank(cls, schema: BaseSchema, values: Mapping[str, Any] | None = None) -> "Form":
        """For a first view; `values` prefill it, e.g. from `schema.dump(record)`."""
        return cls(schema, values)

    @classmethod
    def submitted(cls, schema: BaseSchema) -> "Form":
        return cls(schema, _nested(request.form, schema), submitted=True)

    def load(self) -> dict[str, Any]:
        """The validated values; raises Invalid with the messages at their fields."""
        known = {
            name: value for name, value in self.values.items() if name != "csrf_token" and name in self.schema.fields
        }
        try:
            return dict(self.schema.load(known))
        except ValidationError as error:
            raise Invalid(flatten_errors(error.messages)) from error

    def load_edit(self) -> tuple[dict[str, Any], int]:
        """Of an edit: the validated values without the id, and the version that the page was filled from."""
        values = self.load()
        values.pop("id", None)
        version = values.pop("version", None)
        if version is None:
            raise Invalid({"_form": [_("缺少版本号，请刷新后重试。")]})
        return values, version

    def reject(self, error: Invalid) -> None:
        for field, messages in error.fields.items():
            self.errors.setdefault(field, []).extend(messages)

    @contextmanager
    def catching(self) -> Iterator[None]:
        """Run the service call; a refusal lands in `errors`, is rolled back whole, and the page shows again.

        with form.catching():
            record = service.create(actor, **form.load())
            return redirect(...)
        return render_template(..., form=form), 422
        """
        try:
            yield
        except Invalid as error:
            self.reject(error)
        except RuleBroken as error:
            self.errors.setdefault("_form", []).append(
                f"{error.message}（{error.citation}）" if error.citation else error.message
            )
        except Conflict as error:
            self.conflict = error
            self.errors.setdefault("_form", []).append(error.message)
        else:
            return
        self.failed = True
        db.session.rollback()

    @property
    def refusal_status(self) -> int:
        """The status of the page that shows this refused form again."""
        return 409 if self.conflict is not None else 422

    def value(self, name: str, default: Any = "") -> Any:
        """The value at a dotted or plain name, for the template."""
        found: Any = self.values
        for part in name.split("."):
            if isinstance(found, list):
                found = found[int(part)] if part.isdigit() and int(part) < len(found) else None
            elif isinstance(found, Mapping):
                found = found.get(part)
            else:
                return default
        return default if found is None else found

    def error(self, name: str) -> list[str]:
        return self.errors.get(name, [])


def uploaded(name: str) -> list[FileStorage]:
    """The files chosen in a file input; an input left empty sends one nameless empty part, which is not a file."""
    return [item for item in request.files.getlist(name) if item.filename]


def _nested(data: MultiDict[str, str], schema: BaseSchema) -> dict[str, Any]:
    """`lines-0-quantity` → {"lines": [{"quantity": …}]}; a field that the schema wants as a list keeps all values."""
    values: dict[str, Any] = {}
    groups: dict[str, dict[int, dict[str, Any]]] = {}
    for name in data:
        head, _, rest = name.partition("-")
        index, _, field = rest.partition("-")
        if field and index.isdecimal() and len(index) <= 4 and head in schema.fields:
            groups.setdefault(head, {}).setdefault(int(index), {})[field] = data[name]
        elif name in schema.fields and schema.is_list(name):
            values[name] = data.getlist(name)
        elif not schema.is_group(name):  # of a repeated group one bare value says nothing
            values[name] = data[name]
    for head, rows in groups.items():
        values[head] = [rows[index] for index in sorted(rows)]
    return values
