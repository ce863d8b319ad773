"""Tenders that begin from something: a round of demand, or a tender that failed."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.demand.service import lots as demand
from bureau.prices.service.reading import prices_on
from bureau.tendering.models import Tender, TenderCriterion, TenderItem, TenderLot
from bureau.tendering.service import reading
from bureau.tendering.service.drafting import FIELDS, editable, edited, save_lot, save_tender
from bureau.tendering.service.moving import note
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.web.dates import today

FAILED = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第四十三条"
# What a new round of the same purchase sets anew: its own dates.
DATES = ("documents_until", "questions_until", "bid_deadline")


def begin_from_round(actor: Actor, tender_id: UUID, round_id: UUID, **values: Any) -> Tender:
    """A draft with one lot for each lot of an aggregated round; ceilings are today's prices of the book.

    Begun twice it is begun once.
    """
    known = db.session.scalar(select(Tender.id).where(Tender.bureau_id == actor.bureau_id, Tender.id == tender_id))
    if known is not None:
        return reading.get_tender(actor, tender_id)
    wanted = demand.lots_of(actor, round_id)
    if not wanted:
        raise Invalid({"round_id": [_("这轮需求还没有汇总成包。")]})
    total = sum(lot.estimated_fen or 0 for lot in wanted)
    tender = save_tender(
        actor,
        tender_id,
        None,
        **{**values, "round_id": round_id, "budget_fen": values.get("budget_fen") or max(total, 1)},
    )
    prices = prices_on(actor.bureau_id, [item.item_id for lot in wanted for item in lot.items], today())
    for lot in wanted:
        rows: list[dict[str, Any]] = []
        for item in lot.items:
            price = prices.get(item.item_id)
            rows.append(
                {
                    "item_id": item.item_id, "quantity": item.quantity, "unit": item.unit,
                    "ceiling_unit_price_fen": price.price_fen if price and price.unit == item.unit else None,
                }
            )  # fmt: skip
        save_lot(
            actor, tender.id, new_id(), tender.version, title=lot.title, category_id=lot.category_id,
            zone_id=lot.zone_id, ceiling_fen=_ceiling(rows), demand_lot_id=lot.id, items=rows,
        )  # fmt: skip
    demand.mark_tendered(actor, round_id, tender.id)
    return tender


def _ceiling(rows: list[dict[str, Any]]) -> int | None:
    """The lot's highest total at the items' ceilings; None where an item has none."""
    if any(row["ceiling_unit_price_fen"] is None for row in rows):
        return None
    total = sum((Decimal(row["quantity"]) * row["ceiling_unit_price_fen"] for row in rows), Decimal(0))
    return int(total.to_integral_value(rounding="ROUND_HALF_UP")) or None


def ceilings_from_prices(actor: Actor, tender_id: UUID, seen_version: int | None) -> int:
    """Fill the items' ceilings, and the lots' sums, from today's price book; how many items have a price there."""
    tender = editable(actor, tender_id, seen_version)
    items = reading.items_of(actor, tender.id)
    prices = prices_on(actor.bureau_id, [item.item_id for item in items], today())
    priced = 0
    for item in items:
        price = prices.get(item.item_id)
        if price is not None and price.unit == item.unit:
            item.ceiling_unit_price_fen = price.price_fen
            priced += 1
    for lot in reading.lots_of(actor, tender.id):
        rows = [
            {"quantity": item.quantity, "ceiling_unit_price_fen": item.ceiling_unit_price_fen}
            for item in items
            if item.lot_id == lot.id
        ]
        if rows:
            lot.ceiling_fen = _ceiling(rows) or lot.ceiling_fen
    edited(actor, tender)
    db.session.flush()
    return priced


def retender(
    actor: Actor, new_tender_id: UUID, tender_id: UUID, *, reason: str, rule_pack: str | None = None, approval: str = ""
) -> Tender:
    """A new draft of what failed: the lots that failed alone, or all of a failed tender, with its criteria. Under
    another rule pack only with the approval named (Art. 43). Asked twice it is the same draft."""
    old = reading.get_tender(actor, tender_id)
    known = db.session.scalar(select(Tender).where(Tender.bureau_id == actor.bureau_id, Tender.id == new_tender_id))
    if known is not None:
        if known.retender_of_id != old.id:
            raise Conflict(_("同一编号的招标项目已存在且内容不同。"))
        return known
    if not reason.strip():
        raise Invalid({"reason": [_("请写明重新招标的原因。")]})
    lots = [lot for lot in reading.lots_of(actor, old.id) if lot.state == "failed"]
    if not lots:
        raise Conflict(_("没有废标的标包，不能重新招标。"), {"state": old.state})
    pack = rule_pack or old.rule_pack
    if pack != old.rule_pack and not approval.strip():
        raise RuleBroken("method_needs_approval", _("改用其他采购规则的，请填写批准文号。"), FAILED)
    values: Mapping[str, Any] = {name: getattr(old, name) for name in FIELDS if name not in (*DATES, "round_id")}
    tender = save_tender(
        actor, new_tender_id, None,
        **{**values, "title": _("%(title)s（重新招标）", title=old.title.removesuffix(_("（重新招标）"))), "rule_pack": pack},
    )  # fmt: skip
    tender.retender_of_id = old.id
    tender.settings = {**tender.settings, "retender_reason": reason, "method_approval": approval}
    # The demand stays with the tender that now asks for it; its round is reached through the old one.
    note(actor, tender, "edit", tender.state, _("由 %(number)s 重新招标：%(reason)s", number=old.number, reason=reason))
    places: dict[UUID, UUID] = {}
    for number, lot in enumerate(lots, 1):
        copy = TenderLot(
            bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, number=number, title=lot.title,
            category_id=lot.category_id, zone_id=lot.zone_id, ceiling_fen=lot.ceiling_fen,
            demand_lot_id=lot.demand_lot_id,
        )  # fmt: skip
        db.session.add(copy)
        places[lot.id] = copy.id
    db.session.flush()
    _copy_parts(actor, old, tender, places)
    db.session.flush()
    return tender


def _copy_parts(actor: Actor, old: Tender, tender: Tender, places: Mapping[UUID, UUID]) -> None:
    own = ("bureau_id", "id", "tender_id", "lot_id", "is_public")
    for item in reading.items_of(actor, old.id):
        if item.lot_id in places:
            kept = {name.key: getattr(item, name.key) for name in TenderItem.__table__.columns if name.key not in own}
            db.session.add(
                TenderItem(
                    bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, lot_id=places[item.lot_id], **kept
                )
            )
    for row in reading.criteria_of(actor, old.id):
        if row.lot_id is None or row.lot_id in places:
            kept = {
                name.key: getattr(row, name.key) for name in TenderCriterion.__table__.columns if name.key not in own
            }
            db.session.add(
                TenderCriterion(
                    bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id,
                    lot_id=places[row.lot_id] if row.lot_id else None, **kept,
                )
            )  # fmt: skip


def retenders_of(actor: Actor, tender_id: UUID) -> list[Tender]:
    return list(
        db.session.scalars(
            select(Tender).where(Tender.bureau_id == actor.bureau_id, Tender.retender_of_id == tender_id)
        )
    )
