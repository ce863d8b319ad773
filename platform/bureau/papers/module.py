"""Official papers, declared to the composition root."""

from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l

from bureau.inspections.panels import VisitPart
from bureau.papers import api, views
from bureau.papers.demo import demo
from bureau.papers.permissions import RULES, Permission
from bureau.papers.service import issuing
from bureau.papers.service.following import FOLLOWER
from kernel.actor import system_actor
from kernel.module import MenuItem, Module


def letters(bureau_id: int, *, plan_id: str, progress: Any = None) -> dict[str, Any]:
    return {"result": {"letters": issuing.issue_letters(system_actor(bureau_id), UUID(plan_id), progress)}}


MODULE = Module(
    name="papers",
    permissions=RULES,
    menu=(MenuItem(_l("检查文书"), "papers.index", "file-certificate", Permission.READ, _l("检查"), 44),),
    pages=(views.blueprint,),
    api=(api.blp,),
    jobs={"letters": letters},
    publishes=(VisitPart(panel=views.panel, order=90), FOLLOWER),
    demo=demo,
)
