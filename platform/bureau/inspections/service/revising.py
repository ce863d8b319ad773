"""A result changes after the school was told: never a typed score, always the engine's from a changed answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select

from bureau.inspections import labels, rules
from bureau.inspections.following import followers
from bureau.inspections.models import Inspection, InspectionLoss, InspectionResult
from bureau.inspections.revision_models import InspectionResultRevision
from bureau.inspections.service.answering import answers_of, photos_of
from bureau.inspections.service.publishing import refresh
from bureau.inspections.service.submitting import account_document, score_inputs, write_losses
from bureau.inspections.service.visits import form_version_of, tags_of
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from scorecards import service as forms
from scorecards.answers import answers_to_json, read_answers
from scorecards.models import FormVersion
from scorecards.problems import AnswersInvalid
from scorecards.result import Result


@dataclass(frozen=True, slots=True)
class Recalculated:
    """What a result would be with other answers. `changes`: {key: {"old", "new"}}, empty where nothing differs."""

    version: FormVersion
    outcome: Result
    answers: Mapping[str, Any]
    inputs: Mapping[str, Any]
    changes: Mapping[str, Any]


def scored_from(visit: Inspection, result: InspectionResult) -> dict[str, Any]:
    """{answers, tags, …} that the standing result was scored from; of an older result as far as it is known."""
    inputs = dict(result.account.get("inputs") or {})
    if "answers" not in inputs:
        rows = answers_of(visit)
        inputs["answers"] = {code: row.answer for code, row in rows.items() if row.answer is not None}
        inputs["tags"] = sorted(tags_of(visit))
    return inputs


def recalculate(actor: Actor, visit: Inspection, result: InspectionResult, changed: Mapping[str, Any]) -> Recalculated:
    """Score the visit again with `changed` answers (key → scorecards.answers' JSON). Nothing is stored.

    Invalid, at `answers.<key>`, for an answer that does not fit.
    """
    version = form_version_of(actor, visit)
    scorer = forms.scorer_of(version)
    inputs = scored_from(visit, result)
    before = inputs["answers"]
    unknown = [key for key in changed if key not in before]
    if unknown:
        raise Invalid({f"answers.{unknown[0][:60]}": [_("这次检查没有这一项的答案。")]})
    try:
        after = answers_to_json(read_answers(scorer.form, {**before, **changed}))
        outcome = score_inputs(scorer, {**inputs, "answers": after})
    except AnswersInvalid as error:
        fields: dict[str, list[str]] = {}
        for problem in error.problems:
            fields.setdefault(f"answers.{problem.path}", []).append(labels.problem_text(problem))
        raise Invalid(fields) from error
    changes = {key: {"old": before[key], "new": after[key]} for key in changed if after[key] != before[key]}
    return Recalculated(version, outcome, after, inputs, changes)


def revise(
    actor: Actor,
    visit: Inspection,
    result: InspectionResult,
    changed: Mapping[str, Any],
    *,
    cause: str,
    reason: str,
    appeal_id: UUID | None = None,
    rectification_id: UUID | None = None,
    at: datetime | None = None,
) -> InspectionResultRevision:
    """Make the score of changed answers the official one, as a new revision. The visit's row must be locked: revisions
    follow one another. In the bureau's scope."""
    found = recalculate(actor, visit, result, changed)
    if not found.changes:
        raise Invalid({"answers": [_("答案没有变化。")]})
    if not found.outcome.complete:
        raise Invalid({f"answers.{code}": [_("这一项还没有填写。")] for code in found.outcome.missing})
    at = at or now()
    if result.revision == 0:
        db.session.add(_snapshot(visit, result, 0, "submission", result.submitted_at))
    old_score = result.score
    _show(visit, result, found)
    result.revision += 1
    revision = _snapshot(visit, result, result.revision, cause, at)
    revision.reason, revision.by = reason, actor.account_id
    revision.old_score, revision.changes = old_score, dict(found.changes)
    revision.appeal_id, revision.rectification_id = appeal_id, rectification_id
    db.session.add(revision)
    db.session.execute(
        delete(InspectionLoss).where(
            InspectionLoss.bureau_id == visit.bureau_id,
            InspectionLoss.school_id == visit.school_id,
            InspectionLoss.inspection_id == visit.id,
        )
    )
    write_losses(visit, found.outcome)
    flush(
        db.session(),
        {
            "uq_inspection_result_revisions_bureau_id_school_id_inspection_id_number": Conflict(
                _("这份结果刚刚被他人修订，请核对最新内容后再提交。")
            )
        },
    )
    for follower in followers():
        follower.revised(actor, visit, result, revision)
    if visit.state in rules.PUBLIC_STATES:
        refresh(actor, visit.plan_id, at=at)
    return revision


def _show(visit: Inspection, result: InspectionResult, found: Recalculated) -> None:
    """Words, remarks and photos stay as the inspectors left them; what is scored anew is scored anew."""
    outcome = found.outcome
    remarks = {code: row.remark for code, row in answers_of(visit).items()}
    document = account_document(
        found.version, outcome, {**found.inputs, "answers": found.answers}, remarks, photos_of(visit)
    )
    result.account = document
    result.score, result.maximum, result.percent = outcome.score, outcome.maximum, outcome.percent
    result.band, result.verdict = outcome.band, outcome.verdict


def _snapshot(
    visit: Inspection, result: InspectionResult, number: int, cause: str, at: datetime
) -> InspectionResultRevision:
    return InspectionResultRevision(
        bureau_id=visit.bureau_id, school_id=visit.school_id, inspection_id=visit.id, number=number, cause=cause,
        reason="", score=result.score, maximum=result.maximum, percent=result.percent, band=result.band,
        verdict=result.verdict, account=dict(result.account), changes={}, at=at, by=visit.created_by,
    )  # fmt: skip


def revisions_of(actor: Actor, school_id: int, inspection_id: UUID) -> list[InspectionResultRevision]:
    """Oldest first; empty while the result was never changed. Whoever may read the result may read them."""
    return list(
        db.session.scalars(
            select(InspectionResultRevision)
            .where(
                InspectionResultRevision.bureau_id == actor.bureau_id,
                InspectionResultRevision.school_id == school_id,
                InspectionResultRevision.inspection_id == inspection_id,
            )
            .order_by(InspectionResultRevision.number)
        )
    )


def get_revision(actor: Actor, school_id: int, inspection_id: UUID, number: int) -> InspectionResultRevision:
    found = db.session.scalar(
        select(InspectionResultRevision).where(
            InspectionResultRevision.bureau_id == actor.bureau_id,
            InspectionResultRevision.school_id == school_id,
            InspectionResultRevision.inspection_id == inspection_id,
            InspectionResultRevision.number == number,
        )
    )
    if found is None:
        raise NotFound(_("没有这一版结果。"))
    return found


def lines_of(account: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """The account's lines by key: the item's code, or `item@unit` where its section repeats."""
    return {rules.line_key(line): line for section in account["sections_account"] for line in section["lines"]}


def lost_lines(account: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Those that lost points or failed: what may be appealed and must be rectified."""
    return {code: line for code, line in lines_of(account).items() if is_lost(line)}


def is_lost(line: Mapping[str, Any]) -> bool:
    lost = Decimal(line.get("lost") or 0)
    return (lost > 0 and line["reason"] != "unanswered") or line["reason"] in ("failed", "found")


__all__ = [
    "Recalculated",
    "get_revision",
    "is_lost",
    "lines_of",
    "lost_lines",
    "recalculate",
    "revise",
    "revisions_of",
    "scored_from",
]
