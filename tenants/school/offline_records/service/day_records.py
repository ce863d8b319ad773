"""Records of the canteen's day: rows of one kind, each as PUT /canteen-day/… takes it, kept all or none."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from marshmallow import fields

from bureau.fill.schemas import SHA256
from kernel.actor import Actor
from kernel.errors import Denied, Invalid
from kernel.schemas import BaseSchema, Identifier
from school.canteen_day.entering import entry_of
from school.canteen_day.kinds import KINDS, Kind
from school.canteen_day.service import keeping
from school.offline_records.permissions import holds
from school.offline_records.schemas import MOST_ROWS
from school.offline_records.service.handed import Handed, loaded


@cache
def _row_schema(kind: Kind) -> BaseSchema:
    """A row is a record with an id of the phone's making; its picture is named by its hash."""
    more = {
        "id": Identifier(required=True),
        "photo": fields.String(load_default=None, allow_none=True, validate=SHA256),
        "photo_id": fields.UUID(dump_only=True),
    }
    made: BaseSchema = type("OfflineRow", (kind.takes,), more)()
    return made


def take(actor: Actor, code: str, handed: Handed) -> tuple[str, Sequence[UUID]]:
    kind = KINDS.get(code)
    if kind is None:
        raise Invalid({"kind": [_("没有这种记录。")]})
    if not holds(actor, kind.permission):
        raise Denied(kind.permission)
    rows = _rows(kind, handed.body)
    pictures = handed.pictures()
    entries = []
    for row in rows:
        photo = row.pop("photo")
        # The phone's clock is corrected; an hour that somebody typed is theirs.
        happened_at = row["happened_at"] or handed.claim.at
        photo_id = pictures[photo] if photo else None
        entries.append(entry_of(row["id"], {**row, "happened_at": happened_at, "photo_id": photo_id}))
    try:
        kept = keeping.keep(actor, kind, entries, written_at=handed.claim.counts_at)
    except Invalid as error:
        if len(entries) > 1:
            raise
        raise Invalid({f"rows.0.{name}": messages for name, messages in error.fields.items()}, error.message) from error
    return kind.code, [record.id for record, _is_new in kept]


def _rows(kind: Kind, body: Mapping[str, Any]) -> list[dict[str, Any]]:
    rows = body.get("rows")
    if set(body) != {"rows"} or not isinstance(rows, list) or not 1 <= len(rows) <= MOST_ROWS:
        raise Invalid({"rows": [_("请填写 1 到 %(most)s 条。", most=MOST_ROWS)]})
    problems: dict[str, list[str]] = {}
    taken = []
    for number, row in enumerate(rows):
        try:
            taken.append(loaded(_row_schema(kind), row, f"rows.{number}."))
        except Invalid as error:
            problems |= error.fields
    if problems:
        raise Invalid(problems)
    return taken
