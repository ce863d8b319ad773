"""`houqin audit`: is the record of who did what still as it was sealed?"""

import click

from kernel.cli.support import FAILED, Tools, print_json


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@click.option("--bureau", "bureau_code", metavar="CODE", help="One bureau only (default: all).")
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def verify(context: click.Context, bureau_code: str | None, as_json: bool) -> None:
    """Recompute the sealed blocks and name every row that was altered, removed or slipped in; then exit with 1."""
    from kernel.audit.service import verify_chain

    tools: Tools = context.obj
    with tools.app().app_context():
        findings = verify_chain(bureau_code)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            where = (
                f"entry {finding['entry']} of block {finding['block']}"
                if finding["entry"]
                else f"block {finding['block']}"
            )
            click.echo(f"{finding['bureau']}: {where}: {finding['kind']}")
        click.echo(
            "audit: " + (f"{len(findings)} problems" if findings else "sealed blocks verified, nothing was touched")
        )
    context.exit(FAILED if findings else 0)
