"""Wordings in which bureaus write their rules, each with what it must be read as; what stays with a person says so.

Columns: text, points of the item, review ("" sure, "confirm", "decide"), shape (of what is at least likely), figures, veto.
Figures: cost/unit, points of the rows ("*": counted), count:points of tiers, beds:cost.
"""

import pytest

from scorecards.form import (
    Additive,
    CountDeduction,
    Levels,
    ListedDeductions,
    RequiredCount,
    Rule,
    Tiers,
    decimal_text,
)
from scorecards.form_json import shape_of
from scorecards.reading import LIKELY, read_rule
from tests.unit.scorecards.forms import D

ROWS: list[tuple[str, str | None, str, str, str, str]] = [
    ('不符合扣除该项全部分值', '5', '', 'all_or_nothing', '', ''),
    ('不符合要求的扣除该项全部分值。', '5', '', 'all_or_nothing', '', ''),
    ('每处扣2分，扣完为止', '10', '', 'count_deduction', '2/处', ''),
    ('缺1人扣0.5分', '3', '', 'count_deduction', '0.5/人', ''),
    ('一项不符合扣1分', '5', '', 'count_deduction', '1/项', ''),
    ('一项不符合要求扣1分，扣完为止。', '5', '', 'count_deduction', '1/项', ''),
    ('发现一次扣2分', '6', '', 'count_deduction', '2/次', ''),
    ('发现一次扣2分，扣完本项分值为止', '6', '', 'count_deduction', '2/次', ''),
    ('每少一次扣1分', '4', '', 'count_deduction', '1/次', ''),
    ('每少1次扣1分。', '4', '', 'count_deduction', '1/次', ''),
    ('酌情扣1-3分', '3', '', 'judged', '', ''),
    ('酌情扣1-3分', '5', 'confirm', 'judged', '', ''),
    ('优3良2差0', '3', '', 'levels', '3 2 0', ''),
    ('优3分、良2分、差0分', '3', '', 'levels', '3 2 0', ''),
    ('达到得2分，未达到不得分', '2', '', 'all_or_nothing', '', ''),
    ('达到要求得5分，否则不得分', '5', '', 'all_or_nothing', '', ''),
    ('全部符合得满分，基本符合得3分，不符合不得分', '5', '', 'levels', '5 3 0', ''),
    ('全部符合得5分，基本符合得3分，不符合得0分', '5', '', 'levels', '5 3 0', ''),
    ('无制度不得分', '3', '', 'all_or_nothing', '', ''),
    ('未建立台账的，本项不得分', '3', '', 'all_or_nothing', '', ''),
    ('未建立制度的，本项不得分；制度不健全的，扣1分', '3', '', 'listed_deductions', '1', 'item_zero 未建立制度'),
    ('存在重大隐患的一票否决', '5', 'confirm', 'all_or_nothing', '', 'verdict 一票否决'),
    ('每超过1小时扣0.5分', '3', '', 'count_deduction', '0.5/小时', ''),
    ('每超过规定时间1天扣1分', '3', '', 'count_deduction', '1/天', ''),
    ('有得2分，无0分', '2', '', 'all_or_nothing', '', ''),
    ('有得2分，无得0分', '2', '', 'all_or_nothing', '', ''),
    ('每缺一项扣0.5分，最多扣3分', '5', '', 'count_deduction', '0.5/项 cap 3', ''),
    ('扣1~2分', '2', '', 'judged', '', ''),
    ('扣1～2分', '5', 'confirm', 'judged', '', ''),
    ('按比例扣分', '5', 'decide', '', '', ''),
    ('按比例得分', '5', 'decide', '', '', ''),
    ('每百名学生配备1名保洁员，每少1名扣1分', '4', 'confirm', 'required_count', '1/名 per 100', ''),
    ('按每500名学生配备1名保安，每缺1人扣2分', '6', 'confirm', 'required_count', '2/名 per 500', ''),
    ('加分项：获市级表彰加2分', '2', 'confirm', 'additive', '2', ''),
    ('获国家级表彰加3分，省级加2分，市级加1分', '3', 'confirm', 'additive', '3 2 1', ''),
    ('不完整得一半分', '4', 'decide', '', '', ''),
    ('完整得满分，不完整得一半分，无不得分', '4', '', 'levels', '4 2 0', ''),
    ('一处不合格扣1分，二处不合格扣2分，三处及以上不得分', '5', '', 'tiers', '0:5 1:4 2:3 3:0', ''),
    ('1处不符合扣1分，2处不符合扣3分，3处及以上不得分', '5', '', 'tiers', '0:5 1:4 2:2 3:0', ''),
    ('缺1项扣2分，缺2项扣4分，缺3项及以上不得分', '6', '', 'tiers', '0:6 1:4 2:2 3:0', ''),
    ('每发现1处不符合扣0.5分，扣完为止。', '4', '', 'count_deduction', '0.5/处', ''),
    ('每发现一例扣5分', '10', '', 'count_deduction', '5/例', ''),
    ('发现1人未戴口罩扣1分', '4', '', 'count_deduction', '1/人', ''),
    ('1人次不符合扣1分，扣完为止', '5', '', 'count_deduction', '1/人次', ''),
    ('没有制度扣2分，制度未上墙扣1分，扣完为止', '3', '', 'listed_deductions', '2 1', ''),
    ('无制度扣2分；制度不全扣1分；未落实扣2分', '5', '', 'listed_deductions', '2 1 2', ''),
    ('制度健全1分，上墙1分，落实到位2分', '4', 'confirm', 'additive', '1 1 2', ''),
    ('有计划得1分，有总结得1分，有记录得2分', '4', 'confirm', 'additive', '1 1 2', ''),
    ('查看资料，每缺一项扣1分', '5', '', 'count_deduction', '1/项', ''),
    ('查阅资料、现场查看。每缺一项资料扣1分，扣完为止', '5', '', 'count_deduction', '1/项', ''),
    ('不符合要求的，每处扣1分，扣完5分为止', '5', '', 'count_deduction', '1/处 cap 5', ''),
    ('不达标每项扣0.5分', '3', '', 'count_deduction', '0.5/项', ''),
    ('每有一项不符合扣1分', '5', '', 'count_deduction', '1/项', ''),
    ('每项不符合要求的扣2分', '6', '', 'count_deduction', '2/项', ''),
    ('不合格一项扣2分', '6', '', 'count_deduction', '2/项', ''),
    ('缺一项扣1分', '5', '', 'count_deduction', '1/项', ''),
    ('缺一不可，缺少任一项不得分', '5', 'confirm', 'all_or_nothing', '', ''),
    ('缺项不得分', '5', '', 'all_or_nothing', '', ''),
    ('少一项扣1分，少三项以上不得分', '5', '', 'count_deduction', '1/项 zero 3', ''),
    ('未按规定留样的不得分，留样不规范的每项扣1分', '5', '', 'count_deduction', '1/项', 'item_zero 未按规定留样'),
    ('未留样不得分，留样量不足扣2分，记录不全扣1分', '5', '', 'listed_deductions', '2 1', 'item_zero 未留样'),
    ('一票否决', None, '', 'veto_only', '', 'verdict 一票否决'),
    ('出现食物中毒事故一票否决', None, '', 'veto_only', '', 'verdict 一票否决'),
    ('凡发生安全责任事故的，取消评优资格', None, 'confirm', 'veto_only', '', 'verdict 取消评优资格'),
    ('合格得分，不合格不得分', '5', '', 'all_or_nothing', '', ''),
    ('合格得5分，不合格不得分', '5', '', 'all_or_nothing', '', ''),
    ('是得2分，否得0分', '2', '', 'all_or_nothing', '', ''),
    ('A等5分，B等4分，C等2分，D等0分', '5', '', 'levels', '5 4 2 0', ''),
    ('好5分，较好4分，一般3分，差0-2分', '5', 'decide', '', '', ''),
    ('优秀（9-10分）良好（7-8分）一般（5-6分）差（0-4分）', '10', 'confirm', 'judged', '', ''),
    ('优：9-10分；良：7-8分；中：5-6分；差：5分以下', '10', 'confirm', 'judged', '', ''),
    ('100%达标得5分，每降低1个百分点扣0.5分', '5', '', 'count_deduction', '0.5/个百分点', ''),
    ('达标率100%得满分，每低1%扣0.1分', '5', '', 'count_deduction', '0.1/%', ''),
    ('每低1个百分点扣0.5分', '5', '', 'count_deduction', '0.5/个百分点', ''),
    ('满意度≥90%得5分，80%-89%得3分，低于80%不得分', '5', '', 'levels', '5 3 0', ''),
    ('满意率90%以上得5分，80-90%得3分，80%以下不得分', '5', '', 'levels', '5 3 0', ''),
    ('发现问题未整改的加倍扣分', '5', 'decide', '', '', ''),
    ('每处扣1分，重复出现的加倍扣分', '5', '', 'count_deduction', '1/处 x2', ''),
    ('现场查看，发现一处扣1分', '5', '', 'count_deduction', '1/处', ''),
    ('未公示扣2分，公示不全扣1分', '2', '', 'listed_deductions', '2 1', ''),
    ('0-5分', '5', '', 'judged', '', ''),
    ('0～3', '3', '', 'judged', '', ''),
    ('根据情况得0-5分', '5', '', 'judged', '', ''),
    ('视情况扣分', '5', '', 'judged', '', ''),
    ('视情况扣1-5分', '5', '', 'judged', '', ''),
    ('酌情给分', '5', '', 'judged', '', ''),
    ('每项1分', '5', 'decide', '', '', ''),
    ('每项1分，共5项', '5', 'confirm', 'count_deduction', '1/项', ''),
    ('共5项，每项1分，缺一项扣1分', '5', 'decide', '', '', ''),
    ('每小项2分', '10', 'decide', '', '', ''),
    ('每符合一项得1分', '5', '', 'additive', '1*', ''),
    ('每做到一项得2分，最多得6分', '6', '', 'additive', '2*', ''),
    ('满足3项得5分，满足2项得3分，满足1项得1分，都不满足不得分', '5', '', 'tiers', '0:0 1:1 2:3 3:5', ''),
    ('3项全部达到得5分，达到2项得3分，达到1项得1分', '5', '', 'tiers', '0:0 1:1 2:3 3:5', ''),
    ('每学期少于2次扣2分', '2', 'confirm', 'count_deduction', '2/学期', ''),
    ('每学期不少于2次，少1次扣1分', '4', '', 'count_deduction', '1/次', ''),
    ('每周检查少于一次的扣1分，没有记录的不得分', '3', 'confirm', 'count_deduction', '1/周', 'item_zero 没有记录'),
    ('不得分', '3', '', 'all_or_nothing', '', ''),
    ('扣2分', '2', '', 'all_or_nothing', '', ''),
    ('扣5分/处', '10', '', 'count_deduction', '5/处', ''),
    ('2分/处', '10', 'confirm', 'count_deduction', '2/处', ''),
    ('-2分/处', '10', '', 'count_deduction', '2/处', ''),
    ('每人-1分', '5', '', 'count_deduction', '1/人', ''),
    ('每次－0.5', '5', '', 'count_deduction', '0.5/次', ''),
    ('1处-1分', '5', '', 'count_deduction', '1/处', ''),
    ('有1处扣1分', '5', '', 'count_deduction', '1/处', ''),
    ('一处1分', '5', 'confirm', 'count_deduction', '1/处', ''),
    ('每发现一起违纪行为扣3分，情节严重的，本项不得分', '10', '', 'count_deduction', '3/起', 'item_zero 情节严重'),
    ('每次扣2分，累计3次以上本项不得分', '10', '', 'count_deduction', '2/次 zero 3', ''),
    ('未达到50%的不得分', '5', '', 'all_or_nothing', '', ''),
    ('参训率达到100%得满分，90%以上得3分，90%以下不得分', '5', '', 'levels', '5 3 0', ''),
    ('无证上岗1人扣2分，扣完为止', '6', '', 'count_deduction', '2/人', ''),
    ('未持证上岗每人扣2分', '6', '', 'count_deduction', '2/人', ''),
    ('每缺1人次扣1分，缺3人次以上的不得分', '5', '', 'count_deduction', '1/人次 zero 3', ''),
    ('查到过期食品每件扣3分', '9', '', 'count_deduction', '3/件', ''),
    ('一间寝室不合格扣1分', '10', '', 'count_deduction', '1/间', ''),
    ('每间宿舍发现违规电器扣2分', '10', '', 'count_deduction', '2/间', ''),
    ('8人间每床扣1分，6人间每床扣1.5分', '10', 'confirm', 'count_deduction', '6:1.5/8:1', ''),
    ('缺少一种扣2分，缺少两种以上不得分', '5', '', 'count_deduction', '2/种 zero 2', ''),
    ('每缺少一名扣1分', '5', '', 'count_deduction', '1/名', ''),
    ('未开展不得分，开展不到位扣1—3分', '5', 'confirm', 'judged', '', ''),
    ('未设置扣3分；设置但不规范酌情扣1-2分', '3', 'confirm', 'judged', '', ''),
    ('详见附件', '5', 'decide', '', '', ''),
    ('参照有关规定执行', '5', 'decide', '', '', ''),
    ('见评分细则', '5', 'decide', '', '', ''),
    ('由检查组集体评议', '5', 'decide', '', '', ''),
    ('得分=实际人数/应到人数×5', '5', 'decide', '', '', ''),
    ('本项为否决项，不达标则评定为不合格', None, 'confirm', 'veto_only', '', 'verdict 不合格'),
    ('发现一项不合格，该食堂直接评定为不合格等次', None, 'confirm', 'veto_only', '', 'verdict 不合格'),
    ('出现以下情况之一的，不得评为优秀', None, 'confirm', 'veto_only', '', 'verdict 不得评为优秀'),
    ('如无校车，此项不扣分', '4', 'decide', '', '', ''),
    ('无食堂的学校此项得满分', '4', 'decide', '', '', ''),
    ('每处扣2分（无宿舍学校不适用）', '6', '', 'count_deduction', '2/处', ''),
    ('扣分不超过5分，每处扣1分', '5', '', 'count_deduction', '1/处 cap 5', ''),
    ('每处扣1分，本项最多扣5分', '8', '', 'count_deduction', '1/处 cap 5', ''),
    ('每处扣1分，最高扣5分', '8', '', 'count_deduction', '1/处 cap 5', ''),
    ('每处扣1分，扣满5分止', '8', '', 'count_deduction', '1/处 cap 5', ''),
    ('每处扣1分，上限5分', '8', '', 'count_deduction', '1/处 cap 5', ''),
    ('1处扣1分，扣完为止', '3', '', 'count_deduction', '1/处', ''),
    ('一般问题每处扣1分，严重问题每处扣3分', '10', '', 'listed_deductions', '1* 3*', ''),
    ('每处一般问题扣0.5分，每处严重问题扣2分，扣完为止', '10', '', 'listed_deductions', '0.5* 2*', ''),
    ('全部合格得10分，一处不合格扣2分', '10', '', 'count_deduction', '2/处', ''),
    ('齐全得2分，缺1项扣0.5分', '2', '', 'count_deduction', '0.5/项', ''),
    ('符合要求得3分，1处不符合扣1分，扣完为止', '3', '', 'count_deduction', '1/处', ''),
    ('建立得1分，执行得2分', '3', 'confirm', 'additive', '1 2', ''),
    ('建立制度得2分，未建立不得分', '2', '', 'all_or_nothing', '', ''),
    ('建立制度2分，未建立0分', '2', 'decide', '', '', ''),
    ('每发现1处扣0.2分，扣完为止。', '2', '', 'count_deduction', '0.2/处', ''),
    ('发现一处不符合要求扣1分，最多扣2分', '5', '', 'count_deduction', '1/处 cap 2', ''),
    ('每少配1名扣1分', '4', '', 'count_deduction', '1/名', ''),
    ('每缺一门课程扣1分', '4', '', 'count_deduction', '1/门', ''),
    ('未达标扣2分', '2', '', 'all_or_nothing', '', ''),
    ('没有的扣3分', '3', '', 'all_or_nothing', '', ''),
    ('无记录扣1分、无签名扣1分', '2', '', 'listed_deductions', '1 1', ''),
    ('未公示、未更新各扣1分', '2', '', 'listed_deductions', '1 1', ''),
    ('每起事故扣5分', '10', '', 'count_deduction', '5/起', ''),
    ('超过规定时间的，每超1天扣1分', '5', '', 'count_deduction', '1/天', ''),
    ('完成得5分，基本完成得3分，未完成得0分', '5', 'confirm', 'levels', '5 3 0', ''),
    ('有且齐全得3分，有但不全得2分，没有不得分', '3', '', 'levels', '3 2 0', ''),
    ('好得5分，较好得3分，差得0分', '5', '', 'levels', '5 3 0', ''),
    ('达标率100%得5分，90%（含）以上得3分，低于90%不得分', '5', '', 'levels', '5 3 0', ''),
    ('按优、良、中、差分别得5、4、3、0分', '5', '', 'levels', '5 4 3 0', ''),
    ('每增加1人加0.5分', '3', 'confirm', 'additive', '0.5*', ''),
    ('有特色做法酌情加1-2分', '2', 'confirm', 'judged', '', ''),
    ('每学期演练1次得2分，2次得4分', '4', 'confirm', 'additive', '2 4', ''),
    ('1项不达标扣2分，2项不达标扣5分，3项以上不达标不得分', '8', '', 'tiers', '0:8 1:6 2:3 3:0', ''),
    ('缺1个扣1分；缺2个扣3分；缺3个以上（含3个）不得分', '5', '', 'tiers', '0:5 1:4 2:2 3:0', ''),
]  # fmt: skip


def figures(rule: Rule) -> str:
    match rule:
        case CountDeduction(unit_points_by=scale) if scale is not None:
            return "/".join(f"{decimal_text(row.start)}:{decimal_text(row.value)}" for row in scale.rows)
        case CountDeduction():
            cap = "" if rule.cap is None else f" cap {decimal_text(rule.cap)}"
            zero = "" if rule.zero_at is None else f" zero {rule.zero_at}"
            factor = "" if rule.unresolved_factor == 1 else f" x{decimal_text(rule.unresolved_factor)}"
            return f"{decimal_text(rule.unit_points)}/{rule.unit_label}{cap}{zero}{factor}"
        case ListedDeductions() | Additive() | Levels():
            return " ".join(decimal_text(entry.points) + "*" * entry.repeatable for entry in rule.entries)
        case Tiers():
            return " ".join(f"{tier.start}:{decimal_text(tier.points)}" for tier in rule.tiers)
        case RequiredCount():
            assert rule.required.per is not None
            return f"{decimal_text(rule.unit_points)}/{rule.unit_label} per {decimal_text(rule.required.per)}"
    return ""


@pytest.mark.parametrize(("text", "points", "review", "shape", "wanted", "veto"), ROWS)
def test_a_wording(text: str, points: str | None, review: str, shape: str, wanted: str, veto: str) -> None:
    reading = read_rule(text, None if points is None else D(points))
    assert reading.review == review, (reading.confidence, reading.doubts)
    if reading.confidence >= LIKELY:
        assert (shape_of(reading.rule), figures(reading.rule)) == (shape, wanted)
    else:
        assert shape == ""
    if reading.review:
        assert reading.doubts
    found = reading.veto
    assert ("" if found.effect == "none" else f"{found.effect} {found.label or found.condition}") == veto


def test_staffing_asks_for_the_pupils_and_beds_for_the_room() -> None:
    assert read_rule("每500名学生配备1名保安，每缺1名扣2分", D(6)).parameters == ("pupils",)
    assert read_rule("8人间10/床, 6人间15", None).parameters == ("beds",)


def test_an_unknown_unit_is_no_single_deduction() -> None:
    assert read_rule("缺一样扣2分", D(6)).review == ""
    assert read_rule("缺一撂扣2分", D(6)).review == "confirm"


@pytest.mark.parametrize("text", ["每处扣1分，获奖加2分", "有特色的酌情加1-2分", "基本分5分，每增加1项加1分"])
def test_what_adds_to_the_points_is_never_taken_for_sure(text: str) -> None:
    assert read_rule(text, D(5)).review
