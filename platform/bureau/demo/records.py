"""Demo goods receipts of the last 60 days: what a school's canteen takes in, from whom, with which papers."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

from bureau.demo import SEED
from bureau.demo.catalogue import FoodItem, food_items, required_certificates
from bureau.demo.district import District, School
from bureau.demo.people import SHOW_SCHOOLS, Person, holder
from bureau.demo.suppliers import SUPPLIERS, Supplier

CHINA = timezone(timedelta(hours=8))
DAYS = 60
WITHOUT_CERTIFICATES = 0.06
SHOW_FACTOR = 3  # the show schools have this many times the receipts
MOST_LINES = 6
# How often a delivery of the category is met, against the others.
FREQUENCY = {
    "vegetable": 9,
    "tuber": 3,
    "mushroom": 2,
    "livestock": 6,
    "poultry": 4,
    "soy": 4,
    "egg": 3,
    "grain": 3,
    "flour": 2,
    "oil": 2,
    "fruit": 2,
    "aquatic": 2,
    "dairy": 2,
    "seasoning": 2,
    "frozen": 1,
    "dried": 1,
    "bakery": 1,
    "water": 1,
}
# Base units per diner and delivery.
PER_DINER = {
    "grain": 0.35,
    "flour": 0.20,
    "oil": 0.05,
    "tuber": 0.06,
    "vegetable": 0.08,
    "mushroom": 0.025,
    "fruit": 0.10,
    "livestock": 0.05,
    "poultry": 0.05,
    "egg": 0.045,
    "aquatic": 0.06,
    "soy": 0.04,
    "dairy": 0.9,
    "seasoning": 0.01,
    "frozen": 0.05,
    "dried": 0.008,
    "bakery": 0.9,
    "water": 0.05,
}
# What is weighed at the gate and not counted in packs.
WEIGHED = ("tuber", "vegetable", "mushroom", "fruit", "livestock", "poultry", "aquatic", "soy", "egg")
# Garlic, ginger, spices, sesame oil, yeast: a tenth of what their category would need.
LITTLE_USED = ("VE18", "VE19", "VE20", "VE21", "SE09", "SE10", "SE11", "OI06")
TEMPERATURES = {"chilled": (2.0, 7.0), "frozen": (-20.0, -14.0)}  # °C on arrival
FRESH_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptLine:
    """`quantity` in `unit`, of which each holds `factor` base units; money in fen, the price per `unit`.

    `certificates` are there, `missing` were asked for and are not: kinds of catalogue.CertificateRule.
    """

    item: str
    item_name: str
    category: str
    unit: str
    factor: Decimal
    quantity: Decimal
    base_quantity: Decimal
    unit_price_fen: int
    amount_fen: int
    batch: str
    produced_on: date
    expires_on: date
    temperature: Decimal | None
    certificates: tuple[str, ...]
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceipt:
    """`key` is unique and the same on every run. Two people receive together: `receivers` are their usernames."""

    key: str
    school: str
    supplier: str
    supplier_name: str
    received_at: datetime
    receivers: tuple[str, str]
    lines: tuple[ReceiptLine, ...]

    @property
    def amount_fen(self) -> int:
        return sum(line.amount_fen for line in self.lines)

    @property
    def lacks_certificates(self) -> bool:
        return any(line.missing for line in self.lines)


def build_receipts(
    district: District,
    people: tuple[Person, ...],
    today: date,
    per_school: int = 12,
    seed: int = SEED,
) -> tuple[GoodsReceipt, ...]:
    """Oldest first, all before `today`. Schools whose meals are delivered take in no food."""
    rng = random.Random(f"receipts:{seed}")
    receipts = []
    for number, school in enumerate(district.schools):
        if school.canteen_mode == "delivered":
            continue
        count = per_school * (SHOW_FACTOR if number < SHOW_SCHOOLS else 1)
        receivers = (
            holder(people, "storekeeper", school.code).username,
            holder(people, "canteen_manager", school.code).username,
        )
        for index in range(1, count + 1):
            receipts.append(_receipt(rng, school, receivers, today, index))
    receipts.sort(key=lambda receipt: (receipt.received_at, receipt.key))
    for place in rng.sample(range(len(receipts)), round(len(receipts) * WITHOUT_CERTIFICATES)):
        receipts[place] = _without_certificates(rng, receipts[place])
    return tuple(receipts)


def _receipt(rng: random.Random, school: School, receivers: tuple[str, str], today: date, index: int) -> GoodsReceipt:
    first = rng.choices(tuple(FREQUENCY), tuple(FREQUENCY.values()))[0]
    supplier = rng.choice([supplier for supplier in SUPPLIERS if first in supplier.categories])
    day = today - timedelta(days=rng.randint(1, DAYS))
    while day.weekday() >= 5:
        day -= timedelta(days=1)
    if day < today - timedelta(days=DAYS):
        day += timedelta(days=7)
    at = datetime.combine(day, time(6, 20), CHINA) + timedelta(minutes=rng.randint(0, 130))
    lines = tuple(_line(rng, item, school, day) for item in _items(rng, supplier, first))
    return GoodsReceipt(
        key=f"{school.code}-{index:03d}",
        school=school.code,
        supplier=supplier.code,
        supplier_name=supplier.name,
        received_at=at,
        receivers=receivers,
        lines=lines,
    )


def _items(rng: random.Random, supplier: Supplier, first: str) -> Sequence[FoodItem]:
    """At least one of the category that is the reason for the delivery, the rest from the supplier's others."""
    main = rng.choice([item for item in food_items() if item.category == first])
    others = [item for item in food_items() if item.category in supplier.categories and item is not main]
    return [main, *rng.sample(others, min(len(others), rng.randint(0, MOST_LINES - 1)))]


def _line(rng: random.Random, item: FoodItem, school: School, day: date) -> ReceiptLine:
    share = 0.1 if item.code in LITTLE_USED else 0.2 if item.base_unit == "桶" else 1.0
    need = Decimal(f"{school.diners * PER_DINER[item.category] * share * rng.uniform(0.6, 1.4):.1f}")
    unit, factor, quantity = item.base_unit, Decimal(1), max(need, Decimal(1))
    if item.category not in WEIGHED:
        fitting = [pack for pack in item.packs if pack.factor <= need]
        if fitting or item.packs:
            pack = max(fitting, key=lambda p: p.factor) if fitting else min(item.packs, key=lambda p: p.factor)
            unit, factor = pack.unit, pack.factor
        quantity = max((need / factor).quantize(Decimal(1), ROUND_HALF_UP), Decimal(1))
    price = (rng.randint(item.price_low_fen, item.price_high_fen) * factor).quantize(Decimal(1), ROUND_HALF_UP)
    produced_on = day - timedelta(days=_age(rng, item))
    cold = TEMPERATURES.get(item.storage)
    return ReceiptLine(
        item=item.code,
        item_name=item.name,
        category=item.category,
        unit=unit,
        factor=factor,
        quantity=quantity,
        base_quantity=quantity * factor,
        unit_price_fen=int(price),
        amount_fen=int((quantity * price).quantize(Decimal(1), ROUND_HALF_UP)),
        batch=f"{produced_on:%Y%m%d}-{rng.randint(1, 60):02d}",
        produced_on=produced_on,
        expires_on=produced_on + timedelta(days=item.shelf_life_days),
        temperature=Decimal(str(round(rng.uniform(*cold), 1))) if cold else None,
        certificates=tuple(rule.kind for rule in required_certificates(item.category)),
    )


def _age(rng: random.Random, item: FoodItem) -> int:
    """Days since it was made: fresh food a day at most, the rest well within its shelf life."""
    if item.shelf_life_days <= FRESH_DAYS:
        return rng.randint(0, min(1, item.shelf_life_days - 1))
    return rng.randint(1, max(2, item.shelf_life_days // 4))


def _without_certificates(rng: random.Random, receipt: GoodsReceipt) -> GoodsReceipt:
    """The lines of one category lack the paper that matters most, or have none at all."""
    chosen = rng.choice(receipt.lines)
    missing = chosen.certificates if rng.random() < 0.3 else chosen.certificates[1:2]
    kept = tuple(kind for kind in chosen.certificates if kind not in missing)
    lines = (
        replace(line, certificates=kept, missing=missing) if line.category == chosen.category else line
        for line in receipt.lines
    )
    return replace(receipt, lines=tuple(lines))
