"""Vouchers: entered by template, signed, approved; and what stands in the books."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from school.canteen_books import labels, rules
from school.canteen_books.chart import BY_CODE
from school.canteen_books.permissions import Permission
from school.canteen_books.schemas import PayeeForm, ReasonForm, VersionForm, VoucherForm, VoucherQuery
from school.canteen_books.service import ledger, months, payees, vouchers
from school.canteen_books.views.blueprint import blueprint, month_in
from school.diners.service.pupils import names_of

MOST_SHOWN = 300  # moves of one voucher on a page; a month's charges are thousands and shown in sums


@blueprint.get("/canteen-books/vouchers")
@access(Permission.READ)
def voucher_list() -> str:
    actor = current_actor()
    form = Form.blank(VoucherQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid as error:
        form.reject(error)
        query = VoucherQuery().load({})
    page = vouchers.list_vouchers(actor, actor.own_school_id(), **query)
    chosen: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in ("month", "waiting") and value
    }
    return render_template(
        "canteen_books/vouchers.html", form=form, page=page, labels=labels, filtered=bool(chosen),
        month_options=_month_options(actor),
        first_url=url_for("canteen_books.voucher_list", **chosen) if query["cursor"] else None,
        next_url=url_for("canteen_books.voucher_list", **chosen, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


def _month_options(actor: Actor) -> list[tuple[str, str]]:
    found = [f"{one.month:%Y-%m}" for one in months.newest_months(actor, actor.own_school_id())]
    return [(text, text) for text in found]


@blueprint.get("/canteen-books/vouchers/new")
@access(Permission.ENTER)
def new_voucher() -> str:
    template = request.args.get("template", "")
    values = {"id": new_id(), "template": template, "on_day": today().isoformat()}
    return _form_page(Form.blank(VoucherForm(), values))


@blueprint.post("/canteen-books/vouchers")
@access(Permission.ENTER)
def create_voucher() -> Any:
    form = Form.submitted(VoucherForm())
    with form.catching():
        values = form.load()
        found = vouchers.enter(current_actor(), values.pop("id"), **values)
        flash(_("凭证已提交，等待审核。"), "success")
        return redirect(url_for("canteen_books.voucher", book_voucher_id=found.id))
    return _form_page(form), form.refusal_status


def _form_page(form: Form) -> str:
    code = str(form.value("template"))
    return render_template(
        "canteen_books/voucher_form.html", form=form, template=rules.TEMPLATES.get(code), templates=rules.TEMPLATES,
        labels=labels, accounts=BY_CODE,
        payees=[(one.id, f"{one.name}（{labels.PAYEES[one.kind]}）") for one in payees.all_payees(current_actor())],
    )  # fmt: skip


@blueprint.get("/canteen-books/vouchers/<uuid:book_voucher_id>")
@access(Permission.READ)
def voucher(book_voucher_id: UUID) -> str:
    return _voucher_page(book_voucher_id)


def _voucher_page(book_voucher_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    found = vouchers.get_voucher(actor, actor.own_school_id(), book_voucher_id)
    moves = vouchers.moves_in(found)
    entry = ledger.get_entry(actor, found.school_id, found.entry_id) if found.entry_id else None
    payee = payees.get_payee(actor, found.payee_id) if found.payee_id else None
    return render_template(
        "canteen_books/voucher.html", voucher=found, moves=moves[:MOST_SHOWN], count=len(moves), entry=entry, payee=payee,
        labels=labels, accounts=BY_CODE, form=form, pupils=_names(actor, moves),
        events=months.events_of(actor, found.school_id, found.id), is_mine=found.created_by == actor.account_id,
    )  # fmt: skip


def _names(actor: Actor, moves: Any) -> dict[UUID, str]:
    """Pupils' names for those who keep the money; others read the number of moves."""
    if not may(Permission.MONEY_READ):
        return {}
    return names_of(actor, {move.pupil_id for move in moves[:MOST_SHOWN] if move.pupil_id})


def _act(book_voucher_id: UUID, schema: Any, act: Any, said: str) -> Any:
    actor = current_actor()
    vouchers.get_voucher(actor, actor.own_school_id(), book_voucher_id)
    form = Form.submitted(schema)
    with form.catching():
        act(actor, form.load())
        flash(said, "success")
        return redirect(url_for("canteen_books.voucher", book_voucher_id=book_voucher_id))
    return _voucher_page(book_voucher_id, form), form.refusal_status


@blueprint.post("/canteen-books/vouchers/<uuid:book_voucher_id>/sign")
@access(Permission.SIGN)
def sign_voucher(book_voucher_id: UUID) -> Any:
    return _act(
        book_voucher_id,
        VersionForm(),
        lambda actor, data: vouchers.sign(actor, book_voucher_id, data["version"]),
        _("已签字。"),
    )


@blueprint.post("/canteen-books/vouchers/<uuid:book_voucher_id>/approve")
@access(Permission.APPROVE)
def approve_voucher(book_voucher_id: UUID) -> Any:
    return _act(
        book_voucher_id, VersionForm(), lambda actor, data: vouchers.approve(actor, book_voucher_id, data["version"]),
        _("已审核入账。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/vouchers/<uuid:book_voucher_id>/refuse")
@access(Permission.APPROVE)
def refuse_voucher(book_voucher_id: UUID) -> Any:
    return _act(
        book_voucher_id, ReasonForm(),
        lambda actor, data: vouchers.refuse(actor, book_voucher_id, data["version"], data["reason"]), _("已退回。"),
    )  # fmt: skip


@blueprint.post("/canteen-books/vouchers/<uuid:book_voucher_id>/withdraw")
@access(Permission.ENTER)
def withdraw_voucher(book_voucher_id: UUID) -> Any:
    return _act(
        book_voucher_id, ReasonForm(),
        lambda actor, data: vouchers.withdraw(actor, book_voucher_id, data["version"], data["reason"]), _("已撤回。"),
    )  # fmt: skip


@blueprint.get("/canteen-books/months/<book_month>/entries")
@access(Permission.READ)
def entry_list(book_month: str) -> str:
    actor = current_actor()
    month = months.get_month(actor, actor.own_school_id(), month_in(book_month))
    rows = ledger.list_entries(actor, actor.own_school_id(), month.month)
    return render_template("canteen_books/entries.html", month=month, rows=rows, labels=labels)


@blueprint.get("/canteen-books/entries/<uuid:book_entry_id>")
@access(Permission.READ)
def entry(book_entry_id: UUID) -> str:
    return _entry_page(book_entry_id)


def _entry_page(book_entry_id: UUID, form: Form | None = None) -> str:
    actor = current_actor()
    found = ledger.get_entry(actor, actor.own_school_id(), book_entry_id)
    moves = ledger.moves_of(actor, found.school_id, book_entry_id)
    return render_template(
        "canteen_books/entry.html", entry=found, moves=moves[:MOST_SHOWN], count=len(moves), labels=labels,
        accounts=BY_CODE, pupils=_names(actor, moves), form=form, new_id=new_id(),
        payee=payees.get_payee(actor, found.payee_id) if found.payee_id else None,
        may_reverse=found.reverses_id is None and found.kind not in rules.CLOSING_KINDS,
    )  # fmt: skip


@blueprint.post("/canteen-books/entries/<uuid:book_entry_id>/reverse")
@access(Permission.ENTER)
def reverse_entry(book_entry_id: UUID) -> Any:
    actor = current_actor()
    ledger.get_entry(actor, actor.own_school_id(), book_entry_id)
    form = Form.submitted(ReasonForm())
    with form.catching():
        found = vouchers.propose_reversal(actor, new_id(), book_entry_id, form.load()["reason"])
        flash(_("冲销凭证已提交，等待审核。"), "success")
        return redirect(url_for("canteen_books.voucher", book_voucher_id=found.id))
    return _entry_page(book_entry_id, form), form.refusal_status


@blueprint.get("/canteen-books/payees")
@access(Permission.ENTER)
def payee_list() -> str:
    return _payees_page(Form.blank(PayeeForm(), {"id": new_id()}))


@blueprint.post("/canteen-books/payees")
@access(Permission.ENTER)
def save_payee() -> Any:
    form = Form.submitted(PayeeForm())
    with form.catching():
        values = form.load()
        payees.save_payee(current_actor(), values.pop("id"), values.pop("version"), **{**values, "is_active": True})
        flash(_("已保存。"), "success")
        return redirect(url_for("canteen_books.payee_list"))
    return _payees_page(form), form.refusal_status


def _payees_page(form: Form) -> str:
    rows = payees.all_payees(current_actor(), active_only=False)
    return render_template("canteen_books/payees.html", form=form, rows=rows, labels=labels)
