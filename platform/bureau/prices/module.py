"""Price surveys and price books, declared to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.prices import api
from bureau.prices.demo import demo
from bureau.prices.permissions import RULES, Permission
from bureau.prices.service import reporting, waiting
from bureau.prices.service.clock import run_due
from bureau.prices.views import PAGES
from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module
from kernel.web.dates import span_of_days

GROUP = _l("采购")


def due(actor: Actor) -> Sequence[DueItem]:
    """Prices to look up; at the bureau surveys to sign, books to approve, objections to answer."""
    found: list[DueItem] = []
    if may(Permission.REPORT):
        found += [
            DueItem(
                _("询价：%(title)s", title=survey.title),
                url_for("price_reporting.task", price_survey_id=survey.id),
                "prices",
                due_at=span_of_days(survey.last_day, survey.last_day)[1],
            )
            for survey, _surveyor in reporting.own_tasks(actor)
        ]
    if may(Permission.SIGN):
        found += [
            DueItem(
                _("签认询价结果：%(title)s", title=survey.title),
                url_for("price_surveys.show", price_survey_id=survey.id),
                "prices",
            )
            for survey in waiting.surveys_to_sign(actor)
        ]
    if may(Permission.APPROVE):
        found += [
            DueItem(
                _("审批价格册：%(title)s", title=book.title),
                url_for("price_books.show", price_book_id=book.id),
                "prices",
            )
            for book in waiting.books_to_approve(actor)
        ]
        found += [
            DueItem(
                _("答复价格异议：%(title)s", title=book.title),
                url_for("price_books.show", price_book_id=book.id),
                "prices",
                due_at=span_of_days(book.effective_from, book.effective_from)[0] if book.effective_from else None,
                detail=_("%(count)s 条待答复", count=count),
            )
            for book, count in waiting.objections_to_answer(actor)
        ]
    return found


MODULE = Module(
    name="prices",
    permissions=RULES,
    menu=(
        MenuItem(_l("价格册"), "price_books.index", "coin", Permission.READ, GROUP, 30),
        MenuItem(_l("市场询价"), "price_surveys.index", "clipboard-check", Permission.SURVEY_READ, GROUP, 31),
        MenuItem(_l("我的询价任务"), "price_reporting.index", "map-pin", Permission.REPORT, GROUP, 32),
    ),
    pages=PAGES,
    api=(api.blp,),
    due=(due,),
    periodic={"turn": ("*/10 * * * *", run_due)},
    demo=demo,
)
