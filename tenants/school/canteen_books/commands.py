"""`houqin books check`: whether the canteens' books add up."""

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from kernel.database import db
from kernel.database.scope import OPERATOR, use_scope
from kernel.identity.models import Bureau
from school.canteen_books.service.checking import count_moves, reconcile


@click.group("books")
def books() -> None:
    """The canteens' books: check the ledger."""


@books.command("check")
@click.option("--bureau", "code", help="The code of one bureau; by default all are checked.")
@click.pass_context
@with_appcontext
def check_command(context: click.Context, code: str | None) -> None:
    """Add up every move again and compare with stored sums, funds and statements. Exit status 1 when one differs."""
    use_scope(db.session(), OPERATOR)
    query = select(Bureau.id, Bureau.code).order_by(Bureau.id)
    bureaus = [row for row in db.session.execute(query) if code in (None, row.code)]
    if code is not None and not bureaus:
        raise click.ClickException(f"no bureau {code}")
    found = 0
    for bureau in bureaus:
        for one in reconcile(bureau.id):
            found += 1
            month = "" if one.month is None else f" {one.month:%Y-%m}"
            click.echo(f"DIFFERS  {bureau.code} school {one.school_id}{month} {one.what} {one.name}")
        click.echo(f"{bureau.code}: {count_moves(bureau.id)} moves added up.")
    click.echo("The books add up." if not found else f"{found} differences.")
    if found:
        context.exit(1)
