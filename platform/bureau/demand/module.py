"""Rounds of demand, declared to the composition root.

All of it stands in the bureau's layer, the school's pages too: round, sheet and lot are one state machine, and the only
thing that the school's layer keeps is what came in last year, which it publishes (bureau.demand.history).
"""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.demand import api
from bureau.demand.demo import demo
from bureau.demand.permissions import RULES, Permission
from bureau.demand.service import progress
from bureau.demand.views import PAGES
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import now
from kernel.module import DueItem, MenuItem, Module


def due(actor: Actor) -> Sequence[DueItem]:
    """The sheet that the school still owes, and at the bureau the sheets that wait for a yes."""
    if actor.level == "school":
        if actor.read_only or not (may(Permission.FILL) or may(Permission.SUBMIT)):
            return ()
        return [
            DueItem(
                _("填报需求计划：%(title)s", title=row.title),
                url_for("demand_own.sheet", demand_round_id=row.id), "demand", due_at=row.deadline,
                detail=_("已被退回，请修改后重新提交。") if sheet.state == "returned" else "",
                overdue=now() > row.deadline,
            )
            for row, sheet in progress.waiting_sheets(actor)
        ]  # fmt: skip
    if actor.level != "bureau" or not may(Permission.APPROVE):
        return ()
    return [
        DueItem(
            _("审核需求表：%(title)s", title=row.title), url_for("demand.show", demand_round_id=row.id), "demand",
            detail=_("%(count)s 所学校待审核", count=count),
        )
        for row, count in progress.rounds_to_check(actor)
    ]  # fmt: skip


MODULE = Module(
    name="demand",
    permissions=RULES,
    menu=(
        MenuItem(_l("需求计划"), "demand.index", "clipboard-list", Permission.READ, _l("采购"), 20),
        MenuItem(_l("需求计划"), "demand_own.index", "clipboard-list", Permission.OWN_READ, _l("食材与供应"), 43),
    ),
    pages=PAGES,
    api=(api.blp,),
    due=(due,),
    demo=demo,
)
