import io
import re
import zipfile
from typing import Any

import pytest
from docx import Document
from docx.shared import Mm

from bureau.papers.documents import write
from tests.support.pictures import jpeg

LOST = [
    {"key": f"k{n}", "no": str(n), "text": f"检查内容{n}", "found": "地面有积水", "lost": "2", "amount": "2"}
    for n in range(1, 9)
]
COMMON = {
    "issuer": "演示区教育局", "school": "演示第一小学", "plan": "演示检查", "number": "JC2026-000001",
    "url": "https://houqin.example.cn/public/papers/1/abc", "visited_on": "2026年5月8日", "day": "2026-05-12",
    "lost": LOST, "outcome": "86 分，“良好”",
}  # fmt: skip
DATA: dict[str, dict[str, Any]] = {
    "record": COMMON | {
        "form": "演示表", "inspectors": ["演示甲", "演示乙"], "met_by": "演示丙", "remark": "", "photos": 3,
        "unsigned_reason": "",
    },
    "notice": COMMON | {
        "appeal_until": "2026年5月19日",
        "items": [{"id": "x", "no": "1", "text": "灭菌", "found": "—", "due_on": "2026年5月15日"}],
    },
    "letter": COMMON | {"place": "在 12 所同类学校中列第 3 名。", "cheapest": "检查内容1，合计 2 分", "good": "环境"},
    "bulletin": COMMON | {
        "overall": "我局对 12 所学校进行了检查。", "bands": [{"label": "良好", "count": "12", "share": "100.0%"}],
        "good": "", "problems": [{"code": "1", "text": "检查内容1", "words": "3 所学校失分。"}],
        "groups": [{"name": "小学 · 走读", "rows": [{"id": "x", "school_id": "1", "rank": "1", "school": "演示第一小学",
                                                  "score": "86", "band": "良好"}]}],
        "rectification": "限期整改。", "data_until": "2026年5月12日",
    },
}  # fmt: skip


def words(document: Any) -> str:
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([paragraph.text for paragraph in document.paragraphs] + cells)


@pytest.mark.parametrize("kind", sorted(DATA))
def test_every_paper_opens_and_says_its_data(kind: str) -> None:
    document = Document(io.BytesIO(write(kind, DATA[kind], {})))
    text = words(document)
    for part in (DATA[kind]["number"], DATA[kind]["plan"], DATA[kind]["issuer"]):
        assert part in text
    assert len(document.inline_shapes) == 1  # the QR


@pytest.mark.parametrize("kind", sorted(DATA))
def test_the_page_is_that_of_official_papers(kind: str) -> None:
    section = Document(io.BytesIO(write(kind, DATA[kind], {}))).sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.left_margin)
    assert [round(size / Mm(1)) for size in sizes] == [210, 297, 37, 28]


def test_signatures_stand_in_the_record() -> None:
    document = Document(
        io.BytesIO(write("record", DATA["record"], {"检查员 演示甲": jpeg("a"), "学校负责人": jpeg("b")}))
    )
    assert len(document.inline_shapes) == 3
    assert "检查员 演示甲" in words(document)


def test_a_letter_names_five_items_and_the_number_of_the_rest() -> None:
    text = words(Document(io.BytesIO(write("letter", DATA["letter"], {}))))
    assert "检查内容5" in text
    assert "检查内容6" not in text
    assert "另有 3 项失分" in text


def test_the_ranking_table_repeats_its_head_on_every_page() -> None:
    with zipfile.ZipFile(io.BytesIO(write("bulletin", DATA["bulletin"], {}))) as archive:
        xml = archive.read("word/document.xml").decode()
    assert len(re.findall("<w:tblHeader", xml)) == 2


def test_words_with_markup_stay_words() -> None:
    data = DATA["letter"] | {"school": "<b>演示</b> & 学校"}
    assert "<b>演示</b> & 学校" in words(Document(io.BytesIO(write("letter", data, {}))))
