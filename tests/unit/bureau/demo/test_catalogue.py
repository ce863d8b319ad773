import re

from bureau.catalogue.rules import CertificateKind, Storage, conversion_problems
from bureau.demo import MARK
from bureau.demo.catalogue import (
    CATEGORIES,
    CERTIFICATE_HEADERS,
    HEADERS,
    catalogue_rows,
    certificate_rows,
    certificate_rules,
    food_items,
    required_certificates,
    yuan,
)
from bureau.demo.suppliers import SUPPLIERS

NOT_FOR_SCHOOLS = ("四季豆", "鲜黄花菜", "野生", "亚硝酸", "裱花", "生食")


def test_enough_items_with_codes_and_names_given_once() -> None:
    items = food_items()
    assert 115 <= len(items) <= 140
    assert len({item.code for item in items}) == len(items)
    assert len({item.name for item in items}) == len(items)


def test_every_category_has_items_a_supplier_and_certificates() -> None:
    assert {item.category for item in food_items()} == set(CATEGORIES)
    assert {category for supplier in SUPPLIERS for category in supplier.categories} == set(CATEGORIES)
    assert all(required_certificates(category) for category in CATEGORIES)


def test_fields_are_valid() -> None:
    for item in food_items():
        assert re.fullmatch(r"[A-Z]{2}\d{2}", item.code)
        assert item.specification
        assert item.base_unit in ("kg", "L", "盒", "杯", "个", "袋", "桶", "瓶")
        assert item.storage in set(Storage)
        assert 1 <= item.shelf_life_days <= 1100
        assert 0 < item.price_low_fen < item.price_high_fen <= 3 * item.price_low_fen
        assert re.fullmatch(r"(GB(/T)? \d{3,5})?", item.standard)


def test_conversions_are_positive_and_unambiguous() -> None:
    for item in food_items():
        assert all(pack.factor > 0 for pack in item.packs)
        assert conversion_problems(item.base_unit, [pack.unit for pack in item.packs]) == {}


def test_nothing_that_school_canteens_may_not_serve() -> None:
    assert [i.name for i in food_items() if any(word in i.name for word in NOT_FOR_SCHOOLS)] == []


def test_certificates_by_category() -> None:
    kinds = {category: {rule.kind for rule in required_certificates(category)} for category in CATEGORIES}
    assert kinds["livestock"] == {"purchase_voucher", "animal_quarantine", "meat_inspection"}
    assert kinds["poultry"] == {"purchase_voucher", "animal_quarantine"}
    assert kinds["vegetable"] == {"purchase_voucher", "produce_conformity"}
    assert kinds["grain"] == {"purchase_voucher", "batch_report"}
    assert "cold_chain_record" in kinds["frozen"]
    assert all("purchase_voucher" in found and len(found) >= 2 for found in kinds.values())


def test_certificates_are_kinds_that_the_catalogue_knows_once_per_category() -> None:
    rules = certificate_rules()
    assert {rule.kind for rule in rules} <= set(CertificateKind)
    assert len({(rule.category, rule.kind) for rule in rules}) == len(rules)


def test_rows_carry_every_header_and_the_mark_on_prices() -> None:
    rows = catalogue_rows()
    assert len(rows) == len(food_items())
    assert all(tuple(row) == HEADERS for row in rows)
    assert all(MARK in str(row["备注"]) for row in rows)
    rice = next(row for row in rows if row["编码"] == "GR01")
    assert (rice["名称"], rice["类别"], rice["执行标准"]) == ("粳米", "谷物杂粮", "GB/T 1354")
    assert (rice["包装换算"], rice["参考价下限(元)"]) == ("袋=25；小袋=10", "4.80")


def test_certificate_rows_name_categories_in_chinese() -> None:
    rows = certificate_rows()
    assert all(tuple(row) == CERTIFICATE_HEADERS for row in rows)
    assert {"类别": "畜肉", "凭证": "动物检疫合格证明"} in rows


def test_yuan_from_fen() -> None:
    assert (yuan(480), yuan(5), yuan(100000)) == ("4.80", "0.05", "1000.00")
