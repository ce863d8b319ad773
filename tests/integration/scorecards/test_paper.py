"""A version as a spreadsheet and as a document: what is printed, and that it comes back as it was."""

import io
import zipfile

import docx
import pytest
from python_calamine import CalamineWorkbook

from scorecards import examples
from scorecards.form import AllOrNothing, Item, Section, base_of
from scorecards.importing import read_table
from scorecards.paper import paper_of
from scorecards.paper_docx import paper_docx
from scorecards.paper_xlsx import paper_xlsx
from scorecards.tables.forms import read_forms
from tests.integration.scorecards.conftest import sound_form
from tests.unit.scorecards.forms import D

WRITERS = {"xlsx": paper_xlsx, "docx": paper_docx}


@pytest.fixture
def printed(app):
    """`printed(form, "xlsx")`: the file's bytes. The headings are translated, so it takes an application."""

    def write(form, kind):
        with app.test_request_context():
            return WRITERS[kind](paper_of(form))

    return write


def test_the_sheet_has_the_columns_that_bureaus_know(printed):
    rows = CalamineWorkbook.from_filelike(io.BytesIO(printed(sound_form(), "xlsx"))).get_sheet_by_index(0).to_python()
    assert rows[0][0] == "演示食堂评分表"
    assert rows[1] == ["项目", "序号", "检查内容", "分值", "评分标准", "考核方法", "自评分", "考评分", "存在问题"]
    assert rows[2][:5] == ["后厨（10分）", "1", "后厨地面干净", 5.0, "不符合扣5分"]
    assert rows[3][0] == ""  # merged with the row above
    assert (rows[5][0], rows[5][3]) == ("合计", 10.0)
    assert rows[2][6:] == ["", "", ""]


def test_the_sheet_prints_on_a4_across_with_its_heading_on_every_page(printed):
    archive = zipfile.ZipFile(io.BytesIO(printed(sound_form(), "xlsx")))
    page = archive.read("xl/worksheets/sheet1.xml").decode()
    assert 'paperSize="9" orientation="landscape"' in page.replace(' fitToHeight="0"', "")
    assert "$2:$2" in archive.read("xl/workbook.xml").decode()
    assert '<mergeCell ref="A3:A5"/>' in page


def test_the_document_is_one_table_across(printed):
    document = docx.Document(io.BytesIO(printed(sound_form(), "docx")))
    [table] = document.tables
    assert document.sections[0].page_width > document.sections[0].page_height
    assert [cell.text for cell in table.rows[0].cells][:4] == ["项目", "序号", "检查内容", "分值"]
    assert table.rows[1].cells[0]._tc is table.rows[3].cells[0]._tc
    assert "w:tblHeader" in table.rows[0]._tr.xml


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
@pytest.mark.parametrize("name", examples.names())
def test_what_is_printed_comes_back_with_its_items_points_and_total(printed, kind, name):
    form = examples.load(name)
    [found] = read_forms(f"{name}.{kind}", printed(form, kind))
    again = read_table(found.raw, found.name).form
    assert again is not None

    def story(one):
        return [(item.text, item.points or None) for item in one.items()]

    assert story(again) == [(item.mark + item.text, item.points or None) for item in form.items()]
    assert again.title == form.title
    assert base_of(again) == base_of(form)
    assert [section.points for section in again.sections if section.points] == [
        section.points or sum((item.points or D(0) for item in section.items), D(0)) for section in form.sections
        if section.points or any(item.points for item in section.items)
    ]  # fmt: skip


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_key_items_come_back_as_key_items(printed, kind):
    """Those with a mark of their own and those without; an item that is not key stays so."""
    rows = [("留样规范", "▲", True), ("生熟分开", "", True), ("地面干净", "", False)]
    items = tuple(
        Item(code=str(at), no=str(at), text=text, points=D(10), rule=AllOrNothing(), rule_text="不符合不得分", mark=mark, key=key)
        for at, (text, mark, key) in enumerate(rows, start=1)
    )  # fmt: skip
    form = sound_form(sections=(Section(code="1", title="后厨", points=D(30), items=items),), total=D(30))
    [found] = read_forms(f"表.{kind}", printed(form, kind))
    again = read_table(found.raw, found.name).form
    assert [(item.text, item.key) for item in again.items()] == [(text, key) for text, _, key in rows]
    assert [item.mark for item in again.items()] == ["▲", "★", ""]


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_text_that_a_spreadsheet_would_run_stays_text(printed, kind):
    items = (
        Item(code="1", no="=1+1", text='=HYPERLINK("http://example.invalid")\u0007', points=D(10), rule=AllOrNothing()),
    )
    content = printed(sound_form(sections=(Section(code="1", title="@后厨", items=items),)), kind)
    if kind == "xlsx":
        assert "<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    else:
        assert len(docx.Document(io.BytesIO(content)).tables) == 1


def test_a_form_without_items_is_printed_too(printed):
    form = sound_form(sections=(Section(code="1", title="后厨"),), total=None)
    assert printed(form, "xlsx")
    assert printed(form, "docx")


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_it_is_downloaded_under_its_title(client_as, published, kind):
    answer = client_as("inspector").get(f"/forms/versions/{published()}/download/{kind}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].endswith(f".{kind}")
    assert answer.data.startswith(b"PK")
