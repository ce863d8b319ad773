"""Kinds for a bureau to start from, adopted with one click and its own from then on: what recurs at schools and has no
record of its own yet, and the month calendars that schools keep (学校月历)."""

from dataclasses import dataclass, field
from datetime import time, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l

from duties.resolving import SchoolTypes
from duties.rules import Pattern

LOGISTICS = ("logistics_director",)
CANTEEN = ("canteen_manager", "logistics_director")
SAFETY = ("food_safety_officer",)
GATE = ("guard",)
DORMITORY = ("dormitory_supervisor",)
STORE = ("storekeeper",)
MONEY = ("accountant",)

EVERYWHERE = SchoolTypes()
KINDERGARTENS = SchoolTypes(stages=("kindergarten",))
NOT_KINDERGARTENS = SchoolTypes(stages=("primary", "junior", "nine_year", "senior", "vocational", "special"))
BOARDING = SchoolTypes(boarding=True)
WITH_KITCHEN = SchoolTypes(canteen_modes=("self_run", "contracted"))


@dataclass(frozen=True, slots=True)
class Starter:
    """`policy`: the figure whose source is the kind's. `group` is a heading of the list that one chooses from."""

    code: str
    title: Any
    group: Any
    pattern: Pattern
    roles: tuple[str, ...] = LOGISTICS
    types: SchoolTypes = field(default_factory=SchoolTypes)
    detail: Any = ""
    policy: str = ""
    needs_photo: bool = False
    needs_note: bool = False


FIRE, SAFE, WATER, FOOD = _l("消防与演练"), _l("校园安全"), _l("饮水"), _l("食堂")
LIVING, THINGS, TERM, YEAR = _l("宿舍与卫生"), _l("资产与维修"), _l("学期"), _l("月历")


def _daily(at: time, *, days: str = "school") -> Pattern:
    return Pattern("daily", due_time=at, days=days)


def _monthly(day: int = 25) -> Pattern:
    return Pattern("monthly", month_day=day)


def _weekly(weekday: int = 4) -> Pattern:
    return Pattern("weekly", weekday=weekday)


def _in(*months: int, day: int = 25) -> Pattern:
    return Pattern("months", months=months, month_day=day)


_ALL = (
    Starter("fire-drill", _l("应急疏散演练"), FIRE, _monthly(), types=NOT_KINDERGARTENS, policy="fire.drills.months",
            detail=_l("写明时间、参加人数、疏散用时和发现的问题。"), needs_note=True, needs_photo=True),
    Starter("fire-drill-kindergarten", _l("应急疏散演练（幼儿园）"), FIRE, Pattern("quarterly", month_day=25),
            types=KINDERGARTENS, policy="fire.drills.kindergarten_months",
            detail=_l("写明时间、参加人数、疏散用时和发现的问题。"), needs_note=True, needs_photo=True),
    Starter("fire-patrol", _l("每日防火巡查"), FIRE, _daily(time(17)), policy="fire.patrol.days", roles=(*LOGISTICS, *GATE)),
    Starter("fire-inspection", _l("每月防火检查"), FIRE, _monthly(20), policy="fire.inspection.months"),
    Starter("extinguishers", _l("灭火器检查"), FIRE, _monthly(15), policy="fire.extinguisher.check_months",
            detail=_l("压力、铅封、有效期、位置，逐具检查。"), needs_photo=True),
    Starter("fire-training", _l("教职工消防知识培训"), FIRE, Pattern("yearly", months=(11,), month_day=30, lead_days=60),
            needs_note=True),
    Starter("earthquake-drill", _l("防震演练"), FIRE, _in(5, 11), needs_photo=True),
    Starter("morning-round", _l("上午校园巡视"), SAFE, _daily(time(10)),
            detail=_l("活动设施、设备、场地、环境。")),
    Starter("closing-round", _l("放学后关灯关水关门检查"), SAFE, _daily(time(18, 30)), roles=(*GATE, *LOGISTICS)),
    Starter("cctv", _l("监控运行检查"), SAFE, _daily(time(9)), roles=(*GATE, *LOGISTICS)),
    Starter("electric-weekly", _l("电器设备、门窗每周检查"), SAFE, _weekly()),
    Starter("lighting-weekly", _l("照明设施每周检查"), SAFE, _weekly(2)),
    Starter("safety-weekly", _l("安全隐患周小结"), SAFE, _weekly(), needs_note=True),
    Starter("safety-monthly", _l("全校安全大检查"), SAFE, _monthly(20), needs_note=True,
            detail=_l("校舍、用电线路、排水、体育设施。")),
    Starter("safety-report", _l("安全工作月报、校舍安全月报"), SAFE, _monthly(31)),
    Starter("playground-monthly", _l("大型玩具、体育器材、楼梯护栏检查"), SAFE, _monthly(10), types=KINDERGARTENS),
    Starter("gate-spot-check", _l("抽查门卫一日工作和来客登记"), SAFE, _monthly(31)),
    Starter("water-report", _l("生活饮用水水质检测报告"), WATER, Pattern("yearly", months=(9,), month_day=30, lead_days=60),
            needs_photo=True, detail=_l("自备水源和直饮水设备的检测合格证明。")),
    Starter("water-tank", _l("二次供水水箱清洗消毒"), WATER, Pattern("quarterly", month_day=20), needs_photo=True),
    Starter("kitchen-equipment", _l("厨房设备和燃气安全检查"), FOOD, _monthly(15), CANTEEN, WITH_KITCHEN),
    Starter("hood-monthly", _l("排烟罩清洗"), FOOD, _monthly(25), CANTEEN, WITH_KITCHEN),
    Starter("flue-quarterly", _l("排烟管道清洗"), FOOD, Pattern("quarterly", month_day=25), CANTEEN, WITH_KITCHEN,
            needs_photo=True),
    Starter("canteen-study", _l("食堂人员业务学习"), FOOD, Pattern("biweekly", weekday=3), CANTEEN, WITH_KITCHEN,
            needs_note=True),
    Starter("staff-examination", _l("食堂从业人员健康检查"), FOOD, Pattern("yearly", months=(2,), month_day=28, lead_days=30),
            (*SAFETY, *CANTEEN), WITH_KITCHEN),
    Starter("meal-committee", _l("膳食委员会会议"), FOOD, _monthly(25), CANTEEN, KINDERGARTENS, needs_note=True),
    Starter("bills-monthly", _l("上月采购票据整理"), FOOD, _monthly(10), (*MONEY, *LOGISTICS)),
    Starter("dormitory-night", _l("宿舍夜间巡查和就寝点名"), LIVING, _daily(time(22, 30), days="term"), DORMITORY, BOARDING),
    Starter("dormitory-circuits", _l("宿舍电路和违规用电检查"), LIVING, _monthly(15), (*DORMITORY, *LOGISTICS), BOARDING),
    Starter("dormitory-contest", _l("文明宿舍评比"), LIVING, _monthly(28), (*DORMITORY, *LOGISTICS), BOARDING),
    Starter("class-hygiene", _l("班级卫生评比"), LIVING, _monthly(28)),
    Starter("hygiene-spot", _l("班级和包干区卫生抽查"), LIVING, _weekly(3)),
    Starter("towels", _l("毛巾、水杯、被褥消毒"), LIVING, _weekly(), types=KINDERGARTENS),
    Starter("stock-monthly", _l("保管与会计对账"), THINGS, _monthly(28), (*STORE, *MONEY)),
    Starter("equipment-monthly", _l("设施设备检查与维修"), THINGS, _monthly(20)),
    Starter("computers", _l("电教设备检查保养"), THINGS, _monthly(25)),
    Starter("assets-term", _l("班级财产检查"), THINGS, Pattern("term", shift_days=-10), STORE + LOGISTICS),
    Starter("assets-yearly", _l("固定资产实物台账核对"), THINGS, Pattern("yearly", months=(12,), month_day=20, lead_days=50),
            STORE + LOGISTICS, needs_note=True),
    Starter("air-conditioners", _l("夏季前清洗空调"), THINGS, _in(5, day=31)),
    Starter("heating", _l("取暖设备和管道检查"), THINGS, _in(10, day=25)),
    Starter("hedges", _l("绿篱和绿化带修剪"), THINGS, _in(4, 6, 9, 11, day=30)),
    Starter("trees", _l("树木修剪"), THINGS, _in(3, 11, day=30)),
    Starter("opening-check", _l("开学前安全排查和后勤准备"), TERM,
            Pattern("term", anchor="start", shift_days=-1, lead_days=14, days="every", grace=timedelta(days=7)),
            needs_note=True, detail=_l("水电暖、照明、桌凳、教室、食堂、消防、校舍；逐项签字。")),
    Starter("term-plan", _l("学期后勤工作计划和开学会议"), TERM, Pattern("term", anchor="start", shift_days=14), needs_note=True),
    Starter("pledges", _l("签订安全责任书"), TERM, Pattern("term", anchor="start", shift_days=28),
            detail=_l("行政、班主任、任课教师、管理人员，逐一签订。")),
    Starter("emergency-plans", _l("修订应急预案"), TERM, Pattern("term", anchor="start", shift_days=28)),
    Starter("perimeter", _l("校园周边环境摸底登记"), TERM, Pattern("term", anchor="start", shift_days=35), needs_note=True),
    Starter("mid-market", _l("蔬菜、肉食市场走访"), TERM, Pattern("term", anchor="start", shift_days=60), CANTEEN, WITH_KITCHEN),
    Starter("supplier-papers", _l("供货手续到期检查"), TERM, Pattern("term", shift_days=-21), CANTEEN, WITH_KITCHEN),
    Starter("closing-check", _l("放假前关电断电和安全检查"), TERM, Pattern("term", shift_days=0), needs_photo=True),
    Starter("term-summary", _l("学期后勤工作总结和修缮计划"), TERM, Pattern("term", shift_days=0), needs_note=True),
    Starter("year-report", _l("后勤工作年度述职"), TERM, Pattern("yearly", months=(12,), month_day=31, lead_days=30), needs_note=True),
    Starter("m02-supplies", _l("2月：毛巾、餐具、日用品配齐"), YEAR, _in(2), types=KINDERGARTENS),
    Starter("m02-water-electric", _l("2月：水电、玩具、门窗检修"), YEAR, _in(2), types=KINDERGARTENS),
    Starter("m03-contracts", _l("3月：签订供货合同"), YEAR, _in(3), CANTEEN, WITH_KITCHEN),
    Starter("m03-disinfection", _l("3月：全校消毒和春季卫生专项检查"), YEAR, _in(3)),
    Starter("m03-samples", _l("3月：抽查留样和仓库记录"), YEAR, _in(3), types=WITH_KITCHEN),
    Starter("m03-property", _l("3月中旬：财产复查"), YEAR, _in(3, day=15), STORE + LOGISTICS),
    Starter("m03-cooks", _l("3月中旬：炊事人员卫生培训班"), YEAR, _in(3, day=15), CANTEEN, WITH_KITCHEN),
    Starter("m04-lunch", _l("4月：午餐和加餐意见调查"), YEAR, _in(4), CANTEEN),
    Starter("m04-fire", _l("4月中旬：消防培训和灭火演练"), YEAR, _in(4, day=15), needs_photo=True),
    Starter("m04-hygiene", _l("4月：食堂和班级卫生大检查"), YEAR, _in(4)),
    Starter("m05-flies", _l("5月：防蚊蝇"), YEAR, _in(5), CANTEEN),
    Starter("m05-canteen", _l("5月：食堂工作常规检查"), YEAR, _in(5), types=WITH_KITCHEN),
    Starter("m06-heat", _l("6月：防溺水、防暑检查"), YEAR, _in(6)),
    Starter("m06-cooking", _l("6月：学习操作规范和厨艺比拼"), YEAR, _in(6), CANTEEN, WITH_KITCHEN),
    Starter("m07-assets", _l("7月：固定资产检查登记和报损"), YEAR, _in(7, day=10), STORE + LOGISTICS),
    Starter("m07-refunds", _l("7月：结退伙食费"), YEAR, _in(7, day=10), MONEY, KINDERGARTENS),
    Starter("m07-review", _l("7月：年度安全工作考核"), YEAR, _in(7, day=10)),
    Starter("m08-repairs", _l("8月：校舍和水电检修"), YEAR, _in(8)),
    Starter("m08-register", _l("8月：固定资产造册"), YEAR, _in(8, day=31), STORE + LOGISTICS),
    Starter("m09-cleaning", _l("9月：大扫除，桌椅床铺调整"), YEAR, _in(9, day=15)),
    Starter("rosters", _l("假期值班表（元旦寒假、五一、暑假、国庆）"), YEAR, _in(1, 4, 6, 9, day=25)),
    Starter("m10-saving", _l("10月：节水节电检查"), YEAR, _in(10)),
    Starter("m10-hygiene", _l("10月：卫生大检查"), YEAR, _in(10)),
    Starter("m10-bus", _l("10月：校车和周边小饭桌整治"), YEAR, _in(10)),
    Starter("m11-disease", _l("11月：冬季传染病预防"), YEAR, _in(11)),
    Starter("m12-medicine", _l("12月：补充保健室药品"), YEAR, _in(12)),
    Starter("m12-buildings", _l("12月：校舍设施和冬季水电检查"), YEAR, _in(12)),
    Starter("m12-property", _l("12月：财产保管检查"), YEAR, _in(12), STORE + LOGISTICS),
    Starter("m01-store", _l("1月：仓库检修、清点、归档"), YEAR, _in(1, day=15), STORE + LOGISTICS),
)  # fmt: skip
STARTERS: dict[str, Starter] = {starter.code: starter for starter in _ALL}
assert len(STARTERS) == len(_ALL)
