"""What keeps a bid out of the scoring: above the ceiling, items missing, too few bidders. Never: too low a limit
(Order 87, Art. 12 knows no lowest price)."""

import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, TypeVar

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Problem:
    """`key`: the item concerned, None for the whole bid. `found` and `bound` in the unit of the check."""

    code: str
    article: str
    key: Any = None
    found: Any = None
    bound: Any = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """One item of the lot. `ceiling_fen`: highest unit price, None for none."""

    key: Hashable
    quantity: Decimal
    ceiling_fen: int | None = None


@dataclass(frozen=True, slots=True)
class Offered:
    key: Hashable
    quantity: Decimal
    unit_price_fen: int


def over_ceiling(
    total_fen: int, ceiling_fen: int | None, wanted: Iterable[Wanted] = (), offered: Iterable[Offered] = ()
) -> list[Problem]:
    """A price equal to the ceiling is within it."""
    found = []
    if ceiling_fen is not None and total_fen > ceiling_fen:
        found.append(Problem("over_ceiling", "order_87:63:4", None, total_fen, ceiling_fen))
    ceilings = {item.key: item.ceiling_fen for item in wanted}
    for line in offered:
        bound = ceilings.get(line.key)
        if bound is not None and line.unit_price_fen > bound:
            found.append(Problem("over_unit_ceiling", "order_87:63:4", line.key, line.unit_price_fen, bound))
    return found


def incomplete(wanted: Iterable[Wanted], offered: Iterable[Offered]) -> list[Problem]:
    """Items not priced, priced at nothing, of another quantity, not asked for, or priced twice."""
    asked = {item.key: item for item in wanted}
    given: dict[Hashable, Offered] = {}
    found = []
    for line in offered:
        if line.key in given:
            found.append(Problem("item_twice", "order_87:63:6", line.key))
        given[line.key] = line
        if line.key not in asked:
            found.append(Problem("item_unknown", "order_87:63:6", line.key))
        elif line.quantity != asked[line.key].quantity:
            found.append(
                Problem("quantity_changed", "order_87:63:6", line.key, line.quantity, asked[line.key].quantity)
            )
        if line.unit_price_fen <= 0:
            found.append(Problem("item_without_price", "order_87:63:6", line.key, line.unit_price_fen))
    found += [Problem("item_missing", "order_87:63:6", key) for key in asked if key not in given]
    return found


def brand_key(brand: str) -> str:
    """Brands as compared: full and half width, case and blanks do not matter, nor does 牌 at the end."""
    plain = "".join(unicodedata.normalize("NFKC", brand).casefold().split())
    return plain.removesuffix("牌") or plain


def same_brand_groups(
    brands: Mapping[K, Mapping[Hashable, str]], *, several: Literal["any", "all"] = "all"
) -> list[list[K]]:
    """Bids by the brands of their core products (core item → brand), Art. 31: a group counts as one bidder.

    `several`: where the lot has more than one core product, whether one shared brand or all shared make bids the same;
    the tender's document says which. A bid without brands shares with nobody. Groups and bids in the order given.
    """
    keys = list(brands)
    plain = {
        bid: {item: brand_key(brand) for item, brand in named.items() if brand_key(brand)}
        for bid, named in brands.items()
    }
    group = {bid: bid for bid in keys}
    for place, bid in enumerate(keys):
        for other in keys[:place]:
            if _shares(plain[bid], plain[other], several):
                old, new = group[bid], group[other]
                group = {one: new if head == old else head for one, head in group.items()}
    heads = list(dict.fromkeys(group[bid] for bid in keys))
    return [[bid for bid in keys if group[bid] == head] for head in heads]


def _shares(one: Mapping[Hashable, str], other: Mapping[Hashable, str], several: str) -> bool:
    common = [item for item in one if one[item] == other.get(item)]
    if several == "any":
        return bool(common)
    return bool(common) and len(common) == len(one) == len(other)


def count_bidders(bids: Iterable[K], groups: Iterable[Iterable[K]] = ()) -> int:
    """Bids of one brand group are one bidder (Art. 31)."""
    left = set(bids)
    count = 0
    for group in groups:
        members = left & set(group)
        count += bool(members)
        left -= members
    return count + len(left)


def too_few(count: int, least: int, stage: Literal["opening", "qualified", "conforming"]) -> Problem | None:
    """Fewer than `least` bidders: no opening (Art. 40), no evaluation (Art. 44); after the reviews the lot fails
    (Art. 43)."""
    if count >= least:
        return None
    article = {"opening": "order_87:40", "qualified": "order_87:44", "conforming": "order_87:43"}[stage]
    code = {"opening": "too_few_to_open", "qualified": "too_few_qualified", "conforming": "too_few_conforming"}[stage]
    return Problem(code, article, None, count, least)


def over_lot_limit(lots_bid: int, most_lots_bid: int | None) -> Problem | None:
    if most_lots_bid is None or lots_bid <= most_lots_bid:
        return None
    return Problem("too_many_lots", "tender_document", None, lots_bid, most_lots_bid)
