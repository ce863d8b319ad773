"""A parent looks prices up on the phone: from the link without an account to what the bureau sees of it."""

import re

import pytest
from playwright.sync_api import expect

from bureau.demo.people import WELL_KNOWN
from tests.support.pictures import jpeg

TAG = {"name": "tag.jpg", "mimeType": "image/jpeg", "buffer": jpeg("tag", (640, 480))}


@pytest.fixture
def officer(visit):
    found = visit(WELL_KNOWN["procurement_officer"])
    found.go("/prices/surveys")
    found.page.get_by_role("row").filter(has_text="询价中").get_by_role("link").first.click()
    found.page.get_by_role("heading", level=1).wait_for()
    return found


@pytest.fixture
def parent(visit, officer):
    """At the market, with the link that the officer handed out."""
    survey = officer.page.url
    officer.page.get_by_role("link", name="询价员").click()
    link = re.search(r"/public/price-surveys/\d+/[\w-]+", officer.page.content())[0]
    officer.go(survey)
    found = visit(None, width=360)
    found.context.grant_permissions(["geolocation"], origin=found.address)
    found.context.set_geolocation({"latitude": 30.2741, "longitude": 120.1551, "accuracy": 12})
    found.go(link)
    return found


def choose_place(page):
    """A source where this parent reported nothing yet; gives its name."""
    link = page.get_by_role("link").filter(has_text=re.compile(r"\b0/\d+")).last
    name = link.inner_text().split()[0]
    link.click()
    page.get_by_label("价格").wait_for()
    return name


def plausible(page):
    """A price that nobody would ask is refused beside the last one, which is what one then asks."""
    page.get_by_label("价格").fill("9999")
    page.locator("#field-photo").set_input_files(TAG)
    page.get_by_role("button", name="提交，下一个").click()
    told = page.get_by_text("与上期参考价").first
    told.wait_for()
    return re.search(r"上期参考价 \D*([\d.]+)", told.inner_text())[1]


def test_a_price_with_photo_and_place_in_a_few_taps(parent, officer):
    page = parent.page
    assert parent.overflow() == 0
    assert parent.axe() == []
    place = choose_place(page)
    item = page.get_by_role("heading", level=2).inner_text()
    expect(page.get_by_text("已记录所在位置。")).to_be_visible()
    assert parent.overflow() == 0
    assert parent.axe() == []
    price = plausible(page)
    page.get_by_label("价格").fill(price)
    page.get_by_role("button", name="提交，下一个").click()
    expect(page.locator(".invalid-feedback").first).to_be_visible()
    expect(page.get_by_label("价格")).to_have_value(price)
    page.locator("#field-photo").set_input_files(TAG)
    page.get_by_role("button", name="提交，下一个").dblclick()
    page.get_by_text("已提交，请继续下一个物品。").wait_for()
    assert page.get_by_role("heading", level=2).inner_text() != item, "the next item is offered by itself"
    assert page.get_by_text(re.compile(r"^1/\d+$")).first.is_visible()
    assert [one for one in parent.complaints if "(UNPROCESSABLE" not in one] == []

    officer.page.reload()
    reports = officer.page.get_by_role("region", name=re.compile(re.escape(item.split()[0]))).get_by_role("row")
    mine = reports.filter(has_text=place).filter(has_text="家长")
    assert mine.count() == 1, "two clicks, one report"
    expect(mine).to_contain_text(f"{price}/")
    expect(mine).to_contain_text("30.274100, 120.155100")
    assert officer.axe() == []
