"""Declares oversight to the composition root. It comes after the modules whose figures it shows."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.oversight import self_check_api, self_check_views
from bureau.oversight.api import blueprint as api
from bureau.oversight.feeds import Span
from bureau.oversight.permissions import RULES, Permission
from bureau.oversight.service import indicators
from bureau.oversight.views import blueprint as pages
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module
from kernel.web.dates import today

DUE_DAYS = 7


def due(actor: Actor) -> Sequence[DueItem]:
    """What the schools' indicators counted in the last week."""
    if actor.level not in ("bureau", "zone") or not may(Permission.READ):
        return ()
    span = Span(today() - timedelta(days=DUE_DAYS - 1), today())
    days: dict[str, Any] = {"from_day": span.first.isoformat(), "until_day": span.last.isoformat()}
    return [
        DueItem(
            _("%(label)s：近 %(days)s 天 %(count)s 件", label=indicator.label, days=DUE_DAYS, count=count),
            url_for(indicator.endpoint, **days), "oversight", detail=str(indicator.help),
        )
        for indicator, count in indicators(actor, span)
        if count
    ]  # fmt: skip


ROUTES = (self_check_api, self_check_views)  # their routes stand in the blueprints below

MODULE = Module(
    name="oversight",
    permissions=RULES,
    menu=[
        MenuItem(
            _l("无证收货"), "oversight.uncertified_receipts", "alert-triangle", Permission.READ, _l("食材与供应"), 42
        ),
        MenuItem(_l("学校自查"), "oversight.self_check_scores", "clipboard-check", Permission.READ, _l("检查分析"), 51),
    ],
    pages=[pages],
    api=[api],
    due=[due],
)
