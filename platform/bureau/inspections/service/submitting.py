"""Submission: the official score, the result with its account, and telling the school."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import insert, select

from bureau.inspections import rules
from bureau.inspections.models import (
    Inspection,
    InspectionAnswer,
    InspectionLoss,
    InspectionPhoto,
    InspectionResult,
)
from bureau.inspections.service.answering import answers_of, photos_of, problem_fields, store_answers
from bureau.inspections.service.telling import plan_of, release_visit
from bureau.inspections.service.visits import form_version_of, move, start, tags_of
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Invalid, NotFound, RuleBroken
from scorecards import service as forms
from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.models import FormVersion
from scorecards.problems import AnswersInvalid
from scorecards.result import Result, result_to_json

Photos = Mapping[str, Sequence[InspectionPhoto]]  # by item code, "" for the visit as a whole


def preview(actor: Actor, visit: Inspection) -> Result:
    """The score as it stands: unanswered items count as lost, so it can only rise."""
    return score_of(actor, visit, stored_answers(visit))


def stored_answers(visit: Inspection) -> dict[str, Any]:
    """By key, without those that were cleared."""
    return {key: row.answer for key, row in answers_of(visit).items() if row.answer is not None}


def score_of(actor: Actor, visit: Inspection, answers: Mapping[str, Any]) -> Result:
    """The score of these answers (None: cleared) at this visit. Invalid where they do not fit its figures or rooms."""
    scorer = forms.scorer_of(form_version_of(actor, visit))
    try:
        return score_inputs(scorer, inputs_of(scorer, visit, _school(visit), answers))
    except AnswersInvalid as error:
        raise Invalid(problem_fields(error)) from error


def inputs_of(scorer: Scorer, visit: Inspection, school: School, answers: Mapping[str, Any]) -> dict[str, Any]:
    """Everything that a score depends on, see score_inputs: later revisions start from it."""
    given = {key: answer for key, answer in answers.items() if answer is not None}
    return {
        "answers": rules.counting_answers(scorer.form, given, visit.units),
        "tags": sorted(tags_of(visit)),
        "parameters": parameters_of(visit, school),
        "units": visit.units,
    }


def unanswered(actor: Actor, visit: Inspection, outcome: Result, sections: Sequence[str] | None) -> dict[str, str]:
    """What these sections still want (None: all of them): field ("answers.<key>", "units.<section>") → message."""
    form = forms.form_of(form_version_of(actor, visit))
    own = {item.code for part in form.sections if sections is None or part.code in sections for item in part.items}
    open_fields = {f"answers.{key}": _("这一项还没有填写。") for key in outcome.missing if key.partition("@")[0] in own}
    for place, count in (outcome.missing_units or {}).items():
        if sections is None or place in sections:
            open_fields[f"units.{place}"] = _("还要检查 %(count)s 个房间（窗口）。", count=count)
    return open_fields


def parameters_of(visit: Inspection, school: School) -> dict[str, Any]:
    """What the form's rules may ask for: from the school's profile, over it what was asked on site."""
    return {**rules.profile_parameters(school), **visit.parameters}


def submit(
    actor: Actor,
    school_id: int,
    inspection_id: UUID,
    *,
    answers: Mapping[str, Any] | None = None,
    remarks: Mapping[str, str] | None = None,
    met_by: str = "",
    remark: str = "",
    at: datetime | None = None,
) -> InspectionResult:
    """Close the visit: last answers stored, the official score computed here, result and account written.

    A submission repeated after a lost reply returns the result that stands. Unanswered items are refused by name.
    `at`: when it happened, if not now (records brought in).
    """
    visit = start(actor, school_id, inspection_id, at=at)
    return hand_in(actor, visit, answers=answers, remarks=remarks, met_by=met_by, remark=remark, at=at)


def hand_in(
    actor: Actor,
    visit: Inspection,
    *,
    answers: Mapping[str, Any] | None = None,
    remarks: Mapping[str, str] | None = None,
    met_by: str = "",
    remark: str = "",
    at: datetime | None = None,
) -> InspectionResult:
    """As submit, of a visit that has begun and whose row the caller locked for an inspector assigned to it."""
    if visit.state in rules.SUBMITTED_STATES:
        result = db.session.get(InspectionResult, (visit.bureau_id, visit.school_id, visit.id))
        if result is not None:
            return result
    if visit.state != "in_progress":
        raise RuleBroken("visit_state", _("这次检查已不能提交。"))
    # No query below looks at what this submission changes of the visit: it is written once, at the end.
    with db.session.no_autoflush:
        version = form_version_of(actor, visit)
        scorer = forms.scorer_of(version)
        if answers or remarks:
            store_answers(actor, visit, scorer, answers or {}, remarks or {})
        rows = answers_of(visit)
        stored = {code: row.answer for code, row in rows.items() if row.answer is not None}
        school = _school(visit)
        inputs = inputs_of(scorer, visit, school, stored)
        try:
            outcome = score_inputs(scorer, inputs)
        except AnswersInvalid as error:
            raise Invalid(problem_fields(error)) from error
        if not outcome.complete:
            raise Invalid({name: [text] for name, text in unanswered(actor, visit, outcome, None).items()})
        visit.met_by = met_by or visit.met_by
        visit.remark = remark or visit.remark
        visit.submitted_at = at or now()
        photos = photos_of(visit)
        result = _new_result(visit, school, version, outcome, inputs, rows, photos)
        db.session.add(result)
        write_losses(visit, outcome)
        move(actor, visit, "submit", at=visit.submitted_at)
        plan = plan_of(visit)
        if plan.releases_on_submit and not plan.needs_review:
            release_visit(actor, visit, result, photos, at=visit.submitted_at)
    flush(db.session())
    return result


def _school(visit: Inspection) -> School:
    school = db.session.get(School, (visit.bureau_id, visit.school_id))
    if school is None:
        raise NotFound(_("没有这所学校。"))
    return school


def score_inputs(scorer: Scorer, inputs: Mapping[str, Any]) -> Result:
    """`inputs` as a result keeps them: {"answers": JSON by key, "tags": [...], "parameters": {name: number}, "units":
    {section: [unit]}}. The one place where a visit's official score is computed, at submission and at every revision."""
    return scorer.score(
        read_answers(scorer.form, inputs["answers"]),
        frozenset(inputs.get("tags", ())),
        inputs.get("parameters"),
        inputs.get("units"),
    )


def account_document(
    version: FormVersion,
    outcome: Result,
    inputs: Mapping[str, Any],
    remarks: Mapping[str, str],
    photos: Photos,
) -> dict[str, Any]:
    """What a result keeps as its `account`, with the `inputs` it was scored from (see score_inputs): a later revision
    starts from the school as it was on the day of the visit."""
    document = result_to_json(outcome)
    shown = {code: [str(photo.attachment_id) for photo in group] for code, group in photos.items()}
    document["sections_account"] = rules.enriched_account(
        document.pop("account"), version.form, remarks, shown, inputs["answers"]
    )
    document["inputs"] = dict(inputs)
    document["visit_photos"] = shown.get("", [])
    document["form_title"] = version.form["title"]
    document["form_digest"] = version.digest
    return document


def _new_result(
    visit: Inspection,
    school: School,
    version: FormVersion,
    outcome: Result,
    inputs: Mapping[str, Any],
    rows: Mapping[str, InspectionAnswer],
    photos: Photos,
) -> InspectionResult:
    remarks = {code: row.remark for code, row in rows.items()}
    document = account_document(version, outcome, inputs, remarks, photos)
    result = InspectionResult(bureau_id=visit.bureau_id, school_id=visit.school_id, id=visit.id)
    result.plan_id = visit.plan_id
    result.form_version_id = visit.form_version_id
    result.kind = visit.kind
    result.stage, result.is_boarding, result.zone_id = school.stage, school.is_boarding, school.zone_id
    result.score, result.maximum, result.percent = outcome.score, outcome.maximum, outcome.percent
    result.band, result.verdict = outcome.band, outcome.verdict
    result.account = document
    result.submitted_at = visit.submitted_at or now()
    return result


def write_losses(visit: Inspection, outcome: Result) -> None:
    lost = [
        {
            "bureau_id": visit.bureau_id, "school_id": visit.school_id, "id": new_id(), "inspection_id": visit.id,
            "plan_id": visit.plan_id, "item_code": line.code, "lost": line.lost,
        }
        for line in outcome.account
        if line.lost > 0 or line.reason in ("failed", "found")
    ]  # fmt: skip
    if lost:
        db.session.execute(insert(InspectionLoss), lost)


def drop_result(visit: Inspection) -> None:
    """Of a visit that was sent back: what does not stand may not count in a ranking either."""
    for table, visit_id in ((InspectionLoss, InspectionLoss.inspection_id), (InspectionResult, InspectionResult.id)):
        for row in db.session.scalars(
            select(table).where(
                table.bureau_id == visit.bureau_id, table.school_id == visit.school_id, visit_id == visit.id
            )
        ):
            db.session.delete(row)
    flush(db.session())
