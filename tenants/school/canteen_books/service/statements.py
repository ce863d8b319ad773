"""膳食经费收支公示: the closed month's figures, published by the 15th of the next month, read by anybody."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.ocds.service.reading import open_bureau
from bureau.schools.models import School
from duties.service.fulfilling import fulfil
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, within
from kernel.database.writing import require_version
from kernel.digests import digest
from kernel.errors import NotFound, RuleBroken
from kernel.identity.models import Bureau
from kernel.policy.rules import Effective
from kernel.policy.service import effective
from school.canteen_books import rules
from school.canteen_books.models import CanteenStatement
from school.canteen_books.rules import MonthState
from school.canteen_books.service.months import locked_month, note

DUTY = "monthly_statement"
RECORD = "canteen_statement"
DAY = "canteen.statement.day_of_month"


def due_on(actor: Actor, school_id: int, month: date) -> tuple[date, Effective]:
    """The last day on which the month's statement is in time, with the figure's source."""
    following = rules.next_month(month)
    figure = effective(actor.bureau_id, DAY, school_id=school_id, on=following)
    return following.replace(day=min(int(figure.number), rules.last_day(following).day)), figure


def publish(actor: Actor, month: date, seen_version: int | None) -> CanteenStatement:
    """Published again, without a change, it is the same statement."""
    found = locked_month(actor, month)
    if found.state != MonthState.CLOSED:
        raise RuleBroken("month_not_closed", _("结账之后才能公示。"))
    live = live_statement(actor, found.school_id, month)
    if live is not None:
        return live
    require_version(found, seen_version)
    editions = db.session.scalar(
        select(func.count()).where(
            CanteenStatement.bureau_id == actor.bureau_id, CanteenStatement.school_id == found.school_id,
            CanteenStatement.month == month,
        )
    )  # fmt: skip
    deadline, _figure = due_on(actor, found.school_id, month)
    statement = CanteenStatement(
        bureau_id=actor.bureau_id, school_id=found.school_id, id=new_id(), month=month, edition=int(editions or 0) + 1,
        due_on=deadline, published_at=now(), published_by_name=actor.display_name, figures=found.figures,
        content_digest=digest(found.figures), created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(statement)
    found.published_at = statement.published_at
    db.session.flush()
    note(actor, "statement", statement.id, "publish" if statement.edition == 1 else "replace", "", "published")
    db.session.flush()
    fulfil(actor, found.school_id, DUTY, rules.last_day(month), record=(RECORD, statement.id))
    return statement


def live_statement(actor: Actor, school_id: int, month: date) -> CanteenStatement | None:
    return db.session.scalars(
        select(CanteenStatement).where(
            CanteenStatement.bureau_id == actor.bureau_id, CanteenStatement.school_id == school_id,
            CanteenStatement.month == month, CanteenStatement.replaced_at.is_(None),
        )
    ).one_or_none()  # fmt: skip


def editions(actor: Actor, school_id: int, month: date) -> list[CanteenStatement]:
    """All that were ever published for a month, the newest first."""
    return list(
        db.session.scalars(
            select(CanteenStatement)
            .where(
                CanteenStatement.bureau_id == actor.bureau_id, CanteenStatement.school_id == school_id,
                CanteenStatement.month == month,
            )
            .order_by(CanteenStatement.edition.desc())
        )
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class PublicSchool:
    bureau: Bureau
    school: School


def public_school(bureau_code: str, school_code: str) -> PublicSchool:
    """By codes, for whoever comes: no actor."""
    bureau = open_bureau(bureau_code)
    with within(db.session(), IDENTITY):
        school = db.session.scalars(
            select(School).where(School.bureau_id == bureau.id, School.code == school_code, School.state != "merged")
        ).one_or_none()
    if school is None:
        raise NotFound(_("没有这所学校。"))
    return PublicSchool(bureau, school)


def public_statements(place: PublicSchool, most: int = 36) -> list[CanteenStatement]:
    """What stands published, the newest month first."""
    with within(db.session(), IDENTITY):
        return list(
            db.session.scalars(
                select(CanteenStatement)
                .where(
                    CanteenStatement.bureau_id == place.bureau.id, CanteenStatement.school_id == place.school.id,
                    CanteenStatement.replaced_at.is_(None),
                )
                .order_by(CanteenStatement.month.desc())
                .limit(most)
            )
        )  # fmt: skip


def public_statement(place: PublicSchool, month: date) -> CanteenStatement:
    with within(db.session(), IDENTITY):
        found = db.session.scalars(
            select(CanteenStatement).where(
                CanteenStatement.bureau_id == place.bureau.id, CanteenStatement.school_id == place.school.id,
                CanteenStatement.month == month, CanteenStatement.replaced_at.is_(None),
            )
        ).one_or_none()  # fmt: skip
    if found is None:
        raise NotFound(_("这个月还没有公示。"))
    return found


def bureau_code(actor: Actor) -> str:
    """As it stands in public addresses."""
    with within(db.session(), IDENTITY):
        return db.session.scalars(select(Bureau.code).where(Bureau.id == actor.bureau_id)).one()
