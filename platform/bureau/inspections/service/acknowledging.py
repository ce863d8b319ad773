"""The school's answer to a result: it acknowledges, or appeals in time, or time accepts it."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.inspections import rules
from bureau.inspections.models import Inspection, InspectionResult
from bureau.inspections.revision_models import InspectionAcknowledgement
from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import Scope, within
from kernel.database.writing import flush
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.web.dates import today


@contextmanager
def on_behalf_of(actor: Actor) -> Iterator[None]:
    """Run in the bureau's scope what follows from a school's act: the visit's own row, notices to officers. Whatever
    the school chose is checked before, in the school's scope."""
    with within(db.session(), Scope("houqin_bureau", bureau_id=actor.bureau_id)):
        yield


def lock_told_visit(actor: Actor, school_id: int, inspection_id: UUID) -> Inspection:
    """The visit's row, locked first by everybody who changes what follows from it: so nobody waits in a circle."""
    visit = db.session.scalar(
        select(Inspection)
        .where(
            Inspection.bureau_id == actor.bureau_id,
            Inspection.school_id == school_id,
            Inspection.id == inspection_id,
            Inspection.released_at.is_not(None),
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if visit is None:
        raise NotFound(_("没有这份检查结果。"))
    return visit


def acknowledgement_of(actor: Actor, school_id: int, inspection_id: UUID) -> InspectionAcknowledgement | None:
    return db.session.scalar(
        select(InspectionAcknowledgement).where(
            InspectionAcknowledgement.bureau_id == actor.bureau_id,
            InspectionAcknowledgement.school_id == school_id,
            InspectionAcknowledgement.id == inspection_id,
        )
    )


def window_of(actor: Actor, result: InspectionResult) -> rules.Window:
    """By the clock of this moment."""
    acknowledged = acknowledgement_of(actor, result.school_id, result.id) is not None
    return rules.appeal_window(result.appeal_until, today(), acknowledged=acknowledged)


def acknowledge(actor: Actor, inspection_id: UUID, note: str = "") -> InspectionAcknowledgement:
    """The school accepts its result, which ends the time for appeals. Said twice it is said once; refused while an
    appeal of its own is open."""
    school_id = actor.own_school_id()
    with on_behalf_of(actor):
        visit = lock_told_visit(actor, school_id, inspection_id)
    found = acknowledgement_of(actor, school_id, inspection_id)
    if found is not None:
        return found
    if visit.state == "appealed":
        raise RuleBroken("appeal_open", _("本校的申诉还在处理，办结后再确认结果。"))
    found = InspectionAcknowledgement(
        bureau_id=actor.bureau_id, school_id=school_id, id=inspection_id, by=actor.account_id,
        by_name=actor.display_name, note=note,
    )  # fmt: skip
    db.session.add(found)
    flush(db.session(), {"pk_inspection_acknowledgements": Conflict(_("结果已经确认。"))})
    return found
