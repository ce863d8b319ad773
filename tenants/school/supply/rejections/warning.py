"""Warnings of a lot: raised by a refusal that is about safety, told to every school that has the lot or may get it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert

from bureau.roles import Role
from bureau.schools.models import School
from bureau.suppliers.service.telling import officers
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.scope import within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.notices.service import notify
from school.orders.hooks import Lot, ShipmentGuard
from school.orders.models import Shipment, ShipmentLine, SupplyOrder, SupplyOrderLine
from school.orders.rules import OPEN_STATES
from school.orders.service.finding import own
from school.orders.service.telling import school_people
from school.supply import labels
from school.supply.delivery_rules import SAFETY_REASONS
from school.supply.models import GoodsReceipt, GoodsReceiptLine
from school.supply.rejections.models import GoodsRejection, GoodsRejectionLine, LotWarning, LotWarningSchool

WARNED = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.STOREKEEPER, Role.CANTEEN_MANAGER, Role.FOOD_SAFETY_OFFICER)
URL = "/lot-warnings"
BUREAU_URL = "/lot-warnings/all"
RECALLED = "recalled"


def raise_for(actor: Actor, rejection: GoodsRejection, lines: Sequence[GoodsRejectionLine]) -> list[LotWarning]:
    """One warning per lot that was refused for people's safety; a lot that is warned of already is not warned of again.
    In the bureau's scope: a school neither sees nor writes what other schools have."""
    raised: list[LotWarning] = []
    with within(db.session(), system_actor(actor.bureau_id).scope):
        for line in lines:
            if line.reason not in SAFETY_REASONS:
                continue
            made = _insert(actor, rejection, line)
            if made is None:
                continue
            warning = db.session.get(LotWarning, (actor.bureau_id, made))
            assert warning is not None
            raised.append(warning)
            _tell(actor, warning)
    return raised


@dataclass(frozen=True, slots=True)
class WarnedLot:
    supplier_id: UUID
    supplier_name: str
    item_id: UUID
    item_name: str
    batch_no: str


def raise_for_recall(
    actor: Actor, recall_id: UUID, lots: Sequence[WarnedLot], *, note: str, told: Collection[int]
) -> list[LotWarning]:
    """By the bureau: from now on no school takes these lots over. `told`: schools that the recall itself tells."""
    raised: list[LotWarning] = []
    for lot in lots:
        source = {"recall_id": recall_id, "raised_by_school_name": _("教育局召回"), "reason": RECALLED, "note": note}
        made = _insert_lot(actor, lot, source)
        if made is None:
            continue
        warning = db.session.get(LotWarning, (actor.bureau_id, made))
        assert warning is not None
        raised.append(warning)
        _tell(actor, warning, told)
    return raised


def lift_for_recall(actor: Actor, recall_id: UUID, reason: str) -> int:
    """What the recall warned of may be taken over again."""
    query = select(LotWarning.id, LotWarning.version).where(
        LotWarning.bureau_id == actor.bureau_id, LotWarning.recall_id == recall_id, LotWarning.lifted_at.is_(None)
    )
    found = db.session.execute(query.order_by(LotWarning.id)).all()
    for warning_id, version in found:
        lift(actor, warning_id, version, reason)
    return len(found)


def _insert(actor: Actor, rejection: GoodsRejection, line: GoodsRejectionLine) -> UUID | None:
    """The new warning's id; None where the lot is warned of."""
    lot = WarnedLot(
        rejection.supplier_id, rejection.supplier_name, line.item_id, line.item_name, line.batch_no
    )  # fmt: skip
    source = {
        "reason": line.reason, "note": line.note, "raised_by_school_id": rejection.school_id,
        "raised_by_school_name": rejection.school_name, "rejection_id": rejection.id,
    }  # fmt: skip
    return _insert_lot(actor, lot, source)


def _insert_lot(actor: Actor, lot: WarnedLot, source: Mapping[str, Any]) -> UUID | None:
    values: dict[str, Any] = {
        "bureau_id": actor.bureau_id, "id": new_id(), **asdict(lot), **source, "raised_at": now(), "lifted_by_name": "",
        "lift_reason": "", "version": 1, "created_at": now(), "created_by": actor.account_id,
    }  # fmt: skip
    statement = insert(LotWarning).values(values).on_conflict_do_nothing(
        index_elements=["bureau_id", "supplier_id", "item_id", "batch_no"], index_where=LotWarning.lifted_at.is_(None)
    )  # fmt: skip
    made: UUID | None = db.session.scalar(statement.returning(LotWarning.id))
    return made


def _tell(actor: Actor, warning: LotWarning, told: Collection[int] = ()) -> None:
    title = _("批次警示：%(item)s 批号 %(batch)s", item=warning.item_name, batch=warning.batch_no)
    body = _(
        "%(supplier)s 的这一批次在%(school)s因“%(reason)s”被拒收。卸货前请核对批号，已收的请先封存。",
        supplier=warning.supplier_name, school=warning.raised_by_school_name,
        reason=labels.WARNING_REASONS[warning.reason],
    )  # fmt: skip
    for school_id, found_in in affected(warning).items():
        if school_id in told:
            continue
        db.session.add(
            LotWarningSchool(
                bureau_id=actor.bureau_id, school_id=school_id, id=new_id(), warning_id=warning.id, found_in=found_in,
                told_at=now(),
            )
        )  # fmt: skip
        notify(
            actor,
            school_people(actor, school_id, WARNED),
            "lot_warning",
            title,
            body=body,
            url=URL,
            school_id=school_id,
        )
    notify(actor, officers(actor), "lot_warning", title, body=body, url=BUREAU_URL)
    flush(db.session())


def affected(warning: LotWarning) -> dict[int, str]:
    """School → where it has the lot. An open order names no lot yet: it may become this one. The school that raised it is
    told only of what it took over earlier."""
    lot = (warning.bureau_id, warning.supplier_id, warning.item_id)
    found: dict[int, str] = {}
    for where, query in (
        ("ordered", _ordered(lot)), ("shipped", _shipped(lot, warning.batch_no)), ("received", _received(warning)),
    ):  # fmt: skip
        for school_id in db.session.scalars(query.distinct()):
            if school_id != warning.raised_by_school_id or where == "received":
                found[school_id] = where
    return dict(sorted(found.items()))


def _ordered(lot: tuple[int, UUID, UUID]) -> Any:
    bureau_id, supplier_id, item_id = lot
    same = (
        (SupplyOrder.bureau_id == SupplyOrderLine.bureau_id)
        & (SupplyOrder.school_id == SupplyOrderLine.school_id)
        & (SupplyOrder.id == SupplyOrderLine.order_id)
    )
    return (
        select(SupplyOrder.school_id)
        .join(SupplyOrderLine, same)
        .where(
            SupplyOrder.bureau_id == bureau_id, SupplyOrder.supplier_id == supplier_id,
            SupplyOrder.state.in_(OPEN_STATES), SupplyOrderLine.item_id == item_id,
        )
    )  # fmt: skip


def _shipped(lot: tuple[int, UUID, UUID], batch_no: str) -> Any:
    bureau_id, supplier_id, item_id = lot
    same = (
        (Shipment.bureau_id == ShipmentLine.bureau_id)
        & (Shipment.school_id == ShipmentLine.school_id)
        & (Shipment.id == ShipmentLine.shipment_id)
    )
    return (
        select(Shipment.school_id)
        .join(ShipmentLine, same)
        .where(
            ShipmentLine.bureau_id == bureau_id, ShipmentLine.supplier_id == supplier_id,
            ShipmentLine.item_id == item_id, ShipmentLine.batch_no == batch_no, Shipment.state == "sent",
        )
    )  # fmt: skip


def _received(warning: LotWarning) -> Any:
    """Receipts without an order name their supplier in words only."""
    same = (
        (GoodsReceipt.bureau_id == GoodsReceiptLine.bureau_id)
        & (GoodsReceipt.school_id == GoodsReceiptLine.school_id)
        & (GoodsReceipt.id == GoodsReceiptLine.receipt_id)
    )
    supplier = or_(GoodsReceipt.supplier_id == warning.supplier_id, GoodsReceipt.supplier_name == warning.supplier_name)
    return (
        select(GoodsReceipt.school_id)
        .join(GoodsReceiptLine, same)
        .where(
            GoodsReceiptLine.bureau_id == warning.bureau_id, GoodsReceiptLine.item_id == warning.item_id,
            GoodsReceiptLine.batch_no == warning.batch_no, GoodsReceiptLine.quantity > 0,
            GoodsReceipt.state == "recorded", supplier,
        )
    )  # fmt: skip


# --- in force ---------------------------------------------------------------------------------------------------------


def in_force(actor: Actor, lots: Collection[tuple[UUID, UUID, str]]) -> dict[tuple[UUID, UUID, str], LotWarning]:
    """(supplier, item, lot) → its warning, of those that are warned of."""
    if not lots:
        return {}
    key = tuple_(LotWarning.supplier_id, LotWarning.item_id, LotWarning.batch_no)
    query = select(LotWarning).where(
        LotWarning.bureau_id == actor.bureau_id, LotWarning.lifted_at.is_(None), key.in_(list(lots))
    )
    return {(one.supplier_id, one.item_id, one.batch_no): one for one in db.session.scalars(query)}


def _refused(actor: Actor, lots: Sequence[Lot]) -> dict[int, str]:
    warned = in_force(actor, {(lot.supplier_id, lot.item_id, lot.batch_no) for lot in lots})
    return {
        place: _("该批次有警示，解除前不得配送。")
        for place, lot in enumerate(lots)
        if (lot.supplier_id, lot.item_id, lot.batch_no) in warned
    }


GUARD = ShipmentGuard(refused=_refused)


def lift(actor: Actor, warning_id: UUID, seen_version: int | None, reason: str) -> LotWarning:
    """The bureau found the lot to be sound, or all of it to be gone."""
    query = select(LotWarning).where(LotWarning.bureau_id == actor.bureau_id, LotWarning.id == warning_id)
    warning: LotWarning | None = db.session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if warning is None:
        raise NotFound(_("没有这条批次警示。"))
    require_version(warning, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if warning.lifted_at is not None:
        raise Conflict(_("这条批次警示已经解除。"), {"version": warning.version})
    warning.lifted_at, warning.lifted_by, warning.lifted_by_name = now(), actor.account_id, actor.display_name
    warning.lift_reason = reason
    flush(db.session())
    title = _("批次警示已解除：%(item)s 批号 %(batch)s", item=warning.item_name, batch=warning.batch_no)
    told = select(LotWarningSchool.school_id).where(
        LotWarningSchool.bureau_id == actor.bureau_id, LotWarningSchool.warning_id == warning.id
    )
    for school_id in db.session.scalars(told).all():
        people = school_people(actor, school_id, WARNED)
        notify(actor, people, "lot_warning_lifted", title, body=reason, url=URL, school_id=school_id)
    return warning


def acknowledge(actor: Actor, warning_id: UUID, note: str) -> LotWarningSchool:
    """The school did what there was to do. Said twice it is said once."""
    query = select(LotWarningSchool).where(
        LotWarningSchool.bureau_id == actor.bureau_id, LotWarningSchool.school_id == actor.own_school_id(),
        LotWarningSchool.warning_id == warning_id,
    )  # fmt: skip
    told: LotWarningSchool | None = db.session.scalar(query.with_for_update())
    if told is None:
        raise NotFound(_("没有这条批次警示。"))
    if not note.strip():
        raise Invalid({"note": [_("请写明处理情况。")]})
    if told.acknowledged_at is None:
        told.acknowledged_at, told.acknowledged_by = now(), actor.account_id
        told.acknowledged_by_name, told.note = actor.display_name, note
        flush(db.session())
    return told


def list_warnings(actor: Actor, *, is_open: bool = False, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Newest first; a school's are rows (LotWarning, LotWarningSchool or None, id), of all others too: a lot that one
    school refused may be offered to any."""
    told = (
        (LotWarningSchool.bureau_id == LotWarning.bureau_id)
        & (LotWarningSchool.warning_id == LotWarning.id)
        & (LotWarningSchool.school_id == (actor.school_id if actor.level == "school" else -1))
    )
    query = (
        select(LotWarning, LotWarningSchool, LotWarning.id)
        .outerjoin(LotWarningSchool, told)
        .where(LotWarning.bureau_id == actor.bureau_id)
    )
    if actor.level == "supplier":
        query = query.where(LotWarning.supplier_id == actor.own_supplier_id())
    if is_open:
        query = query.where(LotWarning.lifted_at.is_(None))
    return paginate(db.session(), query, [LotWarning.id], cursor, limit, scalars=False)


def to_acknowledge(actor: Actor, most: int = 20) -> Sequence[Any]:
    """(LotWarning, LotWarningSchool) that the actor's school was told of and did nothing about yet."""
    same = (LotWarningSchool.bureau_id == LotWarning.bureau_id) & (LotWarningSchool.warning_id == LotWarning.id)
    query = (
        select(LotWarning, LotWarningSchool)
        .join(LotWarningSchool, same)
        .where(
            LotWarning.bureau_id == actor.bureau_id, LotWarningSchool.school_id == actor.own_school_id(),
            LotWarningSchool.acknowledged_at.is_(None), LotWarning.lifted_at.is_(None),
        )
        .order_by(LotWarning.id)
        .limit(most)
    )  # fmt: skip
    return db.session.execute(query).all()


def told_schools(actor: Actor, warning_ids: Collection[UUID]) -> dict[UUID, list[Any]]:
    """Warning → rows (school's name, LotWarningSchool), for the bureau and its zones."""
    same = (School.bureau_id == LotWarningSchool.bureau_id) & (School.id == LotWarningSchool.school_id)
    query = select(School.name, LotWarningSchool).join(School, same)
    query = own(actor, query.where(LotWarningSchool.warning_id.in_(warning_ids)), LotWarningSchool)
    found: dict[UUID, list[Any]] = {}
    for row in db.session.execute(query.order_by(School.code)):
        found.setdefault(row[1].warning_id, []).append(row)
    return found
