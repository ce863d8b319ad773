"""Prices over REST: surveys and books for the bureau, reports for those who were assigned, prices for everybody."""

from typing import Any
from uuid import UUID

from bureau.prices import schemas
from bureau.prices.permissions import Permission
from bureau.prices.service import books, judging, objecting, reading, reporting, sources, surveyors, surveys
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.errors import NotFound
from kernel.web.dates import today

blp = ApiBlueprint("prices", __name__, description="Price surveys and price books")


@blp.route("/prices", methods=["GET"])
@access(Permission.READ)
@blp.arguments(schemas.PriceOnQuery, location="query")
@blp.response(200, schemas.PriceOnOut)
def price_on(query: dict[str, Any]) -> Any:
    """What an item costs on a day, by the book in force."""
    found = reading.price_on(current_actor().bureau_id, query["item_id"], query["on"] or today())
    if found is None:
        raise NotFound
    return found


@blp.route("/price-sources", methods=["GET"])
@access(Permission.SURVEY_READ)
@blp.response(200, schemas.PriceSourceList)
def list_sources() -> dict[str, Any]:
    return {"items": sources.list_sources(current_actor())}


@blp.route("/price-sources/<uuid:price_source_id>", methods=["PUT"])
@access(Permission.SURVEY)
@blp.arguments(schemas.PriceSourceIn)
@blp.response(200, schemas.PriceSourceOut)
def put_source(data: dict[str, Any], price_source_id: UUID) -> Any:
    """Create under an id of the client's making; to change it, send the version seen as If-Match."""
    return sources.save_source(current_actor(), price_source_id, seen_version(), **data)


@blp.route("/price-surveys", methods=["GET"])
@access(Permission.SURVEY_READ)
@blp.arguments(schemas.PriceListQuery, location="query")
@blp.response(200, schemas.PriceSurveyPage)
def list_surveys(query: dict[str, Any]) -> dict[str, Any]:
    page = surveys.list_surveys(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/price-surveys/<uuid:price_survey_id>", methods=["GET"])
@access(Permission.SURVEY_READ)
@blp.response(200, schemas.PriceSurveyOut)
def get_survey(price_survey_id: UUID) -> Any:
    return surveys.get_survey(current_actor(), price_survey_id)


@blp.route("/price-surveys/<uuid:price_survey_id>", methods=["PUT"])
@access(Permission.SURVEY)
@blp.arguments(schemas.PriceSurveyIn)
@blp.response(200, schemas.PriceSurveyOut)
def put_survey(data: dict[str, Any], price_survey_id: UUID) -> Any:
    """Draw up under an id of the client's making; to change a draft, send the version seen as If-Match."""
    return surveys.save_survey(current_actor(), price_survey_id, seen_version(), **data)


@blp.route("/price-surveys/<uuid:price_survey_id>/moves", methods=["POST"])
@access(Permission.SURVEY)
@blp.arguments(schemas.PriceMoveIn)
@blp.response(200, schemas.PriceSurveyOut)
def move_survey(data: dict[str, Any], price_survey_id: UUID) -> Any:
    """Open, close, reopen or cancel. Needs If-Match with the version seen."""
    return surveys.move(current_actor(), price_survey_id, data["event"], seen_version(), data["reason"])


@blp.route("/price-surveys/<uuid:price_survey_id>/signature", methods=["POST"])
@access(Permission.SIGN)
@blp.response(200, schemas.PriceSurveyOut)
def sign_survey(price_survey_id: UUID) -> Any:
    """Needs If-Match with the version seen."""
    return surveys.move(current_actor(), price_survey_id, "sign", seen_version())


@blp.route("/price-surveys/<uuid:price_survey_id>/surveyors/<uuid:price_surveyor_id>", methods=["PUT"])
@access(Permission.SURVEY)
@blp.arguments(schemas.PriceSurveyorIn)
@blp.response(200, schemas.PriceSurveyorOut)
def put_surveyor(data: dict[str, Any], price_survey_id: UUID, price_surveyor_id: UUID) -> Any:
    """Assign a person, or invite one by name."""
    return surveyors.add(current_actor(), price_survey_id, price_surveyor_id, **data)


@blp.route("/price-surveys/<uuid:price_survey_id>/reports/<uuid:price_report_id>", methods=["PUT"])
@access(Permission.REPORT)
@blp.arguments(schemas.PriceReportIn)
@blp.response(200, schemas.PriceReportOut)
def put_report(data: dict[str, Any], price_survey_id: UUID, price_report_id: UUID) -> Any:
    """A price seen at a source, by one of the survey's people. Sent again with the same content it is the same."""
    price = schemas.fen(data.pop("price"))
    return reporting.report(current_actor(), price_survey_id, price_report_id, price_fen=price, **data)


@blp.route("/price-surveys/<uuid:price_survey_id>/reports/<uuid:price_report_id>/decision", methods=["PUT"])
@access(Permission.SURVEY)
@blp.arguments(schemas.PriceDecisionIn)
@blp.response(200, schemas.PriceReportOut)
def decide(data: dict[str, Any], price_survey_id: UUID, price_report_id: UUID) -> Any:
    """Whether a report counts, and why."""
    return judging.decide(current_actor(), price_survey_id, price_report_id, **data)


@blp.route("/price-books", methods=["GET"])
@access(Permission.READ)
@blp.arguments(schemas.PriceListQuery, location="query")
@blp.response(200, schemas.PriceBookPage)
def list_books(query: dict[str, Any]) -> dict[str, Any]:
    """Schools and suppliers see books from their publicity on."""
    page = books.list_books(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


def _whole(actor: Any, book: Any) -> dict[str, Any]:
    shown = schemas.PriceBookOut().dump(book)
    return {**{name: getattr(book, name) for name in shown}, "lines": books.lines_of(actor.bureau_id, book.id)}


@blp.route("/price-books/<uuid:price_book_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.PriceBookWhole)
def get_book(price_book_id: UUID) -> Any:
    actor = current_actor()
    return _whole(actor, books.get_book(actor, price_book_id))


@blp.route("/price-books/<uuid:price_book_id>", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.PriceBookIn)
@blp.response(200, schemas.PriceBookOut)
def put_book(data: dict[str, Any], price_book_id: UUID) -> Any:
    """Draft a book of a survey under an id of the client's making."""
    return books.draft(current_actor(), price_book_id, **data)


@blp.route("/price-books/<uuid:price_book_id>/lines", methods=["POST"])
@access(Permission.DRAFT)
@blp.response(200, schemas.PriceBookWhole)
def take(price_book_id: UUID) -> Any:
    """Take the signed survey's prices as the book's lines. Needs If-Match with the version seen."""
    actor = current_actor()
    return _whole(actor, books.take(actor, price_book_id, seen_version()))


@blp.route("/price-books/<uuid:price_book_id>/lines/<uuid:item_id>", methods=["PUT"])
@access(Permission.DRAFT)
@blp.arguments(schemas.CorrectionIn)
@blp.response(200, schemas.PriceBookOut)
def correct_line(data: dict[str, Any], price_book_id: UUID, item_id: UUID) -> Any:
    """Put one price right in a book that corrects another. Needs If-Match with the version seen."""
    price = schemas.fen(data["price"])
    return books.correct_line(
        current_actor(), price_book_id, item_id, seen_version(), price_fen=price, reason=data["reason"]
    )


@blp.route("/price-books/<uuid:price_book_id>/publicity", methods=["POST"])
@access(Permission.APPROVE)
@blp.arguments(schemas.PublicityIn)
@blp.response(200, schemas.PriceBookOut)
def publicise(data: dict[str, Any], price_book_id: UUID) -> Any:
    """By somebody else than who drafted it. Needs If-Match with the version seen."""
    return books.publicise(current_actor(), price_book_id, seen_version(), **data)


@blp.route("/price-books/<uuid:price_book_id>/withdrawal", methods=["POST"])
@access(Permission.APPROVE)
@blp.arguments(schemas.PriceReasonIn)
@blp.response(200, schemas.PriceBookOut)
def withdraw(data: dict[str, Any], price_book_id: UUID) -> Any:
    """Before it holds. Needs If-Match with the version seen."""
    return books.withdraw(current_actor(), price_book_id, seen_version(), data["reason"])


@blp.route("/price-books/<uuid:price_book_id>/objections", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.ObjectionList)
def list_objections(price_book_id: UUID) -> dict[str, Any]:
    """All for the bureau; a school's or a supplier's own for them."""
    actor = current_actor()
    books.get_book(actor, price_book_id)
    return {"items": objecting.objections_of(actor, price_book_id)}


@blp.route("/price-books/<uuid:price_book_id>/objections/<uuid:price_objection_id>", methods=["PUT"])
@access(Permission.OBJECT)
@blp.arguments(schemas.ObjectionIn)
@blp.response(200, schemas.ObjectionOut)
def put_objection(data: dict[str, Any], price_book_id: UUID, price_objection_id: UUID) -> Any:
    """Contradict a price while it is publicised, under an id of the client's making."""
    return objecting.file(current_actor(), price_objection_id, book_id=price_book_id, **data)


@blp.route("/price-books/<uuid:price_book_id>/objections/<uuid:price_objection_id>/answer", methods=["PUT"])
@access(Permission.APPROVE)
@blp.arguments(schemas.ObjectionAnswerIn)
@blp.response(200, schemas.ObjectionOut)
def answer_objection(data: dict[str, Any], price_book_id: UUID, price_objection_id: UUID) -> Any:
    """Needs If-Match with the version seen."""
    return objecting.answer(current_actor(), price_book_id, price_objection_id, seen_version(), **data)
