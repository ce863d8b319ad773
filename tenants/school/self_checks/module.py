"""Declares self-checks to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.inspections.following import ResultPart
from bureau.inspections.panels import VisitPart
from bureau.oversight.self_check_feed import SelfCheckFeed
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module
from kernel.web.dates import span_of_days
from school.self_checks import labels
from school.self_checks.api import blueprint as api
from school.self_checks.demo import demo
from school.self_checks.panels import result_head, result_lines, visit_panel
from school.self_checks.permissions import RULES, Permission
from school.self_checks.service import comparing, due, overseeing
from school.self_checks.views import PAGES


def due_items(actor: Actor) -> Sequence[DueItem]:
    """What a schedule asks of the actor's role, and has not been submitted yet."""
    if actor.level != "school" or actor.read_only or not may(Permission.FILL):
        return ()
    return [
        DueItem(
            _("自查：%(title)s", title=one.schedule.title),
            url_for("self_checks.show", self_check_id=one.check_id) if one.check_id else url_for("self_checks.index"),
            "self_checks", due_at=span_of_days(one.occurrence.due_on, one.occurrence.due_on)[1],
            detail=_("已开始填写，还没有提交。") if one.is_begun else "", overdue=one.standing == "late",
        )
        for one in due.owed_now(actor, mine=True)
    ]  # fmt: skip


FEED = SelfCheckFeed(
    scores=comparing.self_scores,
    punctuality=overseeing.punctuality,
    ask=overseeing.ask,
    requests=overseeing.requests,
    end=overseeing.end,
    rhythms=labels.RHYTHMS,
    roles=labels.ROLES,
)

MODULE = Module(
    name="self_checks",
    permissions=RULES,
    menu=[MenuItem(_l("自查"), "self_checks.index", "clipboard-text", Permission.READ, _l("检查"), order=47)],
    pages=PAGES,
    api=[api],
    due=[due_items],
    publishes=[
        FEED,
        VisitPart(panel=visit_panel, order=40),
        ResultPart(lines=result_lines, head=result_head, order=40),
    ],
    demo=demo,
)
