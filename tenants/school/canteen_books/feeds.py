"""What the books show the layers below: figures for the bureau's overview, and what is owed month by month."""

from flask_babel import lazy_gettext as _l

from bureau.oversight.feeds import Indicator, Span
from bureau.roles import Role
from duties.kinds import DutyKind, runs_canteen
from kernel.actor import Actor
from school.canteen_books.service import overseeing
from school.canteen_books.service.closing import REFUND_DUTY
from school.canteen_books.service.statements import DAY, DUTY


def count_unpublished(actor: Actor, span: Span) -> dict[int, int]:
    return overseeing.unpublished(actor, span.first, span.last)


def count_findings(actor: Actor, span: Span) -> dict[int, int]:
    return overseeing.found_in(actor, span.first, span.last)


UNPUBLISHED = Indicator(
    name="unpublished_canteen_months",
    label=_l("未公示的食堂账月份"),
    help=_l("已过月末、还没有结账公示膳食经费收支的月份数。"),
    counts=count_unpublished,
    endpoint="canteen_books.oversight",
)
FINDINGS = Indicator(
    name="canteen_book_findings",
    label=_l("食堂账异常"),
    help=_l("已结账月份中占比超限、挤占挪用、教职工未交伙食费等异常提示的条数。"),
    counts=count_findings,
    endpoint="canteen_books.oversight",
)
STATEMENT = DutyKind(
    DUTY,
    _l("公示上月膳食经费收支"),
    "monthly",
    roles=(Role.ACCOUNTANT.value, Role.PRINCIPAL.value),
    endpoint="canteen_books.statement",
    values=lambda day, meal: {"book_month": f"{day:%Y-%m}"},
    applies=runs_canteen,
    month_lag=1,
    month_day=15,
    policy={"month_day": DAY},
    group=_l("食堂账"),
)
REFUNDS = DutyKind(
    REFUND_DUTY,
    _l("月底退还缺餐伙食费"),
    "monthly",
    roles=(Role.ACCOUNTANT.value, Role.CASHIER.value),
    endpoint="canteen_books.refunds",
    values=lambda day, meal: {"book_month": f"{day:%Y-%m}"},
    applies=runs_canteen,
    month_lag=1,
    month_day=15,
    citation="区级后勤管理惯例：月底退还缺餐伙食费",
    group=_l("食堂账"),
)
