from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest

from bureau.demo import MARK
from bureau.demo.catalogue import CATEGORIES, food_items, required_certificates
from bureau.demo.district import District, build_district
from bureau.demo.people import Person, build_people
from bureau.demo.records import FREQUENCY, PER_DINER, GoodsReceipt, build_receipts
from bureau.demo.suppliers import SUPPLIERS

TODAY = date(2026, 11, 20)


@pytest.fixture(scope="module")
def district() -> District:
    return build_district()


@pytest.fixture(scope="module")
def people(district: District) -> tuple[Person, ...]:
    return build_people(district)


@pytest.fixture(scope="module")
def receipts(district: District, people: tuple[Person, ...]) -> tuple[GoodsReceipt, ...]:
    return build_receipts(district, people, TODAY)


def test_the_same_arguments_give_the_same_receipts(
    district: District, people: tuple[Person, ...], receipts: tuple[GoodsReceipt, ...]
) -> None:
    assert repr(build_receipts(district, people, TODAY)) == repr(receipts)
    assert repr(build_receipts(district, people, TODAY, seed=2)) != repr(receipts)


def test_every_category_can_be_delivered() -> None:
    assert set(FREQUENCY) == set(PER_DINER) == set(CATEGORIES)


def test_keys_are_given_once_and_suppliers_are_marked(receipts: tuple[GoodsReceipt, ...]) -> None:
    assert len({receipt.key for receipt in receipts}) == len(receipts)
    assert all(receipt.supplier_name.startswith(MARK) for receipt in receipts)


@pytest.mark.parametrize("weekday", range(7))
def test_days_are_school_days_of_the_last_sixty(district: District, people: tuple[Person, ...], weekday: int) -> None:
    today = TODAY + timedelta(days=weekday)
    days = [receipt.received_at.date() for receipt in build_receipts(district, people, today, per_school=4)]
    assert today - timedelta(days=60) <= min(days)
    assert max(days) < today
    assert max(day.weekday() for day in days) == 4
    assert days == sorted(days)


def test_schools_with_a_kitchen_take_in_and_the_first_three_most(
    district: District, receipts: tuple[GoodsReceipt, ...]
) -> None:
    counts = {school.code: 0 for school in district.schools}
    for receipt in receipts:
        counts[receipt.school] += 1
    for number, school in enumerate(district.schools):
        expected = 0 if school.canteen_mode == "delivered" else 36 if number < 3 else 12
        assert counts[school.code] == expected


def test_two_different_people_of_the_school_receive(
    people: tuple[Person, ...], receipts: tuple[GoodsReceipt, ...]
) -> None:
    schools_of = {person.username: {post.scope for post in person.posts} for person in people}
    for receipt in receipts:
        first, second = receipt.receivers
        assert first != second
        assert all(receipt.school in schools_of[username] for username in receipt.receivers)


def test_lines_fit_the_catalogue_and_the_supplier(receipts: tuple[GoodsReceipt, ...]) -> None:
    items = {item.code: item for item in food_items()}
    categories = {supplier.code: supplier.categories for supplier in SUPPLIERS}
    for receipt in receipts:
        assert 1 <= len(receipt.lines) <= 6
        assert len({line.item for line in receipt.lines}) == len(receipt.lines)
        for line in receipt.lines:
            item = items[line.item]
            units = {item.base_unit: Decimal(1), **{pack.unit: pack.factor for pack in item.packs}}
            assert (line.item_name, line.category) == (item.name, item.category)
            assert item.category in categories[receipt.supplier]
            assert units[line.unit] == line.factor
            assert (line.temperature is None) == (item.storage == "ambient")


def test_money_and_quantities_add_up(receipts: tuple[GoodsReceipt, ...]) -> None:
    for receipt in receipts:
        assert receipt.amount_fen == sum(line.amount_fen for line in receipt.lines) > 0
        for line in receipt.lines:
            assert line.quantity > 0
            assert line.quantity == round(line.quantity, 3)
            assert line.base_quantity == line.quantity * line.factor
            exact = line.quantity * line.unit_price_fen
            assert line.amount_fen == int(exact.quantize(Decimal(1), ROUND_HALF_UP))


def test_goods_are_made_before_they_come_and_not_yet_out_of_date(receipts: tuple[GoodsReceipt, ...]) -> None:
    for receipt in receipts:
        day = receipt.received_at.date()
        for line in receipt.lines:
            assert line.produced_on <= day < line.expires_on
            assert line.batch.startswith(f"{line.produced_on:%Y%m%d}-")


def test_some_lack_certificates(receipts: tuple[GoodsReceipt, ...]) -> None:
    lacking = [receipt for receipt in receipts if receipt.lacks_certificates]
    assert 0.04 <= len(lacking) / len(receipts) <= 0.08
    for receipt in receipts:
        by_category: dict[str, set[tuple[str, ...]]] = {}
        for line in receipt.lines:
            asked = {rule.kind for rule in required_certificates(line.category)}
            assert set(line.certificates) | set(line.missing) == asked
            assert not set(line.certificates) & set(line.missing)
            by_category.setdefault(line.category, set()).add(line.missing)
        # A paper is there for all goods of a category or for none: otherwise it could not be said what is missing.
        assert all(len(missing) == 1 for missing in by_category.values())
