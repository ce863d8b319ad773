"""The registry by hand: a table goes in, a school keeps its numbers on a phone, two edits meet, a school is merged."""

import io

import openpyxl

from bureau.demo.people import WELL_KNOWN
from kernel.sheets import MEDIA_TYPE


def test_a_table_is_checked_shown_and_written_then_a_school_is_merged_and_read(visit, tmp_path):
    admin = visit(WELL_KNOWN["bureau_admin"])
    page = admin.page
    admin.go("/schools/imports")
    with page.expect_download() as saved:
        page.get_by_role("link", name="导出现有学校").click()
    assert saved.value.suggested_filename.startswith("学校名录-")
    exported = tmp_path / "schools.xlsx"
    saved.value.save_as(exported)
    book = openpyxl.load_workbook(exported)
    book.active.append(["ZZ-1", "演示浏览器小学", "大学"])
    book.save(exported)

    def upload():
        admin.go("/schools/imports")
        page.set_input_files("#file", {"name": "学校.xlsx", "mimeType": MEDIA_TYPE, "buffer": exported.read_bytes()})
        page.get_by_role("button", name="上传并核对").click()
        page.wait_for_load_state()

    upload()
    assert "表格中有 1 处错误" in page.inner_text("main")
    with page.expect_download() as marked:
        page.get_by_role("link", name="下载标注错误的表格").click()
    heading = openpyxl.load_workbook(io.BytesIO(marked.value.path().read_bytes())).active[1]
    assert heading[-1].value == "错误"

    book.active.cell(book.active.max_row, 3, "小学")
    book.save(exported)
    upload()
    assert admin.axe() == []
    page.get_by_role("button", name="确认写入").click()
    page.wait_for_url("**/schools")
    assert "新建 1 所，更新 0 所" in page.inner_text("main")

    page.fill("#field-text", "浏览器")
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name="演示浏览器小学").click()
    page.get_by_role("link", name="并入他校").click()
    page.get_by_role("button", name="确认合并").click()
    assert page.locator("#field-target_id-error").is_visible()
    page.select_option("#field-target_id", label=page.locator("#field-target_id option", has_text="YS001").inner_text())
    page.fill("#field-reason", "演示布局调整")
    page.get_by_role("button", name="确认合并").click()
    page.wait_for_url("**/schools/*")
    assert "学校已并入" in page.inner_text("main")
    admin.complaints[:] = [text for text in admin.complaints if "422" not in text]
    assert admin.complaints == []

    principal = visit(WELL_KNOWN["principal"])
    principal.go("/schools/mine")
    principal.page.get_by_role("button", name="查看记录（只读）").click()
    principal.page.wait_for_url("**/schools/mine")
    assert "以下内容为历史记录" in principal.page.inner_text("main")
    assert principal.page.get_by_role("link", name="修改").count() == 0
    assert "只读" in principal.page.inner_text("header")
    assert principal.axe() == []


def test_on_a_phone_two_people_edit_the_same_school(visit):
    first, second = visit(WELL_KNOWN["logistics_director"], 360), visit(WELL_KNOWN["bureau_admin"])
    first.go("/schools/mine")
    first.page.get_by_role("link", name="修改").click()
    first.page.wait_for_load_state()
    second.go("/schools?text=YS001")
    second.page.locator("main tbody a").first.click()
    second.page.get_by_role("link", name="修改").click()
    second.page.fill("#field-diners", "123")
    second.page.get_by_role("button", name="保存").click()
    second.page.wait_for_url(lambda url: not url.endswith("/edit"))

    first.page.fill("#field-diners", "456")
    first.page.get_by_role("button", name="保存").click()
    first.page.wait_for_load_state()
    compared = first.page.locator("table", has_text="现在已保存的").inner_text()
    assert "123" in compared
    assert "456" in compared
    assert first.axe() == []
    assert first.overflow() <= 0
    first.page.get_by_role("button", name="保存").click()
    first.page.wait_for_url(lambda url: not url.endswith("/edit"))
    assert "456" in first.page.inner_text(".stats")
