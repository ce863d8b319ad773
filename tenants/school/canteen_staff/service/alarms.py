"""Papers that run out are told of in time, each step once, to those who answer for the canteen. Nothing else depends
on this job: whether a paper holds is asked of its dates."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import or_, select, update

from bureau.roles import Role
from bureau.suppliers.rules import alarm_due
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import Scope, within
from kernel.identity import holders
from kernel.notices.service import notify
from kernel.policy.service import effective_numbers
from kernel.web.dates import day, today
from school.canteen_staff import labels
from school.canteen_staff.models import CanteenLicence, CanteenStaff, StaffPaper
from school.canteen_staff.service.people import ALARMS

LOOKED_BACK = timedelta(days=60)  # one that ran out longer ago was told of
TOLD = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER)
PEOPLE, LICENCES = "/canteen-staff", "/canteen-licences"


def tell_of_expiry(bureau_id: int) -> int:
    """Gives how many alarms were told. A newer paper of the same kind takes the alarm out of the older one."""
    reach = sorted({int(number) for number in effective_numbers(bureau_id, ALARMS).values()}, reverse=True)
    at = today()
    told = 0
    for model, row in (*_papers(bureau_id, at, max(reach)), *_licences(bureau_id, at, max(reach))):
        step = alarm_due(row.valid_until, at, reach)
        if step is None or not _first(bureau_id, model, row, step):
            continue
        told += 1
        _tell(bureau_id, model, row, step)
    return told


def _papers(bureau_id: int, at: date, reach: int) -> Iterable[tuple[Any, Any]]:
    of_person = (
        (CanteenStaff.bureau_id == StaffPaper.bureau_id)
        & (CanteenStaff.school_id == StaffPaper.school_id)
        & (CanteenStaff.id == StaffPaper.staff_id)
    )
    works = or_(CanteenStaff.left_on.is_(None), CanteenStaff.left_on > at)
    columns = (StaffPaper.school_id, StaffPaper.id, StaffPaper.kind, StaffPaper.valid_until, CanteenStaff.name)
    query = select(*columns).join(CanteenStaff, of_person).where(works)
    return [(StaffPaper, row) for row in _ending(query, StaffPaper, bureau_id, at, reach, ("staff_id", "kind"))]


def _licences(bureau_id: int, at: date, reach: int) -> Iterable[tuple[Any, Any]]:
    columns = (
        CanteenLicence.school_id, CanteenLicence.id, CanteenLicence.kind, CanteenLicence.valid_until,
        CanteenLicence.title.label("name"),
    )  # fmt: skip
    query = select(*columns)
    return [(CanteenLicence, row) for row in _ending(query, CanteenLicence, bureau_id, at, reach, ("kind", "title"))]


def _ending(query: Any, model: Any, bureau_id: int, at: date, reach: int, same: Sequence[str]) -> Sequence[Any]:
    newer = model.__table__.alias("newer")
    replaced = (
        select(newer.c.id)
        .where(
            newer.c.bureau_id == model.bureau_id, newer.c.school_id == model.school_id,
            *(newer.c[name] == getattr(model, name) for name in same), newer.c.voided_at.is_(None),
            or_(newer.c.valid_until.is_(None), newer.c.valid_until > model.valid_until),
        )
        .exists()
    )  # fmt: skip
    query = query.where(
        model.bureau_id == bureau_id, model.voided_at.is_(None), ~replaced,
        model.valid_until.between(at - LOOKED_BACK, at + timedelta(days=reach)),
    ).order_by(model.valid_until, model.id)  # fmt: skip
    return db.session.execute(query).all()


def _first(bureau_id: int, model: Any, row: Any, step: int) -> bool:
    """Whether this run is the one that tells: only one update finds the step not told yet."""
    with within(db.session(), Scope("houqin_school", bureau_id=bureau_id, school_id=row.school_id)):
        done: Any = db.session.execute(
            update(model)
            .where(
                model.bureau_id == bureau_id, model.school_id == row.school_id, model.id == row.id,
                or_(model.alarmed_at_days.is_(None), model.alarmed_at_days > step),
            )
            .values(alarmed_at_days=step),
            execution_options={"synchronize_session": False},
        )  # fmt: skip
        return bool(done.rowcount)


def _tell(bureau_id: int, model: Any, row: Any, step: int) -> None:
    actor = system_actor(bureau_id)
    is_paper = model is StaffPaper
    kind = str((labels.PAPERS if is_paper else labels.LICENCES)[row.kind])
    what = _("%(name)s的%(paper)s", name=row.name, paper=kind) if is_paper else row.name or kind
    if step == 0:
        title = _("%(what)s已到期", what=what)
        body = _("到期后不得上岗，晨检不能勾选。") if is_paper else _("请立即换证。")
    else:
        title = _("%(what)s将于 %(until)s 到期", what=what, until=day(row.valid_until))
        body = _("请尽快换证并登记新证。")
    people = holders.at_school(actor.bureau_id, row.school_id, TOLD)
    notify(
        actor, people, "canteen_paper_expiry", title, body=body, url=PEOPLE if is_paper else LICENCES,
        school_id=row.school_id,
    )  # fmt: skip
