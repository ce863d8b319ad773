"""Meal money: payments, refunds, subsidies, a pupil's account."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.policy.service import effective
from kernel.sheets import export_xlsx
from kernel.web.dates import today, yuan
from kernel.web.forms import Form
from school.canteen_books import labels, rules
from school.canteen_books.meal_models import MealPayment, MealRefund
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import (
    BookUntilForm,
    GrantForm,
    PaymentForm,
    PaymentQuery,
    PayRefundsForm,
    ReasonForm,
    Yuan,
)
from school.canteen_books.service import accounts, closing, collecting, importing, ledger, months
from school.canteen_books.service.collecting import Paid
from school.canteen_books.sheets import PAYMENTS, REFUNDS
from school.canteen_books.views.blueprint import blueprint, month_in
from school.diners.service.pupils import by_numbers, get_pupil
from school.diners.views.rosters import Roster, add_pages

IMPROVEMENT = "canteen.improvement.fen_per_day"


@blueprint.get("/meal-payments")
@access(Permission.MONEY_READ)
def payments() -> str:
    values = {"id": new_id(), "paid_on": today().isoformat(), "method": "bank"}
    return _payments_page(Form.blank(PaymentForm(), values))


def _payments_page(form: Form) -> str:
    actor = current_actor()
    query = Form.blank(PaymentQuery(), dict(request.args.items()))
    try:
        asked = query.load()
    except Invalid:
        asked = PaymentQuery().load({})
    page = collecting.list_payments(actor, **asked)
    kept: dict[str, Any] = {"waiting": "1"} if asked["waiting"] else {}
    return render_template(
        "canteen_books/payments.html", form=form, page=page, labels=labels, asked=asked, today=today(),
        unbooked=collecting.unbooked(actor, MealPayment),
        first_url=url_for("canteen_books.payments", **kept) if asked["cursor"] else None,
        next_url=url_for("canteen_books.payments", **kept, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.post("/meal-payments")
@access(Permission.SIGN)
def take_payment() -> Any:
    actor = current_actor()
    form = Form.submitted(PaymentForm())
    with form.catching():
        data = form.load()
        try:
            (pupil,) = by_numbers(actor, data["number"])
        except Invalid as error:
            raise Invalid({"number": error.fields["numbers"]}) from error
        except ValueError as error:
            raise Invalid({"number": [_("请填写一个学号。")]}) from error
        months.open_month_for(actor, data["paid_on"])
        paid = Paid(data["id"], pupil, Yuan.fen(data["amount"]), data["paid_on"], data["method"], data["note"])
        collecting.take(actor, [paid])
        flash(_("已登记缴费 %(money)s。", money=yuan(paid.amount_fen)), "success")
        return redirect(url_for("canteen_books.payments"))
    return _payments_page(form), form.refusal_status


@blueprint.post("/meal-payments/<uuid:meal_payment_id>/void")
@access(Permission.SIGN)
def void_payment(meal_payment_id: UUID) -> Any:
    form = Form.submitted(ReasonForm())
    with form.catching():
        collecting.void_payment(current_actor(), meal_payment_id, form.load()["reason"])
        flash(_("已作废。"), "success")
        return redirect(url_for("canteen_books.payments"))
    return _payments_page(form), form.refusal_status


@blueprint.post("/meal-payments/book")
@access(Permission.ENTER)
def book_payments() -> Any:
    return _booked(collecting.book_payments, lambda form: _payments_page(form))


def _booked(book: Any, page: Any) -> Any:
    form = Form.submitted(BookUntilForm())
    with form.catching():
        data = form.load()
        found = book(current_actor(), data["id"], data["until"])
        flash(_("凭证已提交，等待审核。"), "success")
        return redirect(url_for("canteen_books.voucher", book_voucher_id=found.id))
    return page(form), form.refusal_status


add_pages(
    blueprint,
    Roster(
        kind=importing.PAYMENTS_KIND, name="payments", path="/meal-payments/imports", permission=Permission.SIGN,
        title=_l("导入缴费"), help=_l("一行一笔缴费，以学号对应学生。银行或缴费平台的对账单整理成模板的列即可。"),
        spec=lambda: PAYMENTS, check=importing.check_payments, apply=importing.apply_payments,
        line=lambda row: {
            "title": row["name"], "is_new": True, "row": row["row"], "detail": f"{row['paid_on']} {yuan(row['amount_fen'])}",
        },
        back="canteen_books.payments", back_label=_l("缴费"),
    ),
)  # fmt: skip


@blueprint.get("/canteen-books/months/<book_month>/refunds")
@access(Permission.MONEY_READ)
def refunds(book_month: str) -> Any:
    actor = current_actor()
    if months.first_month(actor, actor.own_school_id()) is None:
        return redirect(url_for("canteen_books.index"))
    return _refunds_page(book_month)


def _refunds_page(book_month: str, form: Form | None = None) -> str:
    actor = current_actor()
    found = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    rows = collecting.list_refunds(actor, found.month)
    return render_template(
        "canteen_books/refunds.html", month=found, rows=rows, labels=labels, form=form, today=today(),
        due=[row for row in rows if row.state == "due"], unbooked=collecting.unbooked(actor, MealRefund), new_id=new_id(),
        carried=accounts.carried_refunds(actor, found.month),
    )  # fmt: skip


@blueprint.get("/canteen-books/months/<book_month>/refunds.xlsx")
@access(Permission.MONEY_READ)
def export_refunds(book_month: str) -> Response:
    actor = current_actor()
    found = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    rows = [
        {
            "class_name": row.class_name, "pupil_number": row.pupil_number, "pupil_name": row.pupil_name,
            "reason": str(labels.REFUND_REASONS[row.reason]), "amount": Decimal(row.amount_fen) / 100,
            "state": str(labels.REFUND_STATES[row.state]), "paid_on": row.paid_on, "signature": row.signed_by_name,
        }
        for row in collecting.list_refunds(actor, found.month)
    ]  # fmt: skip
    name = _("退费名单 %(month)s.xlsx", month=f"{found.month:%Y-%m}")
    return download(export_xlsx(REFUNDS, rows), name)


@blueprint.post("/canteen-books/months/<book_month>/refunds")
@access(Permission.SIGN)
def pay_refunds(book_month: str) -> Any:
    actor = current_actor()
    month = month_in(book_month)
    form = Form.submitted(PayRefundsForm())
    with form.catching():
        data = form.load()
        count = collecting.pay_refunds(actor, data["refund_ids"], data["method"], {})
        closing.refunds_paid(actor, [month])
        flash(_("已登记发放 %(count)s 笔。", count=count), "success")
        return redirect(url_for("canteen_books.refunds", book_month=book_month))
    return _refunds_page(book_month, form), form.refusal_status


@blueprint.post("/canteen-books/months/<book_month>/refunds/book")
@access(Permission.ENTER)
def book_refunds(book_month: str) -> Any:
    return _booked(collecting.book_refunds, lambda form: _refunds_page(book_month, form))


@blueprint.get("/meal-accounts")
@access(Permission.MONEY_READ)
def pupil_accounts() -> str:
    """Every pupil with what is left on their account, by class."""
    actor = current_actor()
    rows = accounts.all_accounts(actor)
    return render_template(
        "canteen_books/accounts.html", rows=rows, total=sum(row.left_fen for row in rows), labels=labels
    )


@blueprint.get("/meal-accounts/<uuid:pupil_id>")
@access(Permission.MONEY_READ)
def pupil_account(pupil_id: UUID) -> str:
    actor = current_actor()
    pupil = get_pupil(actor, actor.own_school_id(), pupil_id)
    return render_template(
        "canteen_books/pupil_account.html", pupil=pupil, months=accounts.months_of(actor, pupil_id),
        moves=accounts.moves_of(actor, pupil_id), left=ledger.pupil_balances(actor, [pupil_id]).get(pupil_id, 0),
        payments=collecting.list_payments(actor, pupil_id=pupil_id, limit=100).items, labels=labels,
    )  # fmt: skip


@blueprint.post("/meal-accounts/<uuid:pupil_id>/settle")
@access(Permission.ENTER)
def settle_pupil(pupil_id: UUID) -> Any:
    """离校结退: what is left becomes due."""
    actor = current_actor()
    get_pupil(actor, actor.own_school_id(), pupil_id)
    month = rules.month_of(today())
    months.open_month_for(actor, today())
    if collecting.settle(actor, month, [pupil_id], "leaver"):
        flash(_("已列入退费名单。"), "success")
    else:
        flash(_("账户没有可退的余额，或已在退费名单中。"), "warning")
    return redirect(url_for("canteen_books.refunds", book_month=f"{month:%Y-%m}"))


@blueprint.get("/meal-subsidies")
@access(Permission.MONEY_READ)
def subsidies() -> str:
    figure = effective(current_actor().bureau_id, IMPROVEMENT, school_id=current_actor().school_id)
    values = {"fund": "improvement", "amount": f"{figure.number / 100:.2f}", "from_day": today().replace(day=1)}
    return _subsidies_page(Form.blank(GrantForm(), values))


def _subsidies_page(form: Form) -> str:
    actor = current_actor()
    figure = effective(actor.bureau_id, IMPROVEMENT, school_id=actor.school_id)
    lists = {fund: collecting.list_grants(actor, fund) for fund in ("improvement", "aid")}
    unbooked = [row for row in lists["aid"] if row.voucher_id is None]
    return render_template(
        "canteen_books/subsidies.html", form=form, lists=lists, labels=labels, figure=figure, today=today(),
        unbooked=(len(unbooked), sum(row.amount_fen for row in unbooked)), new_id=new_id(),
    )  # fmt: skip


@blueprint.post("/meal-subsidies")
@access(Permission.PLAN)
def grant_subsidy() -> Any:
    actor = current_actor()
    form = Form.submitted(GrantForm())
    with form.catching():
        data = form.load()
        pupils = by_numbers(actor, data["numbers"])
        count = collecting.grant(
            actor, data["fund"], pupils, Yuan.fen(data["amount"]), data["from_day"], data["until_day"], data["note"]
        )
        flash(_("已列入名单 %(count)s 人。", count=count), "success")
        return redirect(url_for("canteen_books.subsidies"))
    return _subsidies_page(form), form.refusal_status


@blueprint.post("/meal-subsidies/book")
@access(Permission.ENTER)
def book_aid() -> Any:
    return _booked(collecting.book_aid, lambda form: _subsidies_page(form))
