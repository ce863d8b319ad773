"""The books at a glance, the trial balance, an account's page of a month."""

from decimal import Decimal
from typing import Any

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor, may
from kernel.errors import NotFound
from kernel.sheets import export_xlsx
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_books import chart, labels, rules
from school.canteen_books.chart import BY_CODE
from school.canteen_books.meal_models import MealPayment, MealRefund
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import BookMonthForm
from school.canteen_books.service import collecting, ledger, months, overseeing, vouchers
from school.canteen_books.sheets import BALANCE
from school.canteen_books.views.blueprint import blueprint, current_month, month_in


@blueprint.get("/canteen-books")
@access(Permission.READ)
def index() -> str:
    return _home(Form.blank(BookMonthForm(), {"month": f"{today():%Y-%m}"}))


def _home(form: Form) -> str:
    actor = current_actor()
    school_id = actor.own_school_id()
    month = current_month(actor)
    if month is None:
        return render_template("canteen_books/start.html", form=form)
    stand = ledger.balances(actor, school_id, rules.month_of(today()))
    recent = months.newest_months(actor, school_id, 13)
    knows_money = may(Permission.MONEY_READ)
    return render_template(
        "canteen_books/index.html", month=month, months=recent, stand=stand, chart=chart, labels=labels,
        waiting=vouchers.count_waiting(actor, school_id),
        unbooked=collecting.unbooked(actor, MealPayment) if knows_money else (0, 0),
        unbooked_refunds=collecting.unbooked(actor, MealRefund) if knows_money else (0, 0),
        findings=[(one, overseeing.findings_of(actor, school_id, one.month)) for one in recent if one.finding_count],
    )  # fmt: skip


@blueprint.post("/canteen-books")
@access(Permission.ENTER)
def start() -> Any:
    form = Form.submitted(BookMonthForm())
    with form.catching():
        months.open_books(current_actor(), form.load()["month"])
        flash(_("食堂账已建立。"), "success")
        return redirect(url_for("canteen_books.index"))
    return _home(form), form.refusal_status


@blueprint.get("/canteen-books/months/<book_month>/balance")
@access(Permission.READ)
def balance(book_month: str) -> str:
    actor = current_actor()
    month = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    sums = ledger.trial_balance(actor, actor.own_school_id(), month.month)
    return render_template(
        "canteen_books/balance.html", month=month, sums=sums, accounts=BY_CODE, labels=labels, funds=list(chart.Fund),
        balanced={fund: rules.fund_is_balanced(sums, fund) for fund in chart.Fund},
    )  # fmt: skip


@blueprint.get("/canteen-books/months/<book_month>/balance.xlsx")
@access(Permission.READ)
def export_balance(book_month: str) -> Response:
    actor = current_actor()
    month = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    rows = [
        {
            "code": one.code, "name": BY_CODE[one.code].name, "fund": str(labels.FUNDS[BY_CODE[one.code].fund]),
            "opening": _yuan(one.opening_fen), "debit": _yuan(one.debit_fen), "credit": _yuan(one.credit_fen),
            "closing": _yuan(one.closing_fen),
        }
        for one in ledger.trial_balance(actor, actor.own_school_id(), month.month)
    ]  # fmt: skip
    return download(export_xlsx(BALANCE, rows), _("科目余额表 %(month)s.xlsx", month=f"{month.month:%Y-%m}"))


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


@blueprint.get("/canteen-books/months/<book_month>/accounts/<account_code>")
@access(Permission.READ)
def account(book_month: str, account_code: str) -> str:
    actor = current_actor()
    month = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    if account_code not in BY_CODE:
        raise NotFound(_("没有这个科目。"))
    (one,) = (
        one for one in ledger.trial_balance(actor, actor.own_school_id(), month.month) if one.code == account_code
    )
    return render_template(
        "canteen_books/account.html", month=month, account=BY_CODE[account_code], one=one, labels=labels,
        rows=ledger.account_lines(actor, actor.own_school_id(), month.month, account_code),
    )  # fmt: skip
