"""Declares identity to the composition root. It knows no role; their names are handed in."""

from collections.abc import Mapping
from typing import Any

from kernel.identity import labels
from kernel.identity.api import blueprint as api
from kernel.identity.jobs import purge_identity
from kernel.identity.permissions import RULES
from kernel.identity.views import pages
from kernel.module import Module


def _words() -> dict[str, Any]:
    return {
        "role_label": labels.role_label,
        "device_label": labels.device_label,
        "level_label": lambda level: labels.LEVELS.get(level, level),
    }


pages.app_context_processor(_words)


def module(role_labels: Mapping[Any, Any] | None = None) -> Module:
    labels.name_roles(role_labels or {})
    return Module(
        name="identity",
        permissions=RULES,
        pages=[pages],
        api=[api],
        periodic={"purge": ("17 3 * * *", purge_identity)},
    )
