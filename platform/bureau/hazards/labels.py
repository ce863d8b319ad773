from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

STATE = {
    "found": lazy_pgettext("隐患", "待管控"),
    "controlled": lazy_pgettext("隐患", "已管控，待消除"),
    "removed": lazy_pgettext("隐患", "待局核查"),
    "closed": lazy_pgettext("隐患", "已销号"),
    "dismissed": lazy_pgettext("隐患", "不属重大隐患"),
}
TONE = {"found": "danger", "controlled": "warning", "removed": "info", "closed": "success", "dismissed": "neutral"}
EVENT = {
    "find": _l("发现"),
    "control": _l("采取管控措施"),
    "remove": _l("报告已消除"),
    "close": _l("核查销号"),
    "reject": _l("核查未通过"),
    "dismiss": _l("认定不属重大隐患"),
    "correct": _l("检查员更正"),
    "reopen": _l("重新立案"),
    "remind": _l("超时提醒"),
}
STEP = {"control": _l("落实管控措施"), "remove": _l("消除隐患"), "check": _l("局核查")}
