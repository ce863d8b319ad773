"""What rectifications show on other modules' pages and on the landing page."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.inspections.following import ResultPart
from bureau.inspections.models import InspectionResult
from bureau.rectifications import labels
from bureau.rectifications.permissions import Permission
from bureau.rectifications.service import reading
from bureau.rectifications.service.moving import figures_of
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem
from kernel.web.dates import SHANGHAI, today

MODULE = "rectifications"
SHOWN = 8  # on the landing page; the rest is one line


def lines(actor: Actor, result: InspectionResult) -> Mapping[str, Markup]:
    """Below each lost item: how its rectification stands."""
    mine = actor.level == "school"
    if not may(Permission.READ_OWN if mine else Permission.READ):
        return {}
    figures = figures_of(actor.bureau_id)
    day = today()
    return {
        key: Markup(  # noqa: S704 - the template escapes
            render_template(
                "rectifications/_line.html", one=one, mine=mine, tone=reading.tone_of(one, figures, day), labels=labels
            )
        )
        for key, one in reading.of_visit(actor, result.school_id, result.id).items()
    }


PART = ResultPart(lines=lines, order=20)


def due(actor: Actor) -> Sequence[DueItem]:
    items: list[DueItem] = []
    if may(Permission.RECTIFY):
        items += _own(actor)
    if may(Permission.CHECK):
        items += _desk(actor)
    elif may(Permission.RECHECK):
        items += _looks(actor)
    return items


def _own(actor: Actor) -> list[DueItem]:
    found = reading.to_do(actor, SHOWN + 1)
    items = [
        DueItem(
            title=_("整改：%(item)s", item=f"{one.item_no} {one.item_text}"[:40]),
            url=url_for("rectifications.show", rectification_id=one.id),
            module=MODULE,
            due_at=_end_of(one.due_on),
            detail=str(labels.SEVERITIES[one.severity]),
            overdue=one.due_on < today(),
        )
        for one in found[:SHOWN]
    ]
    if len(found) > SHOWN:
        items.append(DueItem(title=_("全部待整改事项"), url=url_for("rectifications.own"), module=MODULE))
    return items


def _desk(actor: Actor) -> list[DueItem]:
    counts = reading.counts(actor)
    rows = (
        (counts["replied"], _("待审核的整改：%(count)s 项", count=counts["replied"]), {"state": "replied"}, False),
        (counts["red"], _("红色预警的整改：%(count)s 项", count=counts["red"]), {"tone": "red"}, True),
    )
    items = [
        DueItem(title=title, url=url_for("rectifications.board", **wanted), module=MODULE, overdue=late)  # type: ignore[arg-type]
        for number, title, wanted, late in rows
        if number
    ]
    asked = reading.extensions_asked(actor)
    if asked:
        title = _("待审批的延期申请：%(count)s 件", count=asked)
        items.append(DueItem(title=title, url=url_for("rectifications.extensions"), module=MODULE))
    return items


def _looks(actor: Actor) -> list[DueItem]:
    number = reading.counts(actor)["recheck"]
    title = _("待回头看的整改：%(count)s 项", count=number)
    return [DueItem(title=title, url=url_for("rectifications.board", state="recheck"), module=MODULE)] if number else []


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), SHANGHAI).astimezone(UTC)
