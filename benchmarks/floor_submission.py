"""The floor's submission of an inspection: see benchmarks.floor."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import uuid_utils.compat

from bureau.inspections.rules import applicability_tags, enriched_account, profile_parameters
from bureau.rectifications.rules import Figures, deadline, severity
from bureau.rectifications.service.moving import FIGURES
from kernel.web.dates import SHANGHAI
from kernel.workdays.rules import Calendar, add_workdays
from scorecards.answers import answers_to_json, read_answers
from scorecards.engine import Scorer
from scorecards.form_json import from_json
from scorecards.result import result_to_json

OWN = "bureau_id = %(bureau)s AND school_id = %(school)s"
VISIT = (
    "SELECT plan_id, form_version_id, kind, state, version, parameters, units FROM inspections"
    f" WHERE {OWN} AND id = %(id)s FOR UPDATE"
)
ASSIGNED = f"SELECT id FROM inspection_inspectors WHERE {OWN} AND inspection_id = %(id)s AND person_id = %(account)s"
FORM = "SELECT form, digest FROM form_versions WHERE bureau_id = %(bureau)s AND id = %(form)s"
SCHOOL = (
    "SELECT stage, is_boarding, zone_id, canteen_mode, boarders_male, boarders_female, enrolment_under_6, enrolment_6_8,"
    " enrolment_9_11, enrolment_12_14, enrolment_15_17, classes, staff_count, diners FROM schools WHERE bureau_id = %(bureau)s AND id = %(school)s"
)
PLAN = "SELECT releases_on_submit, needs_review, double_of FROM inspection_plans WHERE bureau_id = %(bureau)s AND id = %(plan)s"
TOLD = (
    f"SELECT DISTINCT person_id FROM memberships WHERE {OWN} AND role IN ('principal', 'logistics_director',"
    " 'canteen_manager', 'food_safety_officer') AND ended_at IS NULL AND valid_from <= %(at)s::date"
    " AND (valid_until IS NULL OR valid_until >= %(at)s::date)"
)
HAZARDS = f"SELECT id, answer_key, state FROM hazards WHERE {OWN} AND inspection_id = %(id)s"
APPEAL = "inspection.appeal.workdays"
NATIONAL = "SELECT key, value FROM national_figures WHERE key IN %(keys)s"
OVERRIDES = (
    "SELECT key, value, valid_from FROM figure_overrides WHERE bureau_id = %(bureau)s AND school_id IS NULL"
    " AND key IN %(keys)s"
)
TERM = "SELECT ends_on FROM terms WHERE bureau_id = %(bureau)s AND starts_on <= %(day)s AND ends_on >= %(day)s"
KNOWN = f"SELECT item_code FROM rectifications WHERE {OWN} AND inspection_id = %(id)s"
RECTIFICATION_IN = (
    "bureau_id", "school_id", "id", "inspection_id", "plan_id", "kind", "item_code", "item_no", "item_text", "found",
    "lost", "available", "before_photos", "severity", "state", "due_on", "first_due_on", "opened_at",
    "times_unresolved", "created_at", "created_by", "version",
)  # fmt: skip
RECTIFICATION_EVENT_IN = (
    "bureau_id", "school_id", "id", "rectification_id", "event", "from_state", "to_state", "reason", "at", "by", "by_name",
)  # fmt: skip
PHOTOS = f"SELECT item_code, attachment_id FROM inspection_photos WHERE {OWN} AND inspection_id = %(id)s ORDER BY id"
STORED = f"SELECT item_code, answer, remark FROM inspection_answers WHERE {OWN} AND inspection_id = %(id)s"
ANSWER_IN = (
    "bureau_id", "school_id", "id", "inspection_id", "item_code", "answer", "remark", "answered_at", "answered_by",
)  # fmt: skip
UPSERT = (
    " ON CONFLICT (bureau_id, school_id, inspection_id, item_code) DO UPDATE SET answer = excluded.answer,"
    " answered_at = excluded.answered_at, answered_by = excluded.answered_by"
)
UPDATE = (
    "UPDATE inspections SET state = 'released', started_at = %(at)s, submitted_at = %(at)s, released_at = %(at)s,"
    f" met_by = %(met_by)s, version = version + 1 WHERE {OWN} AND id = %(id)s AND version = %(version)s"
)
RESULT_IN = (
    "bureau_id", "school_id", "id", "plan_id", "form_version_id", "kind", "stage", "is_boarding", "zone_id", "score",
    "maximum", "percent", "band", "verdict", "account", "submitted_at", "released_at",
    "revision", "appeal_until",
)  # fmt: skip
LOSS_IN = ("bureau_id", "school_id", "id", "inspection_id", "plan_id", "item_code", "lost")
EVENT_IN = ("bureau_id", "school_id", "id", "inspection_id", "event", "from_state", "to_state", "reason", "at", "by")
EVENTS = (
    ("start", "planned", "in_progress"),
    ("submit", "in_progress", "submitted"),
    ("release", "submitted", "released"),
)


@dataclass(frozen=True, slots=True)
class Profile:
    """What a form's rules may ask of a school."""

    boarders_male: int
    boarders_female: int
    enrolment_under_6: int
    enrolment_6_8: int
    enrolment_9_11: int
    enrolment_12_14: int
    enrolment_15_17: int
    classes: int
    staff_count: int
    diners: int

    @property
    def enrolment(self) -> int:
        return (
            self.enrolment_under_6
            + self.enrolment_6_8
            + self.enrolment_9_11
            + self.enrolment_12_14
            + self.enrolment_15_17
        )


@lru_cache(maxsize=16)
def _scorer(_digest: str, document: bytes) -> Scorer:
    return Scorer(from_json(orjson.loads(document)))


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def _dates(work: Any, values: dict[str, Any], at: datetime) -> tuple[date, Figures, date | None]:
    """The last day for an appeal, the figures of rectification, the end of the term."""
    work.send(NATIONAL, {"keys": (APPEAL, *FIGURES.values())})
    numbers = {key: int(value["number"]) for key, value in work.rows()}
    work.send(OVERRIDES, {**values, "keys": (APPEAL, *FIGURES.values())})
    if work.rows():
        raise ValueError("another case than the measured one")
    work.send("SELECT day, is_workday FROM national_days")
    days = dict(work.rows())
    work.send("SELECT day, is_workday FROM bureau_days WHERE bureau_id = %(bureau)s", values)
    calendar = Calendar(days, frozenset(day.year for day in days)).with_days(dict(work.rows()))
    told_on = at.astimezone(SHANGHAI).date()
    work.send(TERM, {**values, "day": told_on})
    terms = work.rows()
    figures = Figures(**{name: numbers[key] for name, key in FIGURES.items()})
    return add_workdays(told_on, numbers[APPEAL], calendar).value, figures, terms[0][0] if terms else None


def _open_rectifications(
    work: Any, school: int, values: dict[str, Any], kind: str, account: Any, figures: Figures, term: date | None
) -> list[dict[str, Any]]:
    """One for each lost item, and what the audit says of it."""
    work.send(KNOWN, values)
    if work.rows():
        raise ValueError("another case than the measured one")
    at, told_on, rows = values["at"], values["at"].astimezone(SHANGHAI).date(), []
    for line in (line for section in account["sections_account"] for line in section["lines"]):
        lost = Decimal(line["lost"] or 0)
        if lost <= 0:
            continue
        available = Decimal(line["available"]) if line["available"] else None
        grade = severity(lost, available, vetoed=False, key=False, figures=figures)
        due_on = deadline(grade, told_on, term, figures)
        rows.append(
            (
                work.bureau, school, uuid_utils.compat.uuid7(), values["id"], values["plan"], kind, line["code"], line["no"],
                line["text"], "", lost, available, "[]", grade, "open", due_on, due_on, at, 0, at, work.account, 1,
            )
        )  # fmt: skip
    if not rows:
        return []
    work.insert("rectifications", RECTIFICATION_IN, rows)
    events = [
        (work.bureau, school, uuid_utils.compat.uuid7(), row[2], "open", "", "open", "", at, work.account, work.name)
        for row in rows
    ]
    work.insert("rectification_events", RECTIFICATION_EVENT_IN, events)
    return [
        {
            "table": "rectifications", "key": {"id": row[2], "school_id": school}, "kind": "insert",
            "new": dict(zip(RECTIFICATION_IN[3:], row[3:], strict=True)),
        }
        for row in rows
    ]  # fmt: skip


def submit(work: Any, school: int, visit: UUID, data: Any, audit: Callable[..., None]) -> Any:
    at = datetime.now().astimezone()
    values: dict[str, Any] = {
        "bureau": work.bureau, "school": school, "id": visit, "account": work.account, "at": at,
        "met_by": data["met_by"],
    }  # fmt: skip
    work.first(VISIT, values)
    plan, form_id, kind, state, version, asked, units = work.rows()[0]
    if state != "planned" or asked or units:
        raise ValueError("not open, or another case than the measured one")
    work.send(ASSIGNED, values)
    if not work.rows() and work.account.int:
        raise ValueError("not assigned")
    values.update(plan=plan, form=form_id, version=version)
    work.send(FORM, values)
    form, digest = work.rows()[0]
    scorer = _scorer(digest, orjson.dumps(form))
    given = answers_to_json(read_answers(scorer.form, data["answers"]))
    rows = [
        (work.bureau, school, uuid_utils.compat.uuid7(), visit, code, _json(answer), "", at, work.account)
        for code, answer in given.items()
    ]
    names = ", ".join(ANSWER_IN)
    marks = "(" + ", ".join(["%s"] * len(ANSWER_IN)) + ")"
    text = b", ".join(work.cursor.mogrify(marks, row) for row in rows)
    work.send(f"INSERT INTO inspection_answers ({names}) VALUES ".encode() + text + UPSERT.encode())
    work.send(HAZARDS, values)
    hazards = work.rows()
    work.send(STORED, values)
    stored = {code: answer for code, answer, _ in work.rows()}
    work.send(SCHOOL, values)
    stage, is_boarding, zone, canteen, *profile = work.rows()[0]
    tags = applicability_tags({"is_boarding": is_boarding, "canteen_mode": canteen})
    parameters = profile_parameters(Profile(*profile))
    outcome = scorer.score(read_answers(scorer.form, stored), tags, parameters, units)
    work.send(PHOTOS, values)
    photos = work.rows()
    work.send(PLAN, values)
    releases, reviews, doubles = work.rows()[0]
    work.send(TOLD, values)  # nobody at these schools: a notice is not part of the measurement
    if photos or hazards or work.rows() or reviews or doubles or not releases or not outcome.complete:
        raise ValueError("another case than the measured one")
    appeal_until, figures, term_ends_on = _dates(work, values, at)
    account = result_to_json(outcome)
    account["sections_account"] = enriched_account(account.pop("account"), form, {}, {}, stored)
    inputs = {"answers": stored, "tags": sorted(tags), "parameters": parameters, "units": units}
    account.update(inputs=inputs, visit_photos=[], form_title=form["title"], form_digest=digest)
    result = (
        work.bureau, school, visit, plan, form_id, kind, stage, is_boarding, zone, outcome.score, outcome.maximum,
        outcome.percent, outcome.band, outcome.verdict, _json(account), at, at, 0, appeal_until,
    )  # fmt: skip
    work.send(UPDATE, values)
    work.insert("inspection_results", RESULT_IN, [result])
    losses = [
        (work.bureau, school, uuid_utils.compat.uuid7(), visit, plan, line.code, line.lost)
        for line in outcome.account
        if line.lost > 0
    ]
    work.insert("inspection_losses", LOSS_IN, losses)
    events = [
        (work.bureau, school, uuid_utils.compat.uuid7(), visit, event, before, after, "", at, work.account)
        for event, before, after in EVENTS
    ]
    work.insert("inspection_events", EVENT_IN, events)
    shown = dict(zip(RESULT_IN, result, strict=True))
    shown["account"] = {"sha256": hashlib.sha256(result[14].encode()).hexdigest(), "bytes": len(result[14])}
    key = {"id": visit, "school_id": school}
    changes = [
        {"table": "inspections", "key": key, "kind": "update", "old": {"state": before}, "new": {"state": after}}
        for _, before, after in EVENTS
    ]
    changes.append({"table": "inspection_results", "key": key, "kind": "insert", "new": shown})
    changes += _open_rectifications(work, school, values, kind, account, figures, term_ends_on)
    audit(work, school, at, "bureau:inspection:fill", changes)
    work.send("COMMIT")
    return {**dict(zip(RESULT_IN, result, strict=True)), "account": account}
