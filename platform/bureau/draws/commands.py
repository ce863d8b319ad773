"""`houqin draw verify`: whether a draw holds, from its file alone, without a database."""

import json
from pathlib import Path
from typing import Any

import click

from bureau.draws.verification import Check, verify

MOST_BYTES = 50 * 1024 * 1024
WORDS = {
    "format": "the file has the form of docs/draw-format.md",
    "commitment": "SHA-256 of seed, pools and rules is the commitment",
    "public_value": "the public value is there exactly when the rules ask for one",
    "result": "drawn again from the seed, the result is the same",
    "result_digest": "SHA-256 of the result is the digest",
    "strata": "as many schools of each stratum as the rules say",
    "teams": "as many different inspectors of the pool as the rules say",
    "recusals": "nobody goes where they are recused",
    "last_inspectors": "nobody goes where they went the last time",
    "visits_a_day": "nobody has more visits a day than the rules allow, nor one on a day off",
    "capacity": "nobody has more visits than their capacity",
    "sections": "every section is exactly one inspector's",
}


@click.group("draw")
def draw() -> None:
    """Draws: verify what was published."""


@draw.command("verify")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path))
@click.option("--commitment", help="The commitment noted before the draw; the file must be the one promised.")
@click.option("--result-digest", help="The result's digest noted after the draw, before it was published.")
@click.option("--json", "as_json", is_flag=True, help="Print the checks as JSON.")
@click.pass_context
def verify_command(
    context: click.Context, file: Path, commitment: str | None, result_digest: str | None, as_json: bool
) -> None:
    """Run the draw in FILE again and check every rule of it. Exit status 1 when anything fails."""
    checks = _checks(file, commitment, result_digest)
    holds = all(check.ok for check in checks)
    if as_json:
        rows = [{"code": check.code, "ok": check.ok, "detail": check.detail} for check in checks]
        click.echo(json.dumps({"holds": holds, "checks": rows}, ensure_ascii=False, indent=2))
    else:
        for check in checks:
            click.echo(f"{'ok    ' if check.ok else 'FAILED'}  {check.code}: {WORDS[check.code]}")
            if check.detail:
                click.echo(f"        {check.detail}")
        click.echo("The draw holds." if holds else "The draw does NOT hold.")
        if commitment is None:
            click.echo("Give --commitment to hold the file to what was promised before the draw.", err=True)
    if not holds:
        context.exit(1)


def _checks(file: Path, commitment: str | None, result_digest: str | None) -> list[Check]:
    with file.open("rb") as stream:
        data = stream.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise click.ClickException("the file is larger than any draw")
    try:
        document = json.loads(data, object_pairs_hook=_without_twins)
    except (ValueError, RecursionError) as error:
        raise click.ClickException(f"not a JSON file: {error}") from error
    return verify(document, commitment=commitment, result_digest=result_digest)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A name twice in one object reads differently in different programs."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
