"""Training of the canteen's people: sessions with attendance and test, and the hours of a year."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from duties.service.fulfilling import fulfil, unfulfil
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policy.rules import Effective
from kernel.policy.service import effective
from kernel.web.dates import today
from school.canteen_staff import rules
from school.canteen_staff.models import CanteenStaff, TrainingAttendance, TrainingSession
from school.supply.rules import content_digest

HOURS = "canteen.safety_officer.training_hours"
DUTY = "staff_training"
RECORD = "canteen_training_session"


@dataclass(frozen=True, slots=True)
class SessionView:
    session: TrainingSession
    attendances: Sequence[TrainingAttendance]


def record_session(
    actor: Actor, session_id: UUID, *, held_on: date, topic: str, trainer: str = "", hours: Decimal,
    pass_score: Decimal | None = None, note: str = "", attendances: Sequence[Mapping[str, object]],
) -> tuple[TrainingSession, bool]:  # fmt: skip
    """`attendances`: {"staff_id", "score" or None} of everybody who was there."""
    digest = content_digest(
        {
            "held_on": held_on, "topic": topic, "trainer": trainer, "hours": hours, "pass_score": pass_score,
            "note": note, "attendances": sorted(attendances, key=lambda row: str(row["staff_id"])),
        }
    )  # fmt: skip
    existing = db.session.get(TrainingSession, (actor.bureau_id, actor.own_school_id(), session_id))
    if existing is not None:
        if existing.digest != digest:
            raise Conflict(_("同一编号的培训记录已存在且内容不同。"), {"version": existing.version})
        return existing, False
    names = _checked(actor, held_on, pass_score, attendances)
    session = TrainingSession(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=session_id, held_on=held_on, topic=topic,
        trainer=trainer, hours=hours, pass_score=pass_score, note=note, recorded_by_name=actor.display_name,
        digest=digest, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(session)
    flush(db.session, {"pk_canteen_training_sessions": Conflict(_("同一编号的培训记录已存在且内容不同。"))})
    db.session.execute(
        insert(TrainingAttendance),
        [
            {
                "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(),
                "session_id": session_id, "staff_id": row["staff_id"], "staff_name": names[row["staff_id"]],
                "score": row.get("score"),
            }
            for row in attendances
        ],
    )  # fmt: skip
    fulfil(actor, session.school_id, DUTY, held_on, record=(RECORD, session.id))
    return session, True


def _checked(
    actor: Actor, held_on: date, pass_score: Decimal | None, attendances: Sequence[Mapping[str, object]]
) -> dict[object, str]:
    """Names by id, or Invalid."""
    problems: dict[str, list[str]] = {}
    if held_on > today():
        problems["held_on"] = [_("培训日期不能晚于今天。")]
    ids = [row["staff_id"] for row in attendances]
    if not ids:
        problems["attendances"] = [_("请勾选参加培训的人员。")]
    query = select(CanteenStaff.id, CanteenStaff.name).where(
        CanteenStaff.bureau_id == actor.bureau_id, CanteenStaff.school_id == actor.own_school_id(),
        CanteenStaff.id.in_(ids),
    )  # fmt: skip
    names: dict[object, str] = {row.id: row.name for row in db.session.execute(query)}
    for position, row in enumerate(attendances):
        if row["staff_id"] not in names or ids.index(row["staff_id"]) != position:
            problems[f"attendances.{position}.staff_id"] = [_("没有这名从业人员，或重复勾选。")]
        if row.get("score") is not None and pass_score is None:
            problems["pass_score"] = [_("填写了成绩，请填写合格分数。")]
    if problems:
        raise Invalid(problems)
    return names


def void_session(actor: Actor, session_id: UUID, seen: int | None, reason: str) -> TrainingSession:
    session = db.session.get(
        TrainingSession, (actor.bureau_id, actor.own_school_id(), session_id), with_for_update=True
    )
    if session is None:
        raise NotFound(_("没有这次培训。"))
    require_version(session, seen)
    if session.voided_at is not None:
        raise Conflict(_("这次培训记录已经作废。"), {"version": session.version})
    session.voided_at, session.voided_by, session.void_reason = now(), actor.account_id, reason
    flush(db.session)
    unfulfil(actor, (RECORD, session.id))
    return session


def get_session(actor: Actor, school_id: int, session_id: UUID) -> SessionView:
    session = db.session.get(TrainingSession, (actor.bureau_id, school_id, session_id))
    if session is None:
        raise NotFound(_("没有这次培训。"))
    query = select(TrainingAttendance).where(
        TrainingAttendance.bureau_id == actor.bureau_id, TrainingAttendance.school_id == school_id,
        TrainingAttendance.session_id == session_id,
    )  # fmt: skip
    return SessionView(session, db.session.scalars(query.order_by(TrainingAttendance.staff_name)).all())


def list_sessions(
    actor: Actor, school_id: int, cursor: str | None = None, limit: int = 50, year: int | None = None
) -> Page[TrainingSession]:
    """Newest first, voided ones too."""
    query = select(TrainingSession).where(
        TrainingSession.bureau_id == actor.bureau_id, TrainingSession.school_id == school_id
    )
    if year is not None:
        query = query.where(TrainingSession.held_on.between(date(year, 1, 1), date(year, 12, 31)))
    return paginate(db.session(), query, [TrainingSession.held_on, TrainingSession.id], cursor, limit)


def hours_of(actor: Actor, school_id: int, year: int) -> dict[UUID, rules.Hours]:
    """What each person was taught in a calendar year."""
    failed = func.count().filter(TrainingAttendance.score < TrainingSession.pass_score)
    query = (
        select(TrainingAttendance.staff_id, func.sum(TrainingSession.hours), func.count(), failed)
        .join(
            TrainingSession,
            (TrainingSession.bureau_id == TrainingAttendance.bureau_id)
            & (TrainingSession.school_id == TrainingAttendance.school_id)
            & (TrainingSession.id == TrainingAttendance.session_id),
        )
        .where(
            TrainingSession.bureau_id == actor.bureau_id, TrainingSession.school_id == school_id,
            TrainingSession.held_on.between(date(year, 1, 1), date(year, 12, 31)),
            TrainingSession.voided_at.is_(None),
        )
        .group_by(TrainingAttendance.staff_id)
    )  # fmt: skip
    return {row[0]: rules.Hours(*row) for row in db.session.execute(query)}


def hours_asked(actor: Actor, school_id: int) -> Effective:
    """The hours a year that those who answer for food safety must be taught."""
    return effective(actor.bureau_id, HOURS, school_id=school_id)
