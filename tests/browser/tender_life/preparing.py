"""Until somebody may bid: demand from the schools, a company on the register, a tender that every rule passes."""

import re
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from bureau.roles import Role
from bureau.suppliers.credit_code import invented
from kernel.actor import system_actor
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.notices.models import OutboxMessage
from kernel.web.dates import SHANGHAI, today
from tests.browser.tender_life.town import Town, Window
from tests.support import bids
from tests.support.tenders import PDF

ROUND = "演示学年食材需求"
COMPANY = "演示新粮供应有限公司"
MAIL = "new-company@example.test"
PASSWORD = "演示口令-Life-2026"
TITLE = "演示学年食材公开招标"
PASSPHRASES = {
    "procurement": "采购经办-演示口令-2026",
    "supervision": "纪检监督-演示口令-2026",
    "escrow": "第三方保管-演示口令-2026",
}


def menu(window: Window, text: str) -> None:
    """To a page by the menu that the role has."""
    window.go("/")
    folded = window.page.locator("a.app-narrow[href='#menu']")
    if folded.is_visible():  # on a phone
        folded.click()
    named = window.page.get_by_text(text, exact=True)
    link = window.page.locator(".app-nav a", has=named).first
    if not link.is_visible():  # in a group that lies folded
        window.page.locator(".app-nav details", has=named).first.locator("summary").click()
    link.click()


def open_tender(company: Window) -> None:
    """A supplier's page of the tender."""
    menu(company, "招标公告")
    company.page.get_by_role("link", name=TITLE).click()


def due(window: Window, text: str) -> None:
    """To what waits for this person, by the landing page."""
    window.go("/")
    window.page.locator("main a.list-group-item", has_text=text).first.click()


def local(instant: Any) -> str:
    return str(instant.astimezone(SHANGHAI).strftime("%Y-%m-%dT%H:%M"))


def open_round(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    menu(officer, "需求计划")
    officer.see("01-rounds")
    page.locator("main a", has_text="发起").first.click()
    page.fill("[name=title]", ROUND)
    page.fill("[name=first_month]", (today() + timedelta(days=40)).isoformat())
    page.fill("[name=month_count]", "2")
    page.fill("[name=deadline]", f"{(today() + timedelta(days=10)).isoformat()}T18:00")
    for category in ("谷物", "畜肉"):
        page.locator("#field-category_ids label", has_text=category).locator("input").check()
    page.locator("#field-zone_ids label", has_text="a-east").locator("input").check()
    officer.see("01-new-round")
    page.get_by_role("button", name="发起").click()
    officer.said("所选学校可以开始填报")
    assert "0 / 2" in officer.text()


def fill_demand(town: Town, school: str, rice: str, pork: str) -> None:
    """The storekeeper types, the principal hands in."""
    phone = town.window(Role.STOREKEEPER, school, 390)
    page = phone.page
    due(phone, ROUND)
    for category, name, quantities in (("谷物", "粳米", rice), ("畜肉", "猪前腿肉", pork)):
        page.locator("nav[aria-label=类别] a, .nav a", has_text=category).first.click()
        row = page.locator("[data-demand-row]", has_text=name)
        for number, quantity in enumerate(quantities.split(), 1):
            row.locator(f"input[name$=-m{number}]").fill(quantity)
        page.get_by_text("已全部保存").wait_for()
    phone.see(f"02-sheet-{school}")
    principal = town.window(Role.PRINCIPAL, school)
    due(principal, ROUND)
    principal.confirm("提交")
    principal.said("已提交教育局审核")
    principal.see(f"02-handed-in-{school}")


def aggregate(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    for school in ("演示第一小学", "演示第二小学"):
        due(officer, ROUND)
        page.get_by_role("link", name=school).click()
        officer.see("03-school")
        officer.confirm("通过")
        officer.said("已通过")
    officer.confirm("截止填报")
    officer.said("已截止填报")
    officer.confirm("汇总成标包")
    officer.said("已汇总 2 所学校的需求")
    officer.see("03-round")
    page.locator("#lots-title").wait_for()
    page.get_by_role("link", name="谷物").first.click()
    text = officer.text()
    assert "10000" in text
    assert "演示第一小学" in text  # a lot opens into its schools
    officer.see("03-lot")


def last_code(town: Town) -> str:
    """From the mail that went out to the company."""
    with town.app.app_context():
        use_scope(db.session(), system_actor(town.bureau_id).scope)
        query = select(OutboxMessage).where(OutboxMessage.recipient == MAIL).order_by(OutboxMessage.id.desc())
        message = db.session.scalars(query).first()
        assert message is not None
        found = re.search(r"\b[0-9]{6}\b", message.body["text"])
        db.session.remove()
    assert found is not None
    return found.group()


def register(town: Town) -> Window:
    """The public page, the code from the mail, the certificates, handed in for review."""
    company = town.window(None, width=390)
    page = company.page
    company.go("/public/suppliers/a/register")
    company.see("04-register-390")
    values = {"company_name": COMPANY, "credit_code": invented(7001), "address": "演示路 8 号", "person_name": "演示张三",
              "mobile": "13900001111", "email": MAIL}  # fmt: skip
    for name, value in values.items():
        page.fill(f"[name={name}]", value)
    page.select_option("[name=kind]", "enterprise")
    page.select_option("[name=size]", "micro")
    page.get_by_role("button", name="发送验证码").click()
    page.get_by_role("heading", name="验证邮箱").wait_for()
    company.see("04-confirm-390")
    page.fill("[name=code]", last_code(town))
    page.fill("[name=password]", PASSWORD)
    page.fill("[name=repeated]", PASSWORD)
    page.get_by_role("button", name="确认").click()
    company.said("账号已开通")
    page.get_by_role("link", name="登录").click()
    company.sign_in(MAIL, PASSWORD)
    menu(company, "企业登记")
    page.get_by_role("link", name="选择品类").click()
    for category in ("谷物", "畜肉"):
        page.locator("label", has_text=category).locator("input").check()
    company.see("04-categories-390")
    page.get_by_role("button", name="保存").click()
    company.said("已保存")
    for kind in asked_licences(company):
        page.get_by_role("link", name="提交证照").click()
        page.select_option("[name=kind]", label=kind)
        page.fill("[name=number]", f"演示证号-{kind}")
        page.fill("[name=valid_until]", (today() + timedelta(days=700)).isoformat())
        page.set_input_files("[name=scan]", {"name": "证照.pdf", "mimeType": "application/pdf", "buffer": PDF})
        page.get_by_role("button", name="提交", exact=True).click()
        company.said("教育局核验后生效")
    company.see("04-company-390")
    company.confirm("提交审核")
    company.said("请等待教育局审核")
    return company


def asked_licences(company: Window) -> list[str]:
    line = company.page.locator("p", has_text="所选品类需要：").inner_text()
    return [one.strip() for one in line.split("：", 1)[1].split("、") if one.strip()]


def admit(town: Town) -> None:
    """Certificate by certificate, category by category, then the company; two others are admitted without the walk."""
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    due(officer, COMPANY)
    officer.see("04-review")
    for section in ("licences-title", "categories-title"):
        waiting = page.locator(f"section[aria-labelledby={section}] summary", has_text=re.compile("^\\s*通过\\s*$"))
        while waiting.count():
            left = waiting.count()
            waiting.first.click()
            page.locator(
                f"section[aria-labelledby={section}] details[open] .confirm-buttons button[type=submit]"
            ).click()
            page.wait_for_function(
                "([name, left]) => [...document.querySelectorAll(`section[aria-labelledby=${name}] summary`)]"
                ".filter(one => one.textContent.trim() === '通过').length < left",
                arg=[section, left],
            )
    officer.confirm("予以登记")
    officer.said("审核意见已保存")
    officer.see("04-admitted")


def admit_the_others(town: Town) -> None:
    others = [bids.bidder(town.world, place) for place in ("a", "a-2")]
    bids.admit(others, [town.stocked.grain, town.stocked.meat])
