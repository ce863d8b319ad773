"""The menu of one actor: what they may open, in the modules' order, grouped."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import request, url_for

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import MenuItem, Module


@dataclass(slots=True)
class Entry:
    label: Any
    url: str
    icon: str
    active: bool = False
    children: list["Entry"] = field(default_factory=list)


def menu_for(modules: Sequence[Module], actor: Actor | None) -> list[Entry]:
    """Groups become entries with children; an item without a group stands by itself."""
    if actor is None or actor.pending is not None:
        return []
    items: list[MenuItem] = sorted(
        (item for module in modules for item in module.menu if may(item.permission)), key=lambda item: item.order
    )
    entries: list[Entry] = []
    groups: dict[str, Entry] = {}
    for item in items:
        url = url_for(item.endpoint)
        entry = Entry(item.label, url, item.icon, active=_is_active(item.endpoint, url))
        if item.group is None:
            entries.append(entry)
            continue
        group = groups.get(str(item.group))
        if group is None:
            group = groups[str(item.group)] = Entry(item.group, "", item.icon)
            entries.append(group)
        group.children.append(entry)
        group.active = group.active or entry.active
    return entries


def _is_active(endpoint: str, url: str) -> bool:
    return request.endpoint == endpoint or (url != "/" and request.path.startswith(url.rstrip("/") + "/"))
