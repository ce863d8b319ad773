"""Price books: list, draft, fill, approve, withdraw, correct, contradict, answer, export."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.prices import labels, sheets
from bureau.prices.models import PriceBook
from bureau.prices.permissions import Permission
from bureau.prices.schemas import (
    CorrectionForm,
    ObjectionAnswerForm,
    ObjectionForm,
    PriceBookForm,
    PublicityForm,
    ReasonForm,
    SignForm,
    fen,
)
from bureau.prices.service import books as service
from bureau.prices.service import objecting, reading, surveys
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id
from kernel.sheets import MEDIA_TYPE, export_xlsx
from kernel.web.dates import today
from kernel.web.downloads import disposition
from kernel.web.forms import Form

blueprint = Blueprint("price_books", __name__, url_prefix="/prices")


@blueprint.get("/books")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    page = service.list_books(actor, cursor=request.args.get("cursor"))
    in_force = {book.id for book in reading.books_on(actor.bureau_id, today()).values()}
    return render_template("prices/books.html", page=page, labels=labels, in_force=in_force)


@blueprint.get("/books/new")
@access(Permission.DRAFT)
def new() -> str:
    values = {"id": new_id(), **{name: request.args.get(name, "") for name in ("survey_id", "corrects_id")}}
    return _form_page(Form.blank(PriceBookForm(), values))


@blueprint.post("/books/new")
@access(Permission.DRAFT)
def create() -> Any:
    form = Form.submitted(PriceBookForm())
    with form.catching():
        values = form.load()
        book = service.draft(current_actor(), values.pop("id"), **values)
        flash(_("已建立价格册草稿。"), "success")
        return redirect(url_for("price_books.show", price_book_id=book.id))
    return _form_page(form), form.refusal_status


def _form_page(form: Form) -> str:
    actor = current_actor()
    found = [one for one in surveys.list_surveys(actor, limit=100).items if one.state != "cancelled"]
    earlier = [one for one in service.list_books(actor, limit=100).items if one.digest]
    return render_template(
        "prices/book_form.html", form=form,
        surveys=[(one.id, f"{one.number} {one.title}（{labels.SURVEY_STATES[one.state]}）") for one in found],
        books=[(one.id, f"{one.number} {one.title}（{labels.BOOK_STATES[one.state]}）") for one in earlier],
    )  # fmt: skip


@blueprint.get("/books/<uuid:price_book_id>")
@access(Permission.READ)
def show(price_book_id: UUID) -> str:
    return _page(service.get_book(current_actor(), price_book_id), Form.blank(ObjectionForm(), {"id": new_id()}))


def _page(book: PriceBook, form: Form) -> str:
    actor = current_actor()
    lines = service.lines_of(actor.bureau_id, book.id)
    at_bureau = actor.level == "bureau"
    return render_template(
        "prices/book.html", book=book, lines=lines, form=form, labels=labels, intact=service.is_intact(book, lines),
        survey=surveys.get_survey(actor, book.survey_id) if at_bureau else None,
        corrected=service.get_book(actor, book.corrects_id) if at_bureau and book.corrects_id else None,
        events=service.events_of(actor, book.id) if at_bureau else [],
        objections=objecting.objections_of(actor, book.id),
        may_object=may(Permission.OBJECT) and objecting.may_object_to(book),
        drafted_it=actor.account_id in (book.created_by, book.surveyed_by),
        names={line.item_id: line.name for line in lines},
    )  # fmt: skip


def _done(book: PriceBook | UUID, message: str) -> Any:
    flash(message, "success")
    return redirect(url_for("price_books.show", price_book_id=book if isinstance(book, UUID) else book.id))


def _again(book_id: UUID, form: Form) -> Any:
    return _page(service.get_book(current_actor(), book_id), form), form.refusal_status


@blueprint.post("/books/<uuid:price_book_id>/lines")
@access(Permission.DRAFT)
def take(price_book_id: UUID) -> Any:
    service.get_book(current_actor(), price_book_id)
    form = Form.submitted(SignForm())
    with form.catching():
        return _done(service.take(current_actor(), price_book_id, form.load()["version"]), _("已采用询价结果。"))
    return _again(price_book_id, form)


@blueprint.post("/books/<uuid:price_book_id>/corrections")
@access(Permission.DRAFT)
def correct(price_book_id: UUID) -> Any:
    service.get_book(current_actor(), price_book_id)
    form = Form.submitted(CorrectionForm())
    with form.catching():
        values = form.load()
        book = service.correct_line(
            current_actor(), price_book_id, values["item_id"], values["version"], price_fen=fen(values["price"]),
            reason=values["reason"],
        )  # fmt: skip
        return _done(book, _("已更正，公示时一并说明原因。"))
    return _again(price_book_id, form)


@blueprint.post("/books/<uuid:price_book_id>/publicity")
@access(Permission.APPROVE)
def publicise(price_book_id: UUID) -> Any:
    service.get_book(current_actor(), price_book_id)
    form = Form.submitted(PublicityForm())
    with form.catching():
        values = form.load()
        book = service.publicise(current_actor(), price_book_id, values.pop("version"), **values)
        return _done(book, _("已公示。"))
    return _again(price_book_id, form)


@blueprint.post("/books/<uuid:price_book_id>/withdrawal")
@access(Permission.APPROVE)
def withdraw(price_book_id: UUID) -> Any:
    service.get_book(current_actor(), price_book_id)
    form = Form.submitted(ReasonForm())
    with form.catching():
        values = form.load()
        return _done(
            service.withdraw(current_actor(), price_book_id, values["version"], values["reason"]), _("已撤回。")
        )
    return _again(price_book_id, form)


@blueprint.post("/books/<uuid:price_book_id>/objections")
@access(Permission.OBJECT)
def object_to(price_book_id: UUID) -> Any:
    service.get_book(current_actor(), price_book_id)
    form = Form.submitted(ObjectionForm())
    with form.catching():
        values = form.load()
        objecting.file(current_actor(), values.pop("id"), book_id=price_book_id, **values)
        return _done(price_book_id, _("已提出异议，教育局答复后价格册才会生效。"))
    return _again(price_book_id, form)


@blueprint.post("/books/<uuid:price_book_id>/objections/<uuid:price_objection_id>/answer")
@access(Permission.APPROVE)
def answer(price_book_id: UUID, price_objection_id: UUID) -> Any:
    service.get_book(current_actor(), price_book_id)
    form = Form.submitted(ObjectionAnswerForm())
    with form.catching():
        values = form.load()
        objecting.answer(current_actor(), price_book_id, price_objection_id, values.pop("version"), **values)
        return _done(price_book_id, _("已答复。"))
    return _again(price_book_id, form)


@blueprint.get("/books/<uuid:price_book_id>/export")
@access(Permission.READ)
def export(price_book_id: UUID) -> Response:
    actor = current_actor()
    book = service.get_book(actor, price_book_id)
    rows = sheets.rows_of(service.lines_of(actor.bureau_id, book.id))
    response = Response(export_xlsx(sheets.LINES, rows), mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", f"{book.number} {book.title}.xlsx")
    return response
