"""`houqin receipts`: do the receipts that phones rely on still form one unbroken chain?"""

import click
from flask.cli import with_appcontext

from bureau.fill.service.receipts import broken_links
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import OPERATOR, use_scope
from kernel.identity.models import Bureau


@click.group("receipts")
def receipts() -> None:
    """Receipts of what phones handed in."""


@receipts.command("verify")
@click.pass_context
@with_appcontext
def verify(context: click.Context) -> None:
    """Recompute every bureau's chain and name each link that was altered, removed or put in; then exit with 1."""
    session = db.session()
    use_scope(session, OPERATOR)
    bureaus = session.execute(db.select(Bureau.id, Bureau.code).order_by(Bureau.id)).all()
    found = 0
    for bureau_id, code in bureaus:
        actor = system_actor(bureau_id)
        use_scope(session, actor.scope)
        for seq in broken_links(actor):
            click.echo(f"{code}: receipt {seq} does not hold")
            found += 1
    session.rollback()
    click.echo(f"{found} findings", err=True)
    context.exit(1 if found else 0)
