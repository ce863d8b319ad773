"""What a phone handed in, on its way to the service that keeps it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from kernel.errors import Invalid
from kernel.schemas import BaseSchema, flatten_errors
from school.offline_records.rules import Claim


@dataclass(frozen=True, slots=True)
class Handed:
    """`pictures`: SHA-256 → attachment, asked for when the content has passed; raises Conflict with what is missing."""

    id: UUID
    body: Mapping[str, Any]
    claim: Claim
    pictures: Callable[[], Mapping[str, UUID]]


def loaded(schema: BaseSchema, content: Any, prefix: str = "") -> dict[str, Any]:
    """Through a schema; its messages as Invalid, each field under `prefix`."""
    try:
        values: dict[str, Any] = schema.load(content)
    except ValidationError as error:
        found = flatten_errors(error.messages)
        raise Invalid({f"{prefix}{name}": messages for name, messages in found.items()}) from error
    return values
