"""Goods that go out: to a meal, to a person, back again, from place to place, or away for good."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements.labels import quantity_text
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from school.stores.models import StoreBatch, StoreDocument, StoreGood
from school.stores.rules import DocumentKind, GoodKind, LocationKind, Move
from school.stores.service.balances import proposal
from school.stores.service.books import good_of_batches
from school.stores.service.goods import own_goods
from school.stores.service.places import own_places
from school.stores.service.posting import Details, post, repeated

Takes = Sequence[tuple[UUID, UUID, Decimal]]  # (batch, location, quantity)
ALONE = "store_two_keepers"
FURTHEST_MEAL = timedelta(days=31)  # from today, in either direction


def issue_for_meal(
    actor: Actor, document_id: UUID, *, day: date, meal: str, takes: Takes, dish_id: UUID | None = None,
    on: date | None = None,
) -> StoreDocument:  # fmt: skip
    """Food for one meal, or for one dish of it."""
    require_near(day)
    return _issue(actor, document_id, takes, Details(use=(day, str(meal), dish_id)), on)


def issue(
    actor: Actor, document_id: UUID, takes: Takes, *, taker_name: str, department: str = "", reason: str = "",
    on: date | None = None,
) -> StoreDocument:  # fmt: skip
    """To a person or a department, without a request. Hazardous goods take two keepers: see service.confirming."""
    if not taker_name.strip():
        raise Invalid({"taker_name": [_("请填写领用人。")]})
    return _issue(actor, document_id, takes, Details(taker_name=taker_name, department=department, reason=reason), on)


def _issue(actor: Actor, document_id: UUID, takes: Takes, details: Details, on: date | None) -> StoreDocument:
    require_one_keeper(actor, [batch_id for batch_id, _location, _quantity in takes])
    return post(
        actor, document_id, DocumentKind.ISSUE, out(actor, takes, LocationKind.CONSUMED), details=details, on=on
    )


def require_near(day: date) -> None:
    """A trace looks for what was used by its meal: food of today that was booked on a meal of long ago is not found."""
    if abs(day - today()) > FURTHEST_MEAL:
        raise Invalid({"day": [_("用餐日期应在今天前后 %(most)s 天以内。", most=FURTHEST_MEAL.days)]})


def out(actor: Actor, takes: Takes, to: LocationKind) -> list[Move]:
    target = own_places(actor).virtual(to)
    return [Move(batch_id, location_id, target, quantity) for batch_id, location_id, quantity in takes]


def given_of(actor: Actor, takes: Takes) -> dict[UUID, Decimal]:
    """Good → what the takes add up to. Raises NotFound for a batch that is not the school's."""
    goods = good_of_batches(actor, {batch_id for batch_id, _location, _quantity in takes})
    found: dict[UUID, Decimal] = {}
    for batch_id, _location, quantity in takes:
        if batch_id not in goods:
            raise NotFound(_("没有这个批次。"))
        found[goods[batch_id]] = found.get(goods[batch_id], Decimal(0)) + quantity
    return found


def hazardous_among(actor: Actor, batch_ids: Sequence[UUID]) -> bool:
    query = (
        select(StoreBatch.id)
        .join(
            StoreGood,
            (StoreGood.bureau_id == StoreBatch.bureau_id)
            & (StoreGood.school_id == StoreBatch.school_id)
            & (StoreGood.id == StoreBatch.good_id),
        )
        .where(
            StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == actor.own_school_id(),
            StoreBatch.id.in_(set(batch_ids)), StoreGood.kind == GoodKind.HAZARDOUS.value,
        )
    )  # fmt: skip
    return db.session.execute(query.limit(1)).first() is not None


def require_one_keeper(actor: Actor, batch_ids: Sequence[UUID]) -> None:
    """Refuse what one person alone must not move out."""
    if hazardous_among(actor, batch_ids):
        raise RuleBroken(ALONE, _("危险品须由两名保管人员共同发放和处置（双人收发），请由第二人确认。"))


def give_back(
    actor: Actor, document_id: UUID, takes: Takes, *, taker_name: str, reason: str = "", on: date | None = None
) -> StoreDocument:
    """What was issued and not used comes back: (batch, the place it comes back to, quantity); never more of a batch than
    was issued of it."""
    source = own_places(actor).virtual(LocationKind.CONSUMED)
    moves = [Move(batch_id, source, location_id, quantity) for batch_id, location_id, quantity in takes]
    details = Details(taker_name=taker_name, reason=reason)
    return post(actor, document_id, DocumentKind.RETURN, moves, details=details, on=on)


def transfer(
    actor: Actor, document_id: UUID, moves: Sequence[tuple[UUID, UUID, UUID, Decimal]], *, reason: str = "",
    on: date | None = None,
) -> StoreDocument:  # fmt: skip
    """(batch, from, to, quantity) between places of the school."""
    made = [Move(batch_id, source, target, quantity) for batch_id, source, target, quantity in moves]
    return post(actor, document_id, DocumentKind.TRANSFER, made, details=Details(reason=reason), on=on)


def dispose(
    actor: Actor, document_id: UUID, takes: Takes, *, reason: str, attachment_id: UUID | None = None,
    on: date | None = None,
) -> StoreDocument:  # fmt: skip
    """Expired, spoilt or recalled goods leave for good, with the cause. Hazardous ones: see service.confirming."""
    if not reason.strip():
        raise Invalid({"reason": [_("请填写报损原因。")]})
    require_one_keeper(actor, [batch_id for batch_id, _location, _quantity in takes])
    moves = out(actor, takes, LocationKind.DISPOSED)
    details = Details(reason=reason, attachment_id=attachment_id)
    return post(actor, document_id, DocumentKind.DISPOSAL, moves, details=details, on=on)


# --- by good: the batches are proposed --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asked:
    """So much of a good; `batch_id`, `location_id` where somebody chose another batch than the first to expire."""

    good_id: UUID
    quantity: Decimal
    batch_id: UUID | None = None
    location_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Use:
    """For whom: a meal of a day (`dish_id`: one dish of it), or a person."""

    day: date | None = None
    meal: str | None = None
    dish_id: UUID | None = None
    taker_name: str = ""
    department: str = ""
    reason: str = ""


def takes_for(actor: Actor, asked: Sequence[Asked], *, on: date | None = None) -> list[tuple[UUID, UUID, Decimal]]:
    """First expired first, where nothing else was chosen. Raises RuleBroken store_short with every good that is short."""
    open_wishes = [one for one in asked if one.batch_id is None]
    _check_chosen(actor, asked)
    found = proposal(actor, actor.own_school_id(), [(one.good_id, one.quantity) for one in open_wishes], on=on)
    takes = [
        (one.batch_id, one.location_id, one.quantity)
        for one in asked
        if one.batch_id is not None and one.location_id is not None
    ]
    short = {good_id: missing for good_id, (_takes, missing) in found.items() if missing}
    if short:
        goods = own_goods(actor, short)
        wanted = {one.good_id: one.quantity for one in open_wishes}
        texts = [
            _(
                "%(name)s可用 %(held)s %(unit)s", name=goods[good_id].name,
                held=quantity_text(wanted[good_id] - missing), unit=goods[good_id].base_unit,
            )
            for good_id, missing in short.items()
        ]  # fmt: skip
        raise RuleBroken("store_short", _("库存不足：%(goods)s。", goods=_("；").join(texts)))
    for one in open_wishes:
        takes += [(take.batch_id, take.location_id, take.quantity) for take in found[one.good_id][0]]
    return takes


def _check_chosen(actor: Actor, asked: Sequence[Asked]) -> None:
    """A chosen batch is one of the good's own and says where it is taken from."""
    goods = good_of_batches(actor, {one.batch_id for one in asked if one.batch_id is not None})
    problems: dict[str, list[str]] = {}
    for position, one in enumerate(asked):
        if (one.batch_id is None) != (one.location_id is None):
            problems[f"lines.{position}.batch_id"] = [_("请从列出的批次中选择。")]
        elif one.batch_id is not None and goods.get(one.batch_id, one.good_id) != one.good_id:
            problems[f"lines.{position}.batch_id"] = [_("这个批次不是这种物品。")]
    if problems:
        raise Invalid(problems)


def issue_goods(
    actor: Actor, document_id: UUID, asked: Sequence[Asked], use: Use, *, on: date | None = None
) -> StoreDocument:
    """Give out so much of each good. Sent again it is the same document, whatever lies there by then."""
    if not asked:
        raise Invalid({"lines": [_("请至少选择一种物品。")]})
    if len({one.good_id for one in asked}) < len(asked):
        raise Invalid({"lines": [_("同一种物品只填一行。")]})
    if (use.day is None) != (use.meal is None) or (use.day is None and not use.taker_name.strip()):
        raise Invalid({"taker_name": [_("请填写领用人，或选择餐次。")]})
    content = [[one.good_id, one.quantity, one.batch_id, one.location_id] for one in asked]
    details = Details(
        use=None if use.day is None or use.meal is None else (use.day, use.meal, use.dish_id),
        taker_name=use.taker_name, department=use.department, reason=use.reason,
    )  # fmt: skip
    existing = repeated(actor, document_id, DocumentKind.ISSUE, details, content)
    if existing is not None:
        return existing
    if use.day is not None:
        require_near(use.day)
    takes = takes_for(actor, asked, on=on)
    require_one_keeper(actor, [batch_id for batch_id, _location, _quantity in takes])
    moves = out(actor, takes, LocationKind.CONSUMED)
    return post(actor, document_id, DocumentKind.ISSUE, moves, details=details, on=on, content=content)
