"""Price books: drafted, filled from a signed survey, publicised by somebody else, withdrawn. See clock.py for the rest."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import delete, select, update

from bureau.prices import rules
from bureau.prices.models import PriceBook, PriceBookEvent, PriceBookLine
from bureau.prices.service import judging, reading
from bureau.prices.service.surveys import get_survey, is_distributor
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.paging import Page, paginate
from kernel.database.writing import flush, require_version
from kernel.digests import digest
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_number
from kernel.policy.service import effective
from kernel.states import NoTransition, next_state
from kernel.web.dates import day, today

# What a line says; its digest stands over exactly this.
CONTENT = (
    "item_id", "item_version", "position", "code", "name", "specification", "category_id", "category_name", "unit",
    "price_fen", "exact", "basis", "carried_from", "correction_reason", "method", "source_count", "report_count",
    "outlier_count", "excluded_count", "sources", "previous_fen", "change_percent", "is_triggered",
)  # fmt: skip
ONE_A_DAY = "uq_price_books_day"


def _visible(actor: Actor) -> Any:
    query = select(PriceBook).where(PriceBook.bureau_id == actor.bureau_id)
    return query if actor.level in ("bureau", "zone") else query.where(PriceBook.is_public.is_(True))


def list_books(
    actor: Actor, *, series: str | None = None, cursor: str | None = None, limit: int = 50
) -> Page[PriceBook]:
    """Newest first. Schools and suppliers see books from their publicity on."""
    query = _visible(actor)
    if series:
        query = query.where(PriceBook.series == series)
    return paginate(db.session(), query, [PriceBook.id], cursor, limit)


def get_book(actor: Actor, book_id: UUID, *, lock: bool = False) -> PriceBook:
    query = _visible(actor).where(PriceBook.id == book_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    book: PriceBook | None = db.session.scalar(query)
    if book is None:
        raise NotFound(_("没有这本价格册。"))
    return book


def lines_of(bureau_id: int, book_id: UUID) -> Sequence[PriceBookLine]:
    query = select(PriceBookLine).where(PriceBookLine.bureau_id == bureau_id, PriceBookLine.book_id == book_id)
    return db.session.scalars(query.order_by(PriceBookLine.position)).all()


def events_of(actor: Actor, book_id: UUID) -> Sequence[PriceBookEvent]:
    query = select(PriceBookEvent).where(PriceBookEvent.bureau_id == actor.bureau_id, PriceBookEvent.book_id == book_id)
    return db.session.scalars(query.order_by(PriceBookEvent.id)).all()


def draft(
    actor: Actor, book_id: UUID, *, title: str, survey_id: UUID, corrects_id: UUID | None = None,
    correction_reason: str = "",
) -> PriceBook:  # fmt: skip
    """A book of a survey's series under the client's id. `corrects_id`: the book that it takes over and puts right."""
    survey = get_survey(actor, survey_id)
    known = db.session.get(PriceBook, (actor.bureau_id, book_id))
    if known is not None:
        if (known.title, known.survey_id, known.corrects_id) != (title, survey_id, corrects_id):
            raise Conflict(_("同一编号的价格册已存在且内容不同。"), {"version": known.version})
        return known
    if survey.state == rules.SurveyState.CANCELLED:
        raise Invalid({"survey_id": [_("这次询价已取消。")]})
    if corrects_id is not None:
        corrected = get_book(actor, corrects_id)
        if corrected.series != survey.series:
            raise Invalid({"corrects_id": [_("只能更正同一系列的价格册。")]})
        if not correction_reason:
            raise Invalid({"correction_reason": [_("请填写更正的原因。")]})
    book = PriceBook(
        bureau_id=actor.bureau_id, id=book_id, title=title, series=survey.series, survey_id=survey_id,
        number=next_number(db.session(), actor.bureau_id, None, "JG", today().year), corrects_id=corrects_id,
        correction_reason=correction_reason if corrects_id else "", state="draft", created_by=actor.account_id,
        threshold_percent=effective(actor.bureau_id, "price.change.threshold").number,
    )  # fmt: skip
    db.session.add(book)
    flush(db.session())
    return book


def record_move(actor: Actor, book: PriceBook, event: str, reason: str = "") -> None:
    """The one way a book's state changes: by the table, leaving a row, its lines shown or hidden with it."""
    before = book.state
    try:
        book.state = next_state(rules.BOOK_TRANSITIONS, before, event)
    except NoTransition:
        raise Conflict(_("价格册的当前状态不允许这样操作。"), {"version": book.version, "state": before}) from None
    is_public = book.state in rules.PUBLIC
    session = db.session()
    if is_public != book.is_public:
        book.is_public = is_public
        session.execute(
            update(PriceBookLine)
            .where(PriceBookLine.bureau_id == book.bureau_id, PriceBookLine.book_id == book.id)
            .values(is_public=is_public)
        )
    session.add(
        PriceBookEvent(
            bureau_id=book.bureau_id, book_id=book.id, event=event, from_state=before, to_state=book.state,
            reason=reason, by=actor.account_id, by_name=actor.display_name,
        )
    )  # fmt: skip


def take(actor: Actor, book_id: UUID, seen_version: int | None) -> PriceBook:
    """The signed survey's prices become the book's lines; what too few sources priced is carried over from the book in
    force, and a correction begins with the lines of the book that it corrects."""
    book = get_book(actor, book_id, lock=True)
    require_version(book, seen_version)
    survey = get_survey(actor, book.survey_id)
    if survey.state != rules.SurveyState.SIGNED:
        raise RuleBroken("survey_unsigned", _("询价结果还没有签认，不能据此成册。"))
    session = db.session()
    session.execute(
        delete(PriceBookLine).where(PriceBookLine.bureau_id == book.bureau_id, PriceBookLine.book_id == book.id)
    )
    lines = _corrected_lines(book) if book.corrects_id else _surveyed_lines(actor, book)
    if not lines:
        raise RuleBroken("no_lines", _("没有一个物品的价格来源足够，不能成册。"))
    for position, values in enumerate(lines):
        session.add(
            PriceBookLine(bureau_id=book.bureau_id, id=new_id(), book_id=book.id, **{**values, "position": position})
        )
    book.surveyed_by = actor.account_id
    record_move(actor, book, "take")
    flush(session)
    return book


def _surveyed_lines(actor: Actor, book: PriceBook) -> list[dict[str, Any]]:
    last = reading.books_on(actor.bureau_id, today()).get(book.series)
    old = {line.item_id: line for line in lines_of(actor.bureau_id, last.id)} if last else {}
    survey = get_survey(actor, book.survey_id)
    found: list[dict[str, Any]] = []
    for one in judging.results_of(actor, survey):
        before = old.pop(one.item.item_id, None)
        if one.result is not None and one.enough:
            found.append(_line(one, one.result, survey.method, before, Fraction(book.threshold_percent)))
        elif before is not None and last is not None:
            found.append(_carried(before, last.number))
    found += [_carried(line, last.number) for line in old.values() if last is not None]
    return sorted(found, key=lambda line: (line["category_name"], line["code"]))


def _line(
    one: judging.ItemResult, result: rules.Aggregate, method: str, before: PriceBookLine | None, threshold: Fraction
) -> dict[str, Any]:
    item = one.item
    names = {str(report.row.source_id): report.source for report in one.reports}
    previous = before.price_fen if before is not None and before.unit == item.base_unit else None
    return {
        "item_id": item.item_id, "item_version": item.item_version, "code": item.code, "name": item.name,
        "specification": item.specification, "category_id": item.category_id, "category_name": item.category_name,
        "unit": item.base_unit, "price_fen": result.price_fen, "exact": _places(result.exact, 6), "basis": "survey",
        "carried_from": None, "correction_reason": "", "method": method, "source_count": len(result.by_source),
        "report_count": one.counted, "outlier_count": one.outliers, "excluded_count": one.excluded,
        "sources": [
            {"id": source, "name": names[source].name, "kind": names[source].kind, "price": str(_yuan(price))}
            for source, price in sorted(result.by_source.items(), key=lambda pair: names[pair[0]].position)
        ],
        **_against(result.price_fen, previous, threshold),
    }  # fmt: skip


def _against(price_fen: int, previous: int | None, threshold: Fraction) -> dict[str, Any]:
    if previous is None:
        return {"previous_fen": None, "change_percent": None, "is_triggered": False}
    return {
        "previous_fen": previous, "change_percent": _places(rules.change_percent(price_fen, previous), 2),
        "is_triggered": rules.is_triggered(price_fen, previous, threshold),
    }  # fmt: skip


def _carried(line: PriceBookLine, number: str) -> dict[str, Any]:
    values = {name: getattr(line, name) for name in CONTENT}
    kept = line.carried_from or number
    return {
        **values, "basis": "carried", "carried_from": kept, "correction_reason": "", "previous_fen": line.price_fen,
        "change_percent": Decimal(0), "is_triggered": False,
    }  # fmt: skip


def _corrected_lines(book: PriceBook) -> list[dict[str, Any]]:
    assert book.corrects_id is not None
    return [{name: getattr(line, name) for name in CONTENT} for line in lines_of(book.bureau_id, book.corrects_id)]


def _places(value: Fraction, places: int) -> Decimal:
    scaled = value * 10**places
    whole = rules.half_up(scaled) if scaled >= 0 else -rules.half_up(-scaled)
    return Decimal(whole).scaleb(-places)


def _yuan(fen: Fraction) -> Decimal:
    return _places(fen / 100, 2)


def correct_line(
    actor: Actor, book_id: UUID, item_id: UUID, seen_version: int | None, *, price_fen: int, reason: str
) -> PriceBook:
    """Put one price right, with its reason shown to everybody. Only in a book that corrects another, before publicity."""
    book = get_book(actor, book_id, lock=True)
    require_version(book, seen_version)
    if book.corrects_id is None:
        raise RuleBroken("not_a_correction", _("价格来自询价结果，不能直接改动；如需更正，请另立一本更正册。"))
    if book.state != rules.BookState.SURVEYED:
        raise Conflict(_("价格册的当前状态不允许这样操作。"), {"version": book.version, "state": book.state})
    line = db.session.scalar(
        select(PriceBookLine).where(
            PriceBookLine.bureau_id == actor.bureau_id, PriceBookLine.book_id == book.id,
            PriceBookLine.item_id == item_id,
        )
    )  # fmt: skip
    if line is None:
        raise NotFound(_("价格册中没有这个物品。"))
    line.price_fen, line.exact = price_fen, Decimal(price_fen)
    line.basis, line.carried_from, line.correction_reason = "corrected", None, reason
    against = _against(price_fen, line.previous_fen, Fraction(book.threshold_percent))
    line.change_percent, line.is_triggered = against["change_percent"], against["is_triggered"]
    book.surveyed_by = actor.account_id
    flush(db.session())
    return book


def publicise(
    actor: Actor, book_id: UUID, seen_version: int | None, *, effective_from: date | None = None
) -> PriceBook:
    """Show the book to everybody for the days of publicity; it then holds from `effective_from`, by default the day
    after. Not by whoever drafted or filled it. From here on its content stands, and its digest proves that."""
    book = get_book(actor, book_id, lock=True)
    require_version(book, seen_version)
    if actor.account_id in (book.created_by, book.surveyed_by):
        raise RuleBroken("same_person", _("起草人不能审批自己起草的价格册，请由另一名工作人员审批公示。"))
    if is_distributor(actor.bureau_id, actor.account_id):
        raise RuleBroken("signer_is_distributor", _("供应商（配送方）的人员不能审批价格册。"))
    figure = effective(actor.bureau_id, "price.publicity.days")
    first, last, earliest = rules.publicity(today(), int(figure.number))
    chosen = effective_from or earliest
    if chosen < earliest:
        text = _("公示不少于 %(days)s 天，最早 %(day)s 生效。", days=int(figure.number), day=day(earliest))
        raise RuleBroken("publicity_too_short", text, figure.figure.citation)
    _require_newest(book, chosen)
    book.publicised_at, book.publicised_by = now(), actor.account_id
    book.publicity_from, book.publicity_until = first, last
    book.effective_from = book.begins_on = chosen
    book.digest = digest_of(lines_of(actor.bureau_id, book.id))
    record_move(actor, book, "publicise")
    taken = Invalid({"effective_from": [_("这一天已有同系列的价格册生效，请换一天。")]})
    flush(db.session(), {ONE_A_DAY: taken})
    return book


def _require_newest(book: PriceBook, first_day: date) -> None:
    """Books of a series follow each other: a later one never slips in before one that was publicised already."""
    query = select(PriceBook.number, PriceBook.begins_on).where(
        PriceBook.bureau_id == book.bureau_id, PriceBook.series == book.series, PriceBook.is_public.is_(True),
        PriceBook.begins_on >= first_day, PriceBook.id != book.id,
    )  # fmt: skip
    row = db.session.execute(query.limit(1)).first()
    if row is not None:
        text = _("价格册 %(number)s 自 %(day)s 起生效，新册须在其后。", number=row.number, day=day(row.begins_on))
        raise Invalid({"effective_from": [text]})


def withdraw(actor: Actor, book_id: UUID, seen_version: int | None, reason: str) -> PriceBook:
    """Before it holds. What was wrong with it is told; a new book takes its place."""
    book = get_book(actor, book_id, lock=True)
    require_version(book, seen_version)
    if not reason:
        raise Invalid({"reason": [_("请填写原因。")]})
    if book.is_public and book.begins_on is not None and book.begins_on <= today():
        raise Conflict(_("价格册已经生效，不能撤回；请另立一本更正册。"), {"version": book.version})
    record_move(actor, book, "withdraw", reason)
    flush(db.session())
    return book


def digest_of(lines: Sequence[PriceBookLine]) -> str:
    """SHA-256 over the lines' content as canonical JSON, decimals as stored."""
    rows = [
        {name: _plain(getattr(line, name)) for name in CONTENT} for line in sorted(lines, key=lambda one: one.position)
    ]
    return digest(rows)


def _plain(value: Any) -> Any:
    # A decimal read from the database carries its column's padding zeros; one just computed does not.
    return format(value.normalize(), "f") if isinstance(value, Decimal) else value


def is_intact(book: PriceBook, lines: Sequence[PriceBookLine]) -> bool:
    """Whether a publicised book still says what it said when it was publicised."""
    return not book.is_public or digest_of(lines) == book.digest
