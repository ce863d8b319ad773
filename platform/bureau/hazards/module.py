"""Red-line hazards, declared to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.hazards import api, labels, rules, views
from bureau.hazards.demo import demo
from bureau.hazards.permissions import RULES, Permission
from bureau.hazards.service import finding, handling, reading
from bureau.inspections.watching import AnswerWatcher
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.database import now
from kernel.module import DueItem, MenuItem, Module


def due(actor: Actor) -> Sequence[DueItem]:
    """What the actor can do something about: the school's steps at a school, the check at the bureau, and whatever is
    late at both."""
    if not may(Permission.READ) or not (may(Permission.ACT) or may(Permission.DECIDE)):
        return ()
    items = []
    for hazard, school_name in reading.open_hazards(actor):
        clock = rules.countdown(hazard.state, hazard.control_by, hazard.remove_by, now())
        if actor.level == "school" or clock.step == "check" or clock.late:
            items.append(
                DueItem(
                    _("重大隐患：%(school)s", school=school_name),
                    url_for("hazards.show", school_id=hazard.school_id, hazard_id=hazard.id), "hazards",
                    due_at=clock.due_at, detail=str(labels.STEP[clock.step]) if clock.step else "", overdue=clock.late,
                )
            )  # fmt: skip
    return items


MODULE = Module(
    name="hazards",
    permissions=RULES,
    menu=(MenuItem(_l("重大隐患"), "hazards.index", "alert-octagon", Permission.READ, _l("检查"), 45),),
    pages=(views.blueprint,),
    api=(api.blp,),
    due=(due,),
    periodic={"remind": ("15 * * * *", handling.remind)},
    publishes=(AnswerWatcher(finding.answered),),
    demo=demo,
)
