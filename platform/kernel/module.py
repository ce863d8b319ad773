"""A module declares itself here; the composition root (wsgi.py) only lists them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kernel.access import Rule
from kernel.actor import Actor

if TYPE_CHECKING:
    import click
    from flask import Blueprint, Flask


@dataclass(frozen=True, slots=True)
class MenuItem:
    """A line of the navigation; shown to whom `permission` is granted. `label` is a lazy translation."""

    label: Any
    endpoint: str
    icon: str
    permission: str
    group: Any = None  # a lazy heading; items of the same group stand together
    order: int = 100


@dataclass(frozen=True, slots=True)
class DueItem:
    """One thing that waits for the actor, for the landing page. `due_at` None: no deadline of its own."""

    title: str
    url: str
    module: str
    due_at: datetime | None = None
    detail: str = ""
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class SearchHit:
    title: str
    url: str
    kind: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Module:
    """What one module brings.

    permissions  permission → rule (an OR of ANDs of pure predicates, see kernel.access)
    due          (actor) → what waits for them; shown on the landing page
    search       (actor, text) → hits within the actor's scope
    jobs         task name → function(bureau_id, **arguments), run by the worker in its own transaction; a job that
                 somebody waits for (kernel.jobs.service.start) also gets `progress`
    periodic     name → (cron line, function(bureau_id)), run for every bureau by the clock
    commands     click commands or groups added to the `houqin` command
    publishes    what it offers to layers below it: objects of interfaces declared there, which look for them by type
    demo         (app, demo) → None; fills the demo district through the module's own services
    """

    name: str
    permissions: Mapping[str, Rule] = field(default_factory=dict)
    menu: Sequence[MenuItem] = ()
    pages: "Sequence[Blueprint]" = ()
    api: "Sequence[Blueprint]" = ()
    due: Sequence[Callable[[Actor], Sequence[DueItem]]] = ()
    search: Sequence[Callable[[Actor, str], Sequence[SearchHit]]] = ()
    jobs: Mapping[str, Callable[..., Any]] = field(default_factory=dict)
    periodic: Mapping[str, tuple[str, Callable[[int], Any]]] = field(default_factory=dict)
    commands: "Sequence[click.Command]" = ()
    publishes: Sequence[object] = ()
    demo: "Callable[[Flask, Any], None] | None" = None
