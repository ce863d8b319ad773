"""`houqin stores check`: whether everything that lies anywhere is the sum of its moves."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from kernel.database import db
from kernel.database.scope import OPERATOR, use_scope
from kernel.identity.models import Bureau
from school.stores.service.checking import count_moves, reconcile


@click.group("stores")
def stores() -> None:
    """Stock: check the ledger."""


@stores.command("check")
@click.option("--bureau", "code", help="The code of one bureau; by default all are checked.")
@click.pass_context
@with_appcontext
def check_command(context: click.Context, code: str | None) -> None:
    """Add up every move again and compare with the balances, the stocks and the cards. Exit status 1 when one differs."""
    use_scope(db.session(), OPERATOR)
    query = select(Bureau.id, Bureau.code).order_by(Bureau.id)
    bureaus = [row for row in db.session.execute(query) if code in (None, row.code)]
    if code is not None and not bureaus:
        raise click.ClickException(f"no bureau {code}")
    found = 0
    for bureau in bureaus:
        for one in reconcile(bureau.id):
            found += 1
            click.echo(
                f"DIFFERS  {bureau.code} school {one.school_id} {one.what} {one.name} ({one.id}): "
                f"{one.measure} {one.stored}, its moves add up to {one.moved}"
            )
        click.echo(f"{bureau.code}: {count_moves(bureau.id)} moves added up.")
    click.echo("Every balance is the sum of its moves." if not found else f"{found} differences.")
    if found:
        context.exit(1)
