"""`houqin committee verify`: whether a committee's draw holds, from its file alone, without a database."""

import json
from pathlib import Path

import click

from bureau.evaluation.verification import verify

MOST_BYTES = 10 * 1024 * 1024
WORDS = {
    "format": "the file has the form of docs/evaluation.md",
    "commitment": "SHA-256 of seed, pool and rules is the commitment",
    "public_value": "the public value is there exactly when the rules ask for one",
    "order": "drawn again from the seed, the order is the same",
    "result_digest": "SHA-256 of the result is the digest",
    "recusals": "nobody recused was drawn",
    "replacements": "whoever stood in was the next of the order",
}


@click.group("committee")
def committee() -> None:
    """Evaluation committees: verify a published draw."""


@committee.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--commitment", help="The commitment noted before the draw; the file must be the one promised.")
@click.option("--result-digest", help="The result's digest noted after the draw, before it was published.")
@click.pass_context
def verify_command(context: click.Context, file: Path, commitment: str | None, result_digest: str | None) -> None:
    """Draw the committee in FILE again and check every rule of it. Exit status 1 when anything fails."""
    if file.stat().st_size > MOST_BYTES:
        raise click.ClickException("the file is too big for a committee's draw")
    try:
        document = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"not JSON: {error}") from error
    checks = verify(document, commitment=commitment, result_digest=result_digest)
    for check in checks:
        click.echo(f"{'ok  ' if check.ok else 'FAIL'} {WORDS[check.code]}{'' if check.ok else ': ' + check.detail}")
    if not all(check.ok for check in checks):
        context.exit(1)
