"""The tender from its draft to the last bid: rules, keys, publication, documents, a question, sealed bids."""

from datetime import date, datetime, time, timedelta
from typing import Any

from bureau.roles import Role
from bureau.tendering.models import Tender
from kernel.database import db, now
from kernel.database.scope import Scope, use_scope
from kernel.web.dates import SHANGHAI, today
from kernel.workdays import service as workdays
from tests.browser.tender_life.preparing import PASSPHRASES, ROUND, TITLE, due, local, menu, open_tender
from tests.browser.tender_life.town import PASSPHRASE_TAKES, Town, Window
from tests.support.tenders import CRITERIA, PDF

QUESTION = "配送车辆可以租用吗？"


def tender_of(town: Town) -> Any:
    """Its row, for ids, instants and states."""

    def read() -> Any:
        use_scope(db.session(), Scope("houqin_bureau", bureau_id=town.bureau_id))
        found = db.session.query(Tender).filter_by(bureau_id=town.bureau_id, title=TITLE).one()
        db.session.expunge(found)
        return found

    return saved_in(town, read)


def saved_in(town: Town, work: Any) -> Any:
    with town.app.app_context():
        try:
            done = work()
            db.session.commit()
        finally:
            db.session.remove()
        return done


def draft(town: Town) -> None:
    """From the round, with nineteen days for bids: the report says at once what is wrong, and by which article."""
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    menu(officer, "需求计划")
    page.get_by_role("link", name=ROUND).click()
    page.get_by_role("link", name="据此招标").click()
    page.fill("[name=title]", TITLE)
    page.fill("[name=budget_fen]", "500000")
    start = now()
    for name, days in (("documents_until", 10), ("questions_until", 12), ("bid_deadline", 19)):
        page.fill(f"[name={name}]", local(start + timedelta(days=days, minutes=5)))
    page.fill("[name=framework_from]", (today() + timedelta(days=60)).isoformat())
    page.fill("[name=framework_until]", (today() + timedelta(days=300)).isoformat())
    page.fill("[name=winners_per_lot]", "2")
    page.fill("[name=requirements]", "按学校需求每日配送到校。")
    officer.see("05-new-tender")
    page.get_by_role("button", name="保存").click()
    officer.said("已保存草稿")
    write_criteria(officer)
    write_ceilings(officer)
    page.set_input_files("#field-document", {"name": "招标文件.pdf", "mimeType": "application/pdf", "buffer": PDF})
    page.select_option("#document-kind", "tender_document")
    page.fill("#document-title", "招标文件")
    page.get_by_role("button", name="上传").click()
    page.get_by_role("link", name="招标文件", exact=True).wait_for()
    rules = page.locator("section[aria-labelledby=rules-title]")
    row = rules.get_by_role("row").filter(has_text="投标时间").first.inner_text()
    assert "不符合" in row
    assert "19 天" in row
    assert "《政府采购法》第三十五条" in row
    officer.see("05-draft")
    page.get_by_role("button", name="提交复核").click()
    officer.said("已提交复核")


def refuse_the_nineteen_days(town: Town) -> None:
    """The reviewer cannot publish it, whatever he wishes; he gives it back."""
    reviewer = town.window(Role.BUREAU_ADMIN)
    due(reviewer, TITLE)
    reviewer.confirm("发布招标公告")
    reviewer.page.locator("[role=alert]", has_text="投标时间").wait_for()
    assert "《政府采购法》第三十五条" in reviewer.page.locator("[role=alert]", has_text="投标时间").inner_text()
    reviewer.complaints.clear()  # the refusal, as the browser reports it
    reviewer.see("05-refused")
    reviewer.confirm("退回修改", fill={"reason": "投标时间不足 20 天"})
    reviewer.said("已退回修改")


def correct(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    due(officer, TITLE)
    page.get_by_role("link", name="修改", exact=True).first.click()
    for name, days in (("documents_until", 12), ("questions_until", 14), ("bid_deadline", 26)):
        page.fill(f"[name={name}]", local(on_a_workday(town, now() + timedelta(days=days))))
    page.get_by_role("button", name="保存").click()
    officer.said("已保存")
    answer_warnings(officer)
    page.get_by_role("button", name="提交复核").click()
    officer.said("已提交复核")


def on_a_workday(town: Town, instant: datetime) -> datetime:
    """At ten of the next working day (Order 87, Art. 85)."""
    day = instant.astimezone(SHANGHAI).date()

    def reckon() -> date:
        actor = town.world.actor(Role.PROCUREMENT_OFFICER)
        use_scope(db.session(), actor.scope)
        return next(found for more in range(30) if workdays.is_workday(actor, found := day + timedelta(days=more)))

    return datetime.combine(saved_in(town, reckon), time(10), SHANGHAI)


def write_criteria(officer: Window) -> None:
    page = officer.page
    for row in CRITERIA:
        page.get_by_role("link", name="添加因素").click()
        for name in ("part", "scale"):
            if name in row:
                page.select_option(f"[name={name}]", str(row[name]))
        for name in ("code", "title", "points", "description"):
            if name in row:
                page.fill(f"[name={name}]", str(row[name]))
        if row.get("is_objective"):
            page.check("[name=is_objective]")
        for number, level in enumerate(row.get("levels", ())):
            page.fill(f"[name=levels-{number}-label]", str(level["label"]))
            page.fill(f"[name=levels-{number}-points]", str(level["points"]))
        page.get_by_role("button", name="保存").click()
        page.locator("main th", has_text=f"{row['code']} {row['title']}").wait_for()


def write_ceilings(officer: Window) -> None:
    """No price book is in force here: the ceilings are typed."""
    page = officer.page
    for place in range(2):
        page.get_by_role("link", name="修改标包").nth(place).click()
        page.fill("[name=ceiling_fen]", "250000")
        page.fill("[name=items-0-ceiling_unit_price_fen]", "25")
        page.get_by_role("button", name="保存").click()
        officer.said("已保存")


def answer_warnings(officer: Window) -> None:
    page = officer.page
    asked = page.locator("summary", has_text="说明理由")
    while asked.count():
        left = asked.count()
        asked.first.click()
        box = page.locator("details.confirm[open]").first
        box.locator("textarea[name=reason]").fill("演示理由：本区学校供货需要")
        box.get_by_role("button", name="记录理由").click()
        page.wait_for_function(
            "left => [...document.querySelectorAll('summary')].filter(one => one.textContent.includes('说明理由')).length < left",
            arg=left,
        )


def no_script_no_passphrase(town: Town) -> None:
    """Where our script does not run (yet), the browser must not send what is typed as an address of the server."""
    officer = town.window(Role.SAFETY_OFFICER)
    page = officer.page
    page.route("**/opening-*.js", lambda route: route.abort())
    officer.go("/openings")
    page.fill("#new-passphrase", PASSPHRASES["escrow"])
    page.locator("#new-passphrase").press("Enter")
    assert page.get_by_role("button", name="生成密钥").is_disabled()
    assert "?" not in page.url


SEATS = {
    "procurement": Role.PROCUREMENT_OFFICER,
    "supervision": Role.DISCIPLINE_SUPERVISOR,
    "escrow": Role.SAFETY_OFFICER,
}


def make_keys(town: Town) -> None:
    """Each officer in a window of his own makes a key that only his passphrase opens, all three at the same time."""
    holders = {seat: town.window(role) for seat, role in SEATS.items()}
    for seat, officer in holders.items():
        menu(officer, "开标与密钥")
        officer.page.fill("#new-passphrase", PASSPHRASES[seat])
        officer.page.fill("#new-again", PASSPHRASES[seat])
        officer.page.get_by_role("button", name="生成密钥").click()
    for officer in holders.values():
        officer.said("口令最近确认于", PASSPHRASE_TAKES)
    holders["escrow"].see("05-key")


def seat_officers(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    menu(officer, "招标项目")
    officer.see("05-tenders")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("link", name="开标人员与密钥").click()
    for seat, role in SEATS.items():
        page.select_option(f"#field-{seat}", str(town.world.actor(role).account_id))
    page.get_by_role("button", name="保存").click()
    officer.said("已指定开标人员")
    holders = {seat: town.window(role) for seat, role in SEATS.items()}
    for seat, holder in holders.items():
        due(holder, f"确认开标密钥口令：{TITLE}")
        holder.page.fill("#seat-passphrase", PASSPHRASES[seat])
        holder.page.get_by_role("button", name="确认", exact=True).click()
    for holder in holders.values():
        holder.said("再次确认口令", PASSPHRASE_TAKES)
    holders["escrow"].see("05-seat")


def publish(town: Town) -> None:
    reviewer = town.window(Role.BUREAU_ADMIN)
    due(reviewer, TITLE)
    reviewer.see("06-review")
    reviewer.confirm("发布招标公告")
    reviewer.said("招标公告已发布")
    assert tender_of(town).state == "bidding"
    reviewer.see("06-published")


def ask(town: Town) -> None:
    """On the phone: the documents, and a question that carries no name."""
    company = town.window(Role.SUPPLIER_USER, "a", 390)
    page = company.page
    menu(company, "招标公告")
    company.see("07-open-tenders-390")
    page.get_by_role("link", name=TITLE).click()
    page.get_by_role("button", name="获取招标文件").click()
    company.said("已获取招标文件")
    with page.expect_download() as document:
        page.get_by_role("link", name="招标文件", exact=True).click()
    assert document.value.path().read_bytes() == PDF
    page.fill("[name=question]", QUESTION)
    company.see("07-tender-390")
    page.get_by_role("button", name="匿名提问").click()
    company.said("提问已提交")


def answer(town: Town) -> None:
    officer = town.window(Role.PROCUREMENT_OFFICER)
    page = officer.page
    due(officer, TITLE)
    assert "演示供应商 a" not in officer.text()  # neither who asked nor who took the documents
    page.locator("article", has_text=QUESTION).locator("textarea").fill("可以，须提供租赁合同。")
    officer.see("07-question")
    page.get_by_role("button", name="答复并公告").click()
    officer.said("已答复，澄清公告已发布")
    other = town.window(Role.SUPPLIER_USER, "a-2", 390)
    open_tender(other)
    assert "可以，须提供租赁合同" in other.text()
    assert "演示供应商 a" not in other.text().replace("演示供应商 a-2", "")
    other.see("07-answer-390")
