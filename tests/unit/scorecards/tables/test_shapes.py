"""Tables of many shapes are read as a person would read them, from a workbook as from a document."""

from typing import Any

import pytest

from scorecards import examples
from scorecards.form import Form, decimal_text
from scorecards.form_json import from_json, shape_of, to_json
from scorecards.importing import Imported, read_data
from scorecards.upload import read_all, read_upload
from tests.support.form_shapes import SHAPES, Shape
from tests.support.form_tables import LAYOUTS, Drawing, as_collected, as_docx, as_xlsx, files


def figures(form: Form) -> list[tuple[str | None, str]]:
    return [(None if row.points is None else decimal_text(row.points), shape_of(row.rule)) for row in form.items()]


def codes(imported: Imported) -> set[str]:
    return {found.code for found in imported.findings}


@pytest.mark.parametrize("kind", [0, 1], ids=["xlsx", "docx"])
@pytest.mark.parametrize("name", SHAPES)
def test_a_shape_is_read(name: str, kind: int) -> None:
    shape: Shape = SHAPES[name]
    file, data = shape.files()[kind]
    forms = read_all(file, data)
    assert len(forms) == len(shape.items)
    for imported, wanted in zip(forms, shape.items, strict=True):
        form = imported.form
        assert form is not None, imported.findings
        assert figures(form) == wanted
        assert (None if form.total is None else decimal_text(form.total)) == shape.total
        assert [(band.label, decimal_text(band.minimum)) for band in form.bands] == shape.bands
        if shape.sections:
            printed = [(one.title, None if one.points is None else decimal_text(one.points)) for one in form.sections]
            assert printed == shape.sections[0]
        assert shape.findings <= codes(imported)
        rows = list(form.items())
        assert {place: rows[place].text for place in shape.texts} == dict(shape.texts)
        assert {place: rows[place].veto.effect for place in shape.vetoes} == dict(shape.vetoes)
        assert from_json(to_json(form)) == form


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("name", examples.names())
def test_any_form_comes_back_from_any_layout(name: str, layout: str) -> None:
    raw: dict[str, Any] = as_collected(examples.load(name))
    truth = read_data(raw).form
    assert truth is not None
    for drawn, file, data in files(raw):
        if drawn != layout:
            continue
        (imported,) = read_all(file, data)
        form = imported.form
        assert form is not None, (file, imported.findings)
        for was, now in zip(truth.items(), form.items(), strict=True):
            assert (now.text, now.points, now.rule, now.veto, now.key, now.method) == (
                was.text, was.points, was.rule, was.veto, was.key, was.method,
            ), file  # fmt: skip
        assert form.total == truth.total
        assert form.kind == truth.kind
        assert [(band.label, band.minimum) for band in form.bands] == [
            (band.label, band.minimum) for band in truth.bands
        ]
        assert form.title.startswith(truth.title)


def _two() -> list[Drawing]:
    pages = [SHAPES["tiers and staff"].drawings()[0], SHAPES["spread title"].drawings()[0]]
    cover = Drawing(1)
    cover.across("使用说明：各校自行填写。")
    return [cover, *pages]


def test_every_sheet_of_a_workbook_and_the_choice_among_them() -> None:
    data = as_xlsx(*_two(), names=["说明", "人员", "卫生"])
    assert [one.name for one in read_all("两张表.xlsx", data)] == ["人员", "卫生"]
    chosen = read_upload("两张表.xlsx", data, "卫生")
    assert chosen.form is not None
    assert chosen.form.title == "食堂检查评分表"
    largest = read_upload("两张表.xlsx", data)
    assert largest.name == "人员"
    assert ("warning", "other_tables") in {(found.severity, found.code) for found in largest.findings}
    unknown = read_upload("两张表.xlsx", data, "没有")
    assert (unknown.form, codes(unknown)) == (None, {"table_unknown"})


def test_several_forms_in_one_document() -> None:
    forms = read_all("x.docx", as_docx(*_two()))
    assert [one.name for one in forms] == ["食堂从业人员管理评分表", "食堂检查评分表"]
    assert [len(list(one.form.items())) for one in forms if one.form] == [4, 2]


def test_a_document_s_frame_is_not_its_table() -> None:
    """Some offices draw the whole page inside one cell of an outer table."""
    import io

    import docx

    document = docx.Document()
    frame = document.add_table(1, 1)
    cell = frame.cell(0, 0)
    cell.text = "宿舍检查评分表"
    inner = cell.add_table(3, 4)
    for place, words in enumerate(("序号", "检查内容", "分值", "评分标准")):
        inner.cell(0, place).text = words
    for row, words in ((1, ("1", "地面整洁", "6", "每处扣1分")), (2, ("2", "床铺整齐", "4", "不整齐不得分"))):
        for place, text in enumerate(words):
            inner.cell(row, place).text = text
    target = io.BytesIO()
    document.save(target)
    (imported,) = read_all("x.docx", target.getvalue())
    assert imported.form is not None
    assert imported.form.title == "宿舍检查评分表"
    assert figures(imported.form) == [("6", "count_deduction"), ("4", "all_or_nothing")]


def test_sums_that_do_not_close_are_found_wherever_they_are_printed() -> None:
    page = Drawing(5)
    page.across("安全检查评分表（满分100分）")
    page.line("序号", "检查项目", "检查内容", "分值", "评分标准")
    page.line("1", None, "通道畅通", "20", "不畅通不得分")
    page.line("2", None, "灭火器有效", "20", "每具失效扣5分")
    page.put("消防安全（50分）", 2, 1, 2)
    page.line("3", "用电安全（50分）", "无私拉乱接", "50", "每处扣10分")
    page.line("合计", None, None, "95")
    (imported,) = read_all("x.xlsx", as_xlsx(page))
    found = {(one.severity, one.code, one.where) for one in imported.findings}
    assert {
        ("error", "section_sum", "section:1"),
        ("error", "total_sum", "form"),
        ("warning", "total_differs", "form"),
    } <= found


def test_numbers_typed_as_numbers_stay_exact() -> None:
    page = Drawing(4)
    page.across("学生宿舍评分表")
    page.line("序号", "检查内容", "分值", "评分标准")
    for place, points in enumerate(("0.7", "0.1", "0.2"), start=1):
        page.line(str(place), f"内容{place}", points, "不符合不得分")
    page.line("合计", None, "1")
    (imported,) = read_all("x.xlsx", as_xlsx(page))
    assert imported.form is not None
    assert [points for points, _ in figures(imported.form)] == ["0.7", "0.1", "0.2"]
    assert "total_sum" not in codes(imported)


def test_a_csv_is_a_table_too() -> None:
    text = "学生宿舍评分表\n序号,检查内容,分值,评分标准\n1,地面干净,6,每处扣1分\n2,无违规电器,4,发现一件不得分\n"
    (imported,) = read_all("表.csv", text.encode("gb18030"))
    assert imported.form is not None
    assert figures(imported.form) == [("6", "count_deduction"), ("4", "all_or_nothing")]


def test_a_veto_in_a_remark_is_left_to_a_person_and_numbers_are_made_where_none_is_printed() -> None:
    page = Drawing(4)
    page.across("学校后勤管理评估标准")
    page.line("类别", "检查内容", "分值", "评分标准")
    page.line("水电", "水表按月抄录", "6", "每缺一次扣1分")
    page.line("", "电表按月抄录", "4", "每缺一次扣1分")
    page.across("备注：1.发生安全责任事故的，实行一票否决。2.无食堂的学校，该项为合理缺项，按得分率折算。")
    (imported,) = read_all("x.xlsx", as_xlsx(page))
    assert imported.form is not None
    assert [row.code for row in imported.form.items()] == ["1.1", "1.2"]
    assert imported.form.na_policy == "renormalise"
    assert "limit_words_unread" in codes(imported)
