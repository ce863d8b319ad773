"""Keep one inspector's work on one visit: merged answer by answer, never silently over somebody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.fill import rules
from bureau.fill.models import FillSubmission
from bureau.fill.rules import Held, Sent
from bureau.fill.service.files import name_files
from bureau.fill.service.finding import (
    files_of,
    get_submission,
    inspectors_of,
    lock_visit,
    missing_of,
    require_open,
    submissions_of,
)
from bureau.inspections.models import Inspection, InspectionAnswer
from bureau.inspections.service import answering, submitting, visits
from bureau.inspections.watching import tell_watchers
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, Overtaken
from kernel.identity.models import Person
from scorecards import service as forms


@dataclass(frozen=True, slots=True)
class Kept:
    """`is_new`: this request created it."""

    submission: FillSubmission
    missing: list[str]
    conflicts: list[dict[str, Any]]
    answers: dict[str, dict[str, str]]
    is_new: bool = False

    def as_json(self) -> dict[str, Any]:
        return {
            "rev": self.submission.rev, "missing": self.missing, "conflicts": self.conflicts, "answers": self.answers,
        }  # fmt: skip


def keep(
    actor: Actor,
    submission_id: UUID,
    data: Mapping[str, Any],
    document: Mapping[str, Any],
    *,
    creates: bool,
    seen_rev: int | None,
) -> Kept:
    """`data`: the body as loaded, `document`: as sent. `creates`: If-None-Match was given; `seen_rev`: If-Match.

    The same content again changes nothing and is answered as the first time, whatever the headers say.
    """
    try:
        digest = rules.digest_of(document)
    except (RecursionError, ValueError) as error:
        raise Invalid({"_form": [_("内容无法读取。")]}) from error
    visit = lock_visit(actor, data["school_id"], data["inspection_id"])
    everybody = submissions_of(visit)
    found = next((one for one in everybody if one.id == submission_id), None)
    if found is not None and found.person_id != actor.account_id:
        raise NotFound(_("没有这份填报。"))
    if found is not None and found.digest == digest:
        return standing(actor, visit, found)
    inspectors = inspectors_of(visit)
    require_open(actor, visit, inspectors)
    _require_seen(actor, found, everybody, creates, seen_rev)
    if found is not None and found.state == "finalised":
        raise Conflict(_("您已完成提交，不能再修改。如需补正，请联系计划负责人退回。"), {"visit_state": visit.state})
    if data["form_version_id"] != visit.form_version_id:
        raise Conflict(_("这次检查使用的是另一个版本的评分表。"), {"form_version_id": str(visit.form_version_id)})
    return _store(actor, visit, found, everybody, submission_id, data, document, digest)


def _require_seen(
    actor: Actor,
    found: FillSubmission | None,
    everybody: Sequence[FillSubmission],
    creates: bool,
    seen_rev: int | None,
) -> None:
    if not creates and seen_rev is None:
        raise Invalid({"If-Match": [_("缺少版本号。")]})
    if found is None:
        other = next((one for one in everybody if one.person_id == actor.account_id), None)
        if other is not None:
            raise Conflict(_("您在另一台设备上已开始这次检查，请先同步。")).with_members(submission_id=str(other.id))
        if not creates:
            raise Overtaken(_("服务器上没有这份填报，请重新上传。")).with_members(rev=0, submission=None)
    elif creates or seen_rev != found.rev:
        raise Overtaken(_("这份填报已在另一台设备上修改，请先核对。")).with_members(
            rev=found.rev, submission=found.document
        )


def _store(
    actor: Actor,
    visit: Inspection,
    found: FillSubmission | None,
    everybody: Sequence[FillSubmission],
    submission_id: UUID,
    data: Mapping[str, Any],
    document: Mapping[str, Any],
    digest: str,
) -> Kept:
    offset = timedelta(milliseconds=data["clock_offset_ms"] or 0)
    if visit.state == "planned":
        visit.started_at = _true_time(data["started_at"], offset)
        visits.move(actor, visit, "start", at=visit.started_at)
    _require_distinct(data["units"])
    others = [one for one in everybody if found is None or one.id != found.id]
    units = rules.merged_units([*(one.units for one in others), data["units"]])
    parameters = {name: value for one in others for name, value in one.parameters.items()} | data["parameters"]
    if (visit.units, visit.parameters) != (units, parameters):
        visit.units, visit.parameters = units, parameters
    visit.met_by = data["met_by"] or visit.met_by
    visit.remark = data["remark"] or visit.remark
    rows = answering.answers_of(visit)
    sent, merged = _merge(actor, visit, rows, found, data, offset)
    submission = found or FillSubmission(
        bureau_id=visit.bureau_id, school_id=visit.school_id, id=submission_id, inspection_id=visit.id,
        person_id=actor.account_id, form_version_id=visit.form_version_id, rev=0, created_by=actor.account_id,
    )  # fmt: skip
    submission.rev += 1
    submission.digest, submission.document = digest, dict(document)
    submission.kept = {key: mine.digest for key, mine in sent.items() if key not in merged.conflicts}
    submission.conflicts = {key: {"answer": sent[key].answer, "remark": sent[key].remark} for key in merged.conflicts}
    submission.parameters, submission.units = data["parameters"], data["units"]
    submission.clock_offset_ms = data["clock_offset_ms"] or 0
    submission.client_score = document.get("client_score")
    submission.received_at = now()
    if found is None:
        db.session.add(submission)
    flush(
        db.session(),
        {
            "uq_fill_submissions_visit_person": Conflict(_("您在另一台设备上已开始这次检查，请先同步。")),
            "pk_fill_submissions": Conflict(_("这个编号已用于另一次检查。")),
            "uq_fill_submissions_bureau_id": Conflict(_("这个编号已用于另一次检查。")),
        },
    )
    files = name_files(actor, submission, found is not None, data["attachments"])
    written = {key: sent[key].digest for key in merged.writes}
    held = {key: row_digest(row) for key, row in rows.items()} | written
    return Kept(
        submission,
        missing_of(files),
        conflicts_of(actor, submission, rows),
        {key: {"digest": found_digest} for key, found_digest in held.items()},
        is_new=found is None,
    )


def _require_distinct(units: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    for section, found in units.items():
        if len({unit["code"] for unit in found}) != len(found):
            raise Invalid({f"units.{section}": [_("房间（窗口）编号不能重复。")]})


def _merge(
    actor: Actor,
    visit: Inspection,
    rows: Mapping[str, InspectionAnswer],
    found: FillSubmission | None,
    data: Mapping[str, Any],
    offset: timedelta,
) -> tuple[dict[str, Sent], rules.Merged]:
    given = data["answers"]
    version = visits.form_version_of(actor, visit)  # held, so that scoring below finds it in the session
    scorer = forms.scorer_of(version)
    readable = answering.readable_answers(
        visit,
        scorer,
        {key: one["answer"] for key, one in given.items() if one["answer"] is not None},
        {key: one["remark"] for key, one in given.items()},
    )
    answering.require_keys(scorer, [file["key"] for file in data["attachments"] if file["key"]])
    sent = {key: Sent(readable.get(key), one["remark"], one["base"]) for key, one in given.items()}
    held = {key: Held(row.answer, row.remark) for key, row in rows.items()}
    merged = rules.merge(sent, held, found.kept if found is not None else {})
    answering.write_answers(
        visit,
        [
            answering.Written(key, sent[key].answer, sent[key].remark, _true_time(given[key]["at"], offset))
            for key in merged.writes
        ],
        actor.account_id,
    )
    tell_watchers(actor, visit, scorer, {key: sent[key].answer for key in merged.writes})
    after = {key: row.answer for key, row in rows.items()} | {key: sent[key].answer for key in merged.writes}
    submitting.score_of(actor, visit, after)  # refused here, in words, what no page could show afterwards
    return sent, merged


def row_digest(row: InspectionAnswer) -> str:
    return rules.answer_digest(row.answer, row.remark)


def _true_time(instant: datetime, offset: timedelta) -> datetime:
    """By the service's clock, as well as the phone knew it; never later than now."""
    try:
        return min(instant + offset, now())
    except OverflowError:
        return now()


def open_conflicts(submission: FillSubmission, rows: Mapping[str, InspectionAnswer]) -> list[str]:
    """Keys kept apart that still differ: the other side may have come round to the same value."""
    return [
        key
        for key, mine in submission.conflicts.items()
        if key in rows and row_digest(rows[key]) != rules.answer_digest(mine["answer"], mine["remark"])
    ]


def conflicts_of(
    actor: Actor, submission: FillSubmission, rows: Mapping[str, InspectionAnswer]
) -> list[dict[str, Any]]:
    keys = open_conflicts(submission, rows)
    names = names_of(actor, {rows[key].answered_by for key in keys})
    return [{"key": key, "mine": submission.conflicts[key], "theirs": held_json(rows[key], names)} for key in keys]


def held_json(row: InspectionAnswer, names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "answer": row.answer, "remark": row.remark, "digest": row_digest(row), "by": str(row.answered_by),
        "by_name": names.get(row.answered_by, ""), "at": row.answered_at.isoformat(),
    }  # fmt: skip


def names_of(actor: Actor, people: set[UUID]) -> dict[UUID, str]:
    if not people:
        return {}
    query = select(Person.id, Person.display_name).where(Person.bureau_id == actor.bureau_id, Person.id.in_(people))
    return dict(db.session.execute(query).all())


def standing(actor: Actor, visit: Inspection, submission: FillSubmission) -> Kept:
    """How it stands now: files may have come, a conflict may have been settled by the other side."""
    rows = answering.answers_of(visit)
    return Kept(
        submission,
        missing_of(files_of(submission)),
        conflicts_of(actor, submission, rows),
        {key: {"digest": row_digest(row)} for key, row in rows.items()},
    )


def show(actor: Actor, submission_id: UUID) -> tuple[Kept, Inspection]:
    submission = get_submission(actor, submission_id)
    visit = db.session.get_one(Inspection, (actor.bureau_id, submission.school_id, submission.inspection_id))
    return standing(actor, visit, submission), visit


def reopen(actor: Actor, visit: Inspection) -> None:
    """The visit was sent back: every finalised part may be changed again, under a new revision that the phone sees."""
    for submission in submissions_of(visit):
        if submission.state == "finalised":
            submission.state, submission.finalised_at = "draft", None
            submission.rev += 1
    flush(db.session())
