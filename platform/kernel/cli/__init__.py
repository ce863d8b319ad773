"""The `houqin` command. Exit codes: 0 done, 1 a check found something or the work failed, 2 wrong usage or configuration.

Results go to standard output, everything else to standard error, one line each.
"""

from collections.abc import Callable, Sequence
from typing import Any

import click
from flask import Flask

from kernel.cli.accounts import accounts as accounts_group
from kernel.cli.audit import audit as audit_group
from kernel.cli.database import db as database_group
from kernel.cli.demo import demo as demo_command
from kernel.cli.server import serve, worker
from kernel.cli.support import Command, Tools
from kernel.config import Config
from kernel.module import Module

NewDemo = Callable[[], Any]


def build_cli(
    create_app: Callable[[Config], Flask], modules: Sequence[Module], new_demo: NewDemo | None = None
) -> click.Group:
    """`new_demo`: makes the context that the modules' demo loaders hand on to each other."""

    @click.group(name="houqin", cls=Command, help="Houqin (后勤): the service, its database and its data.")
    @click.pass_context
    def houqin(context: click.Context) -> None:
        context.obj = Tools(create_app, tuple(modules), new_demo)
        context.call_on_close(context.obj.close)

    for command in (serve, worker, demo_command, database_group, accounts_group, audit_group):
        houqin.add_command(command)
    for module in modules:
        for contributed in module.commands:
            _merge(houqin, contributed)
    return houqin


def _merge(group: click.Group, command: click.Command) -> None:
    """Add a module's command; a module may add to a group that exists, but not replace a command."""
    existing = group.commands.get(command.name or "")
    if existing is None:
        group.add_command(command)
    elif isinstance(existing, click.Group) and isinstance(command, click.Group):
        for below in command.commands.values():
            _merge(existing, below)
    else:
        raise ValueError(f"two modules bring the command {command.name}")
