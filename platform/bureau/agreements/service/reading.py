"""Lists of agreements, balances with their moves, and whether the moves add up."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import any_, func, literal, or_, select

from bureau.agreements import balance_rules, rules
from bureau.agreements.balance_models import AgreementBalance, BalanceMove
from bureau.agreements.balance_rules import Delta, Stand
from bureau.agreements.models import Agreement, AgreementChange, AgreementDocument, AgreementItem, AgreementLot
from bureau.agreements.service.ledger import COLUMN, stand_of
from bureau.agreements.service.pricing import Price, prices_for_school
from bureau.schools.models import School
from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.scope import within
from kernel.web.dates import today


def list_agreements(
    actor: Actor, standing: str | None = None, cursor: str | None = None, limit: int = 50, *, on: date | None = None
) -> Page[Agreement]:
    """Newest first: all of the bureau, a supplier's own, or those that cover the actor's school."""
    query = select(Agreement).where(Agreement.bureau_id == actor.bureau_id)
    if actor.level == "supplier":
        query = query.where(Agreement.supplier_id == actor.own_supplier_id())
    elif actor.level == "school":
        covered = or_(Agreement.covers_all, literal(actor.own_school_id()) == any_(Agreement.school_ids))
        query = query.where(Agreement.is_signed.is_(True), covered)
    if standing:
        query = query.where(*_in_standing(standing, on or today()))
    return paginate(db.session(), query, [Agreement.id], cursor, limit)


def _in_standing(standing: str, on: date) -> list[Any]:
    """rules.standing, said to the database."""
    if standing in ("pending", "cancelled", "terminated"):
        return [Agreement.state == standing]
    if standing == "expired":
        return [Agreement.state.in_(("signed", "suspended")), Agreement.last_day < on]
    if standing == "suspended":
        return [Agreement.state == "suspended", Agreement.last_day >= on]
    begun = Agreement.first_day <= on if standing == "active" else Agreement.first_day > on
    return [Agreement.state == "signed", begun, Agreement.last_day >= on]


@dataclass(frozen=True, slots=True)
class BalanceLine:
    """`item` None: the lot's amount. `school_name` "": the pool."""

    balance: AgreementBalance
    lot: AgreementLot
    item: AgreementItem | None
    school_name: str

    @property
    def stand(self) -> Stand:
        return stand_of(self.balance)


def balances_of(actor: Actor, agreement_id: UUID) -> list[BalanceLine]:
    """Of the bureau and the supplier all, of a school the pools and its own."""
    query = (
        select(AgreementBalance, AgreementLot, AgreementItem)
        .join(AgreementLot, (AgreementLot.bureau_id == AgreementBalance.bureau_id) & (AgreementLot.id == AgreementBalance.lot_id))
        .outerjoin(AgreementItem, (AgreementItem.bureau_id == AgreementBalance.bureau_id) & (AgreementItem.id == AgreementBalance.agreement_item_id))
        .where(AgreementBalance.bureau_id == actor.bureau_id, AgreementBalance.agreement_id == agreement_id)
        .order_by(AgreementLot.number, AgreementItem.position.nulls_last(), AgreementBalance.id)
    )  # fmt: skip
    if actor.level == "school":
        query = query.where(
            or_(AgreementBalance.school_id.is_(None), AgreementBalance.school_id == actor.own_school_id())
        )
    elif actor.level == "zone":
        query = query.where(or_(AgreementBalance.school_id.is_(None), AgreementBalance.school_id.in_(actor.school_ids)))
    rows = db.session.execute(query).all()
    names = _school_names(actor, {row[0].school_id for row in rows} - {None})
    return [BalanceLine(balance, lot, item, names.get(balance.school_id, "")) for balance, lot, item in rows]


def _school_names(actor: Actor, school_ids: set[int | None]) -> dict[int | None, str]:
    """A supplier reads no list of schools; of those it delivers to it is told the names."""
    if not school_ids:
        return {}
    query = select(School.id, School.name).where(School.bureau_id == actor.bureau_id, School.id.in_(school_ids))
    with within(db.session(), system_actor(actor.bureau_id).scope):
        return {row.id: row.name for row in db.session.execute(query)}


def moves_of(actor: Actor, agreement_id: UUID, cursor: str | None = None, limit: int = 50) -> Page[Any]:
    """Newest first: rows (BalanceMove, item name, school that holds the balance, drawer's name, id)."""
    holder, drawer = _named(AgreementBalance.school_id, "holder"), _named(BalanceMove.drawer_id, "drawer")
    query = (
        select(BalanceMove, AgreementItem.name.label("item_name"), AgreementItem.unit, holder, drawer, BalanceMove.id)
        .join(AgreementBalance, (AgreementBalance.bureau_id == BalanceMove.bureau_id) & (AgreementBalance.id == BalanceMove.balance_id))
        .outerjoin(AgreementItem, (AgreementItem.bureau_id == BalanceMove.bureau_id) & (AgreementItem.id == AgreementBalance.agreement_item_id))
        .where(BalanceMove.bureau_id == actor.bureau_id, BalanceMove.agreement_id == agreement_id)
    )  # fmt: skip
    return paginate(db.session(), query, [BalanceMove.id], cursor, limit, scalars=False)


def _named(column: Any, label: str) -> Any:
    query = select(School.name).where(School.bureau_id == BalanceMove.bureau_id, School.id == column)
    return query.scalar_subquery().label(label)


@dataclass(frozen=True, slots=True)
class Mismatch:
    balance_id: UUID
    column: str
    stored: Decimal
    moved: Decimal


def reconcile(bureau_id: int, agreement_id: UUID | None = None) -> list[Mismatch]:
    """Every balance that is not the sum of its moves; empty when all is well."""
    with within(db.session(), system_actor(bureau_id).scope):
        sums = {
            row[0]: row[1:]
            for row in db.session.execute(
                select(
                    BalanceMove.balance_id,
                    *(func.sum(getattr(BalanceMove, COLUMN[one.name])) for one in fields(Delta)),
                )
                .where(BalanceMove.bureau_id == bureau_id)
                .group_by(BalanceMove.balance_id)
            )
        }
        query = select(AgreementBalance).where(AgreementBalance.bureau_id == bureau_id)
        if agreement_id is not None:
            query = query.where(AgreementBalance.agreement_id == agreement_id)
        balances = db.session.scalars(query.execution_options(populate_existing=True)).all()
    found: list[Mismatch] = []
    for balance in balances:
        moved = balance_rules.Delta(*(sums.get(balance.id) or [Decimal(0)] * 6))
        for one in fields(Delta):
            stored = getattr(balance, one.name)
            if stored is not None and stored != getattr(moved, one.name):
                found.append(Mismatch(balance.id, one.name, Decimal(stored), Decimal(getattr(moved, one.name))))
    return found


@dataclass(frozen=True, slots=True)
class Offer:
    """What a school may order: a price, and what is left for it. `free` None: without a limit."""

    price: Price
    free: Decimal | None
    free_fen: int | None


def offers_for_school(actor: Actor, school_id: int, on: date | None = None) -> dict[UUID, list[Offer]]:
    """Catalogue item → offers, cheapest first. Three more queries than the prices, however many lines there are."""
    prices = prices_for_school(actor.bureau_id, school_id, on or today())
    lines = [price for offers in prices.values() for price in offers]
    with within(db.session(), system_actor(actor.bureau_id).scope):
        lots = {
            lot.id: lot
            for lot in db.session.scalars(
                select(AgreementLot).where(
                    AgreementLot.bureau_id == actor.bureau_id, AgreementLot.id.in_({one.lot_id for one in lines})
                )
            )
        }
        rows = db.session.scalars(
            select(AgreementBalance)
            .where(AgreementBalance.bureau_id == actor.bureau_id, AgreementBalance.lot_id.in_(lots))
            .where(or_(AgreementBalance.school_id.is_(None), AgreementBalance.school_id == school_id))
            .execution_options(populate_existing=True)
        ).all()
    by_line = {(row.agreement_item_id or row.lot_id, row.school_id): row for row in rows}
    found: dict[UUID, list[Offer]] = {}
    for item_id, offers in prices.items():
        for price in offers:
            own = school_id if lots[price.lot_id].balance_form == "per_school" else None
            line, money = by_line.get((price.agreement_item_id, own)), by_line.get((price.lot_id, None))
            free = stand_of(line).free if line else Decimal(0)
            found.setdefault(item_id, []).append(Offer(price, free, stand_of(money).free_fen if money else None))
    return found


def allowed_items(bureau_id: int, school_id: int, on: date) -> frozenset[UUID] | None:
    """For the catalogue: what agreements let a school order on a day; None while the bureau has signed none at all."""
    with within(db.session(), system_actor(bureau_id).scope):
        query = select(Agreement.id).where(Agreement.bureau_id == bureau_id, Agreement.is_signed.is_(True))
        if db.session.scalar(query.limit(1)) is None:
            return None
        covered = (
            select(AgreementItem.item_id, AgreementLot.covers_all, AgreementLot.school_ids)
            .join(AgreementLot, (AgreementLot.bureau_id == AgreementItem.bureau_id) & (AgreementLot.id == AgreementItem.lot_id))
            .join(Agreement, (Agreement.bureau_id == AgreementItem.bureau_id) & (Agreement.id == AgreementItem.agreement_id))
            .where(
                AgreementItem.bureau_id == bureau_id, Agreement.state == "signed", Agreement.first_day <= on,
                Agreement.last_day >= on, AgreementLot.state == "active",
            )
        )  # fmt: skip
        rows = db.session.execute(covered).all()
    return frozenset(item for item, everybody, ids in rows if rules.covers(everybody, ids, school_id))


@dataclass(frozen=True, slots=True)
class Waiting:
    """Agreements of a bureau that wait for something."""

    to_sign: Sequence[Agreement]
    to_publish: Sequence[Agreement]
    to_file: Sequence[Agreement]
    ending: Sequence[Agreement]
    changes: Sequence[Any]  # (AgreementChange, Agreement): pending, or urgent and unconfirmed


ENDING_SOON = 60  # days: time enough for another tender


def unsigned_by(actor: Actor, supplier_id: UUID) -> Sequence[Agreement]:
    """Agreements that wait for a scan with the supplier's own signature."""
    scanned = (
        select(AgreementDocument.id)
        .where(
            AgreementDocument.bureau_id == Agreement.bureau_id, AgreementDocument.agreement_id == Agreement.id,
            AgreementDocument.kind == "signed", AgreementDocument.side == "supplier",
        )
        .exists()
    )  # fmt: skip
    query = select(Agreement).where(
        Agreement.bureau_id == actor.bureau_id,
        Agreement.supplier_id == supplier_id,
        Agreement.state == "pending",
        ~scanned,
    )
    return db.session.scalars(query.order_by(Agreement.id).limit(50)).all()


def waiting(actor: Actor) -> Waiting:
    day = today()
    rows = db.session.scalars(
        select(Agreement)
        .where(
            Agreement.bureau_id == actor.bureau_id, Agreement.state.in_(("pending", "signed", "suspended")),
            or_(
                Agreement.state == "pending", Agreement.published_on.is_(None), Agreement.filed_on.is_(None),
                Agreement.last_day.between(day, day + timedelta(days=ENDING_SOON)),
            ),
        )
        .order_by(Agreement.id)
        .limit(200)
    ).all()  # fmt: skip
    signed = [one for one in rows if one.is_signed]
    changes = db.session.execute(
        select(AgreementChange, Agreement)
        .join(Agreement, (Agreement.bureau_id == AgreementChange.bureau_id) & (Agreement.id == AgreementChange.agreement_id))
        .where(
            AgreementChange.bureau_id == actor.bureau_id, AgreementChange.created_by != actor.account_id,
            AgreementChange.decided_at.is_(None), or_(AgreementChange.state == "pending", AgreementChange.is_urgent),
        )
        .order_by(AgreementChange.id)
        .limit(100)
    ).all()  # fmt: skip
    return Waiting(
        [one for one in rows if one.state == "pending"],
        [one for one in signed if one.published_on is None and one.publish_by is not None],
        [one for one in signed if one.filed_on is None and one.file_by is not None],
        [one for one in signed if day <= one.last_day <= day + timedelta(days=ENDING_SOON)],
        changes,
    )
