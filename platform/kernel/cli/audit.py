"""`houqin audit`: is the record of who did what still as it was sealed?"""

import click

from kernel.cli.support import FAILED, Tools, print_json

# One line for each kind of finding; the kinds are those of kernel.audit.chain.Problem.
WORDS = {
    "altered": "was altered after it was sealed",
    "removed": "was removed after it was sealed",
    "slipped_in": "was added later, dated back",
    "block": "does not match its own hash",
    "chain": "does not follow the block before it",
    "gap": "is missing",
    "head": "is not the block that was noted",
}


def parse_anchor(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[int, str]:
    anchors = {}
    for value in values:
        number, _, digest = value.partition(":")
        if not number.isdigit() or len(digest) != 64:
            raise click.BadParameter(f"{value} is not of the form NUMBER:HASH")
        anchors[int(number)] = digest.lower()
    return anchors


@click.group()
def audit() -> None:
    """The audit log."""


@audit.command("verify")
@click.option("--bureau", "bureau_code", metavar="CODE", help="One bureau only (default: all).")
@click.option(
    "--anchor", "anchors", multiple=True, metavar="NUMBER:HASH", callback=parse_anchor,
    help="A block's hash as noted outside this database; without one, newest blocks cut off cannot be seen.",
)  # fmt: skip
@click.option("--json", "as_json", is_flag=True)
@click.pass_context
def verify(context: click.Context, bureau_code: str | None, anchors: dict[int, str], as_json: bool) -> None:
    """Recompute the sealed blocks and name every entry that was altered, removed or slipped in; then exit with 1."""
    from kernel.audit.service import verify_chain

    if anchors and not bureau_code:
        raise click.UsageError("blocks are numbered by bureau: give --bureau with --anchor")
    tools: Tools = context.obj
    with tools.app().app_context():
        findings = verify_chain(bureau_code, anchors)
    if as_json:
        print_json(findings)
    else:
        for finding in findings:
            entry = f" entry {finding['entry']}" if finding["entry"] else ""
            click.echo(f"{finding['bureau']}: block {finding['block']}{entry} {WORDS[finding['kind']]}")
        click.echo(f"{len(findings)} findings", err=True)
    context.exit(FAILED if findings else 0)
