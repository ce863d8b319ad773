"""Who may do what: one table, permission → OR of ANDs of pure predicates. What is not in the table is denied.

A permission is named `scope:resource:action`. The edge decorator `access` (kernel.access.edge) classifies every
view; a test sweeps the URL map and fails for a view without it.
"""

from collections.abc import Callable, Iterable, Mapping

from kernel.actor import Actor

Predicate = Callable[[Actor], bool]
Rule = tuple[tuple[Predicate, ...], ...]

PUBLIC = "public"  # no sign-in needed
SIGNED_IN = "signed_in"  # any signed-in person, even with a pending step
MEMBER = "member"  # signed in, no pending step, some scope chosen


def any_of(*alternatives: Predicate | tuple[Predicate, ...]) -> Rule:
    """An OR of ANDs: each alternative is one predicate or a tuple of predicates that must all hold."""
    return tuple(alternative if isinstance(alternative, tuple) else (alternative,) for alternative in alternatives)


def has_role(*roles: str) -> Predicate:
    wanted = frozenset(roles)

    def holds(actor: Actor) -> bool:
        return bool(actor.roles & wanted)

    holds.__name__ = "has_role_" + "_or_".join(sorted(roles))
    return holds


def at_bureau(actor: Actor) -> bool:
    return actor.level == "bureau"


def in_zone(actor: Actor) -> bool:
    return actor.level == "zone"


def in_school(actor: Actor) -> bool:
    return actor.level == "school"


def is_supplier(actor: Actor) -> bool:
    return actor.level == "supplier"


class AccessTable:
    """All modules' permissions. Two modules may not declare the same one."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {MEMBER: ((lambda actor: actor.level != "none",),)}

    def add(self, permissions: Mapping[str, Rule]) -> None:
        for permission, rule in permissions.items():
            name = str(permission)
            if name in self._rules:
                raise ValueError(f"permission {name} is declared twice")
            if name.count(":") != 2:
                raise ValueError(f"permission {name} is not of the form scope:resource:action")
            self._rules[name] = rule

    def allows(self, actor: Actor, permission: str) -> bool:
        """Deny by default: an unknown permission is held by nobody."""
        rule = self._rules.get(str(permission), ())
        if not any(all(predicate(actor) for predicate in alternative) for alternative in rule):
            return False
        if actor.read_only and not only_reads(str(permission)):
            return False
        return actor.token_scopes is None or token_covers(actor.token_scopes, str(permission))

    def names(self) -> Iterable[str]:
        return self._rules.keys()


def only_reads(permission: str) -> bool:
    """Whether a permission lets its holder look and no more: its action is `read`."""
    return permission == MEMBER or permission.rpartition(":")[2] == "read"


def token_covers(scopes: frozenset[str], permission: str) -> bool:
    """Whether an API token's scopes cover a permission: "*", the name itself, or a prefix such as "school:*"."""
    if "*" in scopes or permission in scopes or permission == MEMBER:
        return True
    parts = permission.split(":")
    return any(":".join(parts[:length]) + ":*" in scopes for length in range(1, len(parts)))
