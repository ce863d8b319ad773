"""What a signed-in person may do with their own account through the API. Everyone may; an API token only where
its scopes say so, so that a lost device cannot sign its owner out or make further tokens."""

from enum import StrEnum

from kernel.access import any_of
from kernel.actor import Actor


class Permission(StrEnum):
    PROFILE = "account:profile:read"
    SESSIONS = "account:sessions:manage"
    TOKENS = "account:tokens:manage"


def has_a_scope(actor: Actor) -> bool:
    return actor.level != "none"


RULES = {str(permission): any_of(has_a_scope) for permission in Permission}
