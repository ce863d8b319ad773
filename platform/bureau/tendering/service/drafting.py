"""Writing a tender: its head, its lots with their items, its criteria. Only while it is a draft."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, func, select
from sqlalchemy.orm.attributes import flag_modified

from bureau.catalogue.service import versions
from bureau.tendering.models import Tender, TenderEvent, TenderItem, TenderLot
from bureau.tendering.service import reading
from bureau.tendering.service.moving import locked, note
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.numbering.service import next_number
from kernel.web.dates import today

FIELDS = (
    "title", "rule_pack", "subject", "award_method", "price_form", "budget_fen", "is_large", "is_framework",
    "framework_from", "framework_until", "competition", "second_stage", "winners_per_lot", "most_lots_bid",
    "most_lots_won", "small_firm_deduction", "is_reserved", "bid_bond_fen", "requirements", "documents_until",
    "questions_until", "bid_deadline", "round_id",
)  # fmt: skip


def save_tender(actor: Actor, tender_id: UUID, seen_version: int | None, **values: Any) -> Tender:
    """Begin a draft under the client's id, or change one (`seen_version` then being the one seen). `values`: FIELDS.

    Begun twice with the same content it is the same draft.
    """
    given = {name: values[name] for name in FIELDS if name in values}
    existing = db.session.scalar(
        select(Tender).where(Tender.bureau_id == actor.bureau_id, Tender.id == tender_id).with_for_update()
    )
    if existing is None:
        return _begin(actor, tender_id, given)
    if seen_version is None:
        if any(getattr(existing, name) != value for name, value in given.items()):
            raise Conflict(_("同一编号的招标项目已存在且内容不同。"), head_of(existing))
        return existing
    tender = editable(actor, tender_id, seen_version)
    _check(tender, given)
    for name, value in given.items():
        setattr(tender, name, value)
    edited(actor, tender)
    _flush()
    return tender


def _begin(actor: Actor, tender_id: UUID, given: Mapping[str, Any]) -> Tender:
    tender = Tender(
        bureau_id=actor.bureau_id, id=tender_id, state="draft", created_by=actor.account_id, settings={},
        number=next_number(db.session(), actor.bureau_id, None, "ZB", today().year), **given,
    )  # fmt: skip
    _check(tender, given)
    db.session.add(tender)
    _flush()
    note(actor, tender, "create", "draft")
    db.session.flush()
    return tender


def _flush() -> None:
    flush(
        db.session(),
        {
            "pk_tenders": Conflict(_("同一编号的招标项目已存在且内容不同。")),
            "fk_tenders_bureau_id_round_id": Invalid({"round_id": [_("没有这轮需求。")]}),
        },
    )


def _check(tender: Tender, given: Mapping[str, Any]) -> None:
    def of(name: str, default: Any = None) -> Any:
        return given[name] if name in given else getattr(tender, name, default)

    wrong: dict[str, list[str]] = {}
    if of("is_framework") and of("framework_until") is None:
        wrong["framework_until"] = [_("框架协议请填写有效期。")]
    elif of("framework_from") and of("framework_until") and of("framework_from") > of("framework_until"):
        wrong["framework_until"] = [_("结束日期不能早于开始日期。")]
    if not of("is_framework") and (of("winners_per_lot") or 1) != 1:
        wrong["winners_per_lot"] = [_("只有框架协议可以有多家中标供应商。")]
    if wrong:
        raise Invalid(wrong)


def editable(actor: Actor, tender_id: UUID, seen_version: int | None) -> Tender:
    """The locked draft, at the version seen; after publication only a clarification changes a tender."""
    tender = locked(actor, tender_id)
    require_version(tender, seen_version, head_of(tender))
    if tender.state != "draft":
        raise Conflict(_("只有草稿可以修改；复核中的请先退回，已发布的请走澄清修改。"), head_of(tender))
    return tender


def head_of(tender: Tender) -> dict[str, Any]:
    """For whoever edited an older state: how it stands now."""
    kept = {name: getattr(tender, name) for name in FIELDS}
    plain = {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in kept.items()}
    return {
        "version": tender.version, "state": tender.state,
        **{name: str(value) if isinstance(value, UUID) else value for name, value in plain.items()},
    }  # fmt: skip


def edited(actor: Actor, tender: Tender) -> None:
    """A part of it changed: its version moves, and who wrote on it is noted once, so that they do not review it."""
    flag_modified(tender, "title")
    wrote = select(TenderEvent.id).where(
        TenderEvent.bureau_id == tender.bureau_id,
        TenderEvent.tender_id == tender.id,
        TenderEvent.by_id == actor.account_id,
        TenderEvent.event.in_(("create", "edit")),
    )
    if db.session.scalar(wrote.limit(1)) is None:
        note(actor, tender, "edit", tender.state)


def save_lot(
    actor: Actor,
    tender_id: UUID,
    lot_id: UUID,
    seen_version: int | None,
    *,
    title: str,
    category_id: UUID | None = None,
    zone_id: int | None = None,
    ceiling_fen: int | None = None,
    demand_lot_id: UUID | None = None,
    items: Sequence[Mapping[str, Any]] = (),
) -> TenderLot:
    """Add a lot or write it anew, its items with it; `seen_version` is the tender's. `items`: {"item_id", "quantity",
    "unit" (default: the item's base unit), "ceiling_unit_price_fen", "is_core", "specification"}, in their order."""
    tender = locked(actor, tender_id)
    lot = db.session.scalar(select(TenderLot).where(TenderLot.bureau_id == actor.bureau_id, TenderLot.id == lot_id))
    if lot is not None and lot.tender_id != tender.id:
        raise NotFound(_("没有这个标包。"))
    if lot is not None and seen_version is None and _same_lot(actor, lot, title, items):
        return lot
    tender = editable(actor, tender_id, seen_version)
    rows = _items(actor, items)
    values = {"title": title, "category_id": category_id, "zone_id": zone_id, "ceiling_fen": ceiling_fen,
              "demand_lot_id": demand_lot_id}  # fmt: skip
    if lot is None:
        last = select(func.max(TenderLot.number)).where(
            TenderLot.bureau_id == actor.bureau_id, TenderLot.tender_id == tender.id
        )
        number = (db.session.scalar(last) or 0) + 1
        lot = TenderLot(bureau_id=actor.bureau_id, id=lot_id, tender_id=tender.id, number=number, **values)
        db.session.add(lot)
    else:
        if demand_lot_id is None:
            values.pop("demand_lot_id")
        for name, value in values.items():
            setattr(lot, name, value)
        flag_modified(lot, "title")
        db.session.execute(
            delete(TenderItem).where(TenderItem.bureau_id == actor.bureau_id, TenderItem.lot_id == lot.id)
        )
    edited(actor, tender)
    flush(
        db.session(),
        {
            "fk_tender_lots_bureau_id_category_id": Invalid({"category_id": [_("没有这个类别。")]}),
            "fk_tender_lots_bureau_id_zone_id": Invalid({"zone_id": [_("没有这个片区。")]}),
            "fk_tender_lots_bureau_id_demand_lot_id": Invalid({"demand_lot_id": [_("没有这个需求包。")]}),
            "pk_tender_lots": Conflict(_("同一编号的标包已存在且内容不同。")),
        },
    )
    for position, row in enumerate(rows, 1):
        db.session.add(
            TenderItem(
                bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, lot_id=lot.id, position=position, **row
            )
        )
    db.session.flush()
    return lot


def _same_lot(actor: Actor, lot: TenderLot, title: str, items: Sequence[Mapping[str, Any]]) -> bool:
    kept = [(row.item_id, row.quantity) for row in reading.items_of(actor, lot.tender_id, lot.id)]
    return lot.title == title and kept == [(row["item_id"], row["quantity"]) for row in items]


def _items(actor: Actor, items: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines as they are kept: what the catalogue says of an item today is copied, so that it stands as tendered."""
    published = versions.current_versions(actor.bureau_id, [row["item_id"] for row in items])
    wrong: dict[str, list[str]] = {}
    rows: list[dict[str, Any]] = []
    seen: set[UUID] = set()
    for index, row in enumerate(items):
        item = published.get(row["item_id"])
        if item is None:
            wrong[f"items.{index}.item_id"] = [_("目录中没有这个品目，或还没有发布。")]
            continue
        if item.item_id in seen:
            wrong[f"items.{index}.item_id"] = [_("同一标包内一个品目只列一次。")]
        seen.add(item.item_id)
        unit = row.get("unit") or item.base_unit
        if unit not in {item.base_unit, *(one["unit"] for one in item.conversions)}:
            wrong[f"items.{index}.unit"] = [_("这个品目没有单位“%(unit)s”。", unit=unit)]
        rows.append(
            {
                "item_id": item.item_id, "item_version_id": item.id, "name": item.name,
                "specification": row.get("specification") or item.specification, "standard": item.standard,
                "unit": unit, "quantity": row["quantity"],
                "ceiling_unit_price_fen": row.get("ceiling_unit_price_fen"), "is_core": bool(row.get("is_core")),
            }
        )  # fmt: skip
    if wrong:
        raise Invalid(wrong)
    return rows


def remove_lot(actor: Actor, tender_id: UUID, lot_id: UUID, seen_version: int | None) -> None:
    """Of a draft. The numbers of the later lots move up."""
    tender = editable(actor, tender_id, seen_version)
    lot = reading.get_lot(actor, tender.id, lot_id)
    db.session.delete(lot)
    db.session.flush()
    for number, other in enumerate(reading.lots_of(actor, tender.id), 1):
        if other.number != number:
            other.number = number
            db.session.flush()
    edited(actor, tender)
    db.session.flush()
