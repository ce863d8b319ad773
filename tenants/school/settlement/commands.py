"""`houqin settlement check`: whether statements add up."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from kernel.database import db
from kernel.database.scope import OPERATOR, use_scope
from kernel.identity.models import Bureau
from school.settlement.service.checking import reconcile


@click.group("settlement")
def settlement() -> None:
    """Statements with suppliers: check that they add up."""


@settlement.command("check")
@click.pass_context
@with_appcontext
def check_command(context: click.Context) -> None:
    """Compare every statement with its lines, invoices and payments. Exit status 1 when one differs."""
    use_scope(db.session(), OPERATOR)
    found = 0
    for bureau in db.session.execute(select(Bureau.id, Bureau.code).order_by(Bureau.id)).all():
        for one in reconcile(bureau.id):
            found += 1
            click.echo(f"DIFFERS  {bureau.code} school {one.school_id} {one.number} {one.what}")
    click.echo("The statements add up." if not found else f"{found} differences.")
    if found:
        context.exit(1)
