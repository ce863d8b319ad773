"""What to order: menus × diners − stock − what is under way, by agreement and day of delivery, in units that can be bought."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from uuid import UUID

from sqlalchemy import select

from bureau.agreements.service import choosing
from bureau.agreements.service.reading import Offer, offers_for_school
from bureau.catalogue.models import CatalogueItem
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Invalid
from school.canteen.service.reading import needs
from school.orders import rules
from school.orders.service.finding import on_order
from school.stores.service.balances import on_hand

MOST_DAYS = 31
# Kept cold or dry, a good waits; nobody has a month's vegetables delivered at once.
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProposedLine:
    """`needed`: base units that are missing; `quantity`: in the agreement line's unit, rounded up."""

    item_id: UUID
    agreement_item_id: UUID
    name: str
    unit: str
    base_unit: str
    unit_price_fen: int
    needed: Decimal
    quantity: Decimal
    on_hand: Decimal
    on_order: Decimal
    free: Decimal | None  # of the balance; None: without a limit

    @property
    def is_short(self) -> bool:
        return self.free is not None and self.quantity > self.free


@dataclass(frozen=True, slots=True)
class ProposedOrder:
    agreement_id: UUID
    agreement_number: str
    supplier_name: str
    deliver_on: date
    lines: list[ProposedLine] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Unordered:
    """An item that menus ask for and no agreement offers."""

    item_id: UUID
    name: str
    base_unit: str
    needed: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    orders: Sequence[ProposedOrder]
    unordered: Sequence[Unordered]


def propose(actor: Actor, first: date, last: date, *, lead_days: int = 0) -> Proposal:
    """For the meals of the days first..last. Stock and what is under way are used up day by day; what a day then lacks is
    delivered on it, or `lead_days` before. Takes the school's own choice of supplier, else the cheapest offer."""
    if not first <= last <= first + timedelta(days=MOST_DAYS):
        raise Invalid({"last": ["1–31"]})
    school_id = actor.own_school_id()
    gross = needs(actor, school_id, first, last)
    item_ids = {item_id for item_id, _day in gross}
    stock = on_hand(actor, school_id, list(item_ids))
    coming = on_order(actor, school_id, item_ids)
    items = _items(actor, item_ids)
    offers = offers_for_school(actor, school_id, first)
    choices = choosing.choices_of(actor, school_id)
    orders: dict[tuple[UUID, date], ProposedOrder] = {}
    unordered: list[Unordered] = []
    for item_id in sorted(item_ids, key=lambda one: items[one].code if one in items else ""):
        if item_id not in items:
            continue
        item = items[item_id]
        # A recipe's grams per diner divide into endless decimals; nobody weighs finer than this.
        by_day = sorted(
            (day, amount.quantize(rules.PLACES, ROUND_CEILING))
            for (one, day), amount in gross.items()
            if one == item_id
        )
        here, under_way = stock.get(item_id, ZERO), coming.get(item_id, ZERO)
        lacking = rules.needs_after_stock(by_day, here, under_way)
        if not lacking:
            continue
        offer = _offer(offers.get(item_id, ()), choices.get(item_id))
        if offer is None:
            unordered.append(Unordered(item_id, item.name, item.base_unit, sum((one for _d, one in lacking), ZERO)))
            continue
        price = offer.price
        packs = [Decimal(str(pack["quantity"])) for pack in item.pack_sizes]
        is_base = price.unit == item.base_unit
        over = ZERO  # what rounding up brought too much goes to the days after
        for day, amount in lacking:
            wanted = max(amount - over, ZERO)
            quantity = rules.rounded_up(wanted, price.unit_factor, packs, is_base_unit=is_base)
            over = over + quantity * price.unit_factor - amount
            if quantity <= 0:
                continue
            deliver = day - timedelta(days=lead_days)
            order = orders.setdefault(
                (price.agreement_id, deliver),
                ProposedOrder(price.agreement_id, price.agreement_number, price.supplier_name, deliver),
            )
            order.lines.append(
                ProposedLine(
                    item_id, price.agreement_item_id, item.name, price.unit, item.base_unit, price.fen, amount, quantity,
                    here, under_way, offer.free,
                )
            )  # fmt: skip
    found = sorted(orders.values(), key=lambda one: (one.deliver_on, one.supplier_name, one.agreement_number))
    return Proposal(found, unordered)


def _offer(offers: Sequence[Offer], choice: object | None) -> Offer | None:
    chosen = getattr(choice, "agreement_item_id", None)
    for offer in offers:
        if offer.price.agreement_item_id == chosen:
            return offer
    # The cheapest that has something left; where none has, the cheapest, which then says so.
    left = [offer for offer in offers if offer.free is None or offer.free > 0]
    return next(iter(left or offers), None)


def _items(actor: Actor, item_ids: set[UUID]) -> Mapping[UUID, CatalogueItem]:
    query = select(CatalogueItem).where(CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id.in_(item_ids))
    return {item.id: item for item in db.session.scalars(query)}
