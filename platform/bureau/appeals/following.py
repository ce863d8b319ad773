"""What appeals show on other modules' pages and on the landing page."""

from collections.abc import Mapping, Sequence

from flask import render_template, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.appeals import labels
from bureau.appeals.permissions import Permission
from bureau.appeals.service import filing, reading
from bureau.inspections.following import ResultPart
from bureau.inspections.models import InspectionResult
from bureau.inspections.rules import PUBLIC_STATES
from bureau.inspections.service.results import released_visit
from bureau.inspections.service.revising import lost_lines
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem
from kernel.web.dates import today

MODULE = "appeals"


def lines(actor: Actor, result: InspectionResult) -> Mapping[str, Markup]:
    """Below each lost item: its appeal, or the way to make one while there is time."""
    mine = actor.level == "school"
    if not may(Permission.READ_OWN if mine else Permission.READ):
        return {}
    found = filing.appealable(actor, result)
    can_appeal = (
        mine
        and found["window"] == "open"
        and may(Permission.APPEAL)
        and released_visit(actor, result.id).state not in PUBLIC_STATES
    )
    keys = {*found["appeals"], *(lost_lines(result.account) if can_appeal else ())}
    return {
        key: Markup(  # noqa: S704 - the template escapes
            render_template(
                "appeals/_line.html", appeal=found["appeals"].get(key), key=key, result=result, mine=mine,
                can_appeal=can_appeal, labels=labels,
            )
        )
        for key in keys
    }  # fmt: skip


PART = ResultPart(lines=lines, order=10)


def due(actor: Actor) -> Sequence[DueItem]:
    items: list[DueItem] = []
    if may(Permission.APPEAL):
        items += [
            DueItem(
                title=_("核对检查结果：%(plan)s", plan=plan),
                url=url_for("inspections.own_result", inspection_id=result.id, order="lost"),
                module=MODULE,
                detail=_("确认，或在 %(day)s 前申诉", day=result.appeal_until.isoformat()),
            )
            for result, plan in reading.appealable_results(actor, today())
            if result.appeal_until is not None
        ]
    if may(Permission.DECIDE):
        waiting = reading.waiting(actor)
        if waiting:
            items.append(
                DueItem(
                    title=_("待复核的申诉：%(count)s 件", count=waiting),
                    url=url_for("appeals.district", state="sent"),
                    module=MODULE,
                    detail=_("由未参加检查的人员复核"),
                )
            )
    return items
