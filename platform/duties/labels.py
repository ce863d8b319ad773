"""Words of cadences, standings and reasons."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from duties.rules import Pattern

CADENCES = {
    "daily": _l("每天"),
    "per_meal": _l("每餐"),
    "weekly": _l("每周"),
    "biweekly": _l("每两周"),
    "monthly": _l("每月"),
    "quarterly": _l("每季度"),
    "term": _l("每学期"),
    "yearly": _l("每年"),
    "months": _l("指定月份"),
    "once": _l("一次"),
    "asked": _l("随业务产生"),
}
DAYS = {"school": _l("上学日"), "term": _l("学期内每天（含周末）"), "every": _l("每天（含假期）")}
ANCHORS = {"start": _l("学期第一天"), "end": _l("学期最后一天")}
WEEKDAYS = (_l("周一"), _l("周二"), _l("周三"), _l("周四"), _l("周五"), _l("周六"), _l("周日"))
MEALS = {
    "breakfast": _l("早餐"),
    "morning_snack": _l("早点"),
    "lunch": _l("午餐"),
    "afternoon_snack": _l("午点"),
    "dinner": _l("晚餐"),
    "night_snack": _l("夜点"),
}
STANDINGS = {
    "ahead": _l("未开始"),
    "open": _l("待完成"),
    "late": _l("逾期"),
    "missed": _l("未做"),
    "on_time": _l("按时完成"),
    "done_late": _l("补做"),
    "excused": _l("已免除"),
}
TONES = {
    "ahead": "neutral", "open": "info", "late": "danger", "missed": "danger", "on_time": "success",
    "done_late": "warning", "excused": "neutral",
}  # fmt: skip
REASONS = {
    "power_cut": _l("停电"),
    "water_cut": _l("停水"),
    "closed": _l("当天停课或放假"),
    "weather": _l("恶劣天气"),
    "no_meal": _l("当餐不供餐"),
    "outing": _l("师生外出活动"),
    "system": _l("系统或网络故障"),
    "other": _l("其他"),
}
EXCUSE_STATES = {
    "asked": _l("待确认"),
    "confirmed": _l("已确认"),
    "refused": _l("不予免除"),
    "withdrawn": _l("已撤回"),
}
EXCUSE_TONES = {"asked": "warning", "confirmed": "success", "refused": "danger", "withdrawn": "neutral"}
EXCUSE_EVENTS = {"ask": _l("提出"), "confirm": _l("确认"), "refuse": _l("不予免除"), "withdraw": _l("撤回")}
ORIGINS = {"module": _l("国家规定或系统"), "bureau": _l("本区"), "school": _l("本校")}
STAGES = {
    "kindergarten": _l("幼儿园"),
    "primary": _l("小学"),
    "junior": _l("初中"),
    "nine_year": _l("九年一贯制"),
    "senior": _l("高中"),
    "vocational": _l("中职"),
    "special": _l("特殊教育"),
}
CANTEEN_MODES = {
    "self_run": _l("自营"), "contracted": _l("委托经营"), "delivered": _l("校外供餐"), "none": _l("无食堂"),
}  # fmt: skip


def period_text(period: str, first_day: date, meal: str) -> str:
    """What a duty is about, in words: 11 月 20 日午餐, 2026 年第 47 周, 2026 年 11 月 …"""
    if meal:
        return _("%(month)s月%(day)s日%(meal)s", month=first_day.month, day=first_day.day, meal=MEALS.get(meal, meal))
    if "-W" in period:
        year, week = period.split("-W")
        return _("%(year)s年第%(week)s周", year=year, week=int(week))
    if "-Q" in period:
        year, quarter = period.split("-Q")
        return _("%(year)s年第%(quarter)s季度", year=year, quarter=quarter)
    if period.endswith("+14"):
        return _("%(month)s月%(day)s日起两周", month=first_day.month, day=first_day.day)
    if period.startswith("T"):
        begins = date.fromisoformat(period[1:])
        return _("%(year)s年%(month)s月开学的学期", year=begins.year, month=begins.month)
    if len(period) == 7:
        return _("%(year)s年%(month)s月", year=first_day.year, month=first_day.month)
    if len(period) == 4:
        return _("%(year)s年", year=period)
    return _("%(month)s月%(day)s日", month=first_day.month, day=first_day.day)


def when_text(pattern: Pattern) -> str:
    """When it is due, in a line: 每周五 17:00前, 每月15日 17:00前, 每餐开餐后60分钟内 …"""
    at = f"{pattern.due_time:%H:%M}"
    match pattern.cadence:
        case "daily":
            text = {
                "school": _("每个上学日 %(at)s 前", at=at),
                "term": _("学期内每天 %(at)s 前", at=at),
                "every": _("每天 %(at)s 前", at=at),
            }[pattern.days]
        case "per_meal":
            if pattern.minutes_after == 0:
                text = _("每餐开餐前")
            elif pattern.minutes_after < 0:
                text = _("每餐开餐前 %(count)s 分钟以上", count=-pattern.minutes_after)
            else:
                text = _("每餐开餐后 %(count)s 分钟内", count=pattern.minutes_after)
        case "weekly":
            text = _("每%(weekday)s %(at)s 前", weekday=WEEKDAYS[pattern.weekday], at=at)
        case "biweekly":
            text = _("每两周的第二个%(weekday)s %(at)s 前", weekday=WEEKDAYS[pattern.weekday], at=at)
        case "monthly" if pattern.month_lag:
            text = _("次月%(day)s日 %(at)s 前", day=pattern.month_day, at=at)
        case "monthly":
            text = _("每月%(day)s %(at)s 前", day=_month_day(pattern.month_day), at=at)
        case "quarterly":
            text = _("每季度末月%(day)s %(at)s 前", day=_month_day(pattern.month_day), at=at)
        case "months":
            months = "、".join(str(month) for month in pattern.months)
            text = _("%(months)s月的%(day)s %(at)s 前", months=months, day=_month_day(pattern.month_day), at=at)
        case "yearly":
            month = pattern.months[0] if pattern.months else 12
            text = _("每年%(month)s月%(day)s %(at)s 前", month=month, day=_month_day(pattern.month_day), at=at)
        case "term":
            text = _("每学期：%(anchor)s", anchor=ANCHORS[pattern.anchor])
        case "once":
            text = _("%(day)s %(at)s 前", day=pattern.once_on.isoformat() if pattern.once_on else "", at=at)
        case _:
            return _("随业务产生")
    if pattern.shift_days and pattern.cadence not in ("daily", "per_meal"):
        text += (
            _("，提前%(days)s天", days=-pattern.shift_days)
            if pattern.shift_days < 0
            else _("，推后%(days)s天", days=pattern.shift_days)
        )
    if pattern.needed > 1:
        text += ngettext("，共%(num)s次", "，共%(num)s次", pattern.needed)
    return text


def _month_day(day: int) -> str:
    return _("月末") if day == 31 else _("%(day)s日", day=day)
