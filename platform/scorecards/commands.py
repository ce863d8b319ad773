"""`houqin forms …`: the form doctor and the scoring engine on files, without a database.

`forms import`, which needs one, is in scorecards.import_command."""

import json
from pathlib import Path
from typing import Any, NoReturn

import click

from scorecards.answers import read_answers
from scorecards.doctor_text import finding_text, problem_text, severity_text, where_text
from scorecards.engine import score
from scorecards.finding import Finding, has_errors
from scorecards.form import Item, decimal_text
from scorecards.form_json import shape_of
from scorecards.importing import Imported
from scorecards.plain_yaml import Unreadable, read_plain_json
from scorecards.problem_text import reason_text, step_text
from scorecards.problems import AnswersInvalid, Problem, ProblemsFound
from scorecards.result import Result, result_to_json
from scorecards.upload import MAX_UPLOAD, load_form

MAX_TAGS = 100


class _CannotOpen(click.BadParameter):
    exit_code = 1


class _InputFile(click.Path):
    """What cannot be opened is an error of the input like any other: exit status 1."""

    def fail(self, message: str, param: click.Parameter | None = None, ctx: click.Context | None = None) -> NoReturn:
        raise _CannotOpen(message, ctx=ctx, param=param)


FILE = _InputFile(exists=True, dir_okay=False, readable=True, path_type=Path)


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


def _rule_json(imported: Imported, item: Item) -> dict[str, Any]:
    """How an item's rule was read; `confidence` null where the file gives the rule itself."""
    reading = imported.readings.get(item.code)
    return {
        "code": item.code,
        "points": None if item.points is None else decimal_text(item.points),
        "shape": shape_of(item.rule),
        "rule_text": item.rule_text,
        "confidence": reading.confidence if reading else None,
        "review": item.review,
    }


def print_findings(findings: list[Finding], *, err: bool = False) -> None:
    for found in findings:
        click.echo(f"[{severity_text(found)}] {where_text(found)}：{finding_text(found)} ({found.code})", err=err)


def _dump(data: Any) -> None:
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


TABLE = click.option("--table", metavar="NAME", help="Of several sheets or tables in the form's file, this one.")


@forms.command("check")
@click.argument("file", type=FILE)
@TABLE
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.pass_context
def check_command(context: click.Context, file: Path, table: str | None, as_json: bool) -> None:
    """Run the form doctor on FILE (YAML, JSON, .xlsx or .docx). Exit status 1 when it finds errors."""
    imported = _read_form(file, table)
    if as_json:
        form = imported.form
        counts = {
            level: sum(found.severity == level for found in imported.findings) for level in ("error", "warning", "info")
        }
        _dump(
            {
                "file": file.name,
                "title": form.title if form else None,
                "table": imported.name,
                "items": len(list(form.items())) if form else 0,
                "counts": counts,
                "findings": [_finding_json(found) for found in imported.findings],
                "rules": [_rule_json(imported, item) for item in form.items()] if form else [],
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
@TABLE
@click.option("--tag", "tags", multiple=True, help="What the school has (school_bus, boarding ...); repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print the score and its account as JSON.")
@click.pass_context
def score_command(
    context: click.Context,
    form_file: Path,
    answers_file: Path,
    table: str | None,
    tags: tuple[str, ...],
    as_json: bool,
) -> None:
    """Score ANSWERS (a JSON object, item code to answer) by FORM (YAML, JSON, .xlsx or .docx).

    \b
    An answer is the bare value its rule expects, or an object with one of the keys:
      {"met": true}  {"count": 2, "unresolved": 1}  {"judged": "4.5"}  {"checked": ["1", "3"]} or {"checked": {"1": 2}}
      {"level": "1"}  {"found": false}  {"not_applicable": "reason"}; add "veto": true where the item's veto applies.
    Rooms and windows are keyed "item@unit". The object may instead be {"answers": {...}, "tags": [...],
    "parameters": {"pupils": 1200}, "units": {"2": [{"code": "101", "parameters": {"beds": 6}}]}}; see docs/form-schema.md.
    Exit status 1 when the form or an answer cannot be scored; doubts about the form do not stop the scoring.
    """
    imported = _read_form(form_file, table)
    if imported.form is None:
        _fail(context, as_json, [_finding_json(found) for found in imported.findings])
    assert imported.form is not None
    try:
        raw = read_plain_json(read_bytes(answers_file))
    except Unreadable as error:
        _fail(context, as_json, [_finding_json(Finding("error", error.code, "form", error.params))])
    try:
        given = _submission(raw, tags)
        answers = read_answers(imported.form, given["answers"])
        result = score(imported.form, answers, given["tags"], given["parameters"], given["units"])
    except ProblemsFound as error:
        _fail(
            context,
            as_json,
            [
                {"where": problem.path, "code": problem.code, "message": problem_text(problem)}
                for problem in error.problems
            ],
        )
    doubts = [found for found in imported.findings if found.severity == "error"]
    if as_json:
        _dump(_result_json(result) | ({"form_errors": [_finding_json(found) for found in doubts]} if doubts else {}))
    else:
        _print_result(result)
        if doubts:
            click.echo("the form has errors:", err=True)
            print_findings(doubts, err=True)


_CONTEXT = ("answers", "tags", "parameters", "units")


def _submission(raw: Any, tags: tuple[str, ...]) -> dict[str, Any]:
    """Bare answers, or answers with their context. An item code never maps to an object of answers itself, so the
    wrapper cannot be mistaken for one. AnswersInvalid for a context of another shape."""
    given: dict[str, Any] = dict.fromkeys(_CONTEXT)
    if not (isinstance(raw, dict) and isinstance(raw.get("answers"), dict)):
        return {**given, "answers": raw, "tags": tags or None}
    problems = [Problem(str(key)[:60], "unknown_key") for key in raw if key not in _CONTEXT]
    given |= {key: value for key, value in raw.items() if key in _CONTEXT}
    named = given["tags"]
    if named is not None and not (isinstance(named, list) and all(isinstance(tag, str) for tag in named)):
        problems.append(Problem("tags", "not_a_list", {"limit": MAX_TAGS}))
    if problems:
        raise AnswersInvalid(problems)
    return given | {"tags": tags or named}


def _result_json(result: Result) -> dict[str, Any]:
    data = result_to_json(result)
    for row, line in zip(data["account"], result.account, strict=True):
        row["message"] = reason_text(line)
    for row, step in zip(data.get("steps", ()), result.steps, strict=True):
        row["message"] = step_text(step)
    return data


def _fail(context: click.Context, as_json: bool, problems: list[dict[str, Any]]) -> None:
    if as_json:
        _dump({"errors": problems})
    else:
        for problem in problems:
            click.echo(f"{problem['where']}: {problem['message']} ({problem['code']})", err=True)
    context.exit(1)


def _place(code: str, unit: str) -> str:
    return "@".join(part for part in (code, unit) if part)


def _print_result(result: Result) -> None:
    for line in result.account:
        points = "" if line.available is None else f"{'-' if line.awarded is None else line.awarded}/{line.available}"
        click.echo(f"{_place(line.code, line.unit)}\t{points}\t{reason_text(line)}")
    for total in result.units:
        place = _place(total.section, total.unit)
        click.echo(f"unit {place} {total.label}\t{total.awarded}/{total.available}\t{total.score}")
    for step in result.steps:
        click.echo(f"then {_place(step.section, step.unit)}\t{step_text(step)}")
    click.echo(f"score {result.score} / {result.maximum}  percent {result.percent}")
    click.echo(f"band {result.band}  verdict {result.verdict}  complete {result.complete}")
    for veto in result.vetoes:
        click.echo(f"veto {_place(veto.item, veto.unit)} {veto.effect} {veto.label}")
    for limit in result.limits:
        click.echo(f"limit {limit.mark or 'key'} {limit.failed} failed {limit.effect} {limit.label}")
    if result.missing:
        click.echo("missing " + " ".join(result.missing))
    for section, number in result.missing_units.items():
        click.echo(f"missing {number} unit(s) of {section or 'the form'}")
    if result.missing_parameters:
        click.echo("missing parameters " + " ".join(result.missing_parameters))
