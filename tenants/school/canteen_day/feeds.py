"""What the bureau's pages count of the canteens' days; published through bureau.oversight.feeds."""

from flask_babel import lazy_gettext as _l

from bureau.oversight.feeds import Indicator
from school.canteen_day.service import overseeing

PAGE = "canteen_day.oversight"
INDICATORS = (
    Indicator(
        "missing_food_samples", _l("留样缺失"),
        _l("已公布食谱中，当天没有按量留样的菜品数（不含今天）。"), overseeing.missing_samples, PAGE,
    ),
    Indicator(
        "low_core_temperatures", _l("中心温度不达标"),
        _l("烹饪中心温度不达标、之后没有复测记录的次数。"), overseeing.low_temperatures, PAGE,
    ),
    Indicator(
        "refrigerators_out_of_range", _l("冷藏冷冻温度超范围"),
        _l("冷藏、冷冻和留样专柜温度超出范围的次数。"), overseeing.out_of_range, PAGE,
    ),
    Indicator(
        "canteen_findings_overdue", _l("食堂问题逾期未改"),
        _l("日管控、周排查、监督小组检查等发现、已过整改期限的问题数。"), overseeing.overdue_findings, PAGE,
    ),
)  # fmt: skip
