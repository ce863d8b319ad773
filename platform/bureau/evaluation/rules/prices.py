"""Price points (Order 87, Art. 55): lowest evaluated price ÷ price × 100 × weight, the weight in points of 100.

A discount bid (下浮率 d) is scored by its price factor 1 − d. Giving points by d ÷ d_max exaggerates differences and
departs from Art. 55: it has no function here, and `require_formula` refuses it by name.
"""

from collections.abc import Hashable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

from bureau.evaluation.rules.exact import Number, exact

K = TypeVar("K", bound=Hashable)

LOWEST_OVER_PRICE = "lowest_over_price"
# Names under which documents bring in a ratio of discounts. All are the same mistake.
NAIVE_DISCOUNT = frozenset({"discount_ratio", "discount_over_highest", "d_over_d_max", "highest_discount_full_points"})


class ForbiddenFormula(ValueError):
    """`code`, `article`: why a configured price formula cannot be used."""

    def __init__(self, name: str, code: str) -> None:
        super().__init__(f"{code}: {name}")
        self.name, self.code, self.article = name, code, "order_87:55"


def require_formula(name: str) -> str:
    """The guard on a tender's settings: one formula exists. Raises ForbiddenFormula."""
    plain = name.strip().lower()
    if plain in NAIVE_DISCOUNT:
        raise ForbiddenFormula(name, "naive_discount_formula")
    if plain != LOWEST_OVER_PRICE:
        raise ForbiddenFormula(name, "unknown_price_formula")
    return LOWEST_OVER_PRICE


def price_factor(discount: Number) -> Fraction:
    """1 − d for a discount in percent, 0 ≤ d < 100."""
    rate = exact(discount)
    if not 0 <= rate < 100:
        raise ValueError("a discount lies between 0 and less than 100 percent")
    return 1 - rate / 100


def evaluated_price(price: Number, deduction: Number = 0) -> Fraction:
    """The price that is scored: less the policy deduction (small firms), in percent. The contract is at the price bid."""
    rate = exact(deduction)
    if not 0 <= rate < 100:
        raise ValueError("a deduction lies between 0 and less than 100 percent")
    if exact(price) <= 0:
        raise ValueError("a price is more than nothing")
    return exact(price) * (1 - rate / 100)


def price_points(prices: Mapping[K, Number], weight: Number) -> dict[K, Fraction]:
    """Points of each bid out of `weight` points, from evaluated prices (fen, or price factors: the unit cancels)."""
    found = {key: exact(price) for key, price in prices.items()}
    if any(price <= 0 for price in found.values()):
        raise ValueError("a price is more than nothing")
    lowest = min(found.values(), default=Fraction(1))
    return {key: lowest / price * exact(weight) for key, price in found.items()}


def price_weight_too_low(price_weight: Number, least: Number, *, price_is_fixed_by_state: bool = False) -> bool:
    """Art. 55: the floor does not hold where prices are fixed by the state and price is no factor at all."""
    return not price_is_fixed_by_state and exact(price_weight) < exact(least)


def discount_text(discount: Decimal) -> str:
    """Percent without needless zeros, for accounts: 12.5000 → 12.5."""
    return format(discount.normalize(), "f")
