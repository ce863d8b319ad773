"""Rounds: opened with their items and schools, closed, opened again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm.attributes import flag_modified

from bureau.catalogue.models import CatalogueCategory, CatalogueItem, CatalogueItemVersion
from bureau.demand.models import DemandCategory, DemandItem, DemandRound, DemandRoundEvent, DemandSheet
from bureau.demand.service.moving import get_round, move_round, note_round
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, RuleBroken

MOST_ITEMS = 2000


@dataclass(frozen=True, slots=True)
class SchoolChoice:
    """Which schools take part: those of `school_ids`, or, where it is empty, all active ones that fit the rest."""

    stages: Sequence[str] = ()
    zone_ids: Sequence[int] = ()
    canteen_modes: Sequence[str] = ()
    school_ids: Sequence[int] = ()


def open_round(
    actor: Actor,
    *,
    id: UUID,
    title: str,
    first_month: date,
    month_count: int,
    deadline: datetime,
    category_ids: Sequence[UUID],
    zone_category_ids: Sequence[UUID] = (),
    schools: SchoolChoice = SchoolChoice(),
    previous_id: UUID | None = None,
    note: str = "",
) -> DemandRound:
    """With the published items of the categories (a category stands for its sub-categories too) and a sheet for each
    school. The same id and content again: the same round."""
    values = {
        "title": title, "first_month": first_month.replace(day=1), "month_count": month_count, "deadline": deadline,
        "previous_id": previous_id, "note": note,
    }  # fmt: skip
    session = db.session()
    known = session.get(DemandRound, (actor.bureau_id, id))
    if known is not None:
        if any(getattr(known, name) != value for name, value in values.items()):
            raise Conflict(_("这个编号已用于另一轮需求计划。"))
        return known
    if deadline <= now():
        raise Invalid({"deadline": [_("截止时间应在现在之后。")]})
    if previous_id is not None:
        get_round(actor, previous_id)
    chosen = _chosen_schools(actor, schools)
    if not chosen:
        raise Invalid({"stages": [_("没有符合条件的学校。")]})
    categories, items = _catalogue(actor, category_ids)
    row = DemandRound(bureau_id=actor.bureau_id, id=id, created_by=actor.account_id, state="open", **values)
    session.add(row)
    flush(session)
    wide = _with_children(actor, zone_category_ids)
    norms = norms_of(actor, previous_id)
    used = {item.category_id for item, _version in items}
    for position, category in enumerate((one for one in categories if one.id in used), 1):
        session.add(
            DemandCategory(
                bureau_id=actor.bureau_id, id=new_id(), round_id=id, category_id=category.id, position=position,
                code=category.code, name=category.name, scope="zone" if category.id in wide else "district",
            )
        )  # fmt: skip
    for position, (item, version_id) in enumerate(items, 1):
        session.add(
            DemandItem(
                bureau_id=actor.bureau_id, id=new_id(), round_id=id, item_id=item.id, item_version_id=version_id,
                category_id=item.category_id, position=position, code=item.code, name=item.name,
                specification=item.specification, unit=item.base_unit, norm=norms.get(item.id),
            )
        )  # fmt: skip
    for school in chosen:
        session.add(
            DemandSheet(
                bureau_id=actor.bureau_id, school_id=school.id, id=new_id(), round_id=id, diners=school.diners,
                enrolment=school.enrolment, zone_id=school.zone_id, state="draft", created_by=actor.account_id,
            )
        )  # fmt: skip
    note_round(actor, row, "open", "")
    flush(session)
    return row


def _chosen_schools(actor: Actor, choice: SchoolChoice) -> list[School]:
    query = select(School).where(School.bureau_id == actor.bureau_id, School.state == "active")
    if choice.school_ids:
        query = query.where(School.id.in_(list(choice.school_ids)))
    else:
        if choice.stages:
            query = query.where(School.stage.in_(list(choice.stages)))
        if choice.zone_ids:
            query = query.where(School.zone_id.in_(list(choice.zone_ids)))
        if choice.canteen_modes:
            query = query.where(School.canteen_mode.in_(list(choice.canteen_modes)))
    return list(db.session.scalars(query.order_by(School.code)))


def _all_categories(actor: Actor) -> list[CatalogueCategory]:
    query = select(CatalogueCategory).where(CatalogueCategory.bureau_id == actor.bureau_id)
    return list(db.session.scalars(query.order_by(CatalogueCategory.code)))


def _with_children(actor: Actor, category_ids: Sequence[UUID]) -> set[UUID]:
    wanted = set(category_ids)
    return {one.id for one in _all_categories(actor) if one.id in wanted or one.parent_id in wanted}


def _catalogue(
    actor: Actor, category_ids: Sequence[UUID]
) -> tuple[list[CatalogueCategory], list[tuple[CatalogueItem, UUID | None]]]:
    wanted = _with_children(actor, category_ids)
    categories = [one for one in _all_categories(actor) if one.id in wanted]
    order = {one.id: place for place, one in enumerate(categories)}
    query = select(CatalogueItem).where(
        CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.state == "published",
        CatalogueItem.category_id.in_(list(wanted)),
    )  # fmt: skip
    items = sorted(db.session.scalars(query), key=lambda item: (order[item.category_id], item.code))
    if not items:
        raise Invalid({"category_ids": [_("所选类别里没有已发布的物品。")]})
    if len(items) > MOST_ITEMS:
        raise Invalid({"category_ids": [_("一轮最多 %(most)s 种物品，请分几轮。", most=MOST_ITEMS)]})
    versions = dict(
        db.session.execute(
            select(CatalogueItemVersion.item_id, CatalogueItemVersion.id)
            .ext(distinct_on(CatalogueItemVersion.item_id))
            .where(
                CatalogueItemVersion.bureau_id == actor.bureau_id,
                CatalogueItemVersion.item_id.in_([item.id for item in items]),
            )
            .order_by(CatalogueItemVersion.item_id, CatalogueItemVersion.number.desc())
        ).all()
    )
    return categories, [(item, versions.get(item.id)) for item in items]


def norms_of(actor: Actor, round_id: UUID | None) -> dict[UUID, Decimal]:
    """Item → the bureau's figure per diner and month, of those that have one."""
    if round_id is None:
        return {}
    query = select(DemandItem.item_id, DemandItem.norm).where(
        DemandItem.bureau_id == actor.bureau_id, DemandItem.round_id == round_id, DemandItem.norm.is_not(None)
    )
    return {item_id: norm for item_id, norm in db.session.execute(query) if norm is not None}


def set_norms(actor: Actor, round_id: UUID, norms: Mapping[UUID, Decimal | None], seen: int | None) -> DemandRound:
    row = get_round(actor, round_id, lock=True)
    require_version(row, seen)
    if row.state != "open":
        raise RuleBroken("demand_round_state", _("填报已截止，不能再修改人均定额。"))
    items = {item.item_id: item for item in items_of(actor, round_id)}
    if unknown := set(norms) - set(items):
        raise Invalid({"norms": [_("有 %(count)s 种物品不在这一轮里。", count=len(unknown))]})
    for item_id, norm in norms.items():
        items[item_id].norm = norm
    note_round(actor, row, "norms", row.state)
    flag_modified(row, "title")  # the version moves with what belongs to the round
    flush(db.session())
    return row


def close_round(actor: Actor, round_id: UUID, seen: int | None) -> DemandRound:
    row = get_round(actor, round_id, lock=True)
    require_version(row, seen)
    move_round(actor, row, "close")
    flush(db.session())
    return row


def reopen_round(actor: Actor, round_id: UUID, seen: int | None, deadline: datetime, reason: str) -> DemandRound:
    row = get_round(actor, round_id, lock=True)
    require_version(row, seen)
    if deadline <= now():
        raise Invalid({"deadline": [_("截止时间应在现在之后。")]})
    move_round(actor, row, "reopen", reason, deadline=deadline)
    flush(db.session())
    return row


def list_rounds(actor: Actor, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Newest first. At a school rows (round, its own sheet), of the rounds it takes part in."""
    keys = [DemandRound.created_at, DemandRound.id]
    if actor.level != "school":
        query = select(DemandRound).where(DemandRound.bureau_id == actor.bureau_id)
        return paginate(db.session(), query, keys, cursor, limit)
    own = (DemandSheet.bureau_id == DemandRound.bureau_id) & (DemandSheet.round_id == DemandRound.id)
    pairs = (
        select(DemandRound, DemandSheet)
        .join(DemandSheet, own)
        .where(DemandRound.bureau_id == actor.bureau_id, DemandSheet.school_id == actor.own_school_id())
    )
    return paginate(db.session(), pairs, keys, cursor, limit, scalars=False)


def items_of(actor: Actor, round_id: UUID, category_id: UUID | None = None) -> list[DemandItem]:
    query = select(DemandItem).where(DemandItem.bureau_id == actor.bureau_id, DemandItem.round_id == round_id)
    if category_id is not None:
        query = query.where(DemandItem.category_id == category_id)
    return list(db.session.scalars(query.order_by(DemandItem.position)))


def categories_of(actor: Actor, round_id: UUID) -> list[DemandCategory]:
    query = select(DemandCategory).where(
        DemandCategory.bureau_id == actor.bureau_id, DemandCategory.round_id == round_id
    )
    return list(db.session.scalars(query.order_by(DemandCategory.position)))


def events_of(actor: Actor, round_id: UUID) -> list[DemandRoundEvent]:
    query = select(DemandRoundEvent).where(
        DemandRoundEvent.bureau_id == actor.bureau_id, DemandRoundEvent.round_id == round_id
    )
    return list(db.session.scalars(query.order_by(DemandRoundEvent.at, DemandRoundEvent.id)))
