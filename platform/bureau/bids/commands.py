"""`houqin bids verify`: whether opened bids are the sealed ones, from the exported package alone."""

import json
from pathlib import Path

import click

from bureau.bids.verification import NotAPackage, verify


@click.group("bids")
def bids() -> None:
    """Sealed bids: verify an opening."""


@bids.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--digest", help="The digest of the list as it was published at the deadline.")
@click.option("--json", "as_json", is_flag=True, help="Print the differences as JSON.")
@click.pass_context
def verify_command(context: click.Context, file: Path, digest: str | None, as_json: bool) -> None:
    """Decrypt and hash every bid of FILE again and compare. Exit status 1 when anything differs."""
    try:
        opened, found = verify(file, digest)
    except NotAPackage as error:
        raise click.ClickException(f"not an opening package: {error}") from error
    if as_json:
        rows = [{"subject": one.subject, "difference": one.text} for one in found]
        click.echo(
            json.dumps({"holds": not found, "opened": opened, "differences": rows}, ensure_ascii=False, indent=2)
        )
    else:
        for one in found:
            click.echo(f"DIFFERS  {one.subject}: {one.text}")
        click.echo(
            f"{opened} bids decrypted again; " + ("every one is the sealed one." if not found else "NOT all hold.")
        )
        if digest is None:
            click.echo("Give --digest to hold the list to what was published at the deadline.", err=True)
    if found:
        context.exit(1)
