"""Monthly statements with suppliers: what was received, at which price, invoiced and agreed."""

from flask_babel import lazy_gettext as _l

from duties.kinds import DutyKind, runs_canteen
from kernel.module import Module
from school.settlement import invoice_models, models
from school.settlement.permissions import RULES
from school.settlement.service.adjusting import note_due
from school.settlement.service.figures import CONFIRM_DAY
from school.settlement.service.guarding import GUARD
from school.settlement.service.making import make_due
from school.settlement.service.months import DUTY

STATEMENTS = DutyKind(
    DUTY, _l("与供应商对账确认"), "monthly", month_lag=1, month_day=15, roles=("accountant",), applies=runs_canteen,
    policy={"month_day": CONFIRM_DAY}, group=_l("食材与供应"),
)  # fmt: skip

MODULE = Module(
    name="settlement",
    permissions=RULES,
    periodic={"make": ("40 5 * * *", make_due), "note": ("50 5 * * *", note_due)},
    publishes=[GUARD, STATEMENTS],
)

__all__ = ["MODULE", "invoice_models", "models"]
