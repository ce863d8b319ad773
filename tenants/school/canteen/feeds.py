"""What the bureau sees of menus across schools; published through bureau.oversight.feeds."""

from datetime import date, timedelta

from flask_babel import lazy_gettext as _l

from bureau.oversight.feeds import Indicator, Span
from bureau.schools.service.terms import list_terms
from kernel.actor import Actor
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.canteen.rules import monday_of
from school.canteen.service.overview import count_unpublished


def school_weeks(actor: Actor, span: Span) -> list[date]:
    """Mondays of the weeks in a span that have a day of school in it: a workday within a term."""
    calendar = workdays.calendar(actor.bureau_id)
    terms = [(term.starts_on, term.ends_on) for term in list_terms(actor)]
    days = (span.first + timedelta(days=number) for number in range((span.last - span.first).days + 1))
    taught = (day for day in days if any(first <= day <= last for first, last in terms))
    return sorted({monday_of(day) for day in taught if is_workday(day, calendar)})


def count_missing(actor: Actor, span: Span) -> dict[int, int]:
    return count_unpublished(actor, school_weeks(actor, span))


UNPUBLISHED = Indicator(
    name="unpublished_menus",
    label=_l("未公布菜谱"),
    help=_l("应公布而没有公布一周菜谱的周数。"),
    counts=count_missing,
    endpoint="canteen.overview_page",
)
