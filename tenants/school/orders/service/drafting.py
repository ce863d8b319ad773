"""Make an order, change it, hand it in: priced by the agreement, held against its balance and the month's budget."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete

from bureau.agreements.price_rules import amount_fen
from bureau.agreements.service import balances, pricing
from bureau.agreements.service.balances import Take
from bureau.agreements.service.finding import get_agreement, items_of, lots_of
from bureau.agreements.service.pricing import Price
from bureau.catalogue.service.items import ReceivableItem, receivable_items
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.numbering.service import next_number
from kernel.policy.service import number
from kernel.web.dates import today
from school.orders import labels, rules
from school.orders.models import SupplyOrder, SupplyOrderLine
from school.orders.service import budgets, telling
from school.orders.service.finding import get_order, lines_of, move, record, school_name

NUMBER_KIND = "DD"  # 订单
TAKEN = "pk_supply_orders"


@dataclass(frozen=True, slots=True)
class Wanted:
    """`quantity` in the agreement line's unit; `needed_base`: what the proposal found to be needed."""

    agreement_item_id: UUID
    quantity: Decimal
    needed_base: Decimal | None = None


def save_order(
    actor: Actor, order_id: UUID, seen_version: int | None, *, agreement_id: UUID, deliver_on: date,
    lines: Sequence[Wanted], deliver_from: time | None = None, deliver_until: time | None = None, place: str = "",
    contact: str = "", note: str = "", source: str = "manual",
) -> SupplyOrder:  # fmt: skip
    """A new draft under the client's id, or a draft changed (`seen_version`: the one seen). Prices are the agreement's
    of the day of delivery. Sent again with the same content it is the same order.

    Raises Invalid, Conflict, NotFound (agreement), RuleBroken agreement_not_active, price_missing.
    """
    school_id = actor.own_school_id()
    content = _digest(
        agreement_id, deliver_on, lines, deliver_from, deliver_until, place, contact, note
    )  # fmt: skip
    order = db.session.get(SupplyOrder, (actor.bureau_id, school_id, order_id))
    if order is not None and seen_version is None:
        if order.content_digest != content:
            raise Conflict(_("这个编号已用于另一份订单。"), {"number": order.number, "version": order.version})
        return order
    agreement = get_agreement(actor, agreement_id)
    _check(actor, deliver_on, deliver_from, deliver_until, lines)
    rows = _priced(actor, agreement_id, deliver_on, lines)
    values: dict[str, Any] = {
        "deliver_on": deliver_on, "deliver_from": deliver_from, "deliver_until": deliver_until, "place": place,
        "contact": contact, "note": note, "line_count": len(rows), "amount_fen": sum(row["amount_fen"] for row in rows),
        "budget_month": rules.month_of(deliver_on), "content_digest": content,
    }  # fmt: skip
    if order is None:
        order = SupplyOrder(
            bureau_id=actor.bureau_id, school_id=school_id, id=order_id, agreement_id=agreement_id,
            agreement_number=agreement.number, supplier_id=agreement.supplier_id,
            supplier_name=agreement.supplier_name, school_name=school_name(actor, school_id), source=source,
            number=next_number(db.session(), actor.bureau_id, school_id, NUMBER_KIND, today().year),
            created_by=actor.account_id, created_by_name=actor.display_name, **values,
        )  # fmt: skip
        db.session.add(order)
        flush(db.session(), {TAKEN: Conflict(_("这个编号已用于另一份订单。"))})
        record(actor, order, "create", before="")
    else:
        order = get_order(actor, order_id, lock=True)
        require_version(order, seen_version)
        if order.state != "draft":
            raise Conflict(_("订单已提交，不能修改；请先撤回。"), {"state": order.state, "version": order.version})
        if order.agreement_id != agreement_id:
            raise Invalid({"agreement_id": [_("一份订单只对应一份协议，请另制一份订单。")]})
        for name, value in values.items():
            setattr(order, name, value)
        record(actor, order, "edit")
    _replace_lines(order, rows)
    return order


def _digest(*parts: Any) -> str:
    agreement_id, deliver_on, lines, *rest = parts
    rows = [[str(one.agreement_item_id), format(one.quantity.normalize(), "f")] for one in lines]
    return digest([str(agreement_id), deliver_on.isoformat(), rows, [str(part) for part in rest]])


def _check(
    actor: Actor, deliver_on: date, begins: time | None, ends: time | None, lines: Sequence[Wanted]
) -> None:  # fmt: skip
    problems: dict[str, list[str]] = {}
    code = rules.day_problem(deliver_on, today(), int(number(actor, "order.ahead.days")))
    if code:
        problems["deliver_on"] = [str(labels.PROBLEMS[code])]
    if begins is not None and ends is not None and begins >= ends:
        problems["deliver_until"] = [_("应晚于开始时间。")]
    if not lines:
        problems["lines"] = [_("请至少订一种物品。")]
    seen: set[UUID] = set()
    for position, line in enumerate(lines):
        if line.quantity <= 0:
            problems[f"lines.{position}.quantity"] = [_("数量应大于零。")]
        if line.agreement_item_id in seen:
            problems[f"lines.{position}.agreement_item_id"] = [_("同一物品填写了两次。")]
        seen.add(line.agreement_item_id)
    if problems:
        raise Invalid(problems)


def _priced(actor: Actor, agreement_id: UUID, on: date, lines: Sequence[Wanted]) -> list[dict[str, Any]]:
    """Rows for the table: every price comes from bureau.agreements.service.pricing, with its pin."""
    school_id = actor.own_school_id()
    offered = {
        price.agreement_item_id: price
        for prices in pricing.prices_for_school(actor.bureau_id, school_id, on).values()
        for price in prices
        if price.agreement_id == agreement_id
    }
    lots = lots_of(actor, [agreement_id])
    known = {item.id: item for item in items_of(actor, [lot.id for lot in lots])}
    items = receivable_items(actor, [item.item_id for item in known.values()])
    rows: list[dict[str, Any]] = []
    problems: dict[str, list[str]] = {}
    for position, line in enumerate(lines):
        item = known.get(line.agreement_item_id)
        if item is None:
            problems[f"lines.{position}.agreement_item_id"] = [_("协议中没有这项物品。")]
            continue
        good = items.get(item.item_id)
        if good is None:
            problems[f"lines.{position}.agreement_item_id"] = [_("“%(name)s”已从目录下架。", name=item.name)]
            continue
        price = offered.get(item.id)
        if price is None:
            price = _refused_price(actor, agreement_id, item.item_id, school_id, on)
        rows.append(_row(position, line, item, good, price))
    if problems:
        raise Invalid(problems)
    return rows


def _refused_price(actor: Actor, agreement_id: UUID, item_id: UUID, school_id: int, on: date) -> Price:
    """Why there is no price to order at: none in force (raised by the pricing itself), or no agreement that day."""
    pricing.price_of(actor.bureau_id, agreement_id, item_id, school_id, on)
    raise RuleBroken(
        "agreement_not_active",
        _("协议在 %(day)s 不能供货（未生效、已暂停、已到期或已终止）。", day=on.isoformat()),
    )


def _row(position: int, line: Wanted, item: Any, good: ReceivableItem, price: Price) -> dict[str, Any]:
    pin = price.pin
    return {
        "id": new_id(), "position": position, "item_id": item.item_id, "agreement_id": item.agreement_id,
        "agreement_item_id": item.id, "item_name": item.name, "specification": item.specification, "unit": item.unit,
        "unit_factor": item.unit_factor, "base_unit": good.base_unit, "quantity": line.quantity,
        "unit_price_fen": price.fen, "book_id": pin.book_id, "term_id": pin.term_id, "price_account": price.account(),
        "amount_fen": amount_fen(price.fen, line.quantity), "tolerance": item.tolerance,
        "needed_base": line.needed_base,
    }  # fmt: skip


def _replace_lines(order: SupplyOrder, rows: Sequence[Mapping[str, Any]]) -> None:
    """Every saving has lines of new ids: a balance remembers a line by its id, and a released one is not taken again."""
    db.session.execute(
        delete(SupplyOrderLine).where(
            SupplyOrderLine.bureau_id == order.bureau_id, SupplyOrderLine.school_id == order.school_id,
            SupplyOrderLine.order_id == order.id,
        ),
        execution_options={"synchronize_session": "fetch"},
    )  # fmt: skip
    db.session.add_all(
        SupplyOrderLine(
            bureau_id=order.bureau_id,
            school_id=order.school_id,
            order_id=order.id,
            supplier_id=order.supplier_id,
            **row,
        )
        for row in rows
    )
    flush(db.session())


def submit(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    """Price it anew, hold it against the month's budget and the agreement's balance, ask for approval: all or nothing.

    Raises RuleBroken budget_exceeded, agreement_balance, agreement_not_active, supplier_…; Conflict.
    """
    order = get_order(actor, order_id, lock=True)
    require_version(order, seen_version)
    wanted = [Wanted(line.agreement_item_id, line.quantity, line.needed_base) for line in lines_of(order)]
    if order.state == "draft":
        _check(actor, order.deliver_on, None, None, wanted)
        rows = _priced(actor, order.agreement_id, order.deliver_on, wanted)
        order.amount_fen = sum(row["amount_fen"] for row in rows)
        _replace_lines(order, rows)
    move(actor, order, "submit")
    budgets.require_within(actor, order)
    takes = [Take(line.id, line.agreement_item_id, line.quantity, line.amount_fen) for line in lines_of(order)]
    balances.reserve(actor, takes)
    order.submitted_at, order.submitted_by = now(), actor.account_id
    flush(db.session())
    title = _("订单待审批：%(number)s", number=order.number)
    telling.tell_approvers(actor, order, title)
    return order


def withdraw(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    """Back to a draft before anybody approved; what it held is free again."""
    return _back_to_draft(actor, order_id, seen_version, "withdraw")


def revise(actor: Actor, order_id: UUID, seen_version: int | None) -> SupplyOrder:
    """A refused order becomes a draft again."""
    return _back_to_draft(actor, order_id, seen_version, "revise")


def _back_to_draft(actor: Actor, order_id: UUID, seen_version: int | None, event: str) -> SupplyOrder:
    order = get_order(actor, order_id, lock=True)
    require_version(order, seen_version)
    held = event == "withdraw"
    move(actor, order, event)
    if held:
        release(actor, order, _("撤回修改"))
    order.submitted_at = order.submitted_by = order.approved_at = order.approved_by = None
    order.approved_by_name = ""
    flush(db.session())
    return order


def cancel(actor: Actor, order_id: UUID, seen_version: int | None, reason: str) -> SupplyOrder:
    """Give an order up before anything was shipped; what it held is free again, its supplier is told."""
    order = get_order(actor, order_id, lock=True)
    require_version(order, seen_version)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    move(actor, order, "cancel", reason=reason)
    release(actor, order, reason)
    flush(db.session())
    if order.is_sent:
        title = _("订单已取消：%(number)s", number=order.number)
        telling.tell_supplier(actor, order, "supply_order_cancelled", title, reason)
    return order


def release(actor: Actor, order: SupplyOrder, reason: str) -> None:
    """What its lines still hold of the balance is free again."""
    balances.release(actor, [line.id for line in lines_of(order)], reason=reason, school_id=order.school_id)


def repeat(actor: Actor, order_id: UUID, new_order_id: UUID, deliver_on: date | None = None) -> SupplyOrder:
    """A new draft with the same items and quantities at the prices of the new day: by default a week after the old one,
    or the first such weekday from tomorrow on."""
    old = get_order(actor, order_id)
    if deliver_on is None:
        deliver_on = rules.same_weekday_after(old.deliver_on, today())
    lines = [Wanted(line.agreement_item_id, line.quantity) for line in lines_of(old)]
    return save_order(
        actor, new_order_id, None, agreement_id=old.agreement_id, deliver_on=deliver_on, lines=lines,
        deliver_from=old.deliver_from, deliver_until=old.deliver_until, place=old.place, contact=old.contact,
        note=old.note, source="repeat",
    )  # fmt: skip
