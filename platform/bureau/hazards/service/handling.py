"""What the school and the bureau do about a hazard, and who is reminded when time is over."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from bureau.hazards import rules
from bureau.hazards.models import Hazard
from bureau.hazards.service.finding import add_photos, tell
from bureau.hazards.service.moving import get_hazard, move, note
from bureau.inspections.service.acknowledging import on_behalf_of
from bureau.schools.models import School
from kernel.actor import Actor, system_actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid

BY_SCHOOL = ("control", "remove")
BY_BUREAU = ("close", "reject", "dismiss", "reopen")


def act(
    actor: Actor,
    school_id: int,
    hazard_id: UUID,
    event: str,
    words: str,
    seen: int | None,
    *,
    photos: Sequence[bytes] = (),
) -> Hazard:
    """One step. The school controls and removes, which takes a photo as proof; the bureau checks, rejects, dismisses."""
    allowed = BY_SCHOOL if actor.level == "school" else BY_BUREAU
    if event not in allowed:
        raise Invalid({"event": [_("请选择要做的事。")]})
    hazard = get_hazard(actor, school_id, hazard_id, lock=True)
    require_version(hazard, seen)
    if not words.strip():
        raise Invalid({"words": [_("请写明具体情况。")]})
    if event in BY_SCHOOL and not photos:
        raise Invalid({"photos": [_("请附现场照片。")]})
    move(actor, hazard, event, words.strip())
    add_photos(actor, hazard, photos, "proof")
    school = db.session.get(School, (hazard.bureau_id, hazard.school_id))
    with on_behalf_of(actor):
        title = _("重大隐患有进展：%(school)s", school=school.name if school else "")
        tell(actor, hazard, "hazard_moved", title, words.strip())
    flush(db.session())
    return hazard


def remind(bureau_id: int) -> int:
    """Tell everybody again, once a day, of each hazard whose time is over; how many were late."""
    actor = system_actor(bureau_id)
    at = now()
    late = 0
    waiting = select(Hazard).where(
        Hazard.bureau_id == bureau_id,
        Hazard.state.in_(rules.OPEN_STATES),
        or_(Hazard.reminded_at.is_(None), Hazard.reminded_at <= at - rules.REMIND_EVERY),
    )
    for hazard in db.session.scalars(waiting.with_for_update(skip_locked=True)):
        clock = rules.countdown(hazard.state, hazard.control_by, hazard.remove_by, at)
        if not clock.late:
            continue
        late += 1
        hazard.reminded_at = at
        school = db.session.get(School, (bureau_id, hazard.school_id))
        title = _("重大隐患已超时：%(school)s", school=school.name if school else "")
        note(actor, hazard, "remind", hazard.state, hazard.state)
        tell(actor, hazard, "hazard_late", title, hazard.text)
    flush(db.session())
    return late
