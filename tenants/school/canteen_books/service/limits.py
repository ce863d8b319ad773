"""伙食费限额: set by the bureau with its source; a school's price above it is refused."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.schools.models import School
from bureau.schools.service import get_school
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today, yuan
from school.canteen_books.meal_models import ChargeLimit

FIELDS = ("setting", "stage", "unit", "meal", "limit_fen", "valid_from", "valid_to", "citation")


def all_limits(actor: Actor) -> list[ChargeLimit]:
    """The newest first."""
    return list(
        db.session.scalars(
            select(ChargeLimit)
            .where(ChargeLimit.bureau_id == actor.bureau_id)
            .order_by(ChargeLimit.valid_from.desc(), ChargeLimit.unit, ChargeLimit.id)
        )
    )


def get_limit(actor: Actor, limit_id: UUID) -> ChargeLimit:
    found = db.session.scalars(
        select(ChargeLimit).where(ChargeLimit.bureau_id == actor.bureau_id, ChargeLimit.id == limit_id)
    ).one_or_none()
    if found is None:
        raise NotFound(_("没有这项限额。"))
    return found


def save_limit(actor: Actor, limit_id: UUID, seen_version: int | None, values: Mapping[str, Any]) -> ChargeLimit:
    """Create under the client's id, or edit. Of a limit that began already only the end can be moved."""
    if values["valid_to"] is not None and values["valid_to"] <= values["valid_from"]:
        raise Invalid({"valid_to": [_("截止日期应晚于开始日期。")]})
    if values["unit"] == "month" and values["meal"] is not None:
        raise Invalid({"meal": [_("按月的限额不分餐次。")]})
    found = db.session.scalars(
        select(ChargeLimit).where(ChargeLimit.bureau_id == actor.bureau_id, ChargeLimit.id == limit_id)
    ).one_or_none()
    if found is None:
        found = ChargeLimit(bureau_id=actor.bureau_id, id=limit_id, created_by=actor.account_id, **values)
        db.session.add(found)
        db.session.flush()
        return found
    if seen_version is None:
        if any(getattr(found, name) != values[name] for name in FIELDS):
            raise Conflict(_("同一编号的限额已存在且内容不同。"))
        return found
    require_version(found, seen_version)
    if found.valid_from <= today() and any(
        getattr(found, name) != values[name] for name in FIELDS if name != "valid_to"
    ):
        raise Invalid({"_form": [_("这项限额已经生效，只能修改截止日期；如需调整，请另立一项。")]})
    for name in FIELDS:
        setattr(found, name, values[name])
    db.session.flush()
    return found


def applicable(actor: Actor, school_id: int, unit: str, meal: str | None, month: date) -> ChargeLimit | None:
    """The limit that binds a school's price in a month: of those that fit its place and stage the lowest, over the
    whole time from that month on that is known today."""
    school = get_school(actor, school_id)
    found = [one for one in all_limits(actor) if _binds(one, school, unit, meal, month)]
    return min(found, key=lambda one: (one.limit_fen, str(one.id))) if found else None


def _binds(limit: ChargeLimit, school: School, unit: str, meal: str | None, month: date) -> bool:
    return (
        limit.unit == unit
        and limit.setting in (None, school.setting)
        and limit.stage in (None, school.stage)
        and (limit.meal is None or limit.meal == meal)
        and limit.valid_from <= month
        and (limit.valid_to is None or limit.valid_to > month)
    )


def require_within(
    actor: Actor, school_id: int, unit: str, meal: str | None, month: date, price_fen: int
) -> ChargeLimit | None:
    """The limit that the price was held against; RuleBroken with its source where it is above."""
    limit = applicable(actor, school_id, unit, meal, month)
    if limit is not None and price_fen > limit.limit_fen:
        raise RuleBroken(
            "charge_limit",
            _("价格 %(price)s 高于教育局公布的限额 %(limit)s。", price=yuan(price_fen), limit=yuan(limit.limit_fen)),
            limit.citation,
        ).with_members(limit_fen=limit.limit_fen)
    return limit
