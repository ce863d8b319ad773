"""Goods that come in: with an accepted goods receipt, by hand, or as what was there when the books began."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.errors import Invalid, RuleBroken
from kernel.web.dates import today
from school.stores import rules
from school.stores.models import StoreBalance, StoreBatch, StoreDocument, StoreGood, StoreMove
from school.stores.rules import DocumentKind, LocationKind, Move
from school.stores.service.books import NewBatch, lock_goods
from school.stores.service.goods import goods_of_items, own_goods
from school.stores.service.months import any_closed
from school.stores.service.places import own_places
from school.stores.service.posting import Details, find_document, post

RECEIPT = "goods_receipt"
RECEIPT_LINE = "receipt_line"


@dataclass(frozen=True, slots=True)
class Received:
    """One accepted line of a goods receipt: `quantity` in the catalogue item's base unit, `amount_fen` None: not priced."""

    item_id: UUID
    name: str
    base_unit: str
    quantity: Decimal
    amount_fen: int | None
    batch_no: str
    production_date: date | None
    expiry_date: date | None
    supplier_id: UUID | None
    supplier_name: str
    source_id: UUID


def receive(
    actor: Actor, document_id: UUID, lines: Sequence[Received], *, receipt_id: UUID, on: date | None = None
) -> StoreDocument:
    """Each line becomes a batch at the good's usual place. `on`: the day of the receipt (None: today)."""
    goods = goods_of_items(actor, {line.item_id: (line.name, line.base_unit) for line in lines})
    supplier = own_places(actor).virtual(LocationKind.SUPPLIER)
    batches, moves = [], []
    for line in lines:
        good = goods[line.item_id]
        if good.base_unit != line.base_unit:
            raise RuleBroken(
                "store_unit",
                _(
                    "%(name)s在库存中以 %(stock)s 计量，收货以 %(unit)s 计量，请联系管理员核对目录。",
                    name=line.name, stock=good.base_unit, unit=line.base_unit,
                ),
            )  # fmt: skip
        batch = NewBatch(
            id=new_id(), good_id=good.id, quantity=rules.rounded(line.quantity), fen=line.amount_fen,
            received_on=on or today(), item_id=line.item_id, batch_no=line.batch_no,
            production_date=line.production_date, expiry_date=line.expiry_date, supplier_id=line.supplier_id,
            supplier_name=line.supplier_name, source_kind=RECEIPT_LINE, source_id=line.source_id,
        )  # fmt: skip
        batches.append(batch)
        moves.append(Move(batch.id, supplier, good.location_id, batch.quantity, line.amount_fen or 0))
    content = [asdict(line) for line in lines]
    return post(
        actor, document_id, DocumentKind.RECEIPT, moves, source=(RECEIPT, receipt_id), on=on, new_batches=batches,
        content=content,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class ByHand:
    """One line that a storekeeper writes down: no goods receipt stands behind it."""

    good_id: UUID
    quantity: Decimal
    amount_fen: int | None = None
    batch_no: str = ""
    production_date: date | None = None
    expiry_date: date | None = None
    supplier_name: str = ""
    location_id: UUID | None = None


def receive_by_hand(
    actor: Actor, document_id: UUID, lines: Sequence[ByHand], *, is_opening: bool = False, reason: str = "",
    on: date | None = None,
) -> StoreDocument:  # fmt: skip
    """Goods of the school's own, or (`is_opening`) what lay there when the books began: said once, before the first
    month is closed, or it would fill up what is missing."""
    kind = DocumentKind.OPENING if is_opening else DocumentKind.RECEIPT
    if is_opening and find_document(actor, document_id) is None and any_closed(actor):
        raise RuleBroken(
            "store_opening_over",
            _("库存已结过账，不能再登记期初库存。盘出的实物请通过盘点入账。"),
        )
    places = own_places(actor)
    source = places.virtual(LocationKind.OPENING if is_opening else LocationKind.SUPPLIER)
    goods = own_goods(actor, [line.good_id for line in lines])
    day = on or today()
    _check_by_hand(lines, goods, day, is_opening=is_opening)
    batches, moves = [], []
    for line in lines:
        good = goods[line.good_id]
        batch = NewBatch(
            id=new_id(), good_id=good.id, quantity=line.quantity, fen=line.amount_fen, received_on=day,
            item_id=good.item_id, batch_no=line.batch_no, production_date=line.production_date,
            expiry_date=line.expiry_date, supplier_name=line.supplier_name,
        )  # fmt: skip
        batches.append(batch)
        place = line.location_id or good.location_id
        moves.append(Move(batch.id, source, place, line.quantity, line.amount_fen or 0))
    return post(
        actor, document_id, kind, moves, details=Details(reason=reason), on=on, new_batches=batches,
        content=[asdict(line) for line in lines],
    )  # fmt: skip


def _check_by_hand(lines: Sequence[ByHand], goods: dict[UUID, StoreGood], day: date, *, is_opening: bool) -> None:
    problems: dict[str, list[str]] = {}
    for position, line in enumerate(lines):
        if line.quantity <= 0:
            problems[f"lines.{position}.quantity"] = [_("数量应大于零。")]
        if not goods[line.good_id].is_active:
            problems[f"lines.{position}.good_id"] = [_("这种物品已停用。")]
        if line.production_date and line.production_date > day:
            problems[f"lines.{position}.production_date"] = [_("生产日期晚于入库日期。")]
        if line.expiry_date and line.production_date and line.expiry_date < line.production_date:
            problems[f"lines.{position}.expiry_date"] = [_("到期日早于生产日期。")]
        elif not is_opening and rules.is_expired(line.expiry_date, day):
            problems[f"lines.{position}.expiry_date"] = [_("已过保质期，不得入库。")]
    if problems:
        raise Invalid(problems)


def take_back(
    actor: Actor, receipt_id: UUID, reason: str, *, document_id: UUID | None = None, on: date | None = None
) -> StoreDocument | None:
    """Undo what a receipt brought, wherever it lies now. None: it brought nothing into stock. Said twice it is done once.

    Raises RuleBroken store_already_issued when any of it was used, or otherwise left; store_batch_frozen.
    """
    brought = _document_of(actor, receipt_id, DocumentKind.RECEIPT)
    if brought is None:
        return None
    undone = _document_of(actor, receipt_id, DocumentKind.TAKE_BACK)
    if undone is not None:
        return undone
    batches = _batches_of(actor, brought.id)
    lock_goods(actor, [batch.good_id for batch in batches])
    undone = _document_of(actor, receipt_id, DocumentKind.TAKE_BACK)
    if undone is not None:
        return undone
    _require_free(actor, batches)
    supplier = own_places(actor).virtual(LocationKind.SUPPLIER)
    moves: list[Move] = []
    for batch in batches:
        held = _held(actor, batch.id)
        if sum(quantity for _place, quantity in held) != batch.cost_quantity:
            raise RuleBroken(
                "store_already_issued",
                _("这张收货单的物品（批号 %(batch)s）已经出库，不能作废。请先退库。", batch=batch.batch_no),
            )
        moves += [Move(batch.id, place, supplier, quantity) for place, quantity in held]
    return post(
        actor, document_id or new_id(), DocumentKind.TAKE_BACK, moves,
        details=Details(source=(RECEIPT, receipt_id), reason=reason), on=on,
    )  # fmt: skip


def _require_free(actor: Actor, batches: Sequence[StoreBatch]) -> None:
    """What is held for an investigation stays in the books: what a voided receipt brought is looked for nowhere. Read
    anew: a hold may have come while the goods were waited for."""
    query = select(StoreBatch.batch_no).where(
        StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == actor.own_school_id(),
        StoreBatch.id.in_([batch.id for batch in batches]), StoreBatch.state == "frozen",
    )  # fmt: skip
    frozen = db.session.execute(query.limit(1)).first()
    if frozen is not None:
        raise RuleBroken(
            "store_batch_frozen",
            _("这张收货单的物品（批号 %(batch)s）已封存，封存期间不能作废。", batch=frozen.batch_no),
        )


def _document_of(actor: Actor, receipt_id: UUID, kind: DocumentKind) -> StoreDocument | None:
    return db.session.scalars(
        select(StoreDocument).where(
            StoreDocument.bureau_id == actor.bureau_id, StoreDocument.school_id == actor.own_school_id(),
            StoreDocument.source_id == receipt_id, StoreDocument.source_kind == RECEIPT,
            StoreDocument.kind == kind.value,
        )
    ).one_or_none()  # fmt: skip


def _batches_of(actor: Actor, document_id: UUID) -> Sequence[StoreBatch]:
    query = (
        select(StoreBatch)
        .join(
            StoreMove,
            (StoreMove.bureau_id == StoreBatch.bureau_id)
            & (StoreMove.school_id == StoreBatch.school_id)
            & (StoreMove.batch_id == StoreBatch.id),
        )
        .where(
            StoreMove.bureau_id == actor.bureau_id, StoreMove.school_id == actor.own_school_id(),
            StoreMove.document_id == document_id,
        )
        .order_by(StoreMove.position)
    )  # fmt: skip
    return db.session.scalars(query).all()


def _held(actor: Actor, batch_id: UUID) -> list[tuple[UUID, Decimal]]:
    query = select(StoreBalance.location_id, StoreBalance.quantity).where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == actor.own_school_id(),
        StoreBalance.batch_id == batch_id, StoreBalance.is_live,
    )  # fmt: skip
    rows: Any = db.session.execute(query)
    return [(row.location_id, row.quantity) for row in rows]


def document_of_receipt(actor: Actor, receipt_id: UUID) -> StoreDocument | None:
    """What a receipt brought into stock."""
    return _document_of(actor, receipt_id, DocumentKind.RECEIPT)
