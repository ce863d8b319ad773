"""Which schools have published a week's menu, how long before, and what its checks said."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db
from school.canteen.models import Menu, MenuPublication
from school.canteen.rules import MenuState

COOKS = ("self_run", "contracted", "delivered")  # whoever cooks: the children eat at school


@dataclass(frozen=True, slots=True)
class SchoolWeek:
    """`menu_id` None: nothing is published of this week. `changed`: how often it was changed after that."""

    school_id: int
    code: str
    name: str
    stage: str
    menu_id: UUID | None
    published_at: datetime | None
    days_ahead: int | None
    failed: int
    warned: int
    changed: int


def _schools(actor: Actor, query: Any) -> Any:
    query = query.where(School.bureau_id == actor.bureau_id, School.state == "active", School.canteen_mode.in_(COOKS))
    return query.where(School.id.in_(actor.school_ids)) if actor.level == "zone" else query


def week_of_schools(actor: Actor, monday: date) -> Sequence[SchoolWeek]:
    """Every school that feeds children, by code; one query."""
    query = (
        select(
            School.id, School.code, School.name, School.stage, Menu.id, Menu.published_at, Menu.days_ahead,
            func.coalesce(Menu.failed, 0), func.coalesce(Menu.warned, 0), func.coalesce(Menu.edition, 1) - 1,
        )
        .outerjoin(
            Menu,
            and_(
                Menu.bureau_id == School.bureau_id, Menu.school_id == School.id, Menu.monday == monday,
                Menu.state == MenuState.PUBLISHED.value,
            ),
        )
        .order_by(School.code)
    )  # fmt: skip
    return [SchoolWeek(*row) for row in db.session.execute(_schools(actor, query))]


def failing_checks(actor: Actor, monday: date) -> dict[int, list[str]]:
    """School → codes of the checks that its published week fails, read from what it published."""
    newest = (
        select(MenuPublication.school_id, MenuPublication.content["checks"])
        .ext(distinct_on(MenuPublication.school_id))
        .join(
            Menu,
            and_(
                Menu.bureau_id == MenuPublication.bureau_id, Menu.school_id == MenuPublication.school_id,
                Menu.id == MenuPublication.menu_id,
            ),
        )
        .where(
            MenuPublication.bureau_id == actor.bureau_id, MenuPublication.monday == monday,
            Menu.state == MenuState.PUBLISHED.value,
        )
        .order_by(MenuPublication.school_id, MenuPublication.number.desc())
    )  # fmt: skip
    if actor.level == "zone":
        newest = newest.where(MenuPublication.school_id.in_(actor.school_ids))
    return {
        school_id: [check["code"] for check in checks or [] if check["verdict"] == "failed"]
        for school_id, checks in db.session.execute(newest)
    }


def count_unpublished(actor: Actor, mondays: Sequence[date]) -> dict[int, int]:
    """School → how many of these weeks it has no published menu for."""
    if not mondays:
        return {}
    query = (
        select(School.id, func.count(Menu.id))
        .outerjoin(
            Menu,
            and_(
                Menu.bureau_id == School.bureau_id, Menu.school_id == School.id, Menu.monday.in_(list(mondays)),
                Menu.state == MenuState.PUBLISHED.value,
            ),
        )
        .group_by(School.id)
    )  # fmt: skip
    published = dict(db.session.execute(_schools(actor, query)).all())
    return {school_id: len(mondays) - count for school_id, count in published.items() if count < len(mondays)}
