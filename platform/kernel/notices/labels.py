"""Words of notices' channels."""

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

CHANNELS: Mapping[str, Any] = {"mail": _l("邮件"), "wecom": _l("企业微信"), "dingtalk": _l("钉钉")}
STATES: Mapping[str, Any] = {"waiting": _l("等待发送"), "delivered": _l("已送达"), "given_up": _l("未能送达")}
WEBHOOK_PROBLEMS: Mapping[str, Any] = {
    "too_long": _l("地址过长。"),
    "not_https": _l("地址应以 https:// 开头。"),
    "wrong_host": _l("这不是所选平台群机器人的地址。请从群设置中复制机器人的完整地址。"),
    "wrong_path": _l("这不是群机器人的地址。请从群设置中复制机器人的完整地址。"),
    "no_key": _l("地址不完整，缺少机器人的密钥部分。"),
}
LINK = _l("点此查看")
