"""Words for codes: how a submission stands, an answer as text."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

STATES = {"draft": _l("填写中"), "finalised": _l("已完成")}
STATE_TONES = {"draft": "info", "finalised": "success"}
SCORE_CHECKS = {
    "same": _l("手机与服务器得分一致"),
    "differs": _l("手机与服务器得分不一致"),
    "other_answers": _l("手机得分按另一组答案计算，未核对"),
}


def answer_text(answer: Mapping[str, Any] | None) -> str:
    """In a few words, without the form: the compare table shows both sides' raw choice."""
    if not answer:
        return str(_("未填"))
    words = []
    for name, value in answer.items():
        if name == "met":
            words.append(_("符合") if value else _("不符合"))
        elif name == "found":
            words.append(_("发现") if value else _("未发现"))
        elif name == "not_applicable":
            words.append(_("不适用：%(reason)s", reason=value))
        elif name == "count":
            words.append(_("计数 %(count)s", count=value))
        elif name == "judged":
            words.append(_("评分 %(score)s", score=value))
        elif name == "level":
            words.append(_("等次 %(level)s", level=value))
        elif name == "checked":
            times = value.items() if isinstance(value, Mapping) else [(code, 1) for code in value]
            words.append(
                _("勾选 %(entries)s", entries="、".join(f"{code}×{n}" if n != 1 else code for code, n in times))
            )
        elif name == "unresolved":
            words.append(_("其中未整改 %(count)s", count=value))
        elif name == "veto" and value:
            words.append(_("触发否决"))
    return "，".join(str(word) for word in words)
