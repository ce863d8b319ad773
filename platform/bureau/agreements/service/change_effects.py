"""What an approved change does. Terms and lines are added, never altered."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import func, select

from bureau.agreements.change_rules import Added, supplement_amount
from bureau.agreements.models import Agreement, AgreementChange, AgreementItem, AgreementPriceTerm
from bureau.agreements.service import balances
from bureau.agreements.service.finding import get_item, get_lot
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush


def extend(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    agreement.last_day = date.fromisoformat(change.details["last_day"])


def set_prices(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    for line in change.details["lines"]:
        if "lot_id" in line:
            lot_id, item_id, discount, price = UUID(line["lot_id"]), None, Decimal(line["discount"]), None
        else:
            item = get_item(actor, UUID(line["agreement_item_id"]))
            lot_id, item_id, discount, price = item.lot_id, item.id, None, line["price_fen"]
        db.session.add(
            AgreementPriceTerm(
                bureau_id=agreement.bureau_id, id=new_id(), agreement_id=agreement.id,
                supplier_id=agreement.supplier_id, lot_id=lot_id, agreement_item_id=item_id, change_id=change.id,
                from_day=change.from_day, price_fen=price, discount=discount,
            )
        )  # fmt: skip
    flush(db.session())


def supplement(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    by_lot: dict[UUID, list[Added]] = {}
    for line in change.details["lines"]:
        item, quantity = get_item(actor, UUID(line["agreement_item_id"])), Decimal(line["quantity"])
        balances.supplement(actor, item, change.id, quantity)
        by_lot.setdefault(item.lot_id, []).append(Added(quantity, item.quantity, item.basis_price_fen))
    for lot_id, added in by_lot.items():
        lot = get_lot(actor, agreement.id, lot_id)
        balances.supplement_lot(actor, lot, change.id, supplement_amount(added))


def add_item(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    given = change.details
    lot = get_lot(actor, agreement.id, UUID(given["lot_id"]))
    last = db.session.scalar(
        select(func.max(AgreementItem.position)).where(
            AgreementItem.bureau_id == actor.bureau_id, AgreementItem.lot_id == lot.id
        )
    )
    item = AgreementItem(
        bureau_id=agreement.bureau_id, id=new_id(), agreement_id=agreement.id, supplier_id=agreement.supplier_id,
        lot_id=lot.id, position=(last or 0) + 1, item_id=UUID(given["item_id"]), change_id=change.id,
        name=given["name"], specification=given["specification"], unit=given["unit"],
        unit_factor=Decimal(given["unit_factor"]), fixed_price_fen=given["price_fen"],
        basis_price_fen=given["basis_price_fen"], quantity=Decimal(given["quantity"]), is_signed=True,
    )  # fmt: skip
    db.session.add(item)
    flush(db.session())
    balances.open_line(actor, agreement, lot, item, {})
    balances.supplement_lot(actor, lot, change.id, change.amount_fen)


def set_supplier_data(actor: Actor, agreement: Agreement, change: AgreementChange) -> None:
    agreement.supplier_data = {**agreement.supplier_data, **change.details["fields"]}
