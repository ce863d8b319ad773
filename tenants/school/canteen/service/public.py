"""Menus for anybody: what was made public, and nothing else. Runs without an actor."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.ocds.service.reading import open_bureau
from bureau.schools.models import School
from kernel.database import db
from kernel.errors import NotFound
from kernel.identity.models import Bureau
from school.canteen.models import MenuPublication
from school.canteen.rules import MenuEvent

WEEKS_BACK, WEEKS_AHEAD = 8, 8


@dataclass(frozen=True, slots=True)
class PublicWeek:
    """`content` {}: nothing is public of this week, or it was withdrawn (`withdrawn` then says why). `history`: newest
    first. `weeks`: Mondays of which something is public."""

    bureau: Bureau
    school: School
    monday: date
    content: Mapping[str, Any]
    latest: MenuPublication | None
    first: MenuPublication | None
    history: Sequence[MenuPublication]
    weeks: Sequence[date]

    @property
    def is_withdrawn(self) -> bool:
        return self.latest is not None and self.latest.event == MenuEvent.WITHDRAW

    @property
    def changes(self) -> list[MenuPublication]:
        """What happened after the first publication, newest first."""
        return [one for one in self.history if one.event != MenuEvent.PUBLISH]


def public_week(bureau_code: str, school_code: str, monday: date) -> PublicWeek:
    bureau = open_bureau(bureau_code)
    school = db.session.scalar(
        select(School).where(School.bureau_id == bureau.id, School.code == school_code, School.state == "active")
    )
    if school is None:
        raise NotFound(_("没有这所学校。"))
    own = (
        MenuPublication.bureau_id == bureau.id, MenuPublication.school_id == school.id,
        MenuPublication.is_public.is_(True),
    )  # fmt: skip
    history = db.session.scalars(
        select(MenuPublication)
        .where(*own, MenuPublication.monday == monday)
        .order_by(MenuPublication.at.desc(), MenuPublication.id.desc())
    ).all()
    weeks = db.session.scalars(
        select(MenuPublication.monday)
        .distinct()
        .where(
            *own,
            MenuPublication.monday.between(monday - timedelta(weeks=WEEKS_BACK), monday + timedelta(weeks=WEEKS_AHEAD)),
        )
        .order_by(MenuPublication.monday)
    ).all()
    latest = history[0] if history else None
    current = [one for one in history if latest is not None and one.menu_id == latest.menu_id]
    content = {} if latest is None or latest.event == MenuEvent.WITHDRAW else latest.content
    first = current[-1] if current else None
    return PublicWeek(bureau, school, monday, content, latest, first, history, weeks)
