"""What becomes of a visit's papers when its result is decided anew: what they say no longer holds."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from bureau.inspections.following import Follower
from bureau.inspections.models import Inspection, InspectionResult
from bureau.inspections.revision_models import InspectionResultRevision
from bureau.papers.models import Paper
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush

# The record stays: it is what was found and signed at the door, whatever was decided later.
OUTDATED = ("letter", "notice")


def _revised(actor: Actor, visit: Inspection, result: InspectionResult, revision: InspectionResultRevision) -> None:
    papers = db.session.scalars(
        select(Paper).where(
            Paper.bureau_id == visit.bureau_id,
            Paper.school_id == visit.school_id,
            Paper.inspection_id == visit.id,
            Paper.kind.in_(OUTDATED),
            Paper.state == "issued",
        )
    ).all()
    for paper in papers:
        paper.state, paper.withdrawn_at = "withdrawn", now()
        paper.withdrawn_reason = f"检查结果已改为第 {revision.number} 版，以新的文书为准。"
    if papers:
        flush(db.session())


def _nothing_at_release(
    actor: Actor, visit: Inspection, result: InspectionResult, at: datetime, adjust: Mapping[str, Any]
) -> None:
    """A paper is issued by a person, not by a release."""


def _nothing_at_publication(actor: Actor, visit_ids: Sequence[UUID]) -> None:
    """Nor by a publication."""


FOLLOWER = Follower(released=_nothing_at_release, revised=_revised, published=_nothing_at_publication)
