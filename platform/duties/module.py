"""Declares duties to the composition root. Roles are known above: who may do what comes in from there."""

import duties.models  # noqa: F401
from kernel.access import Rule
from kernel.module import Module


def module(*, rules: dict[str, Rule] | None = None) -> Module:
    return Module(name="duties", permissions=rules or {})
