"""Two older agreements entered by hand, budgets, and orders of the show schools in every state before delivery.

What was delivered, refused and warned of is told by school.supply.demo_deliveries, with the cast from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.agreements.models import Agreement, AgreementItem
from bureau.agreements.rules import AgreementTerms, ItemTerms, LotTerms
from bureau.agreements.service import making, signing
from bureau.agreements.service.finding import items_of, lots_of
from bureau.catalogue.models import CatalogueCategory, CatalogueItem
from bureau.demo import MARK
from bureau.demo.catalogue import food_items
from bureau.demo.context import DemoContext
from bureau.demo.people import SHOW_SCHOOLS, Person, build_people, holder
from bureau.demo.pictures import demo_certificate
from bureau.prices.service.reading import prices_on
from bureau.roles import Role
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from school.orders.models import SupplyOrder
from school.orders.service import answering, approving, budgets, drafting
from school.orders.service.drafting import Wanted

GREENS, MEAT = "GYS03", "GYS06"
PER_DINER = {
    "vegetable": Decimal("0.06"),
    "tuber": Decimal("0.04"),
    "livestock": Decimal("0.04"),
    "poultry": Decimal("0.03"),
}
LOTS = {GREENS: ("vegetable", "tuber"), MEAT: ("livestock", "poultry")}
TITLES = {GREENS: "蔬菜薯类供货协议（上一轮）", MEAT: "畜禽肉类供货协议（上一轮）"}
ITEMS = 4  # of a category
PLACE, CONTACT = "食堂后门", f"{MARK} 司务长"


@dataclass
class Cast:
    demo: DemoContext
    people: tuple[Person, ...]
    agreements: dict[str, Agreement]  # by supplier's code
    items: dict[str, list[AgreementItem]]
    categories: dict[UUID, str]  # item → its category's code

    def person(self, role: str, school: str) -> Actor:
        """In their school's scope from here on."""
        person = holder(self.people, role, school)
        actor = Actor(
            self.demo.accounts[person.username], person.name, "school", self.demo.bureau_id,
            school_id=self.demo.schools[school], roles=frozenset({role}),
        )  # fmt: skip
        use_scope(db.session(), actor.scope)
        return actor

    def company(self, code: str) -> Actor:
        actor = self.demo.supplier("supplier-3", code) if code == GREENS else self.demo.company(code)
        use_scope(db.session(), actor.scope)
        return actor

    @property
    def schools(self) -> Sequence[str]:
        return [one.code for one in self.demo.district.schools[:SHOW_SCHOOLS]]

    def at(self, days: int, hour: int = 9, minute: int = 0) -> datetime:
        """So many days from today, on the clock of Shanghai; never in the future, whenever the demo is built."""
        return min(datetime.combine(self.demo.today + timedelta(days=days), time(hour, minute), SHANGHAI), now())

    def day(self, days: int) -> date:
        return self.demo.today + timedelta(days=days)


def demo(app: Flask, demo: DemoContext) -> None:
    with force_locale("zh_CN"):
        cast = _agreed(demo)
        for number, school in enumerate(cast.schools):
            _budget(cast, school)
            _before_delivery(cast, school, number)
            db.session.commit()


def cast_of(demo: DemoContext) -> Cast:
    """For those who tell how the story goes on."""
    use_scope(db.session(), demo.actor().scope)
    found: dict[str, Agreement] = {}
    for code, title in TITLES.items():
        query = select(Agreement).where(
            Agreement.bureau_id == demo.bureau_id, Agreement.title == f"{MARK}：{title}",
            Agreement.supplier_id == demo.suppliers[code],
        )  # fmt: skip
        found[code] = db.session.scalars(query).one()
    officer = demo.actor()
    items = {
        code: items_of(officer, [lot.id for lot in lots_of(officer, [agreement.id])])
        for code, agreement in found.items()
    }
    return Cast(demo, build_people(demo.district), found, items, _categories(demo))


def _categories(demo: DemoContext) -> dict[UUID, str]:
    same = (CatalogueCategory.bureau_id == CatalogueItem.bureau_id) & (
        CatalogueCategory.id == CatalogueItem.category_id
    )
    query = select(CatalogueItem.id, CatalogueCategory.code).join(CatalogueCategory, same)
    return dict(db.session.execute(query.where(CatalogueItem.bureau_id == demo.bureau_id)).all())


def _agreed(demo: DemoContext) -> Cast:
    """Signed before this service came: entered with their lots, scans and days."""
    officer = demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER)
    day = demo.today - timedelta(days=30)
    shared = {
        code: [_lot(demo, number, category) for number, category in enumerate(categories, 1)]
        for code, categories in LOTS.items()
    }
    with clock_at(datetime.combine(day, time(10), SHANGHAI)):
        for code, lots in shared.items():
            terms = AgreementTerms(
                demo.suppliers[code],
                f"{MARK}：{TITLES[code]}",
                day + timedelta(days=1),
                day + timedelta(days=330),
                lots,
            )
            agreement = making.create(officer, terms, notice_on=day)
            for side in ("bureau", "supplier"):
                scan = demo_certificate("协议", [TITLES[code], "本页为演示样张"], demo.rng)
                signing.add_document(officer, agreement.id, new_id(), scan, f"{MARK}.jpg", kind="signed", side=side)
            signed = signing.sign(
                officer, agreement.id, agreement.version, supplier_signed_on=day, bureau_signed_on=day
            )
            signed = signing.publish(officer, agreement.id, signed.version, day)
            signing.file_copy(officer, agreement.id, signed.version, day, f"{MARK}备案")
    db.session.commit()
    return cast_of(demo)


def _lot(demo: DemoContext, number: int, category: str) -> LotTerms:
    row = db.session.scalars(
        select(CatalogueCategory).where(
            CatalogueCategory.bureau_id == demo.bureau_id, CatalogueCategory.code == category
        )
    ).one()  # fmt: skip
    query = select(CatalogueItem).where(
        CatalogueItem.bureau_id == demo.bureau_id, CatalogueItem.category_id == row.id,
        CatalogueItem.state == "published",
    )  # fmt: skip
    found = db.session.scalars(query.order_by(CatalogueItem.code)).all()
    priced = prices_on(demo.bureau_id, [item.id for item in found], demo.today)
    by_book = [item for item in found if item.id in priced][:ITEMS]
    prices = {food.code: (food.price_low_fen + food.price_high_fen) // 2 for food in food_items()}
    chosen = by_book or [item for item in found if item.code in prices][:ITEMS]
    items = [
        ItemTerms(
            item.id, item.name, item.base_unit, price_fen=None if by_book else prices[item.code],
            quantity=Decimal(60000), tolerance=Decimal(5),
        )
        for item in chosen
    ]  # fmt: skip
    return LotTerms(
        number=number, title=row.name, price_rule="discount" if by_book else "fixed", category_id=row.id, items=items,
        discount=Decimal("11.5") if by_book else None,
    )  # fmt: skip


def _budget(cast: Cast, school: str) -> None:
    """Seven yuan a diner and school day."""
    actor = cast.person("logistics_director", school)
    diners = next(one.diners for one in cast.demo.district.schools if one.code == school)
    first = cast.demo.today.replace(day=1)
    for month in (first, (first + timedelta(days=32)).replace(day=1)):
        budgets.save_budget(
            actor, new_id(), None, month=month, amount_fen=diners * 700 * 22, note=f"{MARK}：按 22 个就餐日"
        )


def ordered(cast: Cast, school: str, code: str, deliver: int, *, made: int, most: int = 3) -> SupplyOrder:
    """A draft of the canteen manager, made and to be delivered so many days from today."""
    actor = cast.person("canteen_manager", school)
    diners = next(one.diners for one in cast.demo.district.schools if one.code == school)
    lines = [
        Wanted(item.id, (diners * PER_DINER[cast.categories[item.item_id]]).quantize(Decimal("0.1")) + place)
        for place, item in enumerate(cast.items[code][:most])
    ]
    with clock_at(cast.at(made)):
        return drafting.save_order(
            actor, new_id(), None, agreement_id=cast.agreements[code].id, deliver_on=cast.day(deliver), lines=lines,
            deliver_from=time(6), deliver_until=time(7, 30), place=PLACE, contact=CONTACT,
        )  # fmt: skip


def handed_in(cast: Cast, school: str, code: str, deliver: int, *, made: int, most: int = 3) -> SupplyOrder:
    order = ordered(cast, school, code, deliver, made=made, most=most)
    with clock_at(cast.at(made, 9, 10)):
        return drafting.submit(cast.person("canteen_manager", school), order.id, order.version)


def sent(cast: Cast, school: str, code: str, deliver: int, *, made: int, most: int = 3) -> SupplyOrder:
    order = handed_in(cast, school, code, deliver, made=made, most=most)
    with clock_at(cast.at(made, 10, 30)):
        return approving.approve(cast.person("principal", school), order.id, order.version)


def confirmed(cast: Cast, school: str, code: str, deliver: int, *, made: int, most: int = 3) -> SupplyOrder:
    order = sent(cast, school, code, deliver, made=made, most=most)
    with clock_at(cast.at(made, 14)):
        return answering.confirm(cast.company(code), order.id, order.version)


def _before_delivery(cast: Cast, school: str, number: int) -> None:
    """One order in each state that precedes a shipment; the first school has the fullest desk."""
    confirmed(cast, school, GREENS, 1, made=-1)
    sent(cast, school, MEAT, 2, made=-1)
    order = handed_in(cast, school, GREENS, 3, made=0)
    if number:
        return
    asked = sent(cast, school, GREENS, 2, made=-1, most=2)
    with clock_at(cast.at(-1, 15)):
        answering.propose(cast.company(GREENS), asked.id, asked.version, cast.day(3), f"{MARK}：冷库检修，晚一天送达")
    declined = sent(cast, school, MEAT, 2, made=-1, most=2)
    with clock_at(cast.at(-1, 16)):
        answering.decline(cast.company(MEAT), declined.id, declined.version, f"{MARK}：该规格暂时缺货")
    cancelled = sent(cast, school, GREENS, -2, made=-4, most=1)
    with clock_at(cast.at(-3, 9)):
        drafting.cancel(cast.person("canteen_manager", school), cancelled.id, cancelled.version, f"{MARK}：运动会停餐")
    refused = handed_in(cast, school, MEAT, 4, made=0)
    with clock_at(cast.at(0, 9, 40)):
        approving.refuse(
            cast.person("principal", school), refused.id, refused.version, f"{MARK}：数量偏多，请按实际就餐人数核减"
        )
    ordered(cast, school, MEAT, 4, made=0, most=2)
    assert order.state == "submitted"
