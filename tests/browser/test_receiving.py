"""Receiving on a phone, as a storekeeper does it at the gate; the bureau sees what is missing; axe finds nothing."""

import re

import pytest
from playwright.sync_api import expect

from bureau.demo.people import WELL_KNOWN
from tests.support.pictures import jpeg

PHOTO = {"name": "report.jpg", "mimeType": "image/jpeg", "buffer": jpeg("report", (640, 480))}


def pick(page, text, name):
    page.fill("#pick", text)
    page.locator("#hits button", has_text=name).first.click()
    page.get_by_role("region", name=name, exact=True).wait_for()
    return page.get_by_role("region", name=name, exact=True)


@pytest.fixture
def keeper(visit):
    return visit(WELL_KNOWN["storekeeper"], width=360)


def test_two_goods_and_a_photo_in_under_a_minute(keeper, visit):
    page = keeper.page
    keeper.go("/goods-receipts/new")
    rice = pick(page, "米", "粳米")
    rice.get_by_label("数量").fill("4")
    rice.get_by_label("单位").select_option("袋")
    rice.get_by_label("生产日期").fill("2026-01-10")
    expect(page.locator("[name=lines-0-expiry_date]")).to_have_value("2027-01-10")
    pork = pick(page, "猪后腿", "猪后腿肉")
    pork.get_by_label("数量").fill("12.5")
    pork.get_by_label("批号").fill("P-1")
    pork.get_by_label("到货温度").fill("3.5")
    page.get_by_label("供货单位").fill("演示·米面肉铺")
    slots = page.locator(".receipt-slot")
    names = [slots.nth(index).get_attribute("aria-label") for index in range(slots.count())]
    assert len(names) == len(set(names)), "one slot per kind, however many goods ask for it"
    page.get_by_role("region", name="购货凭证").locator("input[type=file]").set_input_files(PHOTO)
    page.get_by_role("region", name="购货凭证").locator("img").wait_for()
    assert keeper.overflow() == 0
    assert keeper.axe() == []
    page.get_by_role("button", name="登记收货").dblclick()
    page.get_by_text("已登记，单号").wait_for()
    number = re.search(r"SH\d{4}-\d{6}", page.inner_text("h1"))[0]
    assert page.get_by_text("缺少下列证明").is_visible()
    assert keeper.overflow() == 0
    assert keeper.axe() == []
    keeper.go("/goods-receipts")
    assert page.get_by_role("link", name=number).count() == 1, "two clicks, one receipt"

    officer = visit(WELL_KNOWN["canteen_officer"])
    officer.go("/oversight/uncertified-receipts")
    officer.page.get_by_role("link", name=number).first.click()
    officer.page.get_by_text("演示·米面肉铺").first.wait_for()
    assert officer.page.get_by_role("heading", name="补充证明").count() == 0
    assert officer.axe() == []
    assert keeper.complaints == officer.complaints == []


def test_a_line_is_taken_away_and_a_mistake_comes_back_at_its_field(keeper):
    page = keeper.page
    keeper.go("/goods-receipts/new")
    pick(page, "盐", "食用盐")
    rice = pick(page, "粳米", "粳米")
    page.get_by_role("region", name="食用盐").get_by_role("button").click()
    page.get_by_role("region", name="食用盐").wait_for(state="detached")
    rice.get_by_label("数量").fill("无")
    page.get_by_label("供货单位").fill("演示·米铺")
    with page.expect_navigation():
        page.get_by_role("button", name="登记收货").click()
    assert rice.get_by_label("数量").get_attribute("aria-invalid") == "true"
    assert page.get_by_label("供货单位").input_value() == "演示·米铺"
    assert keeper.axe() == []


def test_the_pages_read_in_english(visit):
    officer = visit(WELL_KNOWN["canteen_officer"])
    officer.context.add_cookies([{"name": "houqin_locale", "value": "en", "url": officer.address}])
    for path, heading in (
        ("/catalogue", "Purchasing catalogue"),
        ("/oversight/uncertified-receipts", "Receipts without"),
    ):
        officer.go(path)
        assert officer.page.get_by_role("heading", name=heading).first.is_visible()
