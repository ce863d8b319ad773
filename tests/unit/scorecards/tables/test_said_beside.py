"""What stands beside the items (headings, remarks, marks) and changes what they do."""

from scorecards.form import Form, Veto
from scorecards.importing import Imported
from scorecards.upload import load_form
from tests.support.form_tables import Drawing, as_docx, as_xlsx

HEAD = ("序号", "检查内容", "分值", "评分标准")


def read(*rows: tuple[str, ...] | str, bands: str = "") -> tuple[Form, Imported]:
    """A text alone is a line across the table."""
    page = Drawing(4)
    page.across("演示区学校安全检查表", outside=True)
    page.line(*HEAD)
    for row in rows:
        if isinstance(row, str):
            page.across(row)
        else:
            page.line(*row)
    if bands:
        page.across(bands)
    read = [load_form(write(page), f"表.{kind}") for kind, write in (("xlsx", as_xlsx), ("docx", as_docx))]
    assert read[0].form == read[1].form
    assert read[0].form is not None
    return read[0].form, read[0]


def codes(imported: Imported) -> set[str]:
    return {found.code for found in imported.findings}


def test_a_zero_for_the_room_is_a_zero_of_the_form_and_waits_for_a_person() -> None:
    for words in ("使用大功率电器的，本寝室记0分", "发现留宿外人，该寝室0分", "有烟头的该宿舍当日卫生成绩计零分"):
        form, imported = read(("1", "被褥整齐", "90", "每处扣2分"), ("2", "遵守纪律", "10", words))
        item = form.item("2")
        assert (item.veto.effect, item.veto.on_loss, item.review) == ("form_zero", True, "confirm"), words
        assert "doubt_unit_zero" in codes(imported)
    plain, imported = read(("1", "被褥整齐", "90", "每处扣2分"), ("2", "遵守纪律", "10", "使用大功率电器的，本项记0分"))
    assert plain.item("2").veto.effect == "none"
    assert "doubt_unit_zero" not in codes(imported)


def test_a_list_of_vetoes_keeps_what_its_heading_says_they_lead_to() -> None:
    rows = (("1", "制度齐全", "100", "缺一项扣5分"),)
    heading = "二、一票否决项（有下列情形之一的，直接定为不合格）"
    form, _ = read(*rows, heading, ("1", "发生食物中毒事件", "", ""), ("2", "瞒报事故", "", ""))
    vetoes = [item for item in form.items() if item.points is None]
    assert [item.veto for item in vetoes] == [Veto("verdict", "不合格")] * 2
    assert {item.review for item in vetoes} == {"confirm"}


def test_a_remark_below_a_list_of_vetoes_says_what_they_lead_to() -> None:
    rows = (
        ("1", "制度齐全", "100", "缺一项扣5分"), "二、一票否决事项",
        ("1", "发生食物中毒事件", "", ""), ("2", "瞒报事故", "", ""),
        "注：有上述情形之一的，年度考核直接定为不合格等次。",
    )  # fmt: skip
    form, imported = read(*rows)
    vetoes = [item for item in form.items() if item.points is None]
    assert [item.veto for item in vetoes] == [Veto("verdict", "不合格")] * 2
    assert {item.review for item in vetoes} == {"confirm"}
    assert "veto_list_result_read" in codes(imported)
    assert "limit_words_unread" not in codes(imported)
    graded, _ = read(*rows, bands="等级：90分及以上为优秀，60-89分为合格，60分以下为不合格。")
    assert {item.veto.effect for item in graded.items() if item.points is None} == {"band_cap"}


def test_points_to_add_in_the_text_are_proposed_as_a_bonus() -> None:
    form, imported = read(("1", "制度齐全", "100", "缺一项扣5分"), ("2", "获得市级表彰的加3分", "3", ""))
    item = form.item("2")
    assert (item.bonus, item.review) == (True, "confirm")
    assert "bonus_item" in codes(imported)


def test_a_mark_with_a_limit_is_explained() -> None:
    rows = (("1", "★生熟分开", "50", "每处扣5分"), ("2", "地面干净", "50", "每处扣5分"))
    bands = "等级：90分及以上为优秀，60-89分为合格，60分以下为不合格。"
    form, imported = read(*rows, "注：★项不合格的，不得评为优秀。", bands=bands)
    assert [(limit.mark, limit.label) for limit in form.limits] == [("★", "合格")]
    assert "mark_unexplained" not in codes(imported)
    assert "mark_unexplained" in codes(read(*rows, bands=bands)[1])


def test_a_bare_figure_in_a_heading_is_said_to_be_its_points() -> None:
    form, imported = read(
        "一、办园条件（60）",
        ("1", "证照齐全", "60", "缺一项扣5分"),
        "二、队伍（40分）",
        ("2", "持证上岗", "40", "缺1人扣5分"),
    )
    assert [section.points for section in form.sections] == [60, 40]
    said = [found for found in imported.findings if found.code == "heading_points_read"]
    assert [(found.severity, found.where, found.params["points"]) for found in said] == [("info", "section:1", "60")]
