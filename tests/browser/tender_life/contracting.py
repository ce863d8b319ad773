"""Award, letters, a challenge, the agreement signed and published, and what a school and the world see of it."""

import json
from datetime import datetime, time
from typing import Any

from click.testing import CliRunner

from bureau.agreements.models import Agreement
from bureau.ocds.commands import ocds
from bureau.ocds.rules.checks import check_package
from bureau.roles import Role
from kernel.database import db
from kernel.database.scope import Scope, use_scope
from kernel.web.dates import SHANGHAI, today
from tests.browser.tender_life.bidding import company_window, tick
from tests.browser.tender_life.preparing import COMPANY, TITLE, due, menu, open_tender
from tests.browser.tender_life.tendering import QUESTION, saved_in, tender_of
from tests.browser.tender_life.town import Town, Window
from tests.support.tenders import PDF

RUNNER_UP, LOSER = "演示供应商 a", "演示供应商 a-2"


def award(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    due(officer, f"定标：{TITLE}")
    assert page.locator("tbody th[scope=row]").all_inner_texts()[:3] == [COMPANY, RUNNER_UP, LOSER]
    assert page.locator("[name=winners]:checked").count() == 2  # two of a framework, by rank
    officer.see("13-deciding")
    page.get_by_role("button", name="确定中标人").click()
    officer.said("已定标")
    due(officer, f"公告中标结果：{TITLE}")
    officer.confirm("公告结果")
    officer.said("结果已公告")
    assert tender_of(town).state == "challenge_window"
    officer.see("13-announced")


def read_letters(town: Town) -> None:
    """Each bidder its own letter; who lost sees its own score and rank and nobody else's."""
    winner = company_window(town, 390)
    due(winner, "签收中标通知书")
    assert "贵方为中标人" in winner.text()
    winner.see("13-won-390")
    winner.page.get_by_role("button", name="签收").click()
    winner.said("已签收")
    loser = town.window(Role.SUPPLIER_USER, "a-2", 390)
    due(loser, TITLE)
    text = loser.text()
    assert LOSER in text
    assert "贵方未中标" in text
    facts = loser.page.locator("article dl, article .facts").first.inner_text()
    assert "名次" in facts
    assert "总得分" in facts
    assert "3" in facts
    assert COMPANY not in text
    assert RUNNER_UP not in text.replace(LOSER, "")
    loser.see("13-lost-390")
    loser.page.get_by_role("button", name="签收").click()
    loser.said("已签收")


def challenge(town: Town) -> None:
    """On the phone, from the tender's page; the bureau accepts and answers; who asked reads it."""
    loser = town.window(Role.SUPPLIER_USER, "a-2", 390)
    page = loser.page
    open_tender(loser)
    page.get_by_role("link", name="提出质疑").click()
    page.locator("label", has_text="质疑").first.locator("input").check()
    page.locator("#field-stage label", has_text="结果").first.locator("input").check()
    page.fill("[name=facts]", "演示：请说明配送方案的评分依据。")
    page.fill("[name=request]", "演示：请复核配送方案得分。")
    loser.see("14-new-challenge-390")
    page.get_by_role("button", name="提交").click()
    loser.said("可以继续上传证明材料")
    loser.see("14-challenge-390")
    answer_challenge(town)
    menu(loser, "询问与质疑")
    page.locator("main tbody a").first.click()
    loser.said("评分无误")
    loser.see("14-answered-390")


def answer_challenge(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    due(officer, "答复质疑")
    officer.confirm("受理")
    officer.said("已受理")
    officer.page.fill("[name=answer]", "演示：各评委独立评分，依据见评标报告，评分无误。")
    officer.see("14-handling")
    officer.page.get_by_role("button", name="发出答复").click()
    officer.said("已答复")


def make_agreement(town: Town) -> Any:
    """Of each winner one; that of the company that registered itself is signed, although the window is open."""
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    due(officer, f"生成协议：{TITLE}")
    page.select_option("[name=tender_id]", str(tender_of(town).id))
    page.get_by_role("button", name="生成协议").click()
    officer.said("已生成 2 份协议")
    menu(officer, "招标项目")
    page.get_by_role("link", name=TITLE).click()
    officer.see("15-tender")
    page.locator("section[aria-labelledby=part-agreements] li", has_text=COMPANY).get_by_role("link").click()
    officer.see("15-agreement")
    upload(officer, "采购人")
    company = company_window(town, 390)
    due(company, f"签字盖章并上传协议：{TITLE}")
    upload(company, "供应商")
    company.see("15-own-390")
    page.reload()
    for name in ("supplier_signed_on", "bureau_signed_on"):
        page.fill(f"[name={name}]", today().isoformat())
    page.get_by_role("button", name="确认签订").click()
    page.locator("[role=alert]", has_text="理由").first.wait_for()
    officer.complaints.clear()  # the refusal, as the browser reports it
    assert "质疑" in officer.text()
    officer.shoot("life-15-soft-lock")
    for name in ("supplier_signed_on", "bureau_signed_on"):
        page.fill(f"[name={name}]", today().isoformat())
    page.fill("[name=override_reason]", "演示：质疑已答复，学校急需供货")
    page.get_by_role("button", name="确认签订").click()
    officer.said("协议已签订")
    officer.see("15-signed")
    officer.confirm("公告合同")
    officer.said("合同已公告")
    officer.see("15-published")
    return agreement_of(town)


def upload(window: Window, side: str) -> None:
    page = window.page
    page.select_option("[name=kind]", "signed")
    if page.locator("select[name=side]").count():
        page.select_option("select[name=side]", label=side)
    page.set_input_files("input[name=file]", {"name": f"{side}.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.get_by_role("button", name="上传", exact=True).click()
    window.said("文件已上传")


def agreement_of(town: Town) -> Any:
    def read() -> Any:
        use_scope(db.session(), Scope("houqin_bureau", bureau_id=town.bureau_id))
        found = db.session.query(Agreement).filter_by(bureau_id=town.bureau_id, is_signed=True).one()
        db.session.expunge(found)
        return found

    return saved_in(town, read)


def order_price(town: Town) -> None:
    """On the first day of the agreement the school reads today's price, and how it came about."""
    begins = datetime.combine(agreement_of(town).first_day, time(9), SHANGHAI)
    town.clock.move_to(begins)
    tick(town)
    assert tender_of(town).state == "contracting"  # the window is over, the runner-up has not signed
    manager = town.window(Role.CANTEEN_MANAGER, "a1", 390)
    page = manager.page
    menu(manager, "可订物品和价格")
    card = page.locator("section", has=page.get_by_role("heading", name="粳米"))
    card.locator("summary", has_text="19.00").click()
    card.get_by_text("固定单价").wait_for()
    assert COMPANY in manager.text()
    assert RUNNER_UP not in manager.text()  # its agreement is not signed
    manager.see("16-orderable-390")


def look_from_outside(town: Town) -> None:
    """Anybody, without signing in: the result, the answers, today's price, the supplier's certificates."""
    anybody = town.window(None)
    page = anybody.page
    anybody.go("/public/procurement/a")
    anybody.see("17-portal")
    page.get_by_role("link", name=TITLE).first.click()
    page.get_by_role("heading", name=TITLE).wait_for()
    text = anybody.text()
    assert COMPANY in text
    assert "190,000.00" in text
    assert QUESTION in text
    assert "1 件，已答复 1 件" in text
    anybody.see("17-tender")
    page.locator("section[aria-labelledby=agreements-title] a").first.click()
    anybody.said("19.00")
    assert COMPANY in anybody.text()
    anybody.see("17-agreement")
    narrow = town.window(None, width=390)
    for path, name in (("/public/procurement/a", "portal"), (page.url, "agreement")):
        narrow.go(path)
        narrow.see(f"17-{name}-390")


def export(town: Town) -> dict[str, Any]:
    """`houqin ocds export` of this tender: what our own checks and, where it lies here, the schema accept."""
    with town.app.app_context():
        done = CliRunner().invoke(ocds, ["export", "--bureau", "a", "--tender", str(tender_of(town).id)])
    assert done.exit_code == 0, done.output[-2000:]
    package: dict[str, Any] = json.loads(done.stdout)
    assert check_package(package) == []
    return package
