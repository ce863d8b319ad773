"""The first main job, each role in a window of its own: from a form on paper to the score that the school reads,
and from goods at the gate to the bureau that sees what came without papers."""

from datetime import timedelta

import pytest

from bureau.demo.district import build_district
from bureau.demo.people import build_people, holder
from kernel.web.dates import today
from tests.support.pictures import jpeg

FORM = """
title: 示例：浏览器验收食堂检查表
kind: canteen
total: 100
sections:
- title: 制度
  points: 40
  items:
  - {'no': '1', text: 许可证有效并公示, points: 20, method: 查资料, rule: 不符合扣除该项全部分值}
  - {'no': '2', text: 留样记录齐全, points: 20, method: 查资料, rule: 不符合扣除该项全部分值}
- title: 现场
  points: 60
  items:
  - {'no': '3', text: 地面无积水, points: 30, method: 现场查看, rule: 每处扣5分，扣完为止}
  - {'no': '4', text: 生熟分开存放, points: 30, method: 现场查看, rule: 不符合扣除该项全部分值}
bands:
- {min: 90, max: 100, label: 优秀}
- {min: 60, max: 90, label: 合格}
- {min: 0, max: 60, label: 不合格}
"""


def confirm(page, summary):
    """A question that opens in place: open it, then say yes."""
    box = page.locator("details.confirm").filter(has=page.locator("summary", has_text=summary)).first
    box.locator("summary").click()
    box.locator(".confirm-buttons button[type=submit]").click()


def name_of(username):
    return next(person.name for person in build_people(build_district()) if person.username == username)


@pytest.fixture(scope="session")
def story():
    """What one step leaves for the next."""
    return {}


def test_the_bureau_imports_checks_and_publishes_a_form(visit, story):
    officer = visit("bureau-canteen")
    page = officer.page
    officer.go("/forms/import")
    page.set_input_files("input[name=file]", {"name": "form.yaml", "mimeType": "text/yaml", "buffer": FORM.encode()})
    page.get_by_role("button", name="导入", exact=True).click()
    page.get_by_role("heading", name="示例：浏览器验收食堂检查表").wait_for()
    assert "每处扣5分，扣完为止" in page.inner_text("main")
    confirm(page, "发布")
    page.get_by_text("这个版本不能再修改").wait_for()
    assert officer.complaints == []


def test_the_bureau_plans_and_assigns(visit, story):
    officer = visit("bureau-canteen")
    page = officer.page
    officer.go("/inspections/plans/new")
    page.fill("[name=title]", "演示·浏览器验收检查")
    label = page.locator("select[name=form_version_id] option", has_text="浏览器验收食堂检查表").first.get_attribute(
        "value"
    )
    page.select_option("select[name=form_version_id]", label)
    page.fill("[name=starts_on]", today().isoformat())
    page.fill("[name=ends_on]", (today() + timedelta(days=10)).isoformat())
    page.check("[name=releases_on_submit]")
    page.locator("main .form-bar button[type=submit]").click()
    page.wait_for_url("**/schools")
    story["plan"] = page.url.removesuffix("/schools")
    page.get_by_role("link", name="或直接指定").click()
    page.wait_for_url("**/assign")
    page.locator("label", has_text="石桥镇中心小学").first.locator("input[name=school_ids]").check()
    page.select_option("select[name=lead_id]", label=name_of("inspector-1"))
    page.locator("label", has_text=name_of("inspector-3")).locator("input[name=member_ids]").check()
    # Not today: the demo's inspectors have their three schools.
    page.fill("[name=scheduled_on]", (today() + timedelta(days=10)).isoformat())
    page.locator("main .form-bar button[type=submit]").click()
    page.wait_for_url(story["plan"])
    assert "石桥镇中心小学" in page.inner_text("main")


def test_the_inspector_fills_it_on_a_phone(visit, story):
    inspector = visit("inspector-1", width=390)
    page = inspector.page
    inspector.go("/inspections/mine")
    page.locator("main a", has_text="石桥镇中心小学").filter(has_text="浏览器验收").first.click()
    page.wait_for_url("**/inspections/fill/**")
    story["visit"] = page.url
    # Without an answer it cannot be submitted, and the page says what is missing.
    page.get_by_role("link", name="核对并提交").or_(page.get_by_role("button", name="核对并提交")).first.click()
    page.get_by_text("项没有填写").wait_for()
    inspector.go(story["visit"])
    for position in range(4):
        card = page.locator(f"#item-{position}")
        if position == 2:
            card.locator("button[data-more]").click()
            card.locator("button[data-more]").click()
        else:
            card.locator("label.pick", has_text="不符合" if position == 1 else "符合").first.click()
        card.get_by_text("已保存").first.wait_for()
    page.locator("#item-1 input[type=file]").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg("evidence", (2400, 1800))}
    )
    page.locator("#item-1 .photos img").first.wait_for()
    assert inspector.overflow() <= 0
    assert inspector.axe() == []
    inspector.shoot("main-job-fill-390")
    page.get_by_role("link", name="核对并提交").or_(page.get_by_role("button", name="核对并提交")).first.click()
    page.fill("[name=met_by]", "演示总务主任")
    page.get_by_role("button", name="确认提交").click()
    page.wait_for_url(lambda url: "/fill/" not in url or "/result" in url)
    # 20 of the second item and 2 × 5 of the third are lost.
    assert "70" in page.inner_text("main")
    assert inspector.complaints == []


@pytest.mark.parametrize("width", [390, 1440])
def test_the_school_reads_its_result_with_the_photo(visit, story, width):
    school = visit("school-principal", width=width)
    page = school.page
    school.go("/inspections/results")
    page.locator("main a", has_text="浏览器验收").first.click()
    text = page.inner_text("main")
    assert "70" in text
    assert "合格" in text
    assert "留样记录齐全" in text
    story["result"] = page.url
    photo = page.locator(".photos img").first
    photo.scroll_into_view_if_needed()  # it is loaded when it comes into sight
    page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=photo.element_handle())
    assert school.axe() == []


def test_the_school_appeals_and_another_officer_decides(visit, story):
    """The item of 20 points: the school proves that it had the records; the engine scores the changed answer, 70 → 90."""
    school = visit("school-principal", width=390)
    page = school.page
    school.go(story["result"])
    row = page.locator("main li, main tr, main article, main div.account-line").filter(has_text="留样记录齐全")
    row.get_by_role("link", name="申诉").first.click()
    page.fill("[name=reason]", "留样记录在保健室，检查当天已向检查员出示")
    page.set_input_files(
        "[name=evidence]", {"name": "proof.jpg", "mimeType": "image/jpeg", "buffer": jpeg("proof", (1600, 1200))}
    )
    assert school.axe() == []
    page.get_by_role("button", name="提交申诉").click()
    page.wait_for_url("**/appeals/*")
    assert "已提交" in page.inner_text("main") or "待复核" in page.inner_text("main")

    officer = visit("bureau-canteen")
    page = officer.page
    officer.go("/appeals/district?state=sent")
    page.locator("tbody tr").filter(has_text="石桥镇中心小学").filter(has_text="留样记录齐全").locator(
        "a"
    ).first.click()
    page.locator("label", has_text="申诉成立，改判").click()
    page.locator("#field-answer label.pick", has_text="符合").first.click()
    page.fill("[name=reason]", "记录齐全，改判为符合")
    assert officer.axe() == []
    page.get_by_role("button", name="作出决定").click()
    page.get_by_text("记录齐全，改判为符合").first.wait_for()
    assert officer.complaints == []

    school.go(story["result"])
    assert "90" in school.page.inner_text("main")


def test_what_was_lost_is_put_right_with_a_photo(visit, story):
    school = visit("school-principal", width=390)
    page = school.page
    school.go("/rectifications/")
    page.locator("main a").filter(has_text="地面无积水").first.click()
    story["rectification"] = page.url
    page.get_by_role("link", name="拍其他位置").click()
    page.wait_for_url("**/camera*")
    assert school.axe() == []
    page.locator("input[type=file]").first.set_input_files(
        {"name": "after.jpg", "mimeType": "image/jpeg", "buffer": jpeg("after", (1600, 1200))}
    )
    page.get_by_role("button", name="上传照片").click()
    page.wait_for_url(lambda url: "/camera" not in url)
    page.locator("main img").first.wait_for()
    page.fill("[name=text]", "已疏通地漏，安排专人每餐后拖干")
    assert school.overflow() <= 0
    page.get_by_role("button", name="提交整改回复").click()
    page.get_by_text("审核期间不计逾期").wait_for()

    officer = visit("bureau-canteen")
    page = officer.page
    officer.go("/rectifications/board?state=replied")
    page.locator("tbody a").filter(has_text="地面无积水").first.click()
    confirm(page, "审核通过") if page.locator("details.confirm summary", has_text="审核通过").count() else (
        page.get_by_role("button", name="审核通过").click()
    )
    page.get_by_text("审核通过").first.wait_for()
    assert officer.complaints == []


def test_a_paper_is_issued_and_anybody_verifies_it(visit, story, tmp_path):
    officer = visit("bureau-canteen")
    page = officer.page
    officer.go(story["plan"])
    page.locator("main a", has_text="石桥镇中心小学").first.click()
    page.get_by_role("button", name="出具致学校的信").click()
    page.wait_for_url("**/papers/*")
    assert officer.axe() == []
    link = page.locator("main a.text-break").inner_text()
    with page.expect_download() as fetched:
        page.get_by_role("link", name="下载 Word").click()
    letter = tmp_path / "letter.docx"
    fetched.value.save_as(letter)

    anybody = visit(None, width=390)
    page = anybody.page
    anybody.go("/public" + link.split("/public", 1)[1])
    assert "目前有效" in page.inner_text("main")
    page.set_input_files("#verify-file", letter)
    page.get_by_text("与出具时完全相同").wait_for()
    altered = {"name": "letter.docx", "mimeType": "application/octet-stream", "buffer": letter.read_bytes() + b" "}
    page.set_input_files("#verify-file", altered)
    page.get_by_text("不是出具时的文件").wait_for()
    assert anybody.axe() == []
    assert anybody.complaints == []


def test_another_school_does_not_reach_that_result(visit, story, district):
    demo = build_district()
    other = holder(build_people(demo), "principal", demo.schools[1].code)
    stranger = visit(None)
    password = district["sign_ins"][0]["password"]
    stranger.sign_in(other.username, password)
    assert stranger.go(story["result"]).status == 404


def test_the_bureau_sees_the_ranking_and_the_lost_items(visit, story):
    officer = visit("bureau-canteen")
    page = officer.page
    officer.go(story["plan"] + "/ranking")
    assert "石桥镇中心小学" in page.inner_text("main")
    officer.go(story["plan"] + "/lost-items")
    page.locator("figure.is-drawn canvas").first.wait_for()
    text = page.inner_text("main")
    assert "地面无积水" in text
    assert "留样记录齐全" not in text  # given back on appeal
    assert officer.axe() == []
    assert officer.complaints == []


def test_the_storekeeper_records_goods_without_papers_and_the_bureau_sees_it(visit, story):
    store = visit("school-store", width=390)
    page = store.page
    store.go("/goods-receipts/new")
    page.locator("button, a", has_text="猪五花肉").first.click()
    page.locator("[name=lines-0-quantity]").fill("12.5")
    page.locator("[name=lines-0-batch_no]").fill("YS-20261121")
    produced = page.locator("[name=lines-0-production_date]")
    if produced.count():
        produced.fill((today() - timedelta(days=1)).isoformat())
    temperature = page.locator("[name=lines-0-temperature_celsius]")
    if temperature.count():
        temperature.fill("3")
    page.fill("[name=supplier_name]", "演示·浏览器供货商")
    page.get_by_role("button", name="登记收货").click()
    page.wait_for_url(lambda url: "/new" not in url)
    text = page.inner_text("main")
    assert "演示·浏览器供货商" in text
    assert "缺" in text
    assert store.axe() == []
    officer = visit("bureau-canteen")
    officer.go("/oversight/uncertified-receipts")
    assert "石桥镇中心小学" in officer.page.inner_text("main")
