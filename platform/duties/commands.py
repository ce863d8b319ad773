"""Of the machine's operator: write a bureau's duties now, count its months anew and see whether they agree."""

from datetime import datetime

import click
from flask import current_app
from flask.cli import with_appcontext

from duties.service import generating, tallying
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope


@click.group()
def duties() -> None:
    """What schools owe."""


@duties.command()
@click.argument("bureau_id", type=int)
@with_appcontext
def generate(bureau_id: int) -> None:
    """Write duties up to a week from today; done again it writes nothing."""
    use_scope(db.session(), system_actor(bureau_id).scope)
    made = generating.generate(bureau_id)
    db.session.commit()
    click.echo(f"{made.duties} duties of {made.schools} schools")


@duties.command()
@click.argument("bureau_id", type=int)
@click.argument("month")
@click.option("--fix", is_flag=True, help="count the month anew where it differs")
@with_appcontext
def reconcile(bureau_id: int, month: str, fix: bool) -> None:
    """Compare a month's tallies (2026-11) with the duties that they were counted from."""
    first = datetime.strptime(month, "%Y-%m").date()  # noqa: DTZ007 a month has no time zone
    use_scope(db.session(), system_actor(bureau_id).scope)
    found = tallying.differing(bureau_id, first)
    for school_id, kind in found:
        click.echo(f"school {school_id}: {kind}")
    if found and fix:
        tallying.recount(bureau_id, first)
        db.session.commit()
        click.echo("counted anew")
    elif found:
        current_app.logger.warning("tallies differ", extra={"bureau_id": bureau_id, "month": month})
        raise click.exceptions.Exit(1)
