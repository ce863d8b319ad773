"""A bid's whole way in real browsers: keys made, a bid written, sealed, replaced, opened by two officers, verified.

The browser does what only a browser may do (passphrases, keys, sealing), so nothing of it is stood in for here.
"""

import json
import threading
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect
from werkzeug.serving import make_server

from bureau.bids.models import Bid, OpenedBid
from bureau.roles import Role
from kernel.database import db
from kernel.database.scope import use_scope
from tests.browser.conftest import SCREENS, Visitor
from tests.browser.declared import fill_declared
from tests.support import bids, tenders
from tests.support.at_once import city

PASSPHRASES = {
    "procurement": "采购经办-演示口令-2026",
    "supervision": "纪检监督-演示口令-2026",
    "escrow": "第三方保管-演示口令-2026",
}


class Town:
    """The service on a port of its own, with the world's people signed in by cookie."""

    def __init__(self, app: Any, world: Any, address: str, browser: Any) -> None:
        self.app, self.world, self.address, self.browser = app, world, address, browser
        self.windows: list[Visitor] = []

    def window(self, role: str | None, place: str | None = None, width: int = 1440) -> Visitor:
        visitor = Visitor(self.browser, self.address, width)
        visitor.context.set_default_timeout(30_000)
        visitor.page.on("dialog", lambda dialog: dialog.accept())
        if role is not None:
            secret = self.world.person(role, place).secret
            signer = self.app.session_interface.get_signing_serializer(self.app)
            value = signer.dumps({"_user_id": secret, "_fresh": True})
            visitor.context.add_cookies([{"name": "houqin", "value": value, "url": self.address}])
        self.windows.append(visitor)
        return visitor


@pytest.fixture(scope="module")
def town(admin_url, browser, tmp_path_factory):
    with city(admin_url, "sealed", tmp_path_factory.mktemp("sealed")) as (app, world):
        db.session.remove()
        server = make_server("127.0.0.1", 0, app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        made = Town(app, world, f"http://127.0.0.1:{server.server_port}", browser)
        yield made
        for window in made.windows:
            window.context.close()
        server.shutdown()
        thread.join(10)


def saved(work: Any) -> Any:
    done = work()
    db.session.commit()
    db.session.remove()
    return done


def shot(visitor: Visitor, name: str) -> None:
    SCREENS.mkdir(parents=True, exist_ok=True)
    visitor.page.screenshot(path=str(SCREENS / f"bids-{name}.png"), full_page=True)


def key_in_browser(town: Town, seat: str) -> Visitor:
    officer = town.window(bids.ROLES[seat])
    officer.go("/openings")
    page = officer.page
    page.fill("#new-passphrase", "kurz")
    page.fill("#new-again", "kurz")
    page.get_by_role("button", name="生成密钥").click()
    page.get_by_text("口令至少 12 个字符").wait_for()
    page.fill("#new-passphrase", PASSPHRASES[seat])
    page.fill("#new-again", PASSPHRASES[seat])
    page.get_by_role("button", name="生成密钥").click()
    page.get_by_text("口令最近确认于").wait_for()
    return officer


def test_a_bid_from_the_form_to_the_record(town, tmp_path):
    officers = {seat: key_in_browser(town, seat) for seat in PASSPHRASES}
    page = officers["procurement"].page
    page.locator("[data-tries-key] input[type=password]").fill("nicht dieses Wort")
    page.get_by_role("button", name="验证口令").click()
    page.get_by_text("口令不正确").wait_for()
    shot(officers["procurement"], "keys")
    assert officers["procurement"].axe() == []

    made = saved(lambda: tenders.reviewed(town.world))
    page.goto(f"{town.address}/openings/{made.id}")
    for seat, role in bids.ROLES.items():
        page.select_option(f"#field-{seat}", str(town.world.actor(role).account_id))
    page.get_by_role("button", name="保存").click()
    page.get_by_text("已指定开标人员").wait_for()
    for seat, officer in officers.items():
        officer.go(f"/openings/{made.id}")
        officer.page.fill("#seat-passphrase", PASSPHRASES[seat])
        officer.page.get_by_role("button", name="确认", exact=True).click()
        officer.page.get_by_text("再次确认口令").wait_for()
    companies = [("a", None), ("a-2", None)]

    def publish() -> list[bids.Company]:
        tenders.publish(town.world, made)
        crowd = [bids.bidder(town.world, place) for place, _none in companies] + bids.more_bidders(town.world, 1)
        bids.admit(crowd, [made.stocked.grain, made.stocked.meat])
        return crowd

    crowd = saved(publish)
    bidder = town.window("supplier_user", "a")
    write_and_seal(bidder, made, tmp_path)
    narrow = town.window("supplier_user", "a", 360)
    narrow.go(f"/bidding/{made.id}")
    narrow.page.locator("#bid-total").wait_for()
    shot(narrow, "bidding-360")
    assert narrow.page.evaluate("document.documentElement.scrollWidth") <= 360

    def others() -> None:
        use_scope(db.session(), crowd[1].actor.scope)
        lot = db.session.get(tenders_lot(), (made.bureau_id, made.lots[0]))
        real = kit_recipients(crowd[1], made)
        for one, price in ((crowd[1], 2100), (crowd[2], 2200)):
            use_scope(db.session(), one.actor.scope)
            from bureau.bids import sealing as browser_code
            from kernel.database import new_id

            bid_id = new_id()
            bids.send(one, lot, browser_code.seal([bids.package(one, lot, bid_id, price)], real)[0], bid_id)
        db.session.commit()
        tenders.run_clock(made)

    saved(others)
    open_in_two_browsers(town, officers, made)
    check_the_record_and_verify(town, made, tmp_path)


def tenders_lot() -> Any:
    from bureau.tendering.models import TenderLot

    return TenderLot


def kit_recipients(bidder: bids.Company, made: Any) -> dict[str, str]:
    from bureau.bids.service import officers

    return officers.recipients(made.bureau_id, made.id)


def write_and_seal(bidder: Visitor, made: Any, folder: Path) -> None:
    page = bidder.page
    # A client clock that is wrong by an hour: the page goes by the server's.
    page.clock.install(time=datetime.now() + timedelta(hours=1))
    bidder.go(f"/bidding/{made.id}")
    page.locator("#bid-total").wait_for()
    assert "相差约 60 分钟" in page.inner_text("#bidding")
    page.get_by_role("button", name="密封并提交").click()
    page.get_by_text("没有填写单价").wait_for()
    page.get_by_text("食品经营许可：没有应答").wait_for()
    page.get_by_text("项目负责人姓名：没有填写").wait_for()
    price = page.locator("input[name^=price-]")
    price.fill("99.00")
    page.get_by_role("button", name="检查").click()
    page.get_by_text("单价超过最高限价").wait_for()
    page.locator("details", has_text="从 Excel 粘贴单价").locator("summary").click()
    name = page.locator(".bid-items tbody th").first.evaluate("cell => cell.firstChild.textContent")
    page.fill("#bid-paste", f"{name}\t10000\t20.50\t演示品牌\t演示产地")
    page.get_by_role("button", name="填入表格").click()
    expect(page.locator("#bid-total")).to_have_text("205,000.00 元")  # the form is drawn anew once the draft is kept
    page.locator("input[name^=price-]").fill("19.50")
    assert page.locator("#bid-total").inner_text() == "195,000.00 元"
    assert page.locator("#bid-words").inner_text() == "壹拾玖万伍仟元整"
    page.set_input_files("#bid-files", {"name": "资质.pdf", "mimeType": "application/pdf", "buffer": tenders.PDF})
    page.get_by_role("button", name="移除 资质.pdf").wait_for()
    fill_declared(page, 1)
    page.fill("#declared-manager_id_tail", "12")
    page.get_by_role("button", name="检查").click()
    page.get_by_text("项目负责人身份证后四位：格式不正确").wait_for()
    fill_declared(page, 1)
    page.fill("#answer-Q1", "持有有效许可证，见附件。")
    page.fill("#answer-C1", "90 天")
    page.fill("#answer-T1", "每日配送到校")
    page.fill("#answer-T2", "每批自检")
    page.fill("#answer-B1", "两小时响应")
    page.clock.run_for(3000)
    page.get_by_text("草稿已保存在本机").wait_for()
    page.reload()  # the draft is still there
    page.locator("#bid-total").wait_for()
    assert page.locator("#bid-total").inner_text() == "195,000.00 元"
    assert bidder.axe() == []
    shot(bidder, "bidding-1440")
    page.get_by_role("button", name="密封并提交").click()
    page.locator(".bid-version").wait_for()
    page.locator("input[name^=price-]").fill("19.00")
    page.get_by_role("button", name="密封并替换原投标").click()
    page.get_by_text("第 2 版").wait_for()
    assert page.locator(".bid-version").count() == 2
    with page.expect_download() as sealed:
        page.get_by_role("link", name="下载密封文件").first.click()
    sealed.value.save_as(folder / "bid.age")
    with page.expect_download() as receipt:
        page.get_by_role("button", name="下载回执文件").first.click()
    receipt.value.save_as(folder / "receipt.json")
    with page.expect_download() as plain:
        page.get_by_role("button", name="下载明文留存").click()
    assert json.loads(plain.value.path().read_text())["price"]["total_fen"] == 1900 * 10000
    shot(bidder, "sealed")
    bidder.complaints[:] = []


def open_in_two_browsers(town: Town, officers: dict[str, Visitor], made: Any) -> None:
    first, second = officers["procurement"], officers["supervision"]
    first.go(f"/openings/{made.id}")
    first.page.fill("#open-passphrase", "falsches Wort, ganz bestimmt")
    first.page.get_by_role("button", name="打开密钥并开启投标").click()
    first.page.get_by_text("口令不正确").wait_for()
    first.page.fill("#open-passphrase", PASSPHRASES["procurement"])
    first.page.get_by_role("button", name="打开密钥并开启投标").click()
    first.page.get_by_text("正在等待另一名开标人员").wait_for()
    second.go(f"/openings/{made.id}")
    assert second.axe() == []
    second.page.fill("#open-passphrase", PASSPHRASES["supervision"])
    second.page.get_by_role("button", name="打开密钥并开启投标").click()
    second.page.get_by_text("开标一览表").first.wait_for()
    # The first officer's page notices by itself, or goes on itself where the other's browser died.
    first.page.get_by_text("开标一览表").first.wait_for()
    shot(second, "opening")
    second.page.fill("#field-remarks", "投标人无询问。")
    second.page.get_by_role("button", name="结束开标并生成记录").click()
    second.page.wait_for_url("**/record")
    assert "190,000.00" in second.page.inner_text("main")
    assert "投标人无询问" in second.page.inner_text("main")
    shot(second, "record")
    use_scope(db.session(), town.world.actor(Role.PROCUREMENT_OFFICER).scope)
    totals = [row.total_fen for row in db.session.query(OpenedBid).filter_by(tender_id=made.id)]
    assert sorted(totals) == [1900 * 10000, 2100 * 10000, 2200 * 10000]
    assert {row.state for row in db.session.query(Bid).filter_by(tender_id=made.id)} == {"opened"}
    db.session.rollback()
    db.session.remove()


def check_the_record_and_verify(town: Town, made: Any, folder: Path) -> None:
    bidder = town.window("supplier_user", "a-2")
    bidder.go(f"/bidding/{made.id}/record")
    assert "190,000.00" in bidder.page.inner_text("main")
    anybody = town.window(None, width=360)
    anybody.go(f"/public/tenders/{made.bureau_id}/{made.id}/bids")
    page = anybody.page
    page.get_by_text("已在本机重新计算，与公布的摘要一致").wait_for()
    page.set_input_files("#verify-file", str(folder / "bid.age"))
    page.get_by_text("这正是").wait_for()
    page.set_input_files("#verify-file", str(folder / "receipt.json"))
    page.get_by_text("这份回执与公布的清单一致").wait_for()
    changed = bytearray((folder / "bid.age").read_bytes())
    changed[-1] ^= 1
    page.set_input_files(
        "#verify-file", {"name": "bid.age", "mimeType": "application/octet-stream", "buffer": bytes(changed)}
    )
    page.get_by_text("公布的清单中没有这个文件").wait_for()
    assert anybody.axe() == []
    shot(anybody, "verify-360")
    too_wide = "[...document.querySelectorAll('body *')].filter(e => e.getBoundingClientRect().right > 361).map(e => e.outerHTML.slice(0, 90))"
    assert page.evaluate(too_wide) == []
    assert anybody.complaints == []
