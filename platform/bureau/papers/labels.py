from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

KIND = {
    "record": _l("现场检查记录"),
    "notice": _l("整改通知书"),
    "bulletin": _l("通报"),
    "letter": _l("致学校的信"),
}
STATE = {"issued": lazy_pgettext("文书", "有效"), "withdrawn": lazy_pgettext("文书", "已撤回")}
TONE = {"issued": "success", "withdrawn": "danger"}
