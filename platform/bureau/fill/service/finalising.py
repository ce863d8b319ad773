"""Close one inspector's part; hand the visit in when it was the last; give the receipt."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from prometheus_client import Counter
from sqlalchemy import select

from bureau.fill import rules
from bureau.fill.models import FillFile, FillSubmission
from bureau.fill.service import receipts
from bureau.fill.service.finding import (
    get_submission,
    inspectors_of,
    lock_visit,
    missing_of,
    require_open,
    submissions_of,
)
from bureau.fill.service.keeping import conflicts_of
from bureau.fill.service.telling import tell_of_difference
from bureau.inspections.models import Inspection, InspectionInspector
from bureau.inspections.service import submitting
from bureau.inspections.service.answering import answers_of
from bureau.inspections.service.visits import form_version_of
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, Overtaken
from kernel.policy.service import effective
from scorecards.result import Result, result_to_json

log = logging.getLogger(__name__)
DIFFERENCES = Counter("houqin_fill_score_differences_total", "Scores that a phone and the service did not agree on")
SIGNATURES = "inspection.signatures.required"
SCORE_FIELDS = ("score", "maximum", "band", "verdict")


def finalise(actor: Actor, submission_id: UUID, manifest_sha256: str, rev: int) -> dict[str, Any]:
    """The receipt. Asked again, the same one; nothing is done twice."""
    found = get_submission(actor, submission_id)
    visit = lock_visit(actor, found.school_id, found.inspection_id)
    everybody = submissions_of(visit)  # read again, now that the visit is locked
    submission = next(one for one in everybody if one.id == submission_id)
    if submission.state == "finalised":
        receipt = receipts.receipt_of(submission)
        if receipt is not None and rev == submission.rev:
            return receipts.as_json(receipt)
    if rev != submission.rev:
        raise Overtaken(_("这份填报已在另一台设备上修改，请先核对。")).with_members(
            rev=submission.rev, submission=submission.document
        )
    inspectors = inspectors_of(visit)
    require_open(actor, visit, inspectors)
    files = files_of_visit(visit)
    rows = answers_of(visit)
    missing = missing_of([file for file in files if file.submission_id == submission.id])
    if missing:
        raise Conflict(_("还有 %(count)s 个文件没有上传。", count=len(missing))).with_members(missing=missing)
    conflicts = conflicts_of(actor, submission, rows)
    if conflicts:
        raise Conflict(_("还有 %(count)s 项与其他检查员的填写不一致，请先核对。", count=len(conflicts))).with_members(
            conflicts=conflicts
        )
    own = sorted({file.sha256 for file in files if file.submission_id == submission.id})
    if manifest_sha256 != rules.manifest_of(own):
        raise Invalid({"manifest_sha256": [_("附件清单与服务器上的不一致，请重新同步。")]})
    stored = {key: row.answer for key, row in rows.items() if row.answer is not None}
    return _close(_Closing(actor, visit, submission, inspectors, everybody, files, own, stored))


@dataclass(frozen=True, slots=True)
class _Closing:
    """What one finalisation looks at. `own`: the submission's own hashes; `stored`: the visit's answers."""

    actor: Actor
    visit: Inspection
    submission: FillSubmission
    inspectors: Sequence[InspectionInspector]
    everybody: Sequence[FillSubmission]
    files: Sequence[FillFile]
    own: list[str]
    stored: Mapping[str, Any]

    @property
    def is_last(self) -> bool:
        """Every other assigned inspector has finalised."""
        done = {one.person_id for one in self.everybody if one.state == "finalised"} | {self.actor.account_id}
        return all(row.person_id in done for row in self.inspectors)


def files_of_visit(visit: Inspection) -> list[FillFile]:
    return list(
        db.session.scalars(
            select(FillFile)
            .where(
                FillFile.bureau_id == visit.bureau_id,
                FillFile.school_id == visit.school_id,
                FillFile.inspection_id == visit.id,
            )
            .order_by(FillFile.taken_at, FillFile.id)
        )
    )


def _close(closing: _Closing) -> dict[str, Any]:
    actor, visit, submission = closing.actor, closing.visit, closing.submission
    is_last = closing.is_last
    mine = next(row for row in closing.inspectors if row.person_id == actor.account_id)
    version = form_version_of(actor, visit)  # held, as is the school: scoring finds them in the session
    school = db.session.get_one(School, (visit.bureau_id, visit.school_id))
    outcome = submitting.score_of(actor, visit, closing.stored)
    wanted = submitting.unanswered(actor, visit, outcome, None if is_last else mine.sections)
    if wanted:
        raise Invalid({name: [text] for name, text in wanted.items()}).with_members(
            unanswered=[name.partition(".")[2] for name in wanted]
        )
    _require_signatures(closing)
    submission.state, submission.finalised_at = "finalised", now()
    _compare_score(closing, school, outcome)
    if is_last:
        submitting.hand_in(actor, visit)
    flush(db.session())
    receipt = receipts.make(
        actor,
        submission,
        {
            "manifest_sha256": rules.manifest_of(closing.own),
            "attachments": closing.own,
            "document_sha256": submission.digest,
            "form_digest": version.digest,
            "visit_state": visit.state,
            "score": _score_json(outcome) if is_last else None,
            "score_differs": submission.score_check == "differs",
        },
    )
    return receipts.as_json(receipt)


def _score_json(outcome: Result) -> dict[str, Any]:
    document = result_to_json(outcome)
    return {name: document[name] for name in SCORE_FIELDS}


def _require_signatures(closing: _Closing) -> None:
    """Whoever finalises has signed; with the last one all have, and the school has or it is said why not (拒签)."""
    if effective(closing.actor.bureau_id, SIGNATURES).figure.value is not True:
        return
    signed = {file.signer for file in closing.files if file.purpose == "signature" and file.attachment_id is not None}
    people = [row.person_id for row in closing.inspectors] if closing.is_last else [closing.actor.account_id]
    refusal = "" if closing.is_last else "-"
    if "school" not in signed and closing.is_last:
        refusal = "".join(refusals(closing.visit))
    missing = rules.required_signers(people, signed, refusal)
    if missing:
        raise Invalid({"signatures": [_("还缺少签名，或学校拒签的原因。")]}).with_members(signatures=missing)


def refusals(visit: Inspection) -> list[str]:
    """The school's reasons for not signing, as each inspector noted them."""
    found = db.session.scalars(
        select(FillSubmission.document["unsigned_reason"].astext).where(
            FillSubmission.bureau_id == visit.bureau_id,
            FillSubmission.school_id == visit.school_id,
            FillSubmission.inspection_id == visit.id,
        )
    )
    return [text.strip() for text in found if text and text.strip()]


def _compare_score(closing: _Closing, school: School, outcome: Result) -> None:
    """The phone's score is advice. Of the same answers both must find the same: else one of the engines is wrong."""
    submission, client = closing.submission, closing.submission.client_score
    if not client:
        return
    given = {key: one["answer"] for key, one in submission.document["answers"].items()}
    if client.get("digest") == rules.score_digest(closing.stored):
        server = _score_json(outcome)
    elif client.get("digest") == rules.score_digest(given):
        server = _score_json(submitting.score_of(closing.actor, closing.visit, given))
    else:
        submission.score_check = "other_answers"
        return
    submission.server_score = server
    submission.score_check = "same" if rules.same_score(client, server) else "differs"
    if submission.score_check == "differs":
        DIFFERENCES.inc()
        log.error(
            "a phone and the service disagree on a score",
            extra={"submission": str(submission.id), "client": client, "server": server},
        )
        tell_of_difference(closing.actor, closing.visit, school)
