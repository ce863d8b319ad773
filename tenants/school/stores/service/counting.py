"""盘点, counted blind: who counts is never told what the books say, who approves the differences did not count.

What the books say is taken down with each count, so goods may move while others are still being counted: the difference
of a line is of its own moment, and is added to what lies there when it is approved.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, insert, select

from duties.service.fulfilling import fulfil
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_number
from kernel.web.dates import today
from school.stores.models import StoreBalance, StoreBatch, StoreGood, StoreLocation
from school.stores.rules import Cost, DocumentKind, LocationKind, Move
from school.stores.service.balances import BATCH, GOOD, PLACE
from school.stores.service.books import NewBatch, lock_goods
from school.stores.service.goods import own_good
from school.stores.service.places import own_places
from school.stores.service.posting import Details, post
from school.stores.service.steps import note, steps_of, take_step
from school.stores.work_models import StoreStocktake, StoreStocktakeLine

NUMBER_KIND = "PD"
SOURCE = "stocktake"
DUTY = "stocktake"
COUNTED = "count"
MOST_LINES = 5000


def start(
    actor: Actor, stocktake_id: UUID, *, kind: str, good_kind: str | None = None, location_id: UUID | None = None
) -> StoreStocktake:
    """A sheet of everything that lies there now, in the order of places and names."""
    existing = db.session.get(StoreStocktake, (actor.bureau_id, actor.own_school_id(), stocktake_id))
    if existing is not None:
        if (existing.kind, existing.good_kind, existing.location_id) != (kind, good_kind, location_id):
            raise Conflict(_("同一编号的盘点已存在且内容不同。"), {"number": existing.number})
        return existing
    if location_id is not None and location_id not in {place.id for place in own_places(actor).physical}:
        raise Invalid({"location_id": [_("没有这个库位。")]})
    rows = _to_count(actor, good_kind, location_id)
    if not rows:
        raise RuleBroken("store_nothing_to_count", _("所选范围内没有存货，不需要盘点。"))
    if len(rows) > MOST_LINES:
        raise Invalid({"location_id": [_("一次最多盘点 %(most)s 行，请分库位或种类盘点。", most=MOST_LINES)]})
    row = StoreStocktake(
        bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=stocktake_id, kind=kind, good_kind=good_kind,
        location_id=location_id, started_by_name=actor.display_name, on_day=today(), line_count=len(rows),
        number=next_number(db.session(), actor.bureau_id, actor.own_school_id(), NUMBER_KIND, today().year),
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(row)
    flush(db.session(), {"pk_store_stocktakes": Conflict(_("同一编号的盘点已存在且内容不同。"))})
    key = {"bureau_id": row.bureau_id, "school_id": row.school_id, "stocktake_id": row.id}
    blank: dict[str, Any] = dict.fromkeys(("counted_quantity", "book_quantity", "counted_at", "counted_by"))
    db.session.execute(
        insert(StoreStocktakeLine.__table__),
        [
            {
                **key, **blank, "id": new_id(), "position": position, "good_id": line.good_id,
                "batch_id": line.batch_id, "location_id": line.location_id, "batch_no": line.batch_no,
                "expiry_date": line.expiry_date, "counted_by_name": "", "reason": "", "version": 1,
            }
            for position, line in enumerate(rows)
        ],
    )  # fmt: skip
    note(actor, "stocktake", row.id, "start", row.state)
    flush(db.session())
    return row


def _to_count(actor: Actor, good_kind: str | None, location_id: UUID | None) -> Sequence[Any]:
    query = (
        select(
            StoreBalance.good_id, StoreBalance.batch_id, StoreBalance.location_id, StoreBatch.batch_no,
            StoreBalance.expiry_date,
        )
        .join(StoreBatch, BATCH)
        .join(StoreGood, GOOD)
        .join(StoreLocation, PLACE)
        .where(
            StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == actor.own_school_id(),
            StoreBalance.is_live,
        )
        .order_by(StoreLocation.code, StoreGood.search_name, StoreBalance.expiry_date, StoreBalance.id)
    )  # fmt: skip
    if good_kind is not None:
        query = query.where(StoreGood.kind == good_kind)
    if location_id is not None:
        query = query.where(StoreBalance.location_id == location_id)
    return db.session.execute(query.limit(MOST_LINES + 1)).all()


# --- counting ---------------------------------------------------------------------------------------------------------


def count(
    actor: Actor, stocktake_id: UUID, counted: Mapping[UUID, Decimal], reasons: Mapping[UUID, str] | None = None
) -> int:
    """Line → what lies there. A line may be counted again until the sheet is handed in; the number of lines left."""
    row = _locked(actor, stocktake_id)
    if row.state != "counting":
        raise Conflict(_("这次盘点已提交，不能再改数。"), {"state": row.state, "version": row.version})
    lines = {line.id: line for line in _lines(actor, row.school_id, row.id, counted.keys())}
    if counted.keys() - lines.keys():
        raise NotFound(_("没有这一行。"))
    if any(quantity < 0 for quantity in counted.values()):
        raise Invalid({"counted_quantity": [_("数量不能小于零。")]})
    lock_goods(actor, [line.good_id for line in lines.values()])
    books = _books(actor, [line.batch_id for line in lines.values() if line.batch_id is not None])
    for line_id, quantity in counted.items():
        line = lines[line_id]
        line.counted_quantity = quantity
        line.book_quantity = books.get((line.batch_id, line.location_id), Decimal(0))
        line.counted_at, line.counted_by, line.counted_by_name = now(), actor.account_id, actor.display_name
        line.reason = (reasons or {}).get(line_id, line.reason)
    _note_counter(actor, row)
    flush(db.session())
    return left_to_count(actor, row.school_id, row.id)


def _note_counter(actor: Actor, row: StoreStocktake) -> None:
    """Once for each who counted: a line keeps only the last of them, and none may approve."""
    if actor.account_id not in _counters(actor, row):
        note(actor, "stocktake", row.id, COUNTED, row.state)


def _counters(actor: Actor, row: StoreStocktake) -> set[UUID]:
    return {step.by_id for step in steps_of(actor, row.school_id, row.id) if step.event == COUNTED}


@dataclass(frozen=True, slots=True)
class Found:
    """Goods that lie there but are not on the sheet."""

    good_id: UUID
    location_id: UUID
    quantity: Decimal
    batch_no: str = ""
    expiry_date: date | None = None
    reason: str = ""


def add_found(actor: Actor, stocktake_id: UUID, line_id: UUID, found: Found) -> StoreStocktakeLine:
    """Write down what the books know nothing of; it comes in without a cost when the differences are approved."""
    row = _locked(actor, stocktake_id)
    existing = db.session.get(StoreStocktakeLine, (actor.bureau_id, actor.own_school_id(), line_id))
    if existing is not None:
        if existing.stocktake_id != row.id or existing.counted_quantity != found.quantity:
            raise Conflict(_("同一编号的盘点行已存在且内容不同。"))
        return existing
    if row.state != "counting":
        raise Conflict(_("这次盘点已提交，不能再改数。"), {"state": row.state, "version": row.version})
    good = own_good(actor, found.good_id)
    if found.location_id not in {place.id for place in own_places(actor).physical}:
        raise Invalid({"location_id": [_("没有这个库位。")]})
    if found.quantity <= 0:
        raise Invalid({"quantity": [_("数量应大于零。")]})
    line = StoreStocktakeLine(
        bureau_id=row.bureau_id, school_id=row.school_id, id=line_id, stocktake_id=row.id, position=row.line_count,
        good_id=good.id, batch_id=None, location_id=found.location_id, batch_no=found.batch_no,
        expiry_date=found.expiry_date, counted_quantity=found.quantity, book_quantity=Decimal(0), counted_at=now(),
        counted_by=actor.account_id, counted_by_name=actor.display_name, reason=found.reason,
    )  # fmt: skip
    db.session.add(line)
    row.line_count += 1
    _note_counter(actor, row)
    flush(db.session())
    return line


def finish(actor: Actor, stocktake_id: UUID, seen_version: int | None) -> StoreStocktake:
    """Hand the sheet in: from here on the differences show, and nothing can be counted again without being sent back."""
    row = _locked(actor, stocktake_id)
    if row.state == "counted":
        return row
    require_version(row, seen_version)
    left = left_to_count(actor, row.school_id, row.id)
    if left:
        raise RuleBroken("store_not_counted", _("还有 %(count)s 行没有盘点。", count=left))
    take_step(actor, "stocktake", row, "finish")
    differences = [
        line for line in lines_of(actor, row.school_id, row.id) if line.counted_quantity != line.book_quantity
    ]
    row.difference_count = len(differences)
    row.difference_fen = sum(_worth(actor, differences).values())
    flush(db.session())
    return row


def _difference(line: StoreStocktakeLine) -> Decimal:
    if line.counted_quantity is None or line.book_quantity is None:
        raise AssertionError("a sheet is handed in when every line is counted")
    return line.counted_quantity - line.book_quantity


def _worth(actor: Actor, lines: Sequence[StoreStocktakeLine]) -> dict[UUID, int]:
    """Line → what its difference is worth, below zero where something is short."""
    costs = _costs(actor, [line.batch_id for line in lines if line.batch_id is not None])
    found: dict[UUID, int] = {}
    for line in lines:
        difference = _difference(line)
        cost = costs.get(line.batch_id) if line.batch_id is not None else None
        found[line.id] = 0 if cost is None else cost.of(abs(difference)) * (1 if difference > 0 else -1)
    return found


def send_back(actor: Actor, stocktake_id: UUID, seen_version: int | None, reason: str) -> StoreStocktake:
    """Count again: all figures are forgotten, so that the second count is as blind as the first."""
    row = _locked(actor, stocktake_id)
    require_version(row, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请说明重新盘点的原因。")]})
    take_step(actor, "stocktake", row, "recount", reason)
    for line in lines_of(actor, row.school_id, row.id):
        if line.counted_quantity != line.book_quantity and line.batch_id is not None:
            line.counted_quantity = line.book_quantity = line.counted_at = None
    row.difference_count = row.difference_fen = None
    flush(db.session())
    return row


def approve(actor: Actor, stocktake_id: UUID, seen_version: int | None, reason: str = "") -> StoreStocktake:
    """Somebody who did not count takes the differences into the books."""
    row = _locked(actor, stocktake_id)
    if row.state == "posted":
        return row
    require_version(row, seen_version)
    lines = lines_of(actor, row.school_id, row.id)
    if actor.account_id in {row.created_by, *_counters(actor, row), *(line.counted_by for line in lines)}:
        raise RuleBroken("store_own_count", _("盘点差异须由没有参加盘点的人审批。"))
    differences = [line for line in lines if line.counted_quantity != line.book_quantity]
    if any(not line.reason for line in differences) and not reason.strip():
        raise Invalid({"reason": [_("有盘点差异，请填写处理意见。")]})
    take_step(actor, "stocktake", row, "approve", reason)
    if differences:
        row.document_id = _post_differences(actor, row, differences, reason).id
    flush(db.session())
    if row.kind != "spot":
        fulfil(actor, row.school_id, DUTY, row.on_day, record=(SOURCE, row.id))
    return row


def _post_differences(actor: Actor, row: StoreStocktake, lines: Sequence[StoreStocktakeLine], reason: str):  # type: ignore[no-untyped-def]
    difference = own_places(actor).virtual(LocationKind.DIFFERENCE)
    moves, batches = [], []
    for line in lines:
        change = _difference(line)
        if line.batch_id is None:
            batch = NewBatch(
                id=new_id(), good_id=line.good_id, quantity=change, fen=None, received_on=row.on_day,
                item_id=own_good(actor, line.good_id).item_id, batch_no=line.batch_no, expiry_date=line.expiry_date,
                source_kind="stocktake_line", source_id=line.id,
            )  # fmt: skip
            batches.append(batch)
            moves.append(Move(batch.id, difference, line.location_id, change, 0))
        elif change > 0:
            moves.append(Move(line.batch_id, difference, line.location_id, change))
        else:
            moves.append(Move(line.batch_id, line.location_id, difference, -change))
    return post(
        actor, row.id, DocumentKind.STOCKTAKE, moves, details=Details(source=(SOURCE, row.id), reason=reason),
        new_batches=batches, content=str(row.id), on=row.on_day,
    )  # fmt: skip


def cancel(actor: Actor, stocktake_id: UUID, seen_version: int | None, reason: str = "") -> StoreStocktake:
    row = _locked(actor, stocktake_id)
    require_version(row, seen_version)
    take_step(actor, "stocktake", row, "cancel", reason)
    flush(db.session())
    return row


# --- reading ----------------------------------------------------------------------------------------------------------


def _locked(actor: Actor, stocktake_id: UUID) -> StoreStocktake:
    row = db.session.scalars(
        select(StoreStocktake)
        .where(
            StoreStocktake.bureau_id == actor.bureau_id, StoreStocktake.school_id == actor.own_school_id(),
            StoreStocktake.id == stocktake_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    return row


def get(actor: Actor, school_id: int, stocktake_id: UUID) -> StoreStocktake:
    row = db.session.scalars(
        select(StoreStocktake).where(
            StoreStocktake.bureau_id == actor.bureau_id, StoreStocktake.school_id == school_id,
            StoreStocktake.id == stocktake_id,
        )
    ).one_or_none()  # fmt: skip
    if row is None:
        raise NotFound
    return row


def _lines(
    actor: Actor, school_id: int, stocktake_id: UUID, line_ids: Iterable[UUID] | None
) -> Sequence[StoreStocktakeLine]:
    query = select(StoreStocktakeLine).where(
        StoreStocktakeLine.bureau_id == actor.bureau_id, StoreStocktakeLine.school_id == school_id,
        StoreStocktakeLine.stocktake_id == stocktake_id,
    )  # fmt: skip
    if line_ids is not None:
        query = query.where(StoreStocktakeLine.id.in_(set(line_ids)))
    return db.session.scalars(query.order_by(StoreStocktakeLine.position)).all()


def lines_of(actor: Actor, school_id: int, stocktake_id: UUID) -> Sequence[StoreStocktakeLine]:
    return _lines(actor, school_id, stocktake_id, None)


def left_to_count(actor: Actor, school_id: int, stocktake_id: UUID) -> int:
    query = select(func.count()).where(
        StoreStocktakeLine.bureau_id == actor.bureau_id, StoreStocktakeLine.school_id == school_id,
        StoreStocktakeLine.stocktake_id == stocktake_id, StoreStocktakeLine.counted_quantity.is_(None),
    )  # fmt: skip
    return db.session.scalar(query) or 0


def _books(actor: Actor, batch_ids: Sequence[UUID]) -> dict[tuple[UUID | None, UUID], Decimal]:
    query = select(StoreBalance.batch_id, StoreBalance.location_id, StoreBalance.quantity).where(
        StoreBalance.bureau_id == actor.bureau_id, StoreBalance.school_id == actor.own_school_id(),
        StoreBalance.batch_id.in_(batch_ids),
    )  # fmt: skip
    return {(row.batch_id, row.location_id): row.quantity for row in db.session.execute(query)}


def _costs(actor: Actor, batch_ids: Sequence[UUID]) -> dict[UUID, Cost]:
    query = select(StoreBatch.id, StoreBatch.cost_quantity, StoreBatch.cost_fen).where(
        StoreBatch.bureau_id == actor.bureau_id, StoreBatch.school_id == actor.own_school_id(),
        StoreBatch.id.in_(batch_ids),
    )  # fmt: skip
    return {row.id: Cost(row.cost_quantity, row.cost_fen) for row in db.session.execute(query)}


def worth_of(actor: Actor, lines: Sequence[StoreStocktakeLine]) -> dict[UUID, int]:
    """Of the lines that differ, once the sheet is handed in."""
    return _worth(actor, [line for line in lines if line.counted_quantity != line.book_quantity])


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line as it may be seen: without what the books say while anybody is still counting."""

    id: UUID
    position: int
    good_id: UUID
    batch_id: UUID | None
    location_id: UUID
    batch_no: str
    expiry_date: date | None
    counted_quantity: Decimal | None
    book_quantity: Decimal | None
    counted_by_name: str
    reason: str


def blind(line: StoreStocktakeLine, *, shows_books: bool = False) -> ShownLine:
    return ShownLine(
        line.id, line.position, line.good_id, line.batch_id, line.location_id, line.batch_no, line.expiry_date,
        line.counted_quantity, line.book_quantity if shows_books else None, line.counted_by_name, line.reason,
    )  # fmt: skip


def shown_lines(actor: Actor, row: StoreStocktake) -> list[ShownLine]:
    shows = row.state in ("counted", "posted")
    return [blind(line, shows_books=shows) for line in lines_of(actor, row.school_id, row.id)]
