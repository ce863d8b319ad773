"""Bureaus are opened by whoever runs the machine: there is nobody inside a bureau yet who could."""

import click
from flask.cli import with_appcontext

from bureau.schools import service
from kernel.database import db
from kernel.errors import DomainError


@click.group("bureaus")
def bureaus() -> None:
    """Bureaus (tenants) of this deployment."""


@bureaus.command("create")
@click.argument("code")
@click.argument("name")
@with_appcontext
def create(code: str, name: str) -> None:
    """Open a bureau. CODE: letters, digits, hyphens. A second run with the same CODE and NAME changes nothing."""
    try:
        bureau = service.open_bureau(code=code, name=name)
    except DomainError as error:
        raise click.ClickException(error.message or str(error)) from error
    db.session.commit()
    click.echo(f"{bureau.id} {bureau.code} {bureau.name}")


@bureaus.command("list")
@with_appcontext
def list_all() -> None:
    """Id, code and name of every bureau."""
    for bureau in service.all_bureaus():
        click.echo(f"{bureau.id} {bureau.code} {bureau.name}")
