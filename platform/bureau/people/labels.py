"""Words for this module's codes and fields."""

from flask_babel import lazy_gettext as _l

from bureau.people.rules import Standing

STATE = {"active": _l("正常"), "suspended": _l("已停用")}
STANDING = {
    Standing.HELD: _l("任职中"),
    Standing.COMING: _l("未到任"),
    Standing.EXPIRED: _l("已到期"),
    Standing.ENDED: _l("已卸任"),
}
STANDING_TONES = {
    Standing.HELD: "success",
    Standing.COMING: "info",
    Standing.EXPIRED: "warning",
    Standing.ENDED: "neutral",
}
FIELD = {
    "display_name": _l("姓名"),
    "mobile": _l("手机号"),
    "username": _l("用户名"),
    "email": _l("邮箱"),
    "role": _l("岗位"),
    "place": _l("学校或片区"),
    "valid_from": _l("任职开始日期"),
    "valid_until": _l("任职截止日期"),
}
