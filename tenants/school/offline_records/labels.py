"""The words for what was not taken at its word, and for kinds of records."""

from typing import Any

from flask_babel import lazy_gettext as _l

from school.canteen_day.kinds import KINDS
from school.offline_records.rules import CONFIRMATION, RECEIPT, Flag

FLAGS = {
    Flag.LATE: _l("登记后过了很久才上传，按收到时间计"),
    Flag.CLOCK: _l("手机时间不准，按收到时间计"),
    Flag.AHEAD: _l("登记时间晚于收到时间，按收到时间计"),
}
TITLES: dict[str, Any] = {
    RECEIPT: _l("收货点收"),
    CONFIRMATION: _l("收货第二人确认"),
    **{code: kind.title for code, kind in KINDS.items()},
}
