from datetime import timedelta
from uuid import UUID

from bureau.prices.models import PriceBook
from bureau.prices.service import books, objecting, surveyors
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import today
from tests.support.catalogue import RICE, category, item
from tests.support.prices import Round, fill, make_sources, open_round, send, surveyed
from tests.support.samples import Sample
from tests.support.world import World


def _actors(world: World, place: str) -> tuple[Actor, Actor, Actor]:
    return (
        world.actor("procurement_officer", place[0]),
        world.actor("bureau_admin", place[0]),
        world.actor("teacher", place),
    )


def _rice(drafter: Actor, mark: str) -> UUID:
    return item(drafter, category(drafter, f"pr-{mark}", "演示价格", []), RICE, f"pr-{mark}-")


def _round(world: World, place: str, mark: str, **values: str) -> tuple[Round, UUID]:
    drafter, _approver, reporter = _actors(world, place)
    rice = _rice(drafter, f"{mark}{place}")
    return open_round(drafter, reporter, [rice], mark=f"{mark}{place}", **values), rice


def _survey(world: World, place: str) -> UUID:
    return _round(world, place, "s")[0].survey.id


def _report(world: World, place: str) -> UUID:
    one, rice = _round(world, place, "r")
    return send(one, rice, 500).id


def _link(world: World, place: str) -> str:
    one, _rice_id = _round(world, place, "l")
    drafter = _actors(world, place)[0]
    parent = surveyors.invite(drafter, one.survey.id, new_id(), name="演示家长", kind="parent")
    return surveyors.code_of(one.survey, parent.id)


SERIES = {"b": "general", "o": "fresh", "n": "dry"}  # of one series no two books begin on one day


def _book(world: World, place: str, mark: str = "b") -> PriceBook:
    drafter, approver, _reporter = _actors(world, place)
    one, rice = _round(world, place, mark, series=SERIES[mark])
    fill(one, {rice: [500, 510, 520]})
    book = surveyed(drafter, one, approver)
    same_day = {"a1": 7, "a2": 8, "a3": 9, "b1": 7}[place]
    return books.publicise(approver, book.id, book.version, effective_from=today() + timedelta(days=same_day))


def _objection(world: World, place: str) -> UUID:
    book = _book(world, place, "o")
    who = world.actor("canteen_manager", place)
    db.session.flush()
    former = db.session.info["scope"]
    use_scope(db.session(), who.scope)
    made = objecting.file(who, new_id(), book_id=book.id, item_id=None, text="演示异议")
    use_scope(db.session(), former)
    return made.id


SAMPLES = {
    "price_source_id": Sample(
        lambda world, place: make_sources(_actors(world, place)[0], 1, f"src{place}")[0].id, owner="bureau"
    ),
    "price_survey_id": Sample(_survey, owner="bureau"),
    "price_surveyor_id": Sample(lambda world, place: _round(world, place, "p")[0].surveyor.id, owner="bureau"),
    "price_report_id": Sample(_report, owner="bureau"),
    "price_book_id": Sample(lambda world, place: _book(world, place).id, owner="bureau"),
    "price_book_number": Sample(lambda world, place: _book(world, place, "n").number, owner="none"),
    "price_objection_id": Sample(_objection, owner="school"),
    "price_link": Sample(_link, owner="none"),
    "version_number": Sample(lambda world, place: 1, owner="none"),
}
