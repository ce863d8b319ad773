"""The words of suppliers."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.suppliers.rules import Problem
from kernel.web.dates import day

STATES: Mapping[str, Any] = {
    "draft": _l("资料填写中"),
    "applied": _l("待审核"),
    "returned": _l("退回补正"),
    "refused": _l("不予登记"),
    "active": _l("已登记"),
    "removed": _l("已清退"),
}
STATE_TONES = {
    "draft": "neutral", "applied": "info", "returned": "warning", "refused": "danger", "active": "success",
    "removed": "danger",
}  # fmt: skip
KINDS: Mapping[str, Any] = {
    "enterprise": _l("企业"),
    "cooperative": _l("农民专业合作社"),
    "individual": _l("个体工商户"),
    "farm": _l("家庭农场"),
    "other": _l("其他组织"),
}
SIZES: Mapping[str, Any] = {
    "micro": _l("微型"),
    "small": _l("小型"),
    "medium": _l("中型"),
    "large": _l("大型"),
}
LICENCES: Mapping[str, Any] = {
    "business_licence": _l("营业执照"),
    "food_operation": _l("食品经营许可证"),
    "food_production": _l("食品生产许可证（SC）"),
    "prepackaged_filing": _l("仅销售预包装食品备案"),
    "animal_quarantine": _l("动物防疫条件合格证"),
    "slaughter": _l("生猪定点屠宰证"),
    "water_sanitation": _l("涉水产品卫生许可批件"),
    "green_food": _l("绿色（有机）食品证书"),
    "management_system": _l("管理体系认证证书"),
    "other": _l("其他证照"),
}
LICENCE_STATES: Mapping[str, Any] = {
    "submitted": _l("待核验"),
    "approved": _l("已核验"),
    "returned": _l("已退回"),
    "withdrawn": _l("已撤下"),
}
CATEGORY_STATES: Mapping[str, Any] = {
    "asked": _l("待审核"),
    "approved": _l("已登记"),
    "refused": _l("未通过"),
    "withdrawn": _l("已撤回"),
}
TONES = {
    "submitted": "info", "asked": "info", "approved": "success", "returned": "warning", "refused": "warning",
    "withdrawn": "neutral", "proposed": "info", "in_force": "danger", "dropped": "neutral", "lifted": "success",
    "open": "info", "upheld": "success", "rejected": "neutral", "waiting": "neutral", "done": "success",
}  # fmt: skip
MEASURES: Mapping[str, Any] = {
    "warning": _l("警示"),
    "suspension": _l("暂停参与"),
    "removal": _l("清退"),
}
MEASURE_STATES: Mapping[str, Any] = {
    "proposed": _l("待第二人确认"),
    "in_force": _l("生效"),
    "dropped": _l("未采取"),
    "lifted": _l("已解除"),
}
APPEAL_STATES: Mapping[str, Any] = {
    "open": _l("待复核"),
    "upheld": _l("申诉成立"),
    "rejected": _l("维持原决定"),
    "withdrawn": _l("已撤回"),
}
SIDES: Mapping[str, Any] = {"bureau": _l("教育局"), "supplier": _l("企业"), "system": _l("系统")}
SUBJECTS: Mapping[str, Any] = {
    "registration": _l("登记"),
    "category": _l("品类"),
    "licence": _l("证照"),
    "measure": _l("处理措施"),
    "appeal": _l("申诉"),
    "person": _l("人员"),
}
EVENTS: Mapping[str, Any] = {
    "open": _l("建立"),
    "edit": _l("修改"),
    "submit": _l("提交"),
    "withdraw": _l("撤回"),
    "return": _l("退回"),
    "refuse": _l("未予通过"),
    "admit": _l("登记"),
    "remove": _l("清退"),
    "restore": _l("恢复"),
    "ask": _l("申请"),
    "approve": _l("通过"),
    "add": _l("提交"),
    "impose": _l("作出"),
    "propose": _l("提出"),
    "confirm": _l("确认"),
    "drop": _l("不采取"),
    "lift": _l("解除"),
    "file": _l("提交"),
    "uphold": _l("成立"),
    "reject": _l("维持"),
    "invite": _l("邀请"),
    "join": _l("加入"),
    "leave": _l("退出"),
    "hand_over": _l("当面告知验证码"),
}
REQUEST_STATES: Mapping[str, Any] = {
    "waiting": _l("待验证邮箱"),
    "asked": _l("待确认"),
    "done": _l("已完成"),
    "refused": _l("未同意"),
}
RETURN_FIELDS: Mapping[str, Any] = {
    "name": _l("企业名称"),
    "kind": _l("企业类型"),
    "size": _l("企业规模"),
    "address": _l("地址"),
    "business": _l("经营范围简介"),
    "contact": _l("联系人"),
    "licences": _l("证照"),
    "categories": _l("品类"),
}
FOOD_LAW_35 = "《食品安全法》第三十五条"


def problem(one: Problem, category: str = "") -> str:
    """Why a bid is not taken, in words. `category`: the category's name."""
    licence = str(LICENCES.get(one.licence or "", one.licence or ""))
    until = day(one.until)
    if one.code == "removed":
        return _("该供应商已被清退，不能参加。")
    if one.code == "not_registered":
        return _("该供应商尚未完成登记，不能参加。")
    if one.code == "suspended":
        return _("已被暂停参与，至 %(until)s。", until=until) if until else _("已被暂停参与，尚未定恢复日期。")
    if one.code == "not_admitted":
        return _("未登记“%(category)s”品类。", category=category)
    if one.code == "licence_expired":
        return _(
            "%(licence)s 已于 %(until)s 到期，“%(category)s”品类自动暂停。",
            licence=licence,
            until=until,
            category=category,
        )
    return _("缺少已核验的%(licence)s，“%(category)s”品类不能参加。", licence=licence, category=category)


def citation(one: Problem) -> str:
    if one.code in ("licence_expired", "licence_missing") and (one.licence or "").startswith("food"):
        return FOOD_LAW_35
    return ""
