"""Who works in the canteen, and whether each may on a day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select

from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.policy.rules import Effective
from kernel.policy.service import effective_figures
from kernel.web.dates import today
from school.canteen_staff import rules
from school.canteen_staff.models import CanteenStaff, StaffPaper

ALARMS = ("canteen.staff.alarm_1", "canteen.staff.alarm_2", "canteen.staff.alarm_3")
HEALTH = "canteen.health_certificate.months"
TRAINING = "canteen.staff.training_certificate"
FIELDS = ("name", "duties", "account_id", "phone", "joined_on", "left_on", "note")


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff with the papers that count, and how they stand on the day that was asked for.

    `standings`: kind → "held", "soon", "expired", "missing"; of the two kinds that everybody needs, and of those held.
    `refusal`: why the person may not work that day (rules.refusal_to_work), None if they may.
    """

    staff: CanteenStaff
    papers: Sequence[StaffPaper]
    standings: Mapping[str, rules.Standing]
    refusal: rules.Refusal | None

    def paper(self, kind: str) -> StaffPaper | None:
        held = [paper for paper in self.papers if paper.kind == kind]
        return max(held, key=lambda paper: paper.valid_until or date.max, default=None)


def save_staff(
    actor: Actor, staff_id: UUID, values: Mapping[str, Any], seen: int | None = None
) -> tuple[CanteenStaff, bool]:  # fmt: skip
    """Add a person under an id of the client's making, or change one (`seen`: the version that was seen)."""
    content = {name: values[name] for name in FIELDS if name in values}
    content.setdefault("joined_on", today())
    if content.get("left_on") and content["left_on"] < content["joined_on"]:
        raise Invalid({"left_on": [_("离岗日期早于到岗日期。")]})
    staff = db.session.get(CanteenStaff, (actor.bureau_id, actor.own_school_id(), staff_id))
    if staff is None:
        if seen is not None:
            raise NotFound(_("没有这名从业人员。"))
        staff = CanteenStaff(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=staff_id, created_by=actor.account_id,
            **content,
        )  # fmt: skip
        db.session.add(staff)
        flush(db.session, {"pk_canteen_staff": Conflict(_("同一编号的从业人员已存在且内容不同。"))})
        return staff, True
    if seen is None:
        if all(getattr(staff, name) == value for name, value in content.items()):
            return staff, False
        raise Conflict(_("同一编号的从业人员已存在且内容不同。"), {"version": staff.version})
    require_version(staff, seen)
    for name, value in content.items():
        setattr(staff, name, value)
    flush(db.session)
    return staff, False


def get_staff(actor: Actor, school_id: int, staff_id: UUID, on: date | None = None) -> Person:
    found = _people(actor, school_id, on or today(), CanteenStaff.id == staff_id)
    if not found:
        raise NotFound(_("没有这名从业人员。"))
    return found[0]


def list_staff(actor: Actor, school_id: int, *, with_left: bool = False) -> list[Person]:
    """By name; those who left last."""
    day = today()
    people = _people(actor, school_id, day, *([] if with_left else [_works_on(day)]))
    return sorted(people, key=lambda one: (one.staff.left_on is not None and one.staff.left_on <= day, one.staff.name))


def working_on(actor: Actor, school_id: int, day: date) -> list[Person]:
    """Who belongs to the canteen on a day, by name: whom its morning check asks for."""
    return _people(actor, school_id, day, _works_on(day))


def _works_on(day: date) -> Any:
    return (CanteenStaff.joined_on <= day) & or_(CanteenStaff.left_on.is_(None), CanteenStaff.left_on > day)


def _people(actor: Actor, school_id: int, day: date, *conditions: Any) -> list[Person]:
    query = select(CanteenStaff).where(
        CanteenStaff.bureau_id == actor.bureau_id, CanteenStaff.school_id == school_id, *conditions
    )
    staff = db.session.scalars(query.order_by(CanteenStaff.name, CanteenStaff.id)).all()
    if not staff:
        return []
    papers: dict[UUID, list[StaffPaper]] = {}
    found = select(StaffPaper).where(
        StaffPaper.bureau_id == actor.bureau_id, StaffPaper.school_id == school_id,
        StaffPaper.staff_id.in_([one.id for one in staff]), StaffPaper.voided_at.is_(None),
    )  # fmt: skip
    for paper in db.session.scalars(found.order_by(StaffPaper.kind, StaffPaper.valid_until.desc())):
        papers.setdefault(paper.staff_id, []).append(paper)
    figures = effective_figures(actor.bureau_id, (*ALARMS, TRAINING), school_id=school_id, on=day)
    warn_days = max(int(figures[key].number) for key in ALARMS)
    return [_person(one, papers.get(one.id, []), day, warn_days, figures[TRAINING]) for one in staff]


def _person(
    staff: CanteenStaff, papers: Sequence[StaffPaper], day: date, warn_days: int, training: Effective
) -> Person:
    held = [rules.Paper(paper.kind, paper.issued_on, paper.valid_until) for paper in papers]
    kinds = dict.fromkeys((rules.PaperKind.HEALTH.value, rules.PaperKind.TRAINING.value, *(one.kind for one in held)))
    standings = {kind: rules.standing(rules.newest(held, kind), day, warn_days) for kind in kinds}
    refusal = rules.refusal_to_work(held, day, training_required=bool(training.figure.value))
    return Person(staff, papers, standings, refusal)


def refusal_citation(actor: Actor, refusal: rules.Refusal) -> str:
    """The article that a refusal to let somebody work rests on."""
    key = TRAINING if refusal == "training_expired" else HEALTH
    return effective_figures(actor.bureau_id, [key], school_id=actor.school_id)[key].citation
