"""Prices of the demo district: two books in sequence, one in publicity with objections, one survey under way.

Made through the services as its people would; what lies in the past is then dated back, which no service does.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Flask
from sqlalchemy import update

from bureau.catalogue.service.items import published_items
from bureau.demo import MARK, SEED
from bureau.demo.catalogue import FoodItem, food_items
from bureau.demo.context import DemoContext
from bureau.demo.pictures import demo_photo
from bureau.prices.models import PriceBook, PriceReport, PriceSurvey
from bureau.prices.service import books, clock, judging, objecting, reporting, sources, surveyors, surveys
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope, within
from kernel.files import service as files
from kernel.identity.models import Membership

SOURCES = (
    ("区发改委价格监测", "price_bureau", ""),
    ("城东农产品批发市场", "wholesale", "城东路 8 号"),
    ("惠家超市", "supermarket", "人民路 21 号"),
    ("万鲜超市", "supermarket", "建设路 5 号"),
    ("南门农贸市场", "wet_market", "南门街 2 号"),
)
# One of each source: who goes there.
PEOPLE = ("bureau-canteen", "inspector-1", "inspector-2", "school-teacher", "school-principal")
CODES = ("GR01", "GR02")
PER_CATEGORY = ("flour", "oil", "vegetable", "livestock", "poultry", "egg", "soy")


@dataclass(frozen=True, slots=True)
class Cast:
    drafter: Actor
    approver: Actor
    signer: Actor
    reporters: Sequence[Actor]
    places: Sequence[UUID]
    foods: dict[UUID, FoodItem]
    tags: Sequence[UUID]
    rng: random.Random


def demo(app: Flask, demo: DemoContext) -> None:
    session = db.session()
    use_scope(session, demo.actor().scope)
    cast = _cast(demo)
    for number, (days_ago, level) in enumerate(((28, 1.0), (14, 1.04)), start=1):
        survey = _survey(demo, cast, f"{MARK}·第 {number} 期询价", level)
        book = _book(cast, survey, f"{MARK}·第 {number} 期参考价")
        _date_back(survey, book, (book.effective_from - demo.today).days + days_ago)  # type: ignore[operator]
        clock.run_due(demo.bureau_id)
    survey = _survey(demo, cast, f"{MARK}·第 3 期询价", 1.02, dear=True)
    book = _book(cast, survey, f"{MARK}·第 3 期参考价")
    _date_back(survey, book, 2)
    _objections(demo, cast, book)
    _running(demo, cast)
    session.commit()


def _cast(demo: DemoContext) -> Cast:
    drafter = demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER)
    by_code = {item.code: item for item in published_items(drafter)}
    foods = [food for food in food_items() if food.code in CODES]
    for category in PER_CATEGORY:
        foods += [food for food in food_items() if food.category == category][:2]
    rng = random.Random(f"prices:{SEED}")
    reporters = [demo.officer(name, Role.INSPECTOR) for name in PEOPLE]
    return Cast(
        drafter=drafter,
        approver=demo.officer("bureau-admin", Role.BUREAU_ADMIN),
        signer=demo.officer("discipline", Role.DISCIPLINE_SUPERVISOR),
        reporters=reporters,
        # One picture of each reporter for all their reports: the demo need not weigh megabytes.
        tags=[
            files.store(actor, demo_photo("价签", rng), name="价签.jpg", purpose="price_report").id
            for actor in reporters
        ],
        places=[
            sources.save_source(
                drafter, new_id(), None, name=f"{MARK}·{name}", kind=kind, address=address, is_active=True
            ).id
            for name, kind, address in SOURCES
        ],
        foods={by_code[food.code].id: food for food in foods if food.code in by_code},
        rng=rng,
    )  # fmt: skip


def _survey(
    demo: DemoContext, cast: Cast, title: str, level: float, *, dear: bool = False, close: bool = True
) -> PriceSurvey:
    """`level`: of prices against the food's own range; `dear`: one source asks twice as much for one item."""
    survey = surveys.save_survey(
        cast.drafter, new_id(), None, title=title, series="general", cycle="half_month", first_day=demo.today,
        last_day=demo.today + timedelta(days=2), method="average", item_ids=list(cast.foods), source_ids=cast.places,
    )  # fmt: skip
    for actor in cast.reporters:
        surveyors.assign(cast.drafter, survey.id, new_id(), person_id=actor.account_id, kind="officer")
    surveyors.invite(cast.drafter, survey.id, new_id(), name=f"{MARK}·三（2）班家长", kind="parent")
    surveys.move(cast.drafter, survey.id, "open", survey.version)
    for place, (source_id, actor) in enumerate(zip(cast.places, cast.reporters, strict=True)):
        for position, (item_id, food) in enumerate(cast.foods.items()):
            if not close and place > 1:
                continue
            middle = (food.price_low_fen + food.price_high_fen) / 2 * level
            price = round(middle * cast.rng.uniform(0.96, 1.04))
            if dear and place == 3 and position == 0:
                price = 2 * price
            reporting.report(
                actor, survey.id, new_id(), source_id=source_id, item_id=item_id, unit=food.base_unit,
                price_fen=price, attachment_id=None if place == 0 else cast.tags[place],
            )  # fmt: skip
    if not close:
        return survey
    surveys.move(cast.drafter, survey.id, "close", survey.version)
    if dear:
        for one in judging.results_of(cast.drafter, survey):
            for report in one.reports:
                if report.is_outlier and report.row.price_fen > 1.5 * (one.item.reference_fen or 0):
                    judging.decide(
                        cast.drafter, survey.id, report.row.id, decision="exclude", seen_state="counted",
                        reason="所见为小包装精品，规格不符",
                    )  # fmt: skip
    surveys.move(cast.signer, survey.id, "sign", survey.version)
    return survey


def _book(cast: Cast, survey: PriceSurvey, title: str) -> PriceBook:
    book = books.draft(cast.drafter, new_id(), title=title, survey_id=survey.id)
    books.take(cast.drafter, book.id, book.version)
    return books.publicise(cast.approver, book.id, book.version)


def _date_back(survey: PriceSurvey, book: PriceBook, days: int) -> None:
    back = timedelta(days=days)
    survey.first_day, survey.last_day = survey.first_day - back, survey.last_day - back
    for name in ("created_at", "signed_at"):
        setattr(survey, name, getattr(survey, name) - back)
    for name in ("publicity_from", "publicity_until", "effective_from", "begins_on", "publicised_at", "created_at"):
        setattr(book, name, getattr(book, name) - back)
    session = db.session()
    session.flush()
    session.execute(
        update(PriceReport)
        .where(PriceReport.bureau_id == survey.bureau_id, PriceReport.survey_id == survey.id)
        .values(seen_at=PriceReport.seen_at - back, reported_at=PriceReport.reported_at - back)
    )


def _objections(demo: DemoContext, cast: Cast, book: PriceBook) -> None:
    """One was answered, one waits."""
    first, second = list(cast.foods)[:2]
    filed = []
    for username, item_id, text in (
        ("school-canteen", first, "粳米近一个月市场价变化不大，请核对来源价格。"),
        ("school-logistics", second, "建议公布所见品种的等级。"),
    ):
        actor = _at_school(demo, username)
        if actor is None:
            continue
        with within(db.session(), actor.scope):
            filed.append(objecting.file(actor, new_id(), book_id=book.id, item_id=item_id, text=text))
    for one in filed[:1]:
        objecting.answer(
            cast.approver, book.id, one.id, one.version, decision="rejected",
            text="五处来源均有记录，离群的一处已不计入，参考价取各来源平均。",
        )  # fmt: skip


def _at_school(demo: DemoContext, username: str) -> Actor | None:
    person_id = demo.accounts[username]
    query = db.select(Membership).where(
        Membership.bureau_id == demo.bureau_id, Membership.person_id == person_id, Membership.level == "school",
        Membership.ended_at.is_(None),
    )  # fmt: skip
    post = db.session.scalars(query.order_by(Membership.school_id)).first()
    if post is None:
        return None
    name = demo.officer(username, post.role).display_name
    return Actor(person_id, name, "school", demo.bureau_id, school_id=post.school_id, roles=frozenset({post.role}))


def _running(demo: DemoContext, cast: Cast) -> None:
    _survey(demo, cast, f"{MARK}·第 4 期询价", 1.03, close=False)
