"""The words for the codes of prices."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

SURVEY_STATES: Mapping[str, Any] = {
    "draft": _l("草稿"),
    "collecting": _l("询价中"),
    "closed": _l("待签认"),
    "signed": _l("已签认"),
    "cancelled": _l("已取消"),
}
SURVEY_TONES: Mapping[str, str] = {
    "draft": "neutral", "collecting": "info", "closed": "warning", "signed": "success", "cancelled": "neutral",
}  # fmt: skip
SURVEY_EVENTS: Mapping[str, Any] = {
    "open": _l("开始询价"),
    "close": _l("结束询价"),
    "reopen": _l("重新收集"),
    "sign": _l("签认结果"),
    "cancel": _l("取消"),
}
BOOK_STATES: Mapping[str, Any] = {
    "draft": _l("草稿"),
    "surveyed": _l("已成册"),
    "publicised": _l("公示中"),
    "effective": _l("生效"),
    "superseded": _l("已被替代"),
    "withdrawn": _l("已撤回"),
}
BOOK_TONES: Mapping[str, str] = {
    "draft": "neutral", "surveyed": "warning", "publicised": "info", "effective": "success", "superseded": "neutral",
    "withdrawn": "danger",
}  # fmt: skip
BOOK_EVENTS: Mapping[str, Any] = {
    "take": _l("采用询价结果"),
    "publicise": _l("审批公示"),
    "begin": _l("开始生效"),
    "supersede": _l("被新册替代"),
    "withdraw": _l("撤回"),
}
SERIES: Mapping[str, Any] = {
    "general": _l("综合"),
    "fresh": _l("生鲜"),
    "dry": _l("粮油干货"),
    "goods": _l("学生用品"),
}
CYCLES: Mapping[str, Any] = {
    "weekly": _l("每周"),
    "half_month": _l("每半月"),
    "month": _l("每月"),
    "once": _l("一次"),
}
METHODS: Mapping[str, Any] = {"average": _l("各来源平均"), "median": _l("各来源中位数")}
SOURCE_KINDS: Mapping[str, Any] = {
    "price_bureau": _l("发改委价格监测"),
    "wholesale": _l("批发市场"),
    "supermarket": _l("超市"),
    "wet_market": _l("农贸市场"),
    "other": _l("其他"),
}
SURVEYOR_KINDS: Mapping[str, Any] = {
    "officer": _l("工作人员"),
    "teacher": _l("教师代表"),
    "parent": _l("家长代表"),
    "other": _l("其他"),
}
REPORT_STATES: Mapping[str, Any] = {
    "counted": _l("计入"),
    "waiting": _l("重复，待确定"),
    "excluded": _l("不计入"),
}
REPORT_TONES: Mapping[str, str] = {"counted": "success", "waiting": "warning", "excluded": "neutral"}
BASES: Mapping[str, Any] = {"survey": _l("询价"), "carried": _l("沿用上期"), "corrected": _l("更正")}
OBJECTION_STATES: Mapping[str, Any] = {
    "open": _l("待答复"),
    "upheld": _l("成立"),
    "rejected": _l("不成立"),
}
OBJECTION_TONES: Mapping[str, str] = {"open": "warning", "upheld": "danger", "rejected": "neutral"}
