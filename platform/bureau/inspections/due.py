"""What waits for whom: the inspector's visits, the bureau's results to release, the school's new results."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from flask import url_for
from flask_babel import gettext as _

from bureau.inspections.permissions import Permission
from bureau.inspections.service import reading, visits
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import now
from kernel.module import DueItem
from kernel.web.dates import SHANGHAI, today

NEWS_DAYS = 14
MODULE = "inspections"


def due(actor: Actor) -> Sequence[DueItem]:
    items: list[DueItem] = []
    if may(Permission.FILL):
        items.extend(_visits(actor))
    if may(Permission.PLAN):
        items.extend(_releases(actor))
    if may(Permission.READ_OWN_RESULT):
        items.extend(_news(actor))
    return items


def _visits(actor: Actor) -> list[DueItem]:
    return [
        DueItem(
            title=_("检查：%(school)s", school=school),
            url=url_for("inspections.fill", school_id=visit.school_id, inspection_id=visit.id),
            module=MODULE,
            due_at=_end_of(visit.scheduled_on),
            detail=plan,
            overdue=visit.scheduled_on < today(),
        )
        for visit, school, plan in visits.my_visits(actor)
    ]


def _releases(actor: Actor) -> list[DueItem]:
    return [
        DueItem(
            title=_("待告知学校：%(school)s", school=school),
            url=url_for("inspections.visit", school_id=visit.school_id, inspection_id=visit.id),
            module=MODULE,
            detail=_("检查结果已提交，核对后告知学校"),
        )
        for visit, school in reading.waiting_for_release(actor)
    ]


def _news(actor: Actor) -> list[DueItem]:
    return [
        DueItem(
            title=_("新的检查结果：%(plan)s", plan=plan),
            url=url_for("inspections.own_result", inspection_id=result.id),
            module=MODULE,
            detail=result.verdict or result.band or "",
        )
        for result, plan in reading.released_since(actor, now() - timedelta(days=NEWS_DAYS))
    ]


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(18), SHANGHAI).astimezone(UTC)
