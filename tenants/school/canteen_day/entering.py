"""From what a schema loads to an entry: what all kinds have in common apart from what is the kind's own."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from school.canteen_day.service.preparing import Entry

COMMON = ("happened_at", "note", "photo_id", "corrects_id", "correction_reason")


def entry_of(record_id: UUID, loaded: Mapping[str, Any]) -> Entry:
    common = {name: loaded[name] for name in COMMON if name in loaded}
    own = {name: value for name, value in loaded.items() if name not in COMMON and name != "id"}
    return Entry(record_id, own, **common)
