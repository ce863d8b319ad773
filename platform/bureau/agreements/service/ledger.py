"""How balances are locked, counted and posted to; service/balances.py is the only caller that writes.

Agreements are locked first (shared), by id, then balances by id: two takes never wait for each other in a circle.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.agreements import balance_rules, rules
from bureau.agreements.balance_models import AgreementBalance, BalanceMove
from bureau.agreements.balance_rules import Delta, Held, NotEnough, NotHeld, Stand
from bureau.agreements.labels import quantity_text
from bureau.agreements.models import Agreement, AgreementItem, AgreementLot
from bureau.catalogue.models import CatalogueItem
from bureau.suppliers.service.standing import require_may_supply
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush
from kernel.errors import Conflict, NotFound, RuleBroken
from kernel.web.dates import today, yuan

COLUMN = {one.name: f"{one.name}_change" for one in fields(Delta)}
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    item: AgreementItem
    lot: AgreementLot
    agreement: Agreement


def lines_of(actor: Actor, agreement_item_ids: Collection[UUID]) -> dict[UUID, Line]:
    query = (
        select(AgreementItem, AgreementLot, Agreement)
        .join(AgreementLot, (AgreementLot.bureau_id == AgreementItem.bureau_id) & (AgreementLot.id == AgreementItem.lot_id))
        .join(Agreement, (Agreement.bureau_id == AgreementItem.bureau_id) & (Agreement.id == AgreementItem.agreement_id))
        .where(AgreementItem.bureau_id == actor.bureau_id, AgreementItem.id.in_(set(agreement_item_ids)))
    )  # fmt: skip
    found = {item.id: Line(item, lot, agreement) for item, lot, agreement in db.session.execute(query)}
    if set(agreement_item_ids) - found.keys():
        raise NotFound(_("协议中没有这项物品。"))
    return found


def lock_agreements(actor: Actor, agreement_ids: Collection[UUID]) -> None:
    """Shared: many orders at once, but no suspension between the look at the state and the taking."""
    db.session.scalars(
        select(Agreement)
        .where(Agreement.bureau_id == actor.bureau_id, Agreement.id.in_(set(agreement_ids)))
        .order_by(Agreement.id)
        .with_for_update(read=True)
        .execution_options(populate_existing=True)
    ).all()


def require_orderable(actor: Actor, lines: Collection[Line], school_id: int, on: date | None = None) -> None:
    lock_agreements(actor, [line.agreement.id for line in lines])
    db.session.scalars(
        select(AgreementLot)
        .where(AgreementLot.bureau_id == actor.bureau_id, AgreementLot.id.in_({line.lot.id for line in lines}))
        .execution_options(populate_existing=True)
    ).all()
    for line in lines:
        lot, agreement = line.lot, line.agreement
        if not rules.may_order(agreement.state, lot.state, agreement.first_day, agreement.last_day, on or today()):
            raise RuleBroken(
                "agreement_not_active",
                _("协议 %(number)s 当前不能下单（未生效、已暂停、已到期或已终止）。", number=agreement.number),
            )
        if not rules.covers(lot.covers_all, lot.school_ids, school_id):
            raise RuleBroken("agreement_not_covered", _("%(lot)s不覆盖本校。", lot=lot.title))


def require_in_order(actor: Actor, lines: Collection[Line]) -> None:
    """The suppliers may deliver what is ordered, today. Orders sent before stay as they are."""
    items = {line.item.item_id for line in lines}
    categories = dict(
        db.session.execute(
            select(CatalogueItem.id, CatalogueItem.category_id).where(
                CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id.in_(items)
            )
        ).all()
    )
    wanted: dict[UUID, set[UUID]] = {}
    for line in lines:
        wanted.setdefault(line.agreement.supplier_id, set()).add(categories[line.item.item_id])
    require_may_supply(actor, wanted)


def lock_places(actor: Actor, lines: Collection[Line], school_id: int) -> dict[UUID, list[AgreementBalance]]:
    """Agreement item → the balances that a take of it draws on, locked in the order of their ids."""
    lots = {line.lot.id for line in lines}
    rows = db.session.scalars(
        select(AgreementBalance)
        .where(AgreementBalance.bureau_id == actor.bureau_id, AgreementBalance.lot_id.in_(lots))
        .where(
            AgreementBalance.agreement_item_id.in_({line.item.id for line in lines})
            | AgreementBalance.agreement_item_id.is_(None)
        )
        .where((AgreementBalance.school_id == school_id) | AgreementBalance.school_id.is_(None))
        .order_by(AgreementBalance.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    found: dict[UUID, list[AgreementBalance]] = {}
    for line in lines:
        wanted = school_id if line.lot.balance_form == "per_school" else None
        own = [row for row in rows if row.agreement_item_id == line.item.id and row.school_id == wanted]
        if not own:
            raise nothing_left(line.item, ZERO)
        money = [row for row in rows if row.lot_id == line.lot.id and row.agreement_item_id is None]
        found[line.item.id] = own + money
    return found


def lock_lines(actor: Actor, item_ids: Collection[UUID], schools: Sequence[int | None]) -> list[AgreementBalance]:
    query = (
        select(AgreementBalance)
        .where(AgreementBalance.bureau_id == actor.bureau_id, AgreementBalance.agreement_item_id.in_(item_ids))
        .order_by(AgreementBalance.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return [row for row in db.session.scalars(query) if row.school_id in schools]


def held_by(actor: Actor, order_line_ids: Collection[UUID], drawer: int | None = None) -> dict[tuple[UUID, UUID], Held]:
    """(order line, balance) → what the line holds and used there."""
    query = select(
        BalanceMove.order_line_id, BalanceMove.balance_id,
        func.sum(BalanceMove.reserved_change).filter(BalanceMove.kind == "reserve"),
        func.sum(BalanceMove.reserved_change), func.sum(BalanceMove.used_change),
        func.sum(BalanceMove.reserved_fen_change), func.sum(BalanceMove.used_fen_change),
    ).where(BalanceMove.bureau_id == actor.bureau_id, BalanceMove.order_line_id.in_(set(order_line_ids)))  # fmt: skip
    if drawer is not None:
        query = query.where(BalanceMove.drawer_id == drawer)
    return {
        (row[0], row[1]): Held(row[2] or ZERO, row[3], row[4], int(row[5]), int(row[6]))
        for row in db.session.execute(query.group_by(BalanceMove.order_line_id, BalanceMove.balance_id)).all()
        if row[0] is not None
    }


def lock_held(
    actor: Actor, order_line_ids: Collection[UUID], drawer: int | None
) -> dict[tuple[UUID, UUID], tuple[AgreementBalance, Held]]:
    """Lock first, then count: between counting and locking another receipt of the line could come."""
    places = select(BalanceMove.balance_id).where(
        BalanceMove.bureau_id == actor.bureau_id, BalanceMove.order_line_id.in_(set(order_line_ids))
    )
    rows = {
        row.id: row
        for row in db.session.scalars(
            select(AgreementBalance)
            .where(AgreementBalance.bureau_id == actor.bureau_id, AgreementBalance.id.in_(places))
            .order_by(AgreementBalance.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    return {key: (rows[key[1]], held) for key, held in held_by(actor, order_line_ids, drawer).items()}


def was_posted(
    actor: Actor, balance: AgreementBalance, kind: str, reference_id: UUID, quantity: Decimal, amount: int
) -> bool:
    """Whether this very move was made before; another one under the same reference is a Conflict."""
    move = db.session.scalar(
        select(BalanceMove).where(
            BalanceMove.bureau_id == actor.bureau_id, BalanceMove.balance_id == balance.id, BalanceMove.kind == kind,
            BalanceMove.reference_id == reference_id,
        )
    )  # fmt: skip
    if move is None:
        return False
    if (quantity or amount) and (move.used_change, move.used_fen_change) != (quantity, amount):
        raise Conflict(_("同一笔业务已登记，内容不同。"))
    return True


def stand_of(balance: AgreementBalance) -> Stand:
    return Stand(**{one.name: getattr(balance, one.name) for one in fields(Stand)})


def post(
    actor: Actor, balance: AgreementBalance, kind: str, delta: Delta, reference_kind: str, reference_id: UUID, *,
    line: UUID | None = None, drawer: int | None = None, reason: str = "", item: AgreementItem | None = None,
) -> None:  # fmt: skip
    """One move and its effect, on a locked balance."""
    try:
        after = balance_rules.apply(stand_of(balance), delta)
    except NotEnough as error:
        raise nothing_left(item, error.free, error.measure) from error
    except NotHeld as error:
        raise RuleBroken("agreement_balance", _("超过已占用或已使用的数量。")) from error
    for one in fields(Stand):
        setattr(balance, one.name, getattr(after, one.name))
    db.session.add(
        BalanceMove(
            bureau_id=balance.bureau_id, id=new_id(), agreement_id=balance.agreement_id,
            supplier_id=balance.supplier_id, balance_id=balance.id, kind=kind, reference_kind=reference_kind,
            reference_id=reference_id, order_line_id=line, drawer_id=drawer, reason=reason, at=now(),
            by_id=actor.account_id, by_name=actor.display_name,
            **{column: getattr(delta, name) for name, column in COLUMN.items()},
        )
    )  # fmt: skip


def nothing_left(item: AgreementItem | None, free: Decimal, measure: str = "quantity") -> RuleBroken:
    if measure == "amount":
        text = _("该标包协议金额余额不足，还剩 %(left)s。", left=yuan(int(free)))
    elif item is not None:
        text = _("%(name)s余量不足，还剩 %(left)s %(unit)s。", name=item.name, left=quantity_text(free), unit=item.unit)
    else:
        text = _("余量不足，还剩 %(left)s。", left=quantity_text(free))
    return RuleBroken("agreement_balance", text).with_members(free=str(free), measure=measure)


def flush_within_limits() -> None:
    refusal = RuleBroken("agreement_balance", _("余量不足。"))
    names = ("quantities", "amounts", "quantity_left", "amount_left")
    flush(db.session(), {f"ck_agreement_balances_{name}": refusal for name in names})
