"""Domain errors: what a service may raise. They know no HTTP; the edge turns them into a page or problem JSON."""

from collections.abc import Mapping, Sequence
from typing import Any, Self


class DomainError(Exception):
    """A use case could not be carried out; `message` is for the person who asked.

    `members`: facts that a program needs to go on; they stand beside the words in problem JSON.
    """

    members: Mapping[str, Any] = {}

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = str(message)

    def with_members(self, **members: Any) -> Self:
        self.members = members
        return self


class NotFound(DomainError):
    """No such record within the actor's scope (or it belongs to somebody else: the answer is the same)."""


class Unauthenticated(DomainError):
    """Nobody is signed in, or the token is unknown, expired or revoked."""


class Denied(DomainError):
    """Signed in, but this permission is not held."""

    def __init__(self, permission: str = "", message: str = "") -> None:
        super().__init__(message)
        self.permission = permission


class PendingStep(DomainError):
    """Signed in, but a step must come first: "change_password", "second_factor", "enrol_second_factor", "choose_scope"."""

    def __init__(self, step: str) -> None:
        super().__init__(step)
        self.step = step


class Invalid(DomainError):
    """Input that breaks a field's rule: field name (dotted for nested, e.g. "lines.0.quantity") → messages."""

    def __init__(self, fields: Mapping[str, Sequence[str]], message: str = "") -> None:
        super().__init__(message)
        self.fields: dict[str, list[str]] = {name: [str(text) for text in texts] for name, texts in fields.items()}


class Conflict(DomainError):
    """The record changed since the actor saw it, or exists already with other content; `current` shows its state."""

    def __init__(self, message: str = "", current: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.current = dict(current) if current else None


class RuleBroken(DomainError):
    """A rule of the domain refuses; `rule` is its stable code, `citation` the article it rests on."""

    def __init__(self, rule: str, message: str, citation: str = "") -> None:
        super().__init__(message)
        self.rule = rule
        self.citation = citation


class TooManyAttempts(DomainError):
    """Refused for now; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Overtaken(DomainError):
    """An edit made on an older state than the one now stored, by a client that says which (If-Match)."""


class Busy(DomainError):
    """Another request holds what this one needs; `retry_after` is in seconds. Nothing was stored."""

    def __init__(self, message: str = "", retry_after: int = 2) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class TooLarge(DomainError):
    """More bytes than a use case takes."""


class Unsupported(DomainError):
    """Bytes in a form that a use case does not take."""
