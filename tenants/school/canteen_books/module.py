"""Declares the canteen's books to the composition root."""

from collections.abc import Sequence

from flask import url_for
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from kernel.access.edge import may
from kernel.actor import Actor
from kernel.module import DueItem, MenuItem, Module
from school.canteen_books.api import blueprint as api
from school.canteen_books.commands import books
from school.canteen_books.demo import demo
from school.canteen_books.feeds import FINDINGS, REFUNDS, STATEMENT, UNPUBLISHED
from school.canteen_books.permissions import RULES, Permission
from school.canteen_books.service.vouchers import count_waiting
from school.canteen_books.views import PAGES

GROUP = _l("食堂")


def due(actor: Actor) -> Sequence[DueItem]:
    """Vouchers that wait for this person's hand."""
    if actor.level != "school" or actor.read_only or not may(Permission.READ):
        return ()
    waiting = count_waiting(actor, actor.own_school_id())
    address = url_for("canteen_books.voucher_list", waiting=1)
    found = []
    if waiting["unsigned"] and may(Permission.SIGN):
        count = waiting["unsigned"]
        title = ngettext("%(num)s 张凭证等出纳签字", "%(num)s 张凭证等出纳签字", count)
        found.append(DueItem(title, address, "canteen_books"))
    if waiting["ready"] and may(Permission.APPROVE):
        count = waiting["ready"]
        title = ngettext("%(num)s 张凭证等审核", "%(num)s 张凭证等审核", count)
        found.append(DueItem(title, address, "canteen_books"))
    return found


MODULE = Module(
    name="canteen_books",
    permissions=RULES,
    menu=[
        MenuItem(_l("用餐考勤"), "canteen_books.attendance", "clipboard-list", Permission.ATTEND, GROUP, order=54),
        MenuItem(_l("食堂账"), "canteen_books.index", "sum", Permission.READ, GROUP, order=55),
        MenuItem(_l("食堂账监管"), "canteen_books.oversight", "sum", Permission.OVERSEE, GROUP, order=61),
        MenuItem(_l("伙食费限额"), "canteen_books.limit_list", "scale", Permission.LIMITS_READ, GROUP, order=62),
    ],
    pages=PAGES,
    api=[api],
    due=[due],
    commands=[books],
    publishes=[UNPUBLISHED, FINDINGS, STATEMENT, REFUNDS],
    demo=demo,
)
