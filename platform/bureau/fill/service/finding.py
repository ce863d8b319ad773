"""The rows that a request of a phone is about, found within the person's own work."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import defer

from bureau.fill.models import FillFile, FillSubmission
from bureau.inspections import rules as visit_rules
from bureau.inspections.models import Inspection, InspectionInspector
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Busy, Conflict, NotFound

LOCK_TIMEOUT = text("SET LOCAL lock_timeout = '2s'")
LOCK_NOT_AVAILABLE = "55P03"


@contextmanager
def not_waiting_long() -> Iterator[None]:
    """A row that another request holds for more than two seconds: the phone is asked to come back."""
    db.session.execute(LOCK_TIMEOUT)
    try:
        yield
    except OperationalError as error:
        if getattr(error.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise Busy(_("这次检查正在由另一个请求处理，请稍后重试。"), retry_after=2) from error
        raise


def lock_visit(actor: Actor, school_id: int, inspection_id: UUID) -> Inspection:
    """The one lock of this protocol, taken before anything of the visit is read."""
    with not_waiting_long():
        visit = db.session.scalar(
            select(Inspection)
            .where(
                Inspection.bureau_id == actor.bureau_id,
                Inspection.school_id == school_id,
                Inspection.id == inspection_id,
            )
            # NO KEY UPDATE: a photo that arrives meanwhile only needs the visit to exist, and must not wait in a circle.
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
    if visit is None:
        raise NotFound(_("没有这次检查。"))
    return visit


def inspectors_of(visit: Inspection) -> list[InspectionInspector]:
    return list(
        db.session.scalars(
            select(InspectionInspector)
            .where(
                InspectionInspector.bureau_id == visit.bureau_id,
                InspectionInspector.school_id == visit.school_id,
                InspectionInspector.inspection_id == visit.id,
            )
            .order_by(InspectionInspector.is_lead.desc(), InspectionInspector.id)
        )
    )


def require_open(actor: Actor, visit: Inspection, inspectors: Sequence[InspectionInspector]) -> None:
    """409 in words: the phone keeps the work and shows why it cannot be taken."""
    if all(row.person_id != actor.account_id for row in inspectors):
        raise Conflict(_("这次检查已不再分配给您，填写的内容没有上传，请联系计划负责人。"))
    if visit.state == "cancelled":
        raise Conflict(_("这次检查已取消，填写的内容没有上传。"), {"visit_state": visit.state})
    if visit.state not in visit_rules.OPEN_STATES:
        raise Conflict(_("这次检查已提交，不能再修改。如需补正，请联系计划负责人退回。"), {"visit_state": visit.state})


def get_submission(actor: Actor, submission_id: UUID) -> FillSubmission:
    """This person's, by its id alone: a phone that lost everything else still finds it. Another's is not found."""
    found = db.session.scalar(
        select(FillSubmission).where(
            FillSubmission.bureau_id == actor.bureau_id,
            FillSubmission.id == submission_id,
            FillSubmission.person_id == actor.account_id,
        )
    )
    if found is None:
        raise NotFound(_("没有这份填报。"))
    return found


def submissions_of(visit: Inspection) -> list[FillSubmission]:
    """Everybody's as they are now; the documents, which are large, are read when they are asked for."""
    return list(
        db.session.scalars(
            select(FillSubmission)
            .where(
                FillSubmission.bureau_id == visit.bureau_id,
                FillSubmission.school_id == visit.school_id,
                FillSubmission.inspection_id == visit.id,
            )
            .options(defer(FillSubmission.document))
            .order_by(FillSubmission.id)
            .execution_options(populate_existing=True)
        )
    )


def files_of(submission: FillSubmission) -> list[FillFile]:
    return list(
        db.session.scalars(
            select(FillFile).where(
                FillFile.bureau_id == submission.bureau_id,
                FillFile.school_id == submission.school_id,
                FillFile.submission_id == submission.id,
            )
        )
    )


def missing_of(files: Sequence[Any]) -> list[str]:
    return sorted({file.sha256 for file in files if file.attachment_id is None})
