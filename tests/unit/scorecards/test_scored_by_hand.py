"""Tables as bureaus print them, scored through `houqin forms score` and by hand beside it."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scorecards.commands import forms
from tests.support.form_tables import Drawing, as_docx, as_xlsx


def sheet(title: str, *rows: tuple[str, str, str], notes: tuple[str, ...] = ()) -> Drawing:
    """`rows`: text, points, rule; numbered from 1, which are the items' codes."""
    page = Drawing(4)
    page.across(title, outside=True)
    page.line("序号", "检查内容", "分值", "评分标准")
    for number, row in enumerate(rows, start=1):
        page.line(str(number), *row)
    for note in notes:
        page.across(note)
    return page


def scored(tmp_path: Path, page: Drawing, answers: dict[str, Any]) -> dict[str, Any]:
    results = []
    (tmp_path / "answers.json").write_text(json.dumps(answers), "utf-8")
    for name, write in (("form.xlsx", as_xlsx), ("form.docx", as_docx)):
        (tmp_path / name).write_bytes(write(page))
        ran = CliRunner().invoke(forms, ["score", str(tmp_path / name), str(tmp_path / "answers.json"), "--json"])
        assert ran.exit_code == 0, ran.output
        results.append(json.loads(ran.stdout))
    assert results[0] == results[1]
    return dict(results[0])


def awarded(result: dict[str, Any]) -> dict[str, str]:
    return {line["code"]: line["awarded"] for line in result["account"]}


def test_a_sheet_of_many_wordings(tmp_path: Path) -> None:
    page = sheet(
        "演示区校园管理督查评分表",
        ("制度上墙", "4", "未上墙的不给分"),
        ("来访登记", "6", "发现1例未登记的，扣0.5分/例，扣完为止"),
        ("人员到岗", "5", "未达到要求的，每人次扣1分，最高扣5分"),
        ("设施完好", "10", "1处不达标扣1分，3处及以上不得分"),
        ("每日巡查", "10", "每天至少巡查2次，每少1次扣0.5分，超过5次该项0分"),
        ("资料", "10", "资料齐全得10分，较齐全得7分，不齐全得3分，无资料0分"),
        ("成效", "25", "视情况得0-25分"),
        ("宣传", "10", "有宣传栏得5分，有活动得5分"),
        ("台账", "10", "完全符合得10分；基本符合得6分；不符合不得分"),
        ("整改", "10", "未整改1处扣2分，复查未改的加倍扣分"),
    )
    result = scored(tmp_path, page, {
        "1": False,                          # 0 of 4
        "2": 3,                              # 6 - 3 × 0.5 = 4.5
        "3": 7,                              # 5 - min(7, 5) = 0
        "4": 2,                              # 10 - 2 = 8, three would be 0
        "5": 5,                              # 10 - 5 × 0.5 = 7.5, more than five would be 0
        "6": "2",                            # 7
        "7": "15.5",                         # 15.5
        "8": ["1"],                          # 5 of 5 + 5
        "9": "3",                            # 0
        "10": {"count": 2, "unresolved": 1},  # 10 - 2 - 2 × 2 = 4
    })  # fmt: skip
    assert list(awarded(result).values()) == ["0", "4.5", "0", "8", "7.5", "7", "15.5", "5", "0", "4"]
    assert (result["score"], result["maximum"]) == ("51.5", "100")
    harder = scored(tmp_path, page, {"4": 3, "5": 6})
    assert (awarded(harder)["4"], awarded(harder)["5"], harder["complete"]) == ("0", "0", False)


STARRED = sheet(
    "演示区学校食堂检查评分表",
    ("许可证有效", "20", "不符合不得分"),
    ("★生熟分开", "40", "发现一处扣4分"),
    ("餐具消毒", "40", "一次未消毒扣5分，扣完为止"),
    notes=(
        "注：★项1项不合格的，不得评为优秀。",
        "90分及以上为优秀，75-89.9分为良好，60-74.9分为合格，60分以下为不合格。",
    ),
)


@pytest.mark.parametrize(
    ("answers", "score", "band"),
    [
        ({"1": True, "2": 0, "3": 1}, "95", "优秀"),  # 20 + 40 + (40 - 5)
        ({"1": True, "2": 1, "3": 0}, "96", "良好"),  # 20 + (40 - 4) + 40, held below 优秀 by the ★
        ({"1": False, "2": 2, "3": 0}, "72", "合格"),  # 0 + (40 - 8) + 40
        ({"1": False, "2": 11, "3": 9}, "0", "不合格"),  # 0 + max(40 - 44, 0) + max(40 - 45, 0)
    ],
)
def test_a_star_holds_the_grade_and_leaves_the_score(tmp_path: Path, answers: Any, score: str, band: str) -> None:
    result = scored(tmp_path, STARRED, answers)
    assert (result["score"], result["band"]) == (score, band)


def test_a_school_bus(tmp_path: Path) -> None:
    page = sheet(
        "演示区校车安全管理检查表",
        ("校车标牌有效", "10", "无标牌不得分"),
        ("灭火器、安全锤、急救箱齐全", "20", "缺1件扣5分"),
        ("驾驶人具有校车驾驶资格", "20", "不符合不得分"),
        ("无超速、超员记录", "20", "每次扣10分，扣完为止"),
        ("配备随车照管人员", "20", "未配备扣20分"),
        ("乘车签到记录齐全", "10", "缺1次记录扣2分"),
        notes=("总分100分，80分及以上为合格，80分以下为不合格。",),
    )
    # 10 + (20 - 5) + 20 + max(20 - 30, 0) + 20 + (10 - 4) = 71
    result = scored(tmp_path, page, {"1": True, "2": 1, "3": True, "4": 3, "5": True, "6": 2})
    assert (result["score"], result["band"]) == ("71", "不合格")
    # 10 + 20 + 20 + (20 - 10) + 20 + max(10 - 12, 0) = 80: the border belongs to the better band
    result = scored(tmp_path, page, {"1": True, "2": 0, "3": True, "4": 1, "5": True, "6": 6})
    assert (result["score"], result["band"]) == ("80", "合格")


def test_a_room_that_a_breach_brings_to_zero(tmp_path: Path) -> None:
    page = sheet(
        "演示学校学生宿舍卫生评分表",
        ("被子叠放整齐", "50", "每床不合格扣5分"),
        ("地面清洁", "40", "每处扣2分"),
        ("遵守纪律", "10", "使用大功率电器、私拉电线的，本寝室记0分"),
    )
    # (50 - 10) + (40 - 6) + 10
    kept = scored(tmp_path, page, {"1": 2, "2": 3, "3": True})
    assert (kept["score"], kept["vetoes"]) == ("84", [])
    # the same room with a kettle: not 40 + 34 + 0, but nothing
    lost = scored(tmp_path, page, {"1": 2, "2": 3, "3": False})
    assert (lost["score"], [veto["effect"] for veto in lost["vetoes"]]) == ("0", ["form_zero"])
