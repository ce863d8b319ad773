"""The parts of a release that come after the opening: bids, awards, contracts."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from bureau.ocds.rules.facts import Award, AwardedItem, Bid, Contract, Party, Process
from bureau.ocds.rules.tender import item_of
from bureau.ocds.rules.values import DISCOUNT, first_moment, instant, last_moment, money, number, period, reference

BID_STATUS = {"disqualified": "disqualified", "invalid": "disqualified", "unopenable": "disqualified"}
CONTRACT_STATUS = {
    "pending": "pending", "signed": "pending", "active": "active", "suspended": "active", "terminated": "terminated",
    "expired": "terminated",
}  # fmt: skip


def bids_of(process: Process, bids: Sequence[Bid]) -> dict[str, Any]:
    suppliers = {party.id: party for party in process.suppliers}
    statistics = []
    for lot in process.lots:
        own = [bid for bid in bids if bid.lot_id == lot.id]
        valid = [bid for bid in own if BID_STATUS.get(bid.state, "valid") == "valid"]
        statistics += [
            {"id": f"{lot.id}-bids", "measure": "bids", "value": len(own), "relatedLot": lot.id},
            {"id": f"{lot.id}-valid", "measure": "validBids", "value": len(valid), "relatedLot": lot.id},
        ]
    if process.unopened_bids:
        statistics.append({"id": "unopened", "measure": "houqin_unopenedBids", "value": process.unopened_bids})
    return {"statistics": statistics, "details": [_bid(bid, suppliers[bid.supplier_id]) for bid in bids]}


def _bid(bid: Bid, supplier: Party) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": bid.id,
        "date": instant(bid.sealed_at),
        "status": BID_STATUS.get(bid.state, "valid"),
        "tenderers": [reference(supplier)],
        "relatedLots": [bid.lot_id],
    }
    if bid.total_fen is not None:
        found["value"] = money(bid.total_fen)
    if bid.discount is not None:
        found["requirementResponses"] = [_discount(bid.id, bid.discount)]
    return found


def _discount(owner: str, discount: Decimal) -> dict[str, Any]:
    return {
        "id": f"{owner}-{DISCOUNT}",
        "title": "下浮率（%）",
        "value": number(discount),
        "requirement": {"id": DISCOUNT},
    }


def award_of(process: Process, award: Award) -> dict[str, Any]:
    lot = next(lot for lot in process.lots if lot.id == award.lot_id)
    supplier = next(party for party in process.suppliers if party.id == award.supplier_id)
    found: dict[str, Any] = {
        "id": award.id,
        "title": f"{lot.number}. {lot.title}",
        "status": "active" if award.is_active else "cancelled",
        "date": instant(award.decided_at),
        "suppliers": [reference(supplier)],
        "relatedLots": [award.lot_id],
        "relatedBid": award.bid_id,
    }
    if award.items:
        found["items"] = _won(process, award.items)
    if award.amount_fen is not None:
        found["value"] = money(award.amount_fen)
    if award.discount is not None:
        found["houqin_discountPercent"] = number(award.discount)
    if award.reason:
        found["description"] = award.reason
    if process.framework_from and process.framework_until:
        found["contractPeriod"] = period(first_moment(process.framework_from), last_moment(process.framework_until))
    return found


def _won(process: Process, items: Sequence[AwardedItem]) -> list[dict[str, Any]]:
    described = {item.id: item for item in process.items}
    found = []
    for won in items:
        one = item_of(described[won.item_id])
        one["quantity"] = number(won.quantity)
        one["unit"] = {"name": described[won.item_id].unit}
        if won.unit_price_fen is not None:
            one["unit"]["value"] = money(won.unit_price_fen)
        found.append(one)
    return found


def contract_of(process: Process, contract: Contract) -> dict[str, Any]:
    supplier = next(party for party in process.suppliers if party.id == contract.supplier_id)
    found: dict[str, Any] = {
        "id": contract.id,
        "awardID": contract.award_id,
        "title": contract.title,
        "status": CONTRACT_STATUS[contract.state],
        "period": period(first_moment(contract.first_day), last_moment(contract.last_day)),
        "dateSigned": first_moment(contract.signed_on),
        "suppliers": [reference(supplier)],
    }
    if contract.items:
        found["items"] = _won(process, contract.items)
    if contract.amount_fen is not None:
        found["value"] = money(contract.amount_fen)
    return found
