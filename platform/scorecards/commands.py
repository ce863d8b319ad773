"""`houqin forms …`: the form doctor and the scoring engine on files, without a database.

`forms import`, which needs one, is in scorecards.import_command."""

import json
from pathlib import Path
from typing import Any

import click

from scorecards.answers import read_answers
from scorecards.doctor_text import finding_text, problem_text, severity_text, where_text
from scorecards.engine import score
from scorecards.finding import Finding, has_errors
from scorecards.importing import Imported
from scorecards.plain_yaml import Unreadable, read_plain_json
from scorecards.problem_text import reason_text
from scorecards.problems import AnswersInvalid
from scorecards.result import Result, result_to_json
from scorecards.upload import MAX_UPLOAD, load_form

FILE = click.Path(exists=True, dir_okay=False, readable=True, path_type=Path)


@click.group("forms")
def forms() -> None:
    """Scored forms: check a form, score answers."""


def read_bytes(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_UPLOAD + 1)


def _read_form(path: Path, table: str | None = None) -> Imported:
    return load_form(read_bytes(path), path.name, table)


def _finding_json(found: Finding) -> dict[str, Any]:
    return {
        "severity": found.severity,
        "code": found.code,
        "where": found.where,
        "params": dict(found.params),
        "message": finding_text(found),
    }


def print_findings(findings: list[Finding]) -> None:
    for found in findings:
        click.echo(f"[{severity_text(found)}] {where_text(found)}：{finding_text(found)} ({found.code})")


def _dump(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


@forms.command("check")
@click.argument("file", type=FILE)
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def check_command(context: click.Context, file: Path, as_json: bool) -> None:
    """Run the form doctor on FILE (YAML or JSON). Exit status 1 when it finds errors."""
    imported = _read_form(file)
    if as_json:
        form = imported.form
        counts = {
            level: sum(found.severity == level for found in imported.findings) for level in ("error", "warning", "info")
        }
        _dump(
            {
                "file": file.name,
                "title": form.title if form else None,
                "items": len(list(form.items())) if form else 0,
                "counts": counts,
                "findings": [_finding_json(found) for found in imported.findings],
            }
        )
    else:
        if imported.form:
            click.echo(imported.form.title)
        print_findings(imported.findings)
    context.exit(1 if has_errors(imported.findings) else 0)


@forms.command("score")
@click.argument("form_file", metavar="FORM", type=FILE)
@click.argument("answers_file", metavar="ANSWERS", type=FILE)
@click.option("--tag", "tags", multiple=True, help="What the school has (school_bus, boarding ...); repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the score and its account as JSON.")
@click.pass_context
def score_command(
    context: click.Context, form_file: Path, answers_file: Path, tags: tuple[str, ...], as_json: bool
) -> None:
    """Score ANSWERS (a JSON object, item code to answer) by FORM.

    \b
    An answer is the bare value its rule expects, or an object with one of the keys:
      {"met": true}  {"count": 2, "unresolved": 1}  {"judged": "4.5"}  {"checked": ["1", "3"]} or {"checked": {"1": 2}}
      {"level": "1"}  {"found": false}  {"not_applicable": "reason"}; add "veto": true where the item's veto applies.
    Exit status 1 when the form or an answer cannot be scored; doubts about the form do not stop the scoring.
    """
    imported = _read_form(form_file)
    if imported.form is None:
        _fail(context, as_json, [_finding_json(found) for found in imported.findings])
    assert imported.form is not None
    try:
        raw = read_plain_json(read_bytes(answers_file))
    except Unreadable as error:
        _fail(context, as_json, [_finding_json(Finding("error", error.code, "form", error.params))])
    # An item code never maps to answers itself, so this wrapper cannot be mistaken for one.
    if isinstance(raw, dict) and isinstance(raw.get("answers"), dict):
        raw = raw["answers"]
    try:
        result = score(imported.form, read_answers(imported.form, raw), tags or None)
    except AnswersInvalid as error:
        _fail(
            context,
            as_json,
            [
                {"where": problem.path, "code": problem.code, "message": problem_text(problem)}
                for problem in error.problems
            ],
        )
    if as_json:
        data = result_to_json(result)
        for row, line in zip(data["account"], result.account, strict=True):
            row["message"] = reason_text(line)
        _dump(data)
    else:
        _print_result(result)


def _fail(context: click.Context, as_json: bool, problems: list[dict[str, Any]]) -> None:
    if as_json:
        _dump({"errors": problems})
    else:
        for problem in problems:
            click.echo(f"{problem['where']}: {problem['message']} ({problem['code']})", err=True)
    context.exit(1)


def _print_result(result: Result) -> None:
    for line in result.account:
        points = "" if line.available is None else f"{'-' if line.awarded is None else line.awarded}/{line.available}"
        click.echo(f"{line.code}\t{points}\t{reason_text(line)}")
    click.echo(f"score {result.score} / {result.maximum}  percent {result.percent}")
    click.echo(f"band {result.band}  verdict {result.verdict}  complete {result.complete}")
    for veto in result.vetoes:
        click.echo(f"veto {veto.item} {veto.effect} {veto.label}")
    if result.missing:
        click.echo("missing " + " ".join(result.missing))
