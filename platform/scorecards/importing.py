"""Takes in a form from a file: our own shape (`schema: 1`), or the table-like YAML in which forms are collected.

Nothing is lost in silence: what is not understood, inferred, missing or left out becomes a finding.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from scorecards.doctor import check
from scorecards.finding import Finding, finding, sorted_findings
from scorecards.form import (
    KINDS,
    WITHOUT_POINTS,
    Band,
    Form,
    Item,
    Kind,
    Mode,
    NaPolicy,
    Repeat,
    Section,
    VerdictRule,
    Verdicts,
    VetoOnly,
    YesNo,
)
from scorecards.form_json import MAX_ITEMS, MAX_SECTIONS, from_json, shape_of, to_json
from scorecards.import_finish import finished
from scorecards.import_items import Source, read_section
from scorecards.plain_yaml import Unreadable, read_plain_yaml
from scorecards.problems import FormInvalid
from scorecards.reading import Reading
from scorecards.verdict_text import read_verdict

_KNOWN = {
    "title", "source", "source_warning", "kind", "total", "total_inferred", "completeness", "text_status",
    "method_source", "n_items", "checks", "scoring", "sections", "bands", "notes",
}  # fmt: skip
_KNOWN_SCORING = {
    "model", "note", "na_rule", "min_sample", "carry_over", "key_fail_threshold", "handling", "unit", "reinspect",
    "zero_rules", "veto_rule", "schedule", "columns", "sheet_columns", "methods",
}  # fmt: skip
# What a source calls its model, and the rule shapes that its items would then have.
_MODELS = {
    "judgement_0_to_max": {"judged", "additive", "levels"},
    "count_deduction_capped": {"count_deduction", "listed_deductions", "all_or_nothing"},
    "listed_deductions": {"listed_deductions", "count_deduction", "all_or_nothing"},
    "binary_full_deduction": {"all_or_nothing", "judged", "unscored"},
    "yes_no_key_general": {"yes_no"},
    "veto_list": {"veto_only"},
}


@dataclass(frozen=True, slots=True)
class Imported:
    """`form` None: the file is no form at all, the findings say why. `readings`: item code → how its rule was read. `name`: of the sheet
    or table it came from, where a file has several."""

    form: Form | None
    findings: list[Finding]
    readings: Mapping[str, Reading]
    name: str = ""


def read_yaml(data: bytes) -> Imported:
    """Never raises on bad input."""
    try:
        raw = read_plain_yaml(data)
    except Unreadable as error:
        return Imported(None, [finding("error", error.code, **error.params)], {})
    return read_data(raw)


def read_data(raw: Any) -> Imported:
    """The same for data that is parsed already."""
    if not isinstance(raw, Mapping):
        return Imported(None, [finding("error", "not_a_form")], {})
    if "schema" in raw:
        try:
            form = from_json(raw)
        except FormInvalid as error:
            return Imported(None, _contradicting(error), {})
        return Imported(form, check(form), {})
    return _import(raw)


def _contradicting(error: FormInvalid) -> list[Finding]:
    return [
        finding(
            "error",
            "contradiction",
            "form",
            **{**problem.params, "path": problem.path, "problem": problem.code},
        )
        for problem in error.problems[:100]
    ]


def _import(raw: Mapping[str, Any], of_table: bool = False) -> Imported:
    source = Source(of_table=of_table)
    source.said(raw, "form")
    title = source.text(raw, "title", "form", limit=200)
    sections_raw = raw.get("sections")
    if not title:
        source.add("error", "title_missing")
    if not isinstance(sections_raw, list) or not sections_raw or len(sections_raw) > MAX_SECTIONS:
        source.add("error", "sections_missing", limit=MAX_SECTIONS)
        return Imported(None, sorted_findings(source.findings), {})
    scoring = raw.get("scoring") if isinstance(raw.get("scoring"), Mapping) else {}
    assert isinstance(scoring, Mapping)
    sections = tuple(read_section(source, section, place) for place, section in enumerate(sections_raw, start=1))
    if not title or sum(len(section.items) for section in sections) > MAX_ITEMS:
        source.add("error", "too_many_items" if title else "title_missing", limit=MAX_ITEMS)
        return Imported(None, sorted_findings(source.findings), {})
    form = _form(source, raw, scoring, title, sections)
    notes = raw.get("notes")
    form = _with_pass_rate(source, form)
    form = finished(source, form, notes if of_table and isinstance(notes, list) else ())
    try:
        from_json(to_json(form))
    except FormInvalid as error:
        return Imported(None, sorted_findings([*source.findings, *_contradicting(error)]), {})
    _compare(source, raw, scoring, form)
    return Imported(form, sorted_findings([*source.findings, *check(form)]), source.readings)


def read_table(raw: Mapping[str, Any], name: str) -> Imported:
    """A form as scorecards.tables found it in a workbook or a document."""
    imported = _import({key: value for key, value in raw.items() if value not in (None, "")}, of_table=True)
    return replace(imported, name=name)


def _form(
    source: Source,
    raw: Mapping[str, Any],
    scoring: Mapping[str, Any],
    title: str,
    sections: tuple[Section, ...],
) -> Form:
    stated = raw.get("kind")
    if stated not in KINDS:
        source.add("warning", "kind_unknown", kind=str(stated)[:40])
    kind: Kind = next((known for known in KINDS if known == stated), "logistics")
    total = source.points(raw, "total", "form")
    bands, rules = _bands(source, raw.get("bands"))
    mode: Mode = "deduct" if total is not None and str(scoring.get("model", "")).startswith("deduct_from") else "sum"
    sections, na_policy = _na(scoring, sections)
    verdicts = _verdicts(source, scoring, rules, sections)
    return Form(
        title=title,
        kind=kind,
        total=total or None,
        mode=mode,
        na_policy=na_policy,
        sections=sections,
        bands=bands,
        verdicts=verdicts,
        source=_linkable(source, raw),
        notes=_notes(source, raw, scoring),
        repeat=_repeat(scoring),
    )


def _na(scoring: Mapping[str, Any], sections: tuple[Section, ...]) -> tuple[tuple[Section, ...], NaPolicy]:
    """A rule for the whole sheet allows "not applicable" everywhere; else only the items whose own text does."""
    if scoring.get("na_rule"):
        opened = tuple(
            replace(section, items=tuple(replace(item, na_allowed=True) for item in section.items))
            for section in sections
        )
        return opened, "renormalise"
    some = any(item.na_allowed for section in sections for item in section.items)
    return sections, "renormalise" if some else "refuse"


def _bands(source: Source, raw: Any) -> tuple[tuple[Band, ...], list[tuple[str, str]]]:
    """Score bands, and (label, wording) of verdicts."""
    bands: list[Band] = []
    rules: list[tuple[str, str]] = []
    if raw is not None and not isinstance(raw, list):
        source.add("error", "bands_unreadable")
        return (), []
    for place, row in enumerate((raw or [])[:20], start=1):
        if not isinstance(row, Mapping):
            source.add("error", "bands_unreadable")
            continue
        label = source.text(row, "label", f"band:{place}", limit=100)
        if not label:
            source.add("error", "band_without_label", f"band:{place}")
            continue
        if row.get("rule"):
            rules.append((label, str(row["rule"])[:500]))
            continue
        minimum = source.points(row, "min", f"band:{label}")
        if minimum is None:
            source.add("error", "band_without_minimum", f"band:{label}")
            continue
        if label in {band.label for band in bands} or minimum in {band.minimum for band in bands}:
            source.add("error", "band_twice", f"band:{label}")
            continue
        if row.get("inferred") is True:
            source.add("info", "band_inferred", f"band:{label}")
        bands.append(Band(label, minimum, source.points(row, "max", f"band:{label}")))
    return tuple(bands), rules


def _verdicts(
    source: Source, scoring: Mapping[str, Any], rules: list[tuple[str, str]], sections: tuple[Section, ...]
) -> Verdicts | None:
    read: list[VerdictRule] = []
    for label, text in rules:
        rule = read_verdict(label, text)
        if rule is None:
            source.add("error", "verdict_not_understood", f"verdict:{label}", text=text)
        else:
            read.append(rule)
    if not read:
        return None
    sample = str(scoring.get("min_sample") or "")
    key = re.search(r"重点项?\D{0,4}(\d{1,3})", sample)
    general = re.search(r"一般项?\D{0,4}(\d{1,3})", sample)
    if sample and not (key and general):
        source.add("warning", "sample_not_understood", text=sample[:200])
    return Verdicts(
        rules=tuple(read),
        min_key=int(key[1]) if key else None,
        min_general=int(general[1]) if general else None,
    )


def _linkable(source: Source, raw: Mapping[str, Any]) -> str:
    """The source without the addresses that it warns of itself: a hijacked mirror must never become a link."""
    text = source.text(raw, "source", "form", limit=2000)
    warning = source.text(raw, "source_warning", "form", limit=2000)
    if not warning:
        return text
    flagged = set(re.findall(r"[a-z0-9-]+(?:\.[a-z0-9-]+)+", warning.lower()))
    kept = [part.strip() for part in re.split(r"\s*;\s*", text) if not any(host in part.lower() for host in flagged)]
    source.add("info", "source_not_linkable", hosts=", ".join(sorted(flagged))[:200])
    return " ; ".join(kept)


def _notes(source: Source, raw: Mapping[str, Any], scoring: Mapping[str, Any]) -> tuple[str, ...]:
    """Everything the source says that is no rule of the form stays readable on it."""
    notes: list[str] = []
    for key in ("text_status", "completeness"):
        if raw.get(key) and raw[key] != "complete":
            notes.append(str(raw[key])[:500])
    for key in sorted(set(scoring) - {"model", "columns", "sheet_columns", "unit", "min_sample", "key_fail_threshold"}):
        value = scoring[key]
        words = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        notes.append(words[:500])
        if key not in _KNOWN_SCORING:
            source.add("info", "key_ignored", key=f"scoring.{key}"[:80])
    if isinstance(raw.get("notes"), list):
        notes.extend(str(note)[:500] for note in raw["notes"])
    return tuple(note for note in notes[:50] if note.strip())


def _with_pass_rate(source: Source, form: Form) -> Form:
    """A list of yes and no that says nothing of its result: the pass rate is proposed, each item waits for a person's word."""
    items = list(form.items())
    open_ended = form.total is None and not form.bands and form.verdicts is None
    if not open_ended or not any(isinstance(item.rule, YesNo) for item in items):
        return form
    if any(not isinstance(item.rule, WITHOUT_POINTS) or item.veto.effect == "verdict" for item in items):
        return form
    source.add("warning", "pass_rate_proposed")
    sections = tuple(
        replace(
            section,
            items=tuple(
                replace(item, review=item.review or "confirm") if isinstance(item.rule, YesNo) else item
                for item in section.items
            ),
        )
        for section in form.sections
    )
    return replace(form, mode="pass_rate", sections=sections)


def _repeat(scoring: Mapping[str, Any]) -> Repeat | None:
    unit = scoring.get("unit")
    return Repeat(unit_label=unit.strip()[:20]) if isinstance(unit, str) and unit.strip() else None


def _compare(source: Source, raw: Mapping[str, Any], scoring: Mapping[str, Any], form: Form) -> None:
    """What the source says about itself against what was found in it."""
    completeness = str(raw.get("completeness") or "")
    if completeness and not completeness.startswith("complete"):
        source.add("warning", "source_incomplete", text=completeness[:200])
    elif completeness.startswith("complete("):
        source.add("info", "source_remark", text=completeness[:200])
    if raw.get("total_inferred") is True:
        source.add("warning", "total_inferred", total=form.total or Decimal(0))
    if "inferred" in str(raw.get("method_source") or ""):
        source.add("info", "method_inferred")
    items: list[Item] = list(form.items())
    stated = raw.get("n_items")
    if isinstance(stated, int) and stated != len(items):
        source.add("error", "item_count", stated=stated, found=len(items))
    if scoring.get("unit"):
        source.add("warning", "repeated_unit", unit=str(scoring["unit"])[:40])
    _compare_model(source, str(scoring.get("model") or ""), items)
    if any(isinstance(item.rule, VetoOnly) for item in items) and form.bands and form.total is None:
        source.add("error", "bands_without_score")
    for key in set(raw) - _KNOWN - ({"said"} if source.of_table else set()):
        source.add("info", "key_ignored", key=str(key)[:80])


def _compare_model(source: Source, model: str, items: list[Item]) -> None:
    """A "judged" sheet whose items all say 不符合扣全部分 contradicts itself: a person must know which holds."""
    if model not in _MODELS:
        return
    apart = [item for item in items if not item.needs_review and shape_of(item.rule) not in _MODELS[model]]
    if len(apart) * 2 > len(items):
        source.add("warning", "model_differs", model=model, items=len(apart), shape=shape_of(apart[0].rule))
