"""Declares recalls to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import now
from kernel.module import DueItem, MenuItem, Module
from school.canteen_day.hooks import SampleGuard
from school.recall.api import blp
from school.recall.demo import demo
from school.recall.permissions import RULES, Permission
from school.recall.service import reading
from school.recall.service.holding import reason_of
from school.recall.service.recalls import held
from school.recall.views import PAGES
from school.supply.hooks import LotGuard


def due(actor: Actor) -> Sequence[DueItem]:
    """At a school what is to be locked away, at the bureau who fell ill and what was traced without anybody told."""
    items: list[DueItem] = []
    if actor.level == "school" and may(Permission.SECURE):
        for part in reading.unsecured(actor):
            words = _("演练：") if part.is_drill else ""
            title = _("%(words)s召回 %(number)s 待封存", words=words, number=part.number)
            url = url_for("recall.show_mine", recall_id=part.recall_id)
            items.append(DueItem(title, url, "recall", due_at=part.told_at, detail=part.reason, overdue=True))
    if actor.level == "bureau" and may(Permission.MANAGE):
        at = now()
        for incident in reading.waiting_incidents(actor):
            title = _("疑似食品安全事件：%(count)s 人不适", count=incident.sick_count)
            url = url_for("recall.incident", school_id=incident.school_id, incident_id=incident.id)
            late = incident.report_by < at
            items.append(
                DueItem(title, url, "recall", due_at=incident.report_by, detail=incident.symptoms, overdue=late)
            )
        for recall in reading.running(actor):
            url = url_for("recall.show", recall_id=recall.id)
            if recall.state == "open":
                items.append(DueItem(_("召回 %(number)s 尚未通知学校", number=recall.number), url, "recall"))
    return items


MODULE = Module(
    name="recall",
    permissions=RULES,
    menu=(
        MenuItem(_l("食材召回"), "recall.index", "bell", Permission.READ, _l("食材与供应"), 48),
        MenuItem(_l("召回通知"), "recall.mine", "bell", Permission.READ_PART, _l("食材与供应"), 48),
        MenuItem(_l("上报学生不适"), "recall.new_incident", "alert-triangle", Permission.REPORT, _l("食材与供应"), 49),
    ),
    pages=PAGES,
    api=(blp,),
    due=(due,),
    publishes=(LotGuard(held=held), SampleGuard(reason=reason_of)),
    demo=demo,
)
