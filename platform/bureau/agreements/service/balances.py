"""The only writer of balances. Orders reserve, deliveries consume; all in the caller's transaction.

A school holds no right on these tables beyond reading: its takes run in the bureau's scope, here and nowhere else. How rows
are locked stands in service/ledger.py. The balance's own constraints are the second wall behind `balance_rules`.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.agreements import balance_rules, rules
from bureau.agreements.balance_models import AgreementBalance, BalanceMove
from bureau.agreements.balance_rules import Held, NotHeld
from bureau.agreements.labels import quantity_text
from bureau.agreements.models import Agreement, AgreementItem, AgreementLot
from bureau.agreements.service.ledger import (
    flush_within_limits,
    held_by,
    lines_of,
    lock_agreements,
    lock_held,
    lock_lines,
    lock_places,
    post,
    require_in_order,
    require_orderable,
    was_posted,
)
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import Scope, within
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Take:
    """One line of an order: `quantity` in the agreement line's unit, `amount_fen` at its pinned price."""

    order_line_id: UUID
    agreement_item_id: UUID
    quantity: Decimal
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Delivery:
    """What came of an order line with one receipt line (`reference_id`). `is_last`: the rest is not awaited."""

    order_line_id: UUID
    reference_id: UUID
    agreement_item_id: UUID
    quantity: Decimal
    amount_fen: int
    is_last: bool = True


@contextmanager
def _as_bureau(actor: Actor) -> Iterator[None]:
    with within(db.session(), Scope("houqin_bureau", bureau_id=actor.bureau_id)):
        yield


# --- opening ----------------------------------------------------------------------------------------------------------


def open_line(
    actor: Actor, agreement: Agreement, lot: AgreementLot, line: AgreementItem, by_school: Mapping[int, Decimal]
) -> None:
    """The balances of a new line: one pool, or one per school and a pool for what is not shared out."""
    if lot.balance_form == "pooled":
        _open(actor, agreement, lot, line, None, line.quantity, None)
        return
    for school_id in sorted(by_school):
        _open(actor, agreement, lot, line, school_id, by_school[school_id], None)
    shared = sum(by_school.values(), ZERO)
    _open(actor, agreement, lot, line, None, None if line.quantity is None else line.quantity - shared, None)


def open_lot_amount(actor: Actor, agreement: Agreement, lot: AgreementLot, amount: int) -> None:
    """A limit in money over all lines of a lot, for all its schools together."""
    _open(actor, agreement, lot, None, None, None, amount)


def _open(
    actor: Actor, agreement: Agreement, lot: AgreementLot, line: AgreementItem | None, school_id: int | None,
    quantity: Decimal | None, amount: int | None,
) -> AgreementBalance:  # fmt: skip
    balance = AgreementBalance(
        bureau_id=agreement.bureau_id, id=new_id(), agreement_id=agreement.id, supplier_id=agreement.supplier_id,
        lot_id=lot.id, agreement_item_id=line.id if line else None, school_id=school_id,
        quantity=None if quantity is None else ZERO, amount_fen=None if amount is None else 0,
        reserved=ZERO, used=ZERO, reserved_fen=0, used_fen=0, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(balance)
    flush(db.session())
    delta = balance_rules.allocated(quantity, amount)
    post(actor, balance, "allocate", delta, "agreement", agreement.id)
    flush(db.session())
    return balance


def opening_amounts(actor: Actor, agreement: Agreement) -> dict[UUID, int]:
    """Lot id → the amount it was opened with, where one was agreed."""
    query = (
        select(AgreementBalance.lot_id, func.sum(BalanceMove.amount_fen_change))
        .join(BalanceMove, (BalanceMove.bureau_id == AgreementBalance.bureau_id) & (BalanceMove.balance_id == AgreementBalance.id))
        .where(
            AgreementBalance.bureau_id == actor.bureau_id, AgreementBalance.agreement_id == agreement.id,
            AgreementBalance.agreement_item_id.is_(None), BalanceMove.kind == "allocate",
        )
        .group_by(AgreementBalance.lot_id)
    )  # fmt: skip
    return {lot_id: int(amount) for lot_id, amount in db.session.execute(query)}


# --- taking -----------------------------------------------------------------------------------------------------------


def reserve(actor: Actor, takes: Sequence[Take], *, school_id: int | None = None) -> None:
    """Hold what an order asks for: all lines or none. The same line with the same content is held once. A school's
    actor takes for its own school; `school_id`: for whom a bureau's actor takes.

    Raises RuleBroken agreement_balance (nothing, or not enough left), agreement_not_active, agreement_not_covered,
    supplier_… (suspended or out of its licence on the day of the order).
    """
    drawer = actor.own_school_id() if actor.level == "school" else school_id
    if drawer is None:
        raise AssertionError("a reservation is some school's")
    for take in takes:
        if take.quantity <= 0 or take.amount_fen < 0:
            raise Invalid({"quantity": [_("数量应大于零。")]})
    with _as_bureau(actor):
        lines = lines_of(actor, [take.agreement_item_id for take in takes])
        require_orderable(actor, lines.values(), drawer)
        found = lock_places(actor, lines.values(), drawer)
        held = held_by(actor, [take.order_line_id for take in takes])
        known = {line_id for line_id, _balance in held}
        require_in_order(actor, [lines[one.agreement_item_id] for one in takes if one.order_line_id not in known])
        for take in takes:
            places = found[take.agreement_item_id]
            earlier = [held.get((take.order_line_id, one.id)) for one in places]
            if any(earlier):
                _require_same(take, earlier)
                continue
            for balance in places:
                delta = balance_rules.reserved(take.quantity, take.amount_fen)
                post(actor, balance, "reserve", delta, "order_line", take.order_line_id, line=take.order_line_id,
                      drawer=drawer, item=lines[take.agreement_item_id].item)  # fmt: skip
        flush_within_limits()


def _require_same(take: Take, earlier: Sequence[Held | None]) -> None:
    if any(one is None or one.ordered != take.quantity for one in earlier):
        raise Conflict(_("这一订单行已占用余量，内容不同。"))
    if not any(one and (one.reserved or one.used) for one in earlier):
        # Answered as if it held something, the order would go out with nothing behind it.
        raise Conflict(_("这一订单行占用的余量已经释放，请以新的订单行重新占用。"))


def release(actor: Actor, order_line_ids: Sequence[UUID], *, reason: str, school_id: int | None = None) -> None:
    """Give back what these order lines still hold. Said twice it is said once; holds whatever the agreement's state."""
    with _as_bureau(actor):
        drawer = actor.own_school_id() if actor.level == "school" else school_id
        for (line_id, _id), (balance, held) in lock_held(actor, order_line_ids, drawer).items():
            if held.reserved or held.reserved_fen:
                delta = balance_rules.released(held.reserved, held.reserved_fen)
                # A line whose receipt was voided holds goods again, and may give them up a second time.
                again = was_posted(actor, balance, "release", line_id, ZERO, 0)
                post(
                    actor, balance, "release", delta, "order_line", new_id() if again else line_id, line=line_id,
                    drawer=drawer, reason=reason,
                )  # fmt: skip
        flush_within_limits()


def consume(actor: Actor, deliveries: Sequence[Delivery], *, school_id: int | None = None) -> None:
    """Turn what was reserved into what was used, as it came. Weighed goods may come over the order by the line's
    tolerance, as far as the balance bears it. Also after suspension or expiry: the order was sent in time.

    Raises RuleBroken agreement_tolerance, agreement_balance; NotFound for a line that reserved nothing.
    """
    with _as_bureau(actor):
        drawer = actor.own_school_id() if actor.level == "school" else school_id
        lines = lines_of(actor, [one.agreement_item_id for one in deliveries])
        lock_held(actor, [one.order_line_id for one in deliveries], drawer)  # all at once, in the one order
        for one in deliveries:
            if one.quantity < 0 or one.amount_fen < 0:
                raise Invalid({"quantity": [_("数量不能小于零。")]})
            places = lock_held(actor, [one.order_line_id], drawer)
            if not places:
                raise NotFound(_("这一订单行没有占用余量。"))
            item = lines[one.agreement_item_id].item
            for balance, held in places.values():
                if was_posted(actor, balance, "consume", one.reference_id, one.quantity, one.amount_fen):
                    continue
                if held.used + one.quantity > balance_rules.most_delivered(held.ordered, item.tolerance):
                    raise RuleBroken(
                        "agreement_tolerance",
                        _(
                            "%(name)s：实收超过订货量的允许偏差 %(percent)s%%。",
                            name=item.name, percent=quantity_text(item.tolerance),
                        ),
                    )  # fmt: skip
                delta = balance_rules.consumed(held, one.quantity, one.amount_fen, is_last=one.is_last)
                post(actor, balance, "consume", delta, "receipt_line", one.reference_id, line=one.order_line_id,
                      drawer=drawer, item=item)  # fmt: skip
            flush_within_limits()


def give_back(
    actor: Actor, order_line_id: UUID, reference_id: UUID, quantity: Decimal, amount_fen: int, *, reason: str,
    school_id: int | None = None, awaited: bool = False,
) -> None:  # fmt: skip
    """Goods went back after they were taken over: they may be ordered again. `awaited`: their receipt was a mistake, the
    order line holds them again."""
    with _as_bureau(actor):
        drawer = actor.own_school_id() if actor.level == "school" else school_id
        for balance, held in lock_held(actor, [order_line_id], drawer).values():
            if was_posted(actor, balance, "give_back", reference_id, -quantity, -amount_fen):
                continue
            try:
                delta = balance_rules.given_back(held, quantity, amount_fen, awaited=awaited)
            except NotHeld as error:
                raise RuleBroken("agreement_balance", _("退回的数量超过已收的数量。")) from error
            post(actor, balance, "give_back", delta, "return", reference_id, line=order_line_id, drawer=drawer,
                  reason=reason)  # fmt: skip
        flush_within_limits()


# --- the bureau's own moves -------------------------------------------------------------------------------------------


def transfer(
    actor: Actor, transfer_id: UUID, agreement_item_id: UUID, *, from_school: int | None, to_school: int | None,
    quantity: Decimal, reason: str, agreement_id: UUID | None = None,
) -> None:  # fmt: skip
    """From one school's part of a line to another's, or from and to what is not shared out (None). Logged on both
    sides under one id. Only what is free moves: what is reserved stays with its order."""
    if quantity <= 0 or from_school == to_school or not reason.strip():
        raise Invalid({"quantity": [_("请填写大于零的数量、不同的学校和原因。")]})
    line = lines_of(actor, [agreement_item_id]).get(agreement_item_id)
    if line is None or agreement_id not in (None, line.agreement.id):
        raise NotFound(_("协议中没有这项物品。"))
    if line.lot.balance_form != "per_school":
        raise RuleBroken("agreement_pooled", _("这个标包的余量由各校共用，不需要调剂。"))
    lock_agreements(actor, [line.agreement.id])
    if to_school is not None and not rules.covers(line.lot.covers_all, line.lot.school_ids, to_school):
        raise Invalid({"to_school": [_("这个标包不覆盖该学校。")]})
    balances = {
        one.school_id: one for one in lock_lines(actor, [line.item.id], [from_school, to_school]) if one.quantity is not None
    }  # fmt: skip
    source, target = balances.get(from_school), balances.get(to_school)
    if source is None:
        raise Invalid({"from_school": [_("该学校在这个标包没有余量。")]})
    if target is None:
        target = _open(actor, line.agreement, line.lot, line.item, to_school, ZERO, None)
    if was_posted(actor, source, "transfer_out", transfer_id, ZERO, 0):
        return
    out, into = balance_rules.taken_away(quantity, 0), balance_rules.allocated(quantity, None)
    post(actor, source, "transfer_out", out, "transfer", transfer_id, reason=reason, item=line.item)
    post(actor, target, "transfer_in", into, "transfer", transfer_id, reason=reason, item=line.item)
    flush_within_limits()


def supplement(actor: Actor, line: AgreementItem, change_id: UUID, quantity: Decimal) -> None:
    """An approved supplement joins the pool of its line."""
    for balance in lock_lines(actor, [line.id], [None]):
        if not was_posted(actor, balance, "supplement", change_id, ZERO, 0):
            post(actor, balance, "supplement", balance_rules.allocated(quantity, None), "change", change_id)
    flush_within_limits()


def supplement_lot(actor: Actor, lot: AgreementLot, change_id: UUID, amount: int) -> None:
    """What a supplement adds in money joins the lot's limit, where it has one."""
    query = select(AgreementBalance).where(
        AgreementBalance.bureau_id == actor.bureau_id, AgreementBalance.lot_id == lot.id,
        AgreementBalance.agreement_item_id.is_(None), AgreementBalance.amount_fen.is_not(None),
    )  # fmt: skip
    for balance in db.session.scalars(query.with_for_update().execution_options(populate_existing=True)):
        if not was_posted(actor, balance, "supplement", change_id, ZERO, 0):
            post(actor, balance, "supplement", balance_rules.allocated(None, amount), "change", change_id)
    flush_within_limits()
