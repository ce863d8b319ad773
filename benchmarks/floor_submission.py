"""The floor's submission of an inspection: see benchmarks.floor."""

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

import orjson
import uuid_utils.compat

from bureau.inspections.rules import applicability_tags, enriched_account
from scorecards.answers import answers_to_json, read_answers
from scorecards.engine import Scorer
from scorecards.form_json import from_json
from scorecards.result import result_to_json

OWN = "bureau_id = %(bureau)s AND school_id = %(school)s"
VISIT = (
    "SELECT plan_id, form_version_id, kind, state, version, met_by, remark FROM inspections"
    f" WHERE {OWN} AND id = %(id)s FOR UPDATE"
)
ASSIGNED = f"SELECT id FROM inspection_inspectors WHERE {OWN} AND inspection_id = %(id)s AND person_id = %(account)s"
FORM = "SELECT form, digest FROM form_versions WHERE bureau_id = %(bureau)s AND id = %(form)s"
SCHOOL = (
    "SELECT stage, is_boarding, zone_id, canteen_mode FROM schools WHERE bureau_id = %(bureau)s AND id = %(school)s"
)
PLAN = "SELECT releases_on_submit FROM inspection_plans WHERE bureau_id = %(bureau)s AND id = %(plan)s"
TOLD = (
    f"SELECT DISTINCT person_id FROM memberships WHERE {OWN} AND role IN ('principal', 'logistics_director',"
    " 'canteen_manager', 'food_safety_officer') AND ended_at IS NULL AND valid_from <= %(at)s::date"
    " AND (valid_until IS NULL OR valid_until >= %(at)s::date)"
)
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
    "revision",
)  # fmt: skip
LOSS_IN = ("bureau_id", "school_id", "id", "inspection_id", "plan_id", "item_code", "lost")
EVENT_IN = ("bureau_id", "school_id", "id", "inspection_id", "event", "from_state", "to_state", "reason", "at", "by")
EVENTS = (
    ("start", "planned", "in_progress"),
    ("submit", "in_progress", "submitted"),
    ("release", "submitted", "released"),
)


@lru_cache(maxsize=16)
def _scorer(_digest: str, document: bytes) -> Scorer:
    return Scorer(from_json(orjson.loads(document)))


def _json(value: Any) -> str:
    return orjson.dumps(value, default=str).decode()


def submit(work: Any, school: int, visit: UUID, data: Any, audit: Callable[..., None]) -> Any:
    at = datetime.now().astimezone()
    values: dict[str, Any] = {
        "bureau": work.bureau, "school": school, "id": visit, "account": work.account, "at": at,
        "met_by": data["met_by"],
    }  # fmt: skip
    work.first(VISIT, values)
    plan, form_id, kind, state, version, _met_by, _remark = work.rows()[0]
    if state != "planned":
        raise ValueError("not open")
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
    work.send(STORED, values)
    stored = {code: answer for code, answer, _ in work.rows()}
    work.send(SCHOOL, values)
    stage, is_boarding, zone, canteen = work.rows()[0]
    tags = applicability_tags({"is_boarding": is_boarding, "canteen_mode": canteen})
    outcome = scorer.score(read_answers(scorer.form, stored), tags)
    work.send(PHOTOS, values)
    photos = work.rows()
    work.send(PLAN, values)
    releases = work.rows()[0][0]
    work.send(TOLD, values)  # nobody at these schools: a notice is not part of the measurement
    if photos or work.rows() or not releases or not outcome.complete:
        raise ValueError("another case than the measured one")
    account = result_to_json(outcome)
    account["sections_account"] = enriched_account(account.pop("account"), form, {}, {}, stored)
    account.update(visit_photos=[], form_title=form["title"], form_digest=digest)
    result = (
        work.bureau, school, visit, plan, form_id, kind, stage, is_boarding, zone, outcome.score, outcome.maximum,
        outcome.percent, outcome.band, outcome.verdict, _json(account), at, at, 0,
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
    audit(work, school, at, "bureau:inspection:fill", changes)
    work.send("COMMIT")
    return {**dict(zip(RESULT_IN, result, strict=True)), "account": account}
