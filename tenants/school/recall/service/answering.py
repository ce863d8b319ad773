"""What a school does about a recall, and what it reports when pupils fall ill."""

from datetime import date, datetime, timedelta
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.scope import Scope, within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.policy import service as policy
from kernel.states import NoTransition, next_state
from kernel.web.dates import today
from school.canteen_day.service import samples
from school.diners.rules import Meal
from school.recall import rules
from school.recall.models import RecallPart, SuspectedIncident
from school.recall.service.holding import release
from school.recall.service.telling import tell_officers

REPORT_FIGURE = "canteen.accident.report_hours"


def own_part(actor: Actor, recall_id: UUID, *, lock: bool = False) -> RecallPart:
    query = select(RecallPart).where(
        RecallPart.bureau_id == actor.bureau_id, RecallPart.school_id == actor.own_school_id(),
        RecallPart.recall_id == recall_id,
    )  # fmt: skip
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    part = db.session.scalar(query)
    if part is None:
        raise NotFound
    return part


def mark_seen(actor: Actor, recall_id: UUID) -> RecallPart:
    """The first of the school's people who read it; later ones change nothing."""
    part = own_part(actor, recall_id)
    # Not an edit: the page that says so itself has the version that it will hand in with what was secured.
    db.session.execute(
        update(RecallPart)
        .where(
            RecallPart.bureau_id == part.bureau_id, RecallPart.school_id == part.school_id, RecallPart.id == part.id,
            RecallPart.seen_at.is_(None),
        )
        .values(seen_at=now(), seen_by_name=actor.display_name)
    )  # fmt: skip
    db.session.refresh(part)
    return part


def secure(
    actor: Actor, recall_id: UUID, seen: int | None, *, found: str, words: str = "", photo: bytes | None = None
) -> RecallPart:
    """What was found and locked away, as counted by hand: none is an answer too ("0")."""
    part = own_part(actor, recall_id, lock=True)
    if part.state == "secured" and (part.found, part.words) == (found.strip(), words.strip()) and photo is None:
        return part
    require_version(part, seen)
    if not found.strip():
        raise Invalid({"found": [_("请填写清点封存的数量，没有剩余请填 0。")]})
    if part.is_over:
        raise RuleBroken("recall_over", _("这次召回已经结束。"))
    part.state = next_state(rules.PART_TRANSITIONS, part.state, "secure")
    part.found, part.words = found.strip(), words.strip()
    at = now()
    part.secured_at, part.secured_by, part.secured_by_name = at, actor.account_id, actor.display_name
    if part.seen_at is None:
        part.seen_at, part.seen_by_name = at, actor.display_name
    if photo:
        part.attachment_id = store(actor, photo, name="", purpose="recall_photo", accepted=IMAGES, field="photo").id
    flush(db.session())
    return part


def report_incident(
    actor: Actor, *, id: UUID, on_day: date, meal: str, sick_count: int, symptoms: str, noticed_at: datetime,
    measures: str = "",
) -> SuspectedIncident:  # fmt: skip
    """Reported twice it is one. The clock of the legal report begins when it was noticed."""
    school_id = actor.own_school_id()
    existing = db.session.get(SuspectedIncident, (actor.bureau_id, school_id, id))
    content = (on_day, meal, sick_count, symptoms.strip())
    if existing is not None:
        if (existing.on_day, existing.meal, existing.sick_count, existing.symptoms) == content:
            return existing
        raise Conflict(_("这个编号已用于另一次报告。"))
    problems: dict[str, list[str]] = {}
    if on_day > today():
        problems["on_day"] = [_("用餐日期不能在今天之后。")]
    if noticed_at > now() + timedelta(minutes=5):
        problems["noticed_at"] = [_("发现时间不能在现在之后。")]
    if meal not in {one.value for one in Meal}:
        problems["meal"] = [_("请选择餐次。")]
    if problems:
        raise Invalid(problems)
    hours = policy.effective(actor.bureau_id, REPORT_FIGURE, school_id=school_id).number
    incident = SuspectedIncident(
        bureau_id=actor.bureau_id, school_id=school_id, id=id, on_day=on_day, meal=meal, sick_count=sick_count,
        symptoms=symptoms.strip(), noticed_at=noticed_at, measures=measures.strip(),
        report_by=noticed_at + timedelta(hours=float(hours)), reported_by_name=actor.display_name,
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(incident)
    flush(db.session())
    samples.hold(actor, school_id, on_day, meal, _("疑似食品安全事件：%(symptoms)s", symptoms=incident.symptoms))
    with within(db.session(), Scope("houqin_bureau", bureau_id=actor.bureau_id)):
        tell_officers(actor, incident, get_school(actor, school_id).name)
    return incident


def get_incident(actor: Actor, school_id: int, incident_id: UUID, *, lock: bool = False) -> SuspectedIncident:
    outside = (actor.level == "school" and school_id != actor.own_school_id()) or (
        actor.level == "zone" and school_id not in actor.school_ids
    )
    query = select(SuspectedIncident).where(
        SuspectedIncident.bureau_id == actor.bureau_id, SuspectedIncident.school_id == school_id,
        SuspectedIncident.id == incident_id,
    )  # fmt: skip
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    incident = None if outside else db.session.scalar(query)
    if incident is None:
        raise NotFound
    return incident


def dismiss_incident(
    actor: Actor, school_id: int, incident_id: UUID, seen: int | None, reason: str
) -> SuspectedIncident:  # fmt: skip
    """By the bureau, with the reason: no link with the school's food was found."""
    if not reason.strip():
        raise Invalid({"reason": [_("请填写结论。")]})
    incident = get_incident(actor, school_id, incident_id, lock=True)
    require_version(incident, seen)
    try:
        incident.state = next_state(rules.INCIDENT_TRANSITIONS, incident.state, "dismiss")
    except NoTransition as error:
        raise RuleBroken("incident_state", _("当前状态下不能进行此操作。")) from error
    incident.end_reason = reason.strip()
    flush(db.session())
    release(actor, school_id, incident.on_day, incident.meal)
    return incident
