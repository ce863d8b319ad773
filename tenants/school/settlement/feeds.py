"""What settlement shows the layers below: figures for the bureau's overview, and what is owed month by month."""

from flask_babel import lazy_gettext as _l

from bureau.oversight.feeds import Indicator, Span
from bureau.roles import Role
from duties.kinds import DutyKind, runs_canteen
from kernel.actor import Actor
from school.settlement.service import overseeing
from school.settlement.service.figures import CONFIRM_DAY
from school.settlement.service.months import DUTY


def count_disputed(actor: Actor, span: Span) -> dict[int, int]:
    return overseeing.count_disputed(actor, span.first, span.last)


def count_overdue(actor: Actor, _span: Span) -> dict[int, int]:
    """Of any month: what is not paid in time stays owed."""
    return overseeing.count_overdue(actor)


DISPUTED = Indicator(
    name="disputed_supplier_statements",
    label=_l("有争议的供应商对账单"),
    help=_l("供应商提出异议、学校还没有再次发送的对账单份数。"),
    counts=count_disputed,
    endpoint="settlement.oversight",
)
UNPAID = Indicator(
    name="overdue_supplier_payments",
    label=_l("逾期未付的供应商货款"),
    help=_l("供应商已确认、超过付款期限仍未付清的对账单份数。"),
    counts=count_overdue,
    endpoint="settlement.oversight",
)
STATEMENTS = DutyKind(
    DUTY,
    _l("与供应商对账确认"),
    "monthly",
    roles=(Role.ACCOUNTANT.value,),
    endpoint="settlement.index",
    values=lambda day, meal: {"month": f"{day:%Y-%m}"},
    applies=runs_canteen,
    month_lag=1,
    month_day=15,
    policy={"month_day": CONFIRM_DAY},
    group=_l("食材与供应"),
)
