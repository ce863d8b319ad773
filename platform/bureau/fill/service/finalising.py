"""Close one inspector's part; hand the visit in when it was the last; give the receipt."""

import logging
from collections.abc import Sequence
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
    require_open,
    submissions_of,
)
from bureau.fill.service.keeping import standing
from bureau.fill.service.telling import tell_of_difference
from bureau.inspections.models import Inspection, InspectionInspector
from bureau.inspections.service import submitting
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
    submission = get_submission(actor, submission_id, fresh=True)
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
    state = standing(actor, visit, submission)
    if state.missing:
        raise Conflict(_("还有 %(count)s 个文件没有上传。", count=len(state.missing))).with_members(
            missing=state.missing
        )
    if state.conflicts:
        raise Conflict(
            _("还有 %(count)s 项与其他检查员的填写不一致，请先核对。", count=len(state.conflicts))
        ).with_members(conflicts=state.conflicts)
    files = files_of_visit(visit)
    own = sorted({file.sha256 for file in files if file.submission_id == submission.id})
    if manifest_sha256 != rules.manifest_of(own):
        raise Invalid({"manifest_sha256": [_("附件清单与服务器上的不一致，请重新同步。")]})
    return _close(actor, visit, submission, inspectors, files, own)


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


def _close(
    actor: Actor,
    visit: Inspection,
    submission: FillSubmission,
    inspectors: Sequence[InspectionInspector],
    files: Sequence[FillFile],
    own: list[str],
) -> dict[str, Any]:
    everybody = submissions_of(visit)
    done = {one.person_id for one in everybody if one.state == "finalised"} | {actor.account_id}
    is_last = all(row.person_id in done for row in inspectors)
    mine = next(row for row in inspectors if row.person_id == actor.account_id)
    outcome = submitting.preview(actor, visit)
    wanted = submitting.unanswered(actor, visit, outcome, None if is_last else mine.sections)
    if wanted:
        raise Invalid({name: [text] for name, text in wanted.items()}).with_members(
            unanswered=[name.partition(".")[2] for name in wanted]
        )
    _require_signatures(actor, visit, submission, inspectors, files, everybody, is_last)
    submission.state, submission.finalised_at = "finalised", now()
    _compare_score(actor, visit, submission, outcome)
    flush(db.session())
    if is_last:
        submitting.submit(actor, visit.school_id, visit.id)
    receipt = receipts.make(
        actor,
        submission,
        {
            "manifest_sha256": rules.manifest_of(own),
            "attachments": own,
            "document_sha256": submission.digest,
            "visit_state": visit.state,
            "score": _score_json(outcome) if is_last else None,
            "score_differs": submission.score_check == "differs",
        },
    )
    return receipts.as_json(receipt)


def _score_json(outcome: Result) -> dict[str, Any]:
    document = result_to_json(outcome)
    return {name: document[name] for name in SCORE_FIELDS}


def _require_signatures(
    actor: Actor,
    visit: Inspection,
    submission: FillSubmission,
    inspectors: Sequence[InspectionInspector],
    files: Sequence[FillFile],
    everybody: Sequence[FillSubmission],
    is_last: bool,
) -> None:
    """Whoever finalises has signed; with the last one all have, and the school has or it is said why not (拒签)."""
    if effective(actor.bureau_id, SIGNATURES).figure.value is not True:
        return
    signed = {file.signer for file in files if file.purpose == "signature" and file.attachment_id is not None}
    refusal = "".join(refusals(everybody))
    people = [row.person_id for row in inspectors] if is_last else [actor.account_id]
    missing = rules.required_signers(people, signed, refusal if is_last else "-")
    if missing:
        raise Invalid({"signatures": [_("还缺少签名，或学校拒签的原因。")]}).with_members(signatures=missing)


def refusals(everybody: Sequence[FillSubmission]) -> list[str]:
    """The school's reasons for not signing, as each inspector noted them."""
    found = db.session.scalars(
        select(FillSubmission.document["unsigned_reason"].astext).where(
            FillSubmission.bureau_id == everybody[0].bureau_id,
            FillSubmission.school_id == everybody[0].school_id,
            FillSubmission.inspection_id == everybody[0].inspection_id,
        )
    )
    return [text.strip() for text in found if text and text.strip()]


def _compare_score(actor: Actor, visit: Inspection, submission: FillSubmission, outcome: Result) -> None:
    """The phone's score is advice. Of the same answers both must find the same: else one of the engines is wrong."""
    client = submission.client_score
    if not client:
        return
    server = _score_json(outcome)
    given = {key: one["answer"] for key, one in submission.document["answers"].items()}
    if client.get("digest") not in (rules.score_digest(submitting.stored_answers(visit)), rules.score_digest(given)):
        submission.score_check = "other_answers"
        return
    if client["digest"] != rules.score_digest(submitting.stored_answers(visit)):
        server = _score_json(submitting.score_of(actor, visit, given))
    submission.server_score = server
    submission.score_check = "same" if rules.same_score(client, server) else "differs"
    if submission.score_check == "differs":
        DIFFERENCES.inc()
        log.error(
            "a phone and the service disagree on a score",
            extra={"submission": str(submission.id), "client": client, "server": server},
        )
        tell_of_difference(actor, visit)
