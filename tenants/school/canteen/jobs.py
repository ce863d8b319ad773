"""What takes longer than a page may: the proposer."""

from typing import Any
from uuid import UUID

from flask_babel import force_locale
from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.jobs.service import Progress
from school.canteen.service.proposals import Wish, propose_into


def propose(
    bureau_id: int, *, progress: Progress, account_id: str, display_name: str, roles: list[str], school_id: int,
    menu_id: str, version: int, keep: bool, budget_fen: int | None,
) -> dict[str, Any]:  # fmt: skip
    """In the name and the scope of whoever asked. An edit made meanwhile ends it: nobody's work is written over."""
    actor = Actor(UUID(account_id), display_name, "school", bureau_id, school_id=school_id, roles=frozenset(roles))
    use_scope(db.session(), actor.scope)
    with force_locale("zh_CN"):
        menu, proposal = propose_into(
            actor, UUID(menu_id), version, Wish(keep, budget_fen), progress=lambda percent: progress.report(percent)
        )
        missing = len(proposal.shortfalls)
        message = (
            _("已排好一周，有 %(count)s 项检查未能满足，请在菜谱中查看。", count=missing)
            if missing
            else _("已排好一周，各项检查都已兼顾，请核对后公布。")
        )
        address = f"/menus/{menu.id}"
    return {"result": {"message": message, "url": address, "shortfalls": missing}}
