"""What a good costs a school: by an agreement it may order from, else as it last came in, else by the price book."""

from collections.abc import Collection
from datetime import date
from fractions import Fraction
from typing import Any
from uuid import UUID

from bureau.agreements.service.pricing import prices_for_school
from bureau.prices.service.reading import prices_on
from kernel.actor import Actor
from school.canteen.costs import ItemPrice, PriceSource, first_known
from school.stores.service.last_costs import last_costs


def prices_for(actor: Actor, school_id: int | None, item_ids: Collection[Any], on: date) -> dict[object, ItemPrice]:
    """Item → price of its base unit; items without any price are missing. `school_id` None: the price book alone, which
    is all that holds for the bureau's list."""
    wanted = [item_id for item_id in dict.fromkeys(item_ids) if isinstance(item_id, UUID)]
    if not wanted:
        return {}
    books: dict[object, ItemPrice] = {
        item_id: ItemPrice(Fraction(price.price_fen), PriceSource.BOOK, price.begins_on, price.book_number)
        for item_id, price in prices_on(actor.bureau_id, wanted, on).items()
    }
    if school_id is None:
        return books
    agreements: dict[object, ItemPrice] = {
        item_id: ItemPrice(
            prices[0].exact / Fraction(prices[0].unit_factor), PriceSource.AGREEMENT, on, prices[0].agreement_number
        )
        for item_id, prices in prices_for_school(actor.bureau_id, school_id, on).items()
        if item_id in set(wanted) and prices
    }
    receipts: dict[object, ItemPrice] = {
        item_id: ItemPrice(Fraction(cost.fen) / Fraction(cost.quantity), PriceSource.RECEIPT, cost.received_on)
        for item_id, cost in last_costs(actor, school_id, wanted, on=on).items()
    }
    return first_known([agreements, receipts, books])
