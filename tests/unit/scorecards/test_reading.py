"""Wordings of scoring rules as bureaus write them; what is doubtful must say so."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.form import (
    Additive,
    AllOrNothing,
    CountDeduction,
    Judged,
    Levels,
    ListedDeductions,
    Unscored,
    Veto,
    VetoOnly,
    YesNo,
)
from scorecards.reading import LIKELY, SURE, Reading, read_rule
from scorecards.reading_text import NUMBER, clauses, normalise, number
from tests.unit.scorecards.forms import D


def read(text: str, points: Any, **more: Any) -> Reading:
    return read_rule(text, None if points is None else D(str(points)), **more)


def rows(rule: Any) -> list[tuple[str, str, bool]]:
    return [(entry.label, str(entry.points), entry.repeatable) for entry in rule.entries]


@pytest.mark.parametrize(
    "text",
    ["不符合扣除该项全部分值", "不符合要求不得分", "发现扣10", "扣10", "无消毒记录或无留样扣１０分",
     "未达标的，该项0分", "达到得10分", "有得10分，无得0分", "发现一起不得分", "不合格的全扣",
     "符合得满分，不符合不得分"],
)  # fmt: skip
def test_all_or_nothing(text: str) -> None:
    reading = read(text, 10)
    assert (reading.rule, reading.review) == (AllOrNothing(), "")


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("每处扣2", CountDeduction(D(2), "处")),
        ("每处扣２分，扣完为止", CountDeduction(D(2), "处")),
        ("每人次扣2, 扣完为止", CountDeduction(D(2), "人次")),
        ("每次未扫扣2", CountDeduction(D(2), "次")),
        ("缺1人扣0.5分", CountDeduction(D("0.5"), "人")),
        ("缺一人扣半分", CountDeduction(D("0.5"), "人")),
        ("每缺一项扣1分，扣完该项分为止。", CountDeduction(D(1), "项")),
        ("发现一处不合格扣1分，最多扣3分", CountDeduction(D(1), "处", D(3))),
        ("一处不符合扣1分，扣完5分为止", CountDeduction(D(1), "处", D(5))),
        ("不叠被每人每次扣5, 满20止", CountDeduction(D(5), "人次", D(20))),
        ("每处-1, 复查未修加倍; >=3处0分", CountDeduction(D(1), "处", None, 3, D(2))),
        ("每处－1；≥３处0分", CountDeduction(D(1), "处", None, 3)),
        ("3处以上不得分，每处扣1分", CountDeduction(D(1), "处", None, 3)),
        ("超过3处不得分，每处扣0.5分", CountDeduction(D("0.5"), "处", None, 4)),
        ("每少5%扣1分", CountDeduction(D(1), "5%")),
        ("每处扣十分", CountDeduction(D(10), "处")),
        ("四种缺失各-1", CountDeduction(D(1), "种", D(4))),
    ],
)
def test_counted_deductions(text: str, rule: CountDeduction) -> None:
    reading = read(text, 20)
    assert (reading.rule, reading.review) == (rule, "")


def test_listed_deductions() -> None:
    reading = read("未明确-1; 未党政同责-0.5; 无网络-1; 无岗位职责-1; 无全员责任书-0.5", 4)
    assert rows(reading.rule) == [
        ("未明确", "1", False),
        ("未党政同责", "0.5", False),
        ("无网络", "1", False),
        ("无岗位职责", "1", False),
        ("无全员责任书", "0.5", False),
    ]
    assert isinstance(reading.rule, ListedDeductions)
    assert rows(read("不按标准扣3", 5).rule) == [("不按标准", "3", False)]
    mixed = read("发现问题每次扣2分，情节严重的扣5分", 5)
    assert rows(mixed.rule) == [("发现问题(次)", "2", True), ("情节严重", "5", False)]


def test_sub_points_take_their_names_from_the_item_where_they_fit() -> None:
    named = read("1+2+2+3", 8, item_text="计划总结、研究、评优条件、责任书")
    assert rows(named.rule) == [
        ("计划总结", "1", False),
        ("研究", "2", False),
        ("评优条件", "2", False),
        ("责任书", "3", False),
    ]
    assert named.review == ""
    unnamed = read("2+3", 5, item_text="领导小组")
    assert (type(unnamed.rule), unnamed.review, unnamed.doubts) == (Additive, "confirm", ("parts_unnamed",))
    assert read("2+3", 6, item_text="a、b").doubts == ("parts_do_not_close",)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("优秀5分，良好3分，差0分", ["5", "3", "0"]),
        ("优5分、良4分、中3分、差0分", ["5", "4", "3", "0"]),
        ("Ａ级5分，Ｂ级3分，Ｃ级1分", ["5", "3", "1"]),
        ("符合得5分，基本符合得3分，不符合不得分", ["5", "3", "0"]),
        ("发现扣2或5", ["5", "3", "0"]),
    ],
)
def test_levels(text: str, points: list[str]) -> None:
    reading = read(text, 5)
    assert isinstance(reading.rule, Levels)
    assert ([str(entry.points) for entry in reading.rule.entries], reading.review) == (points, "")


@pytest.mark.parametrize(
    "text", ["主观按 0-5 评分", "监管人员主观按 0-5 评分", "酌情扣1-5分", "根据实际情况打分", "按0～5分打分"]
)
def test_judged(text: str) -> None:
    reading = read(text, 5)
    assert (reading.rule, reading.review, reading.doubts) == (Judged(), "", ("step_assumed",))


def test_vetoes() -> None:
    assert read("全表记0分", None).veto == Veto("form_zero")
    assert read("任一成立即判重大隐患", None).veto == Veto("verdict", "重大事故隐患")
    bus = read("一票否决(无校车则不适用)", None, veto=True)
    assert (bus.rule, bus.na_allowed, bus.tags, bus.review) == (VetoOnly(), True, ("school_bus",), "")
    blocked = read("每处-2; 通道不畅该项0", 8)
    assert blocked.veto == Veto("item_zero", condition="通道不畅")
    assert blocked.rule == CountDeduction(D(2), "处")


def test_a_veto_whose_reach_is_unsaid_waits_for_a_person() -> None:
    reading = read("一票否决", 10, veto=True)
    assert (reading.rule, reading.veto, reading.review) == (
        AllOrNothing(),
        Veto("verdict", "一票否决", on_loss=True),
        "confirm",
    )
    marked = read("不符合扣除该项全部分值", 10, veto=True)
    assert (marked.veto.effect, marked.doubts, marked.review) == ("verdict", ("veto_marked_not_worded",), "confirm")


def test_items_without_points() -> None:
    assert read("是/否", None).rule == YesNo()
    assert read("单位食堂不设分值(不适用)", None).rule == Unscored()


@pytest.mark.parametrize(
    ("text", "points", "review"),
    [
        ("", 5, "decide"),
        ("(分值未见)", None, "decide"),
        ("随便写点", 5, "decide"),
        ("每项1分", 4, "decide"),
        ("加2分", 2, "confirm"),
        ("每超过规定时间3天扣1分", 1, "decide"),
        ("每百人配备1名，缺1名扣2分", 4, "confirm"),
        ("每处扣2分，另按上级文件第3条处理", 5, "decide"),
        ("每处扣1-2分", 5, "confirm"),
        ("扣1-3分", 5, "confirm"),
        ("低于80%扣2分", 2, "confirm"),
        ("8人间10/床, 6人间15, 5人间20", None, "confirm"),
        ("每处扣1分；情节严重的一票否决", 5, "confirm"),
        ("责任书1分，台账1分，培训2分", 4, "confirm"),
        ("是/否", 5, "confirm"),
    ],
)
def test_the_doubtful_is_left_to_a_person(text: str, points: Any, review: str) -> None:
    reading = read(text, points)
    assert reading.review == review
    assert reading.doubts, "a doubt has its reason"


@given(
    st.text(alphabet="每处扣分得不该项一二三0123456789.,;，；()（）+-~优良差或以上封顶全部人次否决", max_size=40),
    st.none() | st.integers(0, 20),
)
def test_no_text_crashes_or_is_read_without_a_shape(text: str, points: int | None) -> None:
    reading = read(text, points)
    assert 0 <= reading.confidence <= 100
    assert (reading.review == "") == (reading.confidence >= SURE)
    if reading.confidence < LIKELY:
        assert reading.doubts


@given(
    st.sampled_from(["处", "人次", "项", "间"]),
    st.decimals("0.5", "9", places=1),
    st.sampled_from(["，扣完为止", "", "。", ";扣完该项分为止"]),
)
def test_any_unit_and_amount(unit: str, amount: Decimal, tail: str) -> None:
    assert read(f"每{unit}扣{amount}分{tail}", 10).rule == CountDeduction(amount, unit)


@pytest.mark.parametrize(
    ("text", "value"), [("十", 10), ("二十", 20), ("十二", 12), ("三", 3), ("半", "0.5"), ("1.5", "1.5"), ("两", 2)]
)
def test_chinese_numbers(text: str, value: Any) -> None:
    import re

    assert re.fullmatch(NUMBER, text)
    assert number(text) == D(str(value))


def test_clauses() -> None:
    assert clauses(normalise("每处扣２分，扣完为止（复查加倍）；1.甲扣1分、乙扣2分")) == [
        "每处扣2分", "扣完为止", "甲扣1分", "乙扣2分", "复查加倍",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["每" * 2000, "扣1" * 1000, "(" * 2000, "1+" * 1000, "任一" * 1000, "累计发现达到" * 300, "十" * 2000]
)
def test_hostile_text_is_read_quickly(text: str) -> None:
    import time

    began = time.process_time()
    read(text, 5, item_text=text)
    assert time.process_time() - began < 0.5
