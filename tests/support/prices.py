"""A survey with its sources and reports, and a book that came of it, for tests of prices and of what stands on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from bureau.prices.models import PriceBook, PriceSource, PriceSurvey, PriceSurveyor
from bureau.prices.service import books, clock, reporting, sources, surveyors, surveys
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from tests.support.pictures import jpeg

KINDS = ("supermarket", "supermarket", "wet_market", "wholesale", "price_bureau")


@dataclass(slots=True)
class Round:
    survey: PriceSurvey
    sources: list[PriceSource]
    surveyor: PriceSurveyor
    reporter: Actor


def make_sources(actor: Actor, count: int = 3, mark: str = "") -> list[PriceSource]:
    return [
        sources.save_source(
            actor, new_id(), None, name=f"演示{mark}市场{number + 1}", kind=KINDS[number % len(KINDS)],
            address="演示路", is_active=True,
        )
        for number in range(count)
    ]  # fmt: skip


def open_round(
    drafter: Actor, reporter: Actor, item_ids: Sequence[UUID], *, count: int = 3, mark: str = "", **values: Any
) -> Round:
    """A survey that collects, with `reporter` as its one surveyor."""
    use_scope(db.session(), drafter.scope)
    places = make_sources(drafter, count, mark)
    survey = surveys.save_survey(
        drafter, new_id(), None, item_ids=item_ids, source_ids=[one.id for one in places],
        **{
            "title": "演示询价", "series": "general", "cycle": "weekly", "first_day": today(),
            "last_day": today() + timedelta(days=3), "method": "average", **values,
        },
    )  # fmt: skip
    surveyor = surveyors.assign(drafter, survey.id, new_id(), person_id=reporter.account_id, kind="teacher")
    surveys.move(drafter, survey.id, "open", survey.version)
    return Round(survey, places, surveyor, reporter)


def send(one: Round, item_id: UUID, price_fen: int, *, source: int = 0, unit: str = "kg", **values: Any) -> Any:
    return reporting.report(
        one.reporter, one.survey.id, values.pop("report_id", None) or new_id(), source_id=one.sources[source].id,
        item_id=item_id, unit=unit, price_fen=price_fen, **{"photo": jpeg(f"{item_id}{source}"), **values},
    )  # fmt: skip


def fill(one: Round, prices: Mapping[UUID, Sequence[int]]) -> None:
    """Item → its price at each source in turn, fen per kg."""
    for item_id, found in prices.items():
        for source, price_fen in enumerate(found):
            send(one, item_id, price_fen, source=source)


def sign(one: Round, signer: Actor) -> PriceSurvey:
    survey = surveys.move(signer, one.survey.id, "close", one.survey.version)
    return surveys.move(signer, survey.id, "sign", survey.version)


def surveyed(drafter: Actor, one: Round, signer: Actor, **values: Any) -> PriceBook:
    sign(one, signer)
    book = books.draft(drafter, new_id(), title="演示价格册", survey_id=one.survey.id, **values)
    return books.take(drafter, book.id, book.version)


def in_force(
    drafter: Actor, approver: Actor, reporter: Actor, prices: Mapping[UUID, Sequence[int]], *, days_ago: int = 1,
    mark: str = "", **values: Any,
) -> PriceBook:  # fmt: skip
    """A book that has held for `days_ago` days. Its days are moved back: no service makes a book of the past."""
    one = open_round(drafter, reporter, list(prices), mark=mark, **values)
    fill(one, prices)
    book = surveyed(drafter, one, approver)
    book = books.publicise(approver, book.id, book.version)
    move_back(book, days_ago)
    clock.run_due(drafter.bureau_id)
    return book


def move_back(book: PriceBook, days_ago: int) -> None:
    back = book.effective_from - today() + timedelta(days=days_ago)  # type: ignore[operator]
    for name in ("publicity_from", "publicity_until", "effective_from", "begins_on"):
        setattr(book, name, getattr(book, name) - back)
    db.session.flush()
