"""`houqin ocds`: what the world may know of the bureau's tenders, as open contracting data."""

import json
from typing import Any
from uuid import UUID

import click
from flask.cli import with_appcontext
from sqlalchemy import select

from bureau.ocds.rules.checks import check_package
from bureau.ocds.service import exporting, publishing
from kernel.database import db
from kernel.database.scope import OPERATOR, use_scope, within
from kernel.identity.models import Bureau


@click.group("ocds")
def ocds() -> None:
    """Open contracting data (OCDS 1.1.5)."""


@ocds.command("export")
@click.option("--bureau", "bureau_code", metavar="CODE", required=True)
@click.option("--tender", "tender_id", type=click.UUID, metavar="ID", help="One tender only (default: all).")
@click.option("--records", is_flag=True, help="A record package: every release of a process and what they compile to.")
@click.option("--force", is_flag=True, help="Print the package even where our own checks find faults.")
@click.pass_context
@with_appcontext
def export_command(
    context: click.Context, bureau_code: str, tender_id: UUID | None, records: bool, force: bool
) -> None:  # fmt: skip
    """Print a package to standard output. Exit status 1, and the faults on standard error, when our checks find any."""
    session = db.session()
    bureau = _bureau(bureau_code)
    package = exporting.export(bureau, tender_id, records=records)
    if package is None:
        raise click.ClickException(f"bureau {bureau_code} has no published tender {tender_id}")
    session.commit()
    faults = check_package(json.loads(json.dumps(package)))
    for fault in faults:
        click.echo(f"{fault.code}  {fault.path}: {fault.text}", err=True)
    if faults and not force:
        click.echo(f"{len(faults)} faults; nothing was printed. --force prints the package anyway.", err=True)
        context.exit(1)
    click.echo(json.dumps(package, ensure_ascii=False, indent=2))
    context.exit(1 if faults else 0)


@ocds.command("prefix")
@click.option("--bureau", "bureau_code", metavar="CODE", required=True)
@click.option("--set", "prefix", metavar="PREFIX", help="The registered prefix, such as ocds-a1b2c3.")
@with_appcontext
def prefix_command(bureau_code: str, prefix: str | None) -> None:
    """Show or set the prefix of the bureau's process ids. Processes already published keep theirs."""
    session = db.session()
    bureau = _bureau(bureau_code)
    if prefix is not None:
        if not publishing.PREFIX.fullmatch(prefix):
            raise click.ClickException(f"{prefix} is not of the form ocds- and six small letters or digits")
        with within(session, OPERATOR):
            bureau.settings = {**(bureau.settings or {}), publishing.SETTING: prefix}
            session.flush()
        session.commit()
    shown = publishing.prefix_of(bureau)
    click.echo(shown)
    if shown == publishing.EXAMPLE_PREFIX:
        click.echo("This is the documentation's example; register a prefix before you publish.", err=True)


def _bureau(code: str) -> Any:
    session = db.session()
    use_scope(session, OPERATOR)
    bureau = session.scalar(select(Bureau).where(Bureau.code == code))
    if bureau is None:
        raise click.ClickException(f"there is no bureau {code}")
    return bureau
