"""Bids sealed in three browsers, the deadline, the opening by two officers, and what anybody can verify."""

import json
from datetime import timedelta
from pathlib import Path

from bureau.roles import Role
from bureau.tendering.service import clock
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from tests.browser.declared import fill_declared
from tests.browser.tender_life.preparing import COMPANY, MAIL, PASSPHRASES, PASSWORD, TITLE, due, menu, open_tender
from tests.browser.tender_life.tendering import SEATS, saved_in, tender_of
from tests.browser.tender_life.town import PASSPHRASE_TAKES, Town, Window

ANSWERS = {
    "Q1": "持有有效许可证，见附件。",
    "C1": "90 天",
    "T1": "每日配送到校",
    "T2": "每批自检",
    "B1": "两小时响应",
}


def company_window(town: Town, width: int = 1440) -> Window:
    """The company that registered itself signs in as it does at home."""
    return town.window(None, width=width).sign_in(MAIL, PASSWORD)  # type: ignore[return-value]


NUMBERS = {"new": 1, "a": 2, "a-2": 3}  # no two companies state the same of themselves


def write(bidder: Window, price: str, name: str) -> None:
    """The form of the first lot, by the links that a supplier has."""
    page = bidder.page
    open_tender(bidder)
    bidder.settle()
    take = page.get_by_role("button", name="获取招标文件")
    if take.count():
        take.click()
        bidder.said("已获取招标文件")
    page.get_by_role("link", name="编制投标").click()
    page.locator("#bid-total").wait_for()
    write_over(bidder, price, name)


def seal(bidder: Window, price: str, name: str, *, width: int = 1440) -> None:
    write(bidder, price, name)
    bidder.see(f"08-bid-{name}-{width}")
    bidder.page.get_by_role("button", name="密封并提交").click()
    bidder.page.locator(".bid-version").wait_for()


def bid_and_replace(town: Town, folder: Path) -> None:
    """On the phone, with a certificate; then a better price: the old version is kept."""
    bidder = company_window(town, 390)
    page = bidder.page
    seal(bidder, "20.00", "new", width=390)
    page.locator("input[name^=price-]").fill("19.00")
    page.get_by_role("button", name="密封并替换原投标").click()
    page.get_by_text("第 2 版").wait_for()
    assert page.locator(".bid-version").count() == 2
    bidder.see("08-replaced-390")
    with page.expect_download() as sealed:
        page.get_by_role("link", name="下载密封文件").first.click()
    sealed.value.save_as(folder / "bid.age")
    with page.expect_download() as receipt:
        page.get_by_role("button", name="下载回执文件").first.click()
    receipt.value.save_as(folder / "receipt.json")
    assert json.loads((folder / "receipt.json").read_text())["supplier"]["name"] == COMPANY
    page.get_by_role("link", name="打印回执").first.click()
    page.get_by_role("heading", name="投标回执").wait_for()
    bidder.see("08-receipt-390")
    menu(bidder, "我的投标")
    bidder.see("08-own-bids-390")


def bid(town: Town, place: str, price: str) -> None:
    bidder = town.window(Role.SUPPLIER_USER, place)
    seal(bidder, price, place)


def pass_deadline(town: Town) -> None:
    """The clock passes the deadline under a bidder's hands: what he sends then is refused, and the tender moves on."""
    bidder = town.window(Role.SUPPLIER_USER, "a")
    page = bidder.page
    menu(bidder, "我的投标")
    page.get_by_role("link", name="编制投标").first.click()
    page.locator("#bid-total").wait_for()
    write_over(bidder, "18.00", "a")
    deadline = tender_of(town).bid_deadline
    town.clock.move_to(deadline + timedelta(seconds=2))
    page.get_by_role("button", name="密封并替换原投标").click()
    page.locator("#bidding [role=alert]", has_text="截止").wait_for()
    assert page.locator(".bid-version").count() == 1
    bidder.shoot("life-09-too-late")
    assert tick(town) == 1
    assert tender_of(town).state == "opening"


def tick(town: Town) -> int:
    """What the scheduler does every minute; how many tenders it looked at."""

    def run() -> int:
        use_scope(db.session(), system_actor(town.bureau_id).scope)
        return clock.run_due(town.bureau_id)

    done: int = saved_in(town, run)
    return done


def write_over(bidder: Window, price: str, name: str) -> None:
    bidder.page.locator("input[name^=price-]").fill(price)
    fill_declared(bidder.page, NUMBERS[name])
    for code, text in ANSWERS.items():
        bidder.page.fill(f"#answer-{code}", text)


def verify(town: Town, folder: Path) -> None:
    """Anybody, from the bidder's own link, with the files that the bidder kept."""
    bidder = town.window(Role.SUPPLIER_USER, "a", 390)
    open_tender(bidder)
    address = bidder.page.get_by_role("link", name="核验页面").first.get_attribute("href")
    anybody = town.window(None, width=390)
    page = anybody.page
    anybody.go(str(address))
    page.get_by_text("已在本机重新计算，与公布的摘要一致").wait_for()
    assert page.locator("tbody tr").count() == 3
    assert COMPANY not in anybody.text()  # hashes, and no names
    page.set_input_files("#verify-file", str(folder / "receipt.json"))
    page.get_by_text("这份回执与公布的清单一致").wait_for()
    page.set_input_files("#verify-file", str(folder / "bid.age"))
    page.get_by_text("这正是").wait_for()
    anybody.see("09-verify-390")


def open_bids(town: Town) -> None:
    """Two of the three, each with his passphrase in his own window; the third stays at home."""
    first, second = (town.window(SEATS[seat]) for seat in ("procurement", "supervision"))
    for seat, officer in (("procurement", first), ("supervision", second)):
        due(officer, f"开标：{TITLE}")
        officer.page.fill("#open-passphrase", PASSPHRASES[seat])
        officer.page.get_by_role("button", name="打开密钥并开启投标").click()
    for officer in (first, second):
        officer.said("开标一览表", PASSPHRASE_TAKES)
    second.see("10-read-out")
    second.page.fill("#field-remarks", "投标人无询问。")
    second.page.get_by_role("button", name="结束开标并生成记录").click()
    second.page.wait_for_url("**/record")
    text = second.text()
    assert "190,000.00" in text
    assert "210,000.00" in text
    assert "投标人无询问" in text
    second.see("10-record")
    assert tender_of(town).state == "qualification_review"


def read_record(town: Town) -> None:
    """A bidder, and the lot that nobody bid for: it failed alone."""
    bidder = town.window(Role.SUPPLIER_USER, "a-2", 390)
    menu(bidder, "我的投标")
    bidder.page.get_by_role("link", name="开标记录").first.click()
    assert "190,000.00" in bidder.text()
    bidder.see("10-record-390")
    open_tender(bidder)
    assert "投标截止时投标人0家，不足3家，不予开标" in bidder.text()
