"""The registry's words: codes → lazy texts, for pages, spreadsheets and messages alike."""

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

from bureau.schools.rules import Problem

STAGE = {
    "kindergarten": _l("幼儿园"),
    "primary": _l("小学"),
    "junior": _l("初中"),
    "nine_year": _l("九年一贯制"),
    "senior": _l("普通高中"),
    "vocational": _l("中等职业学校"),
    "special": _l("特殊教育学校"),
}
SETTING = {"urban": _l("城区"), "town": _l("镇区"), "rural": _l("乡村")}
CANTEEN_MODE = {
    "self_run": _l("自营"),
    "contracted": _l("委托经营"),
    "delivered": _l("校外供餐"),
    "none": _l("不供餐"),
}
STATE = {
    "active": lazy_pgettext("学校", "正常"),
    "suspended": lazy_pgettext("学校", "停用"),
    "merged": _l("已并入他校"),
}
EVENT = {"suspend": lazy_pgettext("学校", "停用"), "reopen": lazy_pgettext("学校", "恢复"), "merge": _l("并入他校")}
BOARDING = {True: _l("寄宿制"), False: _l("走读")}

FIELD = {
    "code": _l("学校代码"),
    "name": _l("学校名称"),
    "stage": _l("学段"),
    "zone_id": _l("片区"),
    "setting": _l("城乡类型"),
    "is_boarding": _l("寄宿制学校"),
    "canteen_mode": _l("食堂经营方式"),
    "enrolment_under_6": _l("6岁以下学生"),
    "enrolment_6_8": _l("6—8岁学生"),
    "enrolment_9_11": _l("9—11岁学生"),
    "enrolment_12_14": _l("12—14岁学生"),
    "enrolment_15_17": _l("15—17岁学生"),
    "classes": _l("班级数"),
    "staff_count": _l("教职工人数"),
    "boarders_male": _l("男住宿生"),
    "boarders_female": _l("女住宿生"),
    "diners": _l("就餐人数"),
    "address": _l("地址"),
    "latitude": _l("纬度"),
    "longitude": _l("经度"),
    "contact_name": _l("联系人"),
    "contact_phone": _l("联系电话"),
}

PROBLEM = {
    "code_format": _l("代码由字母、数字和短横线组成，不超过 20 位，例如 XX-001。"),
    "phone_format": _l("请填写电话号码，例如 0000-1234567。"),
    "boarders_without_boarding": _l("不是寄宿制学校，住宿生应为 0；如有住宿生，请由教育局改为寄宿制学校。"),
    "more_boarders_than_pupils": _l("住宿生共 %(boarders)s 人，多于在校学生 %(pupils)s 人。"),
    "diners_without_canteen": _l("学校不供餐，就餐人数应为 0。"),
    "half_a_location": _l("经度和纬度请同时填写，或同时留空。"),
    "location_swapped": _l("经度和纬度可能填反了。"),
    "latitude_outside": _l("纬度应在 3 到 54 之间。"),
    "longitude_outside": _l("经度应在 73 到 136 之间。"),
    "age_unusual_for_stage": _l("这个学段一般没有该年龄的学生，现填 %(count)s 人，请核对。"),
    "pupils_without_classes": _l("有学生但班级数为 0，请核对。"),
    "more_classes_than_pupils": _l("班级数多于学生数，请核对。"),
    "large_classes": _l("平均每班 %(average)s 人，属大班额（56 人及以上），请核对。"),
    "boarding_without_canteen": _l("寄宿制学校一般应供餐，请核对。"),
    "more_diners_than_people": _l("就餐 %(diners)s 人，多于学生与教职工合计 %(people)s 人，请核对。"),
    "fewer_diners_than_boarders": _l("就餐人数少于住宿生 %(boarders)s 人，请核对。"),
}


def problem_text(problem: Problem) -> str:
    text = str(PROBLEM[problem.code])
    return text % problem.details if problem.details else text


def shown(field: str, value: Any, zone_names: dict[int, str] | None = None) -> str:
    """A profile value as a person reads it; "" for what is not set."""
    if value is None or value == "":
        return ""
    if field == "is_boarding":
        return str(BOARDING[bool(value)])
    if field == "zone_id":
        return (zone_names or {}).get(value, str(value))
    for name, texts in (("stage", STAGE), ("setting", SETTING), ("canteen_mode", CANTEEN_MODE), ("state", STATE)):
        if field == name:
            return str(texts.get(value, value))
    return str(value)
