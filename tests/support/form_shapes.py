"""Tables of many shapes, in our own words, each with what a reader of it would say is in it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.support.form_tables import Drawing, as_docx, as_xlsx


@dataclass(frozen=True)
class Shape:
    """`items`: per form, (points, shape of the rule) of each item. `findings`: codes that must be said, of the tables."""

    drawings: Callable[[], list[Drawing]]
    items: list[list[tuple[str | None, str]]]
    sections: list[list[tuple[str, str | None]]] = field(default_factory=list)
    total: str | None = None
    bands: list[tuple[str, str]] = field(default_factory=list)
    findings: frozenset[str] = frozenset()
    texts: Mapping[int, str] = field(default_factory=dict)
    vetoes: Mapping[int, str] = field(default_factory=dict)

    def files(self) -> list[tuple[str, bytes]]:
        pages = self.drawings()
        return [("form.xlsx", as_xlsx(*pages)), ("form.docx", as_docx(*pages))]


def _three_levels() -> list[Drawing]:
    page = Drawing(8)
    page.across("演示区中小学校安全工作考核表", outside=True)
    page.line("A级指标", "B级指标", "C级指标", "评分标准", "分值", "考核方法", "自评分", "考评分")
    rows = [
        ("成立领导小组，分工明确", "未成立不得分，分工不明确扣1分", 4), ("每学期研究两次以上", "每少一次扣1分", 4),
        ("门卫登记齐全", "缺一次扣0.5分", 2), ("一键报警可用", "不能使用的，本项不得分", 5), ("监控全覆盖", "每缺一处扣1分", 5),
    ]  # fmt: skip
    first = page.rows
    for text, rule, points in rows:
        page.line(None, None, text, rule, points, "查资料")
    page.put("A1 组织管理（10分）", first, 0, 3)
    page.put("B1 领导机构（8分）", first, 1, 2)
    page.put("B2 门卫管理（2分）", first + 2, 1)
    page.put("A2 技防建设（10分）", first + 3, 0, 2)
    page.put("B3 设施设备（10分）", first + 3, 1, 2)
    page.line("总计", None, None, None, 20)
    return [page]


def _rule_rows() -> list[Drawing]:
    page = Drawing(6)
    page.across("学生食堂卫生检查评分表")
    page.line("序号", "项目", "检查内容", "扣分标准", "分值", "得分")
    page.line(None, None, None, "未公示许可证扣2分")
    page.line(None, None, None, "未公示健康证扣2分")
    page.line(None, None, None, "公示过期每项扣1分")
    page.put("1", 2, 0, 3)
    page.put("信息公示", 2, 1, 3)
    page.put("在醒目处公示证照", 2, 2, 3)
    page.put("5", 2, 4, 3)
    page.line("2", "后厨", "地面干净", "每处扣1分，扣完为止", "5")
    return [page]


def _shared_requirement() -> list[Drawing]:
    page = Drawing(5)
    page.across("宿舍管理考核细则（满分10分）")
    page.line("项目", "考核内容", "评分标准", "分值", "得分")
    page.line(None, None, "有值班制度得满分，没有不得分", "3")
    page.line(None, None, "值班记录每缺一次扣0.5分", "4")
    page.put("值班管理", 2, 0, 2)
    page.put("落实二十四小时值班", 2, 1, 2)
    page.line("内务", "床铺整齐", "每床不整齐扣0.5分", "3")
    return [page]


def _several_in_a_cell() -> list[Drawing]:
    page = Drawing(5)
    page.across("后勤工作评估标准")
    page.line("编号", "评估要点", "满分", "计分办法", "评估得分")
    page.line(
        "1",
        "1.制度齐全（3分）\n2.责任到人（3分）\n3.记录完整（4分）",
        "10",
        "1.缺一项扣1分\n2.未落实不得分\n3.每缺一次扣0.5分",
    )
    page.line("2", "①水电表按月抄录②设施完好③标识清楚", "6", "一项不符合扣2分")
    page.line("3", "1.绿化养护（2分）2.垃圾日清（3分）", "4", "每处扣1分")
    return [page]


def _red_lines() -> list[Drawing]:
    page = Drawing(5)
    page.across("学校食堂食品安全考评表")
    page.across("说明：总分20分，16分以上为合格，16分以下为不合格。标★的为一票否决项。")
    page.line("序号", "检查内容", "分值", "评分标准", "备注")
    page.line("1", "进货查验记录完整", "10", "每缺一次扣2分，扣完为止")
    page.line("2", "留样规范", "10", "不符合不得分")
    page.line("★3", "不得采购使用亚硝酸盐", "", "一票否决")
    page.across("有下列情形之一的，直接评定为不合格：")
    page.across("1.发生食物中毒事件的")
    page.across("2.无食品经营许可证经营的")
    return [page]


def _yes_no() -> list[Drawing]:
    page = Drawing(6)
    page.across("校园食堂日常检查要点表")
    page.line("序号", "检查项目", "检查内容", "是", "否", "备注")
    first = page.rows
    page.line("1", None, "许可证在有效期内")
    page.line("※2", None, "从业人员健康证有效")
    page.put("资质", first, 1, 2)
    page.line("3", "环境", "地面无积水")
    page.across("说明：※为关键项。")
    page.across("符合：关键项不合格数为0且一般项不合格数为0")
    page.across("不符合：关键项不合格>=1或一般项不合格>=1")
    return [page]


def _common_rule() -> list[Drawing]:
    page = Drawing(4)
    page.across("公寓卫生检查表（10分）")
    page.line("项目", "检查要点", "标准分", "得分")
    page.line("地面", "无纸屑、无积水", "4")
    page.line("墙面", "无蛛网、无污渍", "3")
    page.line("门窗", "玻璃明亮", "3")
    page.across("注：每发现一处不符合扣1分，扣完为止")
    return [page]


def _no_rules() -> list[Drawing]:
    page = Drawing(4)
    page.across("校园环境评比表")
    page.line("序号", "内容", "分值", "得分")
    page.line("1", "校园布局合理", "50")
    page.line("2", "绿化美化", "50")
    return [page]


def _points_in_text() -> list[Drawing]:
    page = Drawing(3)
    page.across("消防安全标准化管理评分标准（满分30分）", outside=True)
    page.across("一、责任落实（18分）", outside=True)
    page.line("检查内容", "评分细则", "考评情况")
    page.line("1.明确消防安全责任人和管理人（8分）", "未明确的，扣除该项全部分值")
    page.line("2.每月防火检查，有记录(10分)", "每缺一次扣２分，扣完为止")
    page.across("二、宣传教育（12分）", outside=True)
    page.line("检查内容", "评分细则", "考评情况")
    page.line("1．每学期开展演练（１２分）", "每少一次扣6分")
    return [page]


def _shared_points() -> list[Drawing]:
    page = Drawing(5)
    page.across("食堂管理检查表")
    page.line("序号", "检查内容", "分值", "扣分标准", "实得分")
    page.line("1", "工作人员着装整洁", None, "一人不符合扣1分")
    page.line("2", "不留长指甲、不戴首饰", None, "一人不符合扣1分")
    page.put("10", 2, 2, 2)
    page.line("3", "餐具消毒", "10", "未消毒不得分")
    return [page]


def _blank_below() -> list[Drawing]:
    page = Drawing(6)
    page.across("宿舍安全检查评分表")
    page.line("序号", "类别", "检查要点", "分值", "评分办法", "扣分")
    page.line("1", "用电", "无违规电器", "10", "发现一件扣5分")
    page.line("2", "", "无私拉电线", "10", "发现一处扣5分")
    page.line("3", "消防", "灭火器有效", "10", "每具失效扣2分")
    page.line("", "", "应急灯完好", "", "每盏损坏扣1分")
    page.line("合计", "", "", "30")
    return [page]


def _points_of_levels() -> list[Drawing]:
    page = Drawing(7)
    page.across("平安校园创建考核指标体系")
    page.line("一级指标", "分值", "二级指标", "分值", "评分标准", "自评", "考评")
    rows = [("组织领导", "6", "每缺一项扣1分"), ("制度建设", "4", "不健全扣1-4分"), ("教育培训", "10", "少一次扣2分")]
    for text, points, rule in rows:
        page.line(None, None, text, points, rule)
    page.put("基础工作", 2, 0, 2)
    page.put("10", 2, 1, 2)
    page.put("宣传教育", 4, 0)
    page.put("10", 4, 1)
    return [page]


def _bonus_and_limits() -> list[Drawing]:
    page = Drawing(5)
    page.across("学校后勤工作考核办法", outside=True)
    page.line("序号", "考核内容", "分值", "考核标准", "得分")
    page.across("一、日常管理（20分）")
    page.line("★1", "保洁到位", "10", "每处扣1分")
    page.line("★2", "维修及时", "10", "每超过1天扣2分")
    page.across("二、加分项（5分）")
    page.line("3", "获上级表彰", "5", "获市级表彰加3分，区级加2分")
    page.across("注：18分以上为优秀，12～17分为合格，12分以下为不合格。", outside=True)
    page.across("★为关键项。★项有2项及以上不合格的，不得评为优秀。", outside=True)
    return [page]


def _deducts_only() -> list[Drawing]:
    page = Drawing(4)
    page.across("学生寝室检查扣分表")
    page.across("本表满分100分，按下列标准扣分。")
    page.line("序号", "检查内容", "扣分标准", "扣分")
    page.line("1", "被子叠放整齐", "每床扣2分")
    page.line("2", "地面无垃圾", "每处扣1分")
    page.line("3", "无违规电器", "发现一件扣10分")
    return [page]


def _two_columns_of_text() -> list[Drawing]:
    page = Drawing(5)
    page.across("实验室安全检查表")
    page.line("检查项目", "检查内容", "检查标准", "分值", "得分")
    page.line("危化品", "双人双锁管理", "不符合扣5分", "5")
    page.line("通风", "通风橱正常", "损坏一台扣1分，扣完为止", "5")
    return [page]


def _spread_title() -> list[Drawing]:
    page = Drawing(5)
    page.across("食 堂 检 查 评 分 表")
    page.line("学校：", None, None, "时间：")
    page.line("序\n号", "检　查　内　容", "分　值", "扣 分 标 准", "得　分")
    page.line("１", "灶台清洁", "５０", "每处扣５分")
    page.line("２", "冰箱生熟分开", "５０分", "不分开不得分")
    return [page]


def _tiers() -> list[Drawing]:
    page = Drawing(5)
    page.across("食堂从业人员管理评分表")
    page.line("序号", "内容", "分值", "评分标准", "考评得分")
    page.line("1", "健康证齐全", "15", "缺1人扣5分，缺2人扣10分，缺3人及以上不得分")
    page.line("2", "按学生数配备保洁员", "5", "每500名学生配备1名保洁员，每缺1名扣1分")
    page.line("3", "师生满意度", "10", "满意度90%以上得10分，80%-89%得6分，80%以下不得分")
    page.line("4", "伙食质量", "5", "优5分、良3分、差0分")
    return [page]


def _self_scoring() -> list[Drawing]:
    page = Drawing(4)
    page.across("食堂环境检查表（满分20分）")
    page.line("项目", "检查内容及评分标准", "分值", "得分")
    page.line("地面", "地面干净无积水。每处不洁扣1分，扣完为止。", "10")
    page.line("餐具", "餐具一餐一消毒，有记录，缺一次记录扣2分", "6")
    page.line("标识", "标识清楚（不符合不得分）", "4")
    return [page]


def _graded_columns() -> list[Drawing]:
    page = Drawing(7)
    page.across("宿舍文明评比表")
    first = page.line("序号", "评比内容", "分值", None, None, None, "得分")
    page.put("评分标准", first, 3, 1, 3)
    second = page.line(None, None, None, "优", "良", "差", None)
    page.cells = [cell for cell in page.cells if not (cell[1] == first and cell[3:] == (1, 1))]
    for column, words in ((0, "序号"), (1, "评比内容"), (2, "分值"), (6, "得分")):
        page.put(words, first, column, second - first + 1)
    page.line("1", "床铺整齐", "5", "5", "3", "0")
    page.line("2", "地面清洁", "5", "5", "4", "0")
    return [page]


def _cost_column() -> list[Drawing]:
    page = Drawing(5)
    page.across("教室水电巡查表")
    page.line("序号", "检查内容", "标准分", "扣分值", "备注")
    page.line("1", "人走灯不灭", "5", "5")
    page.line("2", "水龙头漏水未报修", "5", "2分")
    return [page]


def _points_of_parts_only() -> list[Drawing]:
    page = Drawing(5)
    page.across("学生食堂检查扣分表")
    page.line("项目", "分值", "检查内容", "扣分标准", "扣分")
    for text, rule in (
        ("地面干净", "每处扣1分"),
        ("餐具消毒", "一次未消毒扣3分"),
        ("留样", "缺一样扣2分"),
        ("着装", "一人扣1分"),
    ):
        page.line(None, None, text, rule)
    for place, (name, points) in enumerate((("卫生", "12"), ("操作", "8"))):
        page.put(name, 2 + 2 * place, 0, 2)
        page.put(points, 2 + 2 * place, 1, 2)
    return [page]


def _rule_named_standard() -> list[Drawing]:
    page = Drawing(5)
    page.across("学校饮水安全评价表", outside=True)
    page.line("评价项目", "分值", "评价标准", "自评", "复评")
    page.across("一、日常管理（20分）")
    page.line("1.专人负责", "5", "无专人负责不得分")
    page.line("2.设备清洗", "15", "未清洗不得分；缺记录扣5分")
    page.across("二、水质检测（10分）")
    page.line("1.检测报告", "10", "合格10分，基本合格4分，不合格0分")
    page.line("总计", "30")
    return [page]


def _entry_and_bonus() -> list[Drawing]:
    page = Drawing(4)
    page.across("示范宿舍评定标准（总分53分，其中加分项3分）")
    page.across("一、前置条件（不符合任一条不得参评）")
    page.line("序号", "条件内容", "符合", "不符合")
    page.line("1", "近三年未发生责任事故", "□", "□")
    page.across("二、评分标准")
    page.line("序号", "评分内容", "分值", "得分")
    page.line("1", "宿管员值班，每缺1次扣2分", "50")
    page.across("三、加分项（3分）")
    page.line("2", "获得表彰", "3")
    page.across("评定结果：40分以上为合格。")
    return [page]


def _boxes_only() -> list[Drawing]:
    page = Drawing(5)
    page.across("学校食堂日管控记录")
    page.line("序号", "检查内容", "□是", "□否", "□不适用")
    page.line("1", "晨检记录完整", "□", "□", "□")
    page.line("2", "留样冰箱运转正常", "□", "□", "□")
    return [page]


C, A, L, J, T = "count_deduction", "all_or_nothing", "listed_deductions", "judged", "tiers"

SHAPES: dict[str, Shape] = {
    "three levels": Shape(
        _three_levels, [[("4", L), ("4", C), ("2", C), ("5", A), ("5", C)]],
        [[("A1 组织管理", "10"), ("A2 技防建设", "10")]], "20", texts={0: "B1 领导机构：成立领导小组，分工明确"},
    ),
    "rule rows": Shape(_rule_rows, [[("5", L), ("5", C)]]),
    "shared requirement": Shape(_shared_requirement, [[("3", A), ("4", C), ("3", C)]], total="10"),
    "several in a cell": Shape(
        _several_in_a_cell, [[("3", C), ("3", A), ("4", C), ("6", C), ("4", C)]],
        findings=frozenset({"several_in_cell", "subpoints_in_text"}), texts={0: "制度齐全", 2: "记录完整"},
    ),
    "red lines": Shape(
        _red_lines, [[("10", C), ("10", A), (None, "veto_only"), (None, "veto_only"), (None, "veto_only")]],
        total="20", bands=[("合格", "16"), ("不合格", "0")], vetoes={2: "verdict", 3: "band_cap", 4: "band_cap"},
        texts={3: "发生食物中毒事件的"},
    ),
    "yes and no": Shape(_yes_no, [[(None, "yes_no")] * 3]),
    "common rule": Shape(_common_rule, [[("4", C), ("3", C), ("3", C)]], total="10", findings=frozenset({"common_rule"})),
    "no rules": Shape(_no_rules, [[("50", J), ("50", J)]], findings=frozenset({"no_rule_column"})),
    "points in text": Shape(
        _points_in_text, [[("8", A), ("10", C), ("12", C)]], [[("一、责任落实", "18"), ("二、宣传教育", "12")]], "30",
        texts={0: "明确消防安全责任人和管理人", 2: "每学期开展演练"},
    ),
    "shared points": Shape(_shared_points, [[("10", C), ("10", A)]], findings=frozenset({"rows_joined"}),
        texts={0: "工作人员着装整洁；不留长指甲、不戴首饰"},
    ),
    "blank below": Shape(
        _blank_below, [[("10", C), ("10", C), ("10", L)]], [[("用电", None), ("消防", None)]], "30",
        findings=frozenset({"rows_joined"}),
    ),
    "points of levels": Shape(
        _points_of_levels, [[("6", C), ("4", J), ("10", C)]], [[("基础工作", "10"), ("宣传教育", "10")]]
    ),
    "bonus and limits": Shape(
        _bonus_and_limits, [[("10", C), ("10", C), ("5", "additive")]],
        [[("一、日常管理", "20"), ("二、加分项", "5")]], bands=[("优秀", "18"), ("合格", "12"), ("不合格", "0")],
        findings=frozenset({"limit_read", "bonus_item"}),
    ),
    "deducts only": Shape(_deducts_only, [[(None, C), (None, C), (None, C)]], total="100"),
    "two columns of text": Shape(_two_columns_of_text, [[("5", A), ("5", C)]]),
    "spread title": Shape(_spread_title, [[("50", C), ("50", A)]]),
    "points of parts only": Shape(
        _points_of_parts_only, [[(None, C)] * 4], [[("卫生", "12"), ("操作", "8")]], "20",
        findings=frozenset({"section_points_shared"}),
    ),
    "self scoring": Shape(_self_scoring, [[("10", C), ("6", C), ("4", A)]], total="20"),
    "graded columns": Shape(_graded_columns, [[("5", "levels"), ("5", "levels")]]),
    "cost column": Shape(_cost_column, [[("5", A), ("5", L)]]),
    "tiers and staff": Shape(_tiers, [[("15", T), ("5", "required_count"), ("10", "levels"), ("5", "levels")]]),
    "rules under 评价标准": Shape(
        _rule_named_standard, [[("5", A), ("15", L), ("10", "levels")]],
        [[("一、日常管理", "20"), ("二、水质检测", "10")]], "30",
    ),
    "entry conditions and bonus": Shape(
        _entry_and_bonus, [[(None, "veto_only"), ("50", C), ("3", J)]], total="50", bands=[("合格", "40"), ("不合格", "0")],
        findings=frozenset({"bonus_item", "band_inferred", "rule_to_confirm"}), vetoes={0: "no_band"},
    ),
    "boxes only": Shape(
        _boxes_only, [[(None, "yes_no"), (None, "yes_no")]], findings=frozenset({"pass_rate_proposed", "rule_to_confirm"}),
    ),
}  # fmt: skip


def everything() -> list[tuple[str, str, bytes, Any]]:
    return [(name, file, data, shape) for name, shape in SHAPES.items() for file, data in shape.files()]
