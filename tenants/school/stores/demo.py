"""Stock of the demo district: what was received is cooked, what schools bought themselves is asked for and given out,
months are counted and closed; here and there something was forgotten and has expired."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.demo import SEED
from bureau.demo.context import DemoContext
from bureau.demo.people import Person, build_people, holder
from bureau.demo.pictures import demo_certificate
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.files.service import store
from kernel.web.dates import SHANGHAI
from school.diners.rules import Meal
from school.stores import rules
from school.stores.models import StoreBalance, StoreBatch, StoreGood
from school.stores.rules import DocumentKind
from school.stores.service import closing, confirming, counting, goods, issuing, receiving, requesting, signing
from school.stores.service.balances import BATCH, lots_of
from school.stores.service.giving import give_out_goods
from school.stores.service.issuing import Asked, Use

SHOW_SCHOOLS = 3
KEPT_DAYS = 4  # what came since then lies there still
FORGOTTEN_EVERY = 9  # of the other schools one in so many has something past its day
STEP = Decimal("0.001")
# name, specification, kind, unit, least, most, price per unit in fen, opening, further rules
OWN_GOODS: tuple[tuple[str, str, str, str, int, int, int, int, dict[str, Any]], ...] = (
    ("A4 复印纸", "70 g，500 张/包", "consumable", "包", 20, 200, 2150, 64, {}),
    ("白板笔", "黑色", "consumable", "支", 30, 300, 180, 120, {"needs_approval": False}),
    ("扫把", "", "consumable", "把", 10, 60, 950, 24, {"old_for_new": True, "issue_weekdays": [1, 3]}),
    ("垃圾袋", "60×80 cm，50 只/卷", "consumable", "卷", 20, 150, 780, 16, {"issue_weekdays": [1, 3]}),
    ("LED 灯管", "T8 1.2 m", "consumable", "支", 10, 50, 1450, 30, {"old_for_new": True}),
    ("洗手液", "500 mL", "consumable", "瓶", 20, 120, 890, 45, {}),
    ("84 消毒液", "5 L，含氯", "hazardous", "桶", 4, 20, 2600, 12, {"most_per_request": Decimal(2)}),
    ("医用酒精", "75 %，500 mL", "hazardous", "瓶", 6, 30, 780, 18, {"most_per_request": Decimal(3)}),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _School:
    """The people of one school."""

    demo: DemoContext
    people: tuple[Person, ...]
    code: str

    def actor(self, role: str) -> Actor:
        """From here on the session is in the school's scope."""
        person = holder(self.people, role, self.code)
        actor = Actor(
            self.demo.accounts[person.username], person.name, "school", self.demo.bureau_id,
            school_id=self.demo.schools[self.code], roles=frozenset({role}),
        )  # fmt: skip
        use_scope(db.session(), actor.scope)
        return actor


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    chance = random.Random(SEED)
    with force_locale("zh_CN"):
        for number, school in enumerate(demo.district.schools):
            here = _School(demo, people, school.code)
            is_shown = number < SHOW_SCHOOLS
            keeper = here.actor("storekeeper")
            if is_shown:
                _bought(here, _first_day(keeper, demo.today))
            _cooked(
                keeper, demo.today, chance, each_day=is_shown, forgets=not is_shown and number % FORGOTTEN_EVERY == 0
            )
            if is_shown:
                _asked_for(here, demo.today)
                _two_keepers(here, demo.today)
                _month_ends(here, demo.today, chance)
                _still_open(here, demo.today)
            db.session.commit()
            db.session.expunge_all()


def _at(day: date, hour: int, minute: int = 0) -> Any:
    return clock_at(datetime.combine(day, time(hour, minute), SHANGHAI))


def _first_day(keeper: Actor, today: date) -> date:
    query = select(StoreBatch.received_on).where(
        StoreBatch.bureau_id == keeper.bureau_id, StoreBatch.school_id == keeper.own_school_id()
    )
    return min([*db.session.scalars(query), today - timedelta(days=50)])


# --- food: what came is cooked ----------------------------------------------------------------------------------------


def _cooked(keeper: Actor, today: date, chance: random.Random, *, each_day: bool, forgets: bool) -> None:
    """An issue for each day's lunch (of the other schools: for as many days at once as nothing expires in between)."""
    batches = [one for one in _food(keeper) if one.received_on < today - timedelta(days=KEPT_DAYS)]
    perishing = [one for one in batches if one.expiry_date is not None and one.expiry_date < today]
    left_out = {chance.choice(perishing).id} if forgets and perishing else set()
    for day, group in _days(batches, 0 if each_day else 13):
        takes = []
        for one in group:
            lasts = one.expiry_date is None or one.expiry_date > today + timedelta(days=20)
            part = Decimal(chance.randint(55, 85)) / 100 if lasts else Decimal(1)
            if one.id not in left_out:
                takes.append((one.id, one.location_id, (one.quantity * part).quantize(STEP) or one.quantity))
        if takes:
            with _at(day, 8, 40):
                issuing.issue_for_meal(keeper, new_id(), day=day, meal=Meal.LUNCH, takes=takes)


def _food(keeper: Actor) -> Sequence[Any]:
    query = (
        select(
            StoreBatch.id, StoreBalance.location_id, StoreBalance.quantity, StoreBatch.received_on,
            StoreBatch.expiry_date,
        )
        .select_from(StoreBalance)
        .join(StoreBatch, BATCH)
        .where(
            StoreBalance.bureau_id == keeper.bureau_id, StoreBalance.school_id == keeper.own_school_id(),
            StoreBalance.is_live, StoreBatch.item_id.is_not(None), StoreBatch.state == "free",
        )
        .order_by(StoreBatch.received_on, StoreBatch.id)
    )  # fmt: skip
    return db.session.execute(query).all()


def _days(batches: Sequence[Any], most: int) -> Iterator[tuple[date, list[Any]]]:
    """Batches that are used up together, with the day: at most so many days after the first came, none past its own."""
    group: list[Any] = []
    for one in batches:
        day = one.received_on
        ends = group and (
            day > group[0].received_on + timedelta(days=most)
            or any(other.expiry_date is not None and other.expiry_date < day for other in group)
        )
        if ends:
            yield group[-1].received_on, group
            group = []
        group.append(one)
    if group:
        yield group[-1].received_on, group


# --- what the school bought itself ------------------------------------------------------------------------------------


def _bought(here: _School, first_day: date) -> None:
    director = here.actor("logistics_director")
    with _at(first_day, 7):
        lines = []
        for name, specification, kind, unit, least, most, price, opening, more in OWN_GOODS:
            good = goods.add_good(
                director, new_id(), name=name, specification=specification, kind=kind, base_unit=unit,
                least_quantity=Decimal(least), most_quantity=Decimal(most), **more,
            )  # fmt: skip
            lines.append(
                receiving.ByHand(good.id, Decimal(opening), opening * price, supplier_name="演示·办公用品超市")
            )
        receiving.receive_by_hand(
            here.actor("storekeeper"), new_id(), lines, is_opening=True, reason="启用库存账", on=first_day
        )


def _own(actor: Actor, name: str) -> StoreGood:
    query = select(StoreGood).where(
        StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(), StoreGood.name == name
    )
    return db.session.scalars(query).one()


def _request(
    here: _School, day: date, role: str, department: str, *wanted: tuple[str, int]
) -> tuple[Any, list[dict[str, Any]]]:
    """Asked for the day before, to be given out on the first day on which all of it may be."""
    asker = here.actor(role)
    found = [(_own(asker, name), Decimal(quantity)) for name, quantity in wanted]
    while any(good.issue_weekdays and day.isoweekday() not in good.issue_weekdays for good, _quantity in found):
        day += timedelta(days=1)
    lines = [
        requesting.Wanted(good.id, quantity, quantity if good.old_for_new else Decimal(0)) for good, quantity in found
    ]
    with _at(day - timedelta(days=1), 15, 20):
        row = requesting.submit(asker, new_id(), lines, wanted_on=day, department=department, purpose="日常使用")
    giving = [{"good_id": line.good_id, "quantity": line.quantity, "old_quantity": line.old_quantity} for line in lines]
    return row, giving


def _asked_for(here: _School, today: date) -> None:
    wishes = (
        (40, "三年级组", (("A4 复印纸", 4), ("白板笔", 20))),
        (26, "五年级组", (("扫把", 3), ("垃圾袋", 4))),
        (12, "德育处", (("A4 复印纸", 6), ("洗手液", 6))),
    )  # fmt: skip
    for ago, department, wanted in wishes:
        row, giving = _request(here, today - timedelta(days=ago), "teacher", department, *wanted)
        with _at(row.wanted_on, 8, 5):
            if row.state == "submitted":
                requesting.decide(here.actor("logistics_director"), row.id, row.version, is_approved=True)
            give_out_goods(here.actor("storekeeper"), row.id, row.version, new_id(), giving)
    row, _giving = _request(here, today - timedelta(days=8), "teacher", "信息组", ("LED 灯管", 12))
    with _at(row.wanted_on, 9):
        principal = here.actor("principal")
        requesting.decide(principal, row.id, row.version, is_approved=False, reason="数量偏多，请按损坏数申请。")


def _two_keepers(here: _School, today: date) -> None:
    """Disinfectant given out, and a leaking drum disposed of with its photo: each signed by a second person."""
    day = today - timedelta(days=18)
    keeper = here.actor("storekeeper")
    disinfectant, alcohol = _own(keeper, "84 消毒液"), _own(keeper, "医用酒精")
    with _at(day, 9, 10):
        document_id, takes = new_id(), issuing.takes_for(keeper, [Asked(disinfectant.id, Decimal(2))])
        confirming.propose(
            keeper, document_id, kind=DocumentKind.ISSUE, takes=takes, taker_name="演示保洁员", department="后勤组",
            reason="教学楼消毒",
        )  # fmt: skip
    with _at(day, 9, 30):
        signing.decide(here.actor("logistics_director"), document_id, 1, is_confirmed=True)
    keeper = here.actor("storekeeper")
    with _at(day + timedelta(days=1), 10):
        document_id = new_id()
        picture = demo_certificate("破损照片", ["酒精瓶破损渗漏", "本页为演示样张"], random.Random(SEED))
        photo = store(keeper, picture, name="破损.jpg", purpose="disposal").id
        takes = issuing.takes_for(keeper, [Asked(alcohol.id, Decimal(1))])
        confirming.propose(
            keeper, document_id, kind=DocumentKind.DISPOSAL, takes=takes, reason="瓶体破损渗漏", attachment_id=photo
        )
    with _at(day + timedelta(days=1), 10, 20):
        signing.decide(here.actor("logistics_director"), document_id, 1, is_confirmed=True)


# --- month ends -------------------------------------------------------------------------------------------------------


def _month_ends(here: _School, today: date, chance: random.Random) -> None:
    """Every month that is over was closed, the last one after a count that found something short."""
    this_month = rules.month_of(today)
    keeper = here.actor("storekeeper")
    open_month = closing.next_to_close(keeper, keeper.own_school_id())
    month = open_month.month if open_month is not None else this_month
    while month < this_month:
        after = rules.next_month(month)
        if after == this_month:
            _counted(here, after - timedelta(days=1), chance)
        with _at(after - timedelta(days=1), 17, 40):
            closing.close(here.actor("accountant" if here.code == "YS001" else "storekeeper"), month)
        month = after


def _counted(here: _School, day: date, chance: random.Random) -> None:
    keeper = here.actor("storekeeper")
    with _at(day, 15):
        row = counting.start(keeper, new_id(), kind="monthly", good_kind="consumable")
        lines = counting.lines_of(keeper, keeper.own_school_id(), row.id)
        lots = lots_of(keeper, keeper.own_school_id(), [line.good_id for line in lines])
        short = chance.choice(lines).id
        counted = {
            line.id: next(lot.quantity for lot in lots[line.good_id] if lot.batch_id == line.batch_id)
            - (line.id == short)
            for line in lines
        }
        counting.count(keeper, row.id, counted)
        counting.finish(keeper, row.id, row.version)
    with _at(day, 16, 30):
        counting.approve(
            here.actor("logistics_director"), row.id, row.version, "少一件，系零星领用漏记，已提醒保管员。"
        )


def _still_open(here: _School, today: date) -> None:
    """What a visitor of the demo finds to do: a request to decide on, one to give out, an issue to sign."""
    tomorrow = today + timedelta(days=1)
    with _at(today, 7, 30):
        asker = here.actor("teacher")
        paper = _own(asker, "A4 复印纸")
        requesting.submit(
            asker, new_id(), [requesting.Wanted(paper.id, Decimal(5))], wanted_on=tomorrow, department="六年级组",
            purpose="期末复习资料",
        )  # fmt: skip
        pens = _own(asker, "白板笔")
        requesting.submit(
            asker, new_id(), [requesting.Wanted(pens.id, Decimal(10))], wanted_on=tomorrow, department="四年级组"
        )
        keeper = here.actor("storekeeper")
        alcohol = _own(keeper, "医用酒精")
        confirming.propose(
            keeper, new_id(), kind=DocumentKind.ISSUE, takes=issuing.takes_for(keeper, [Asked(alcohol.id, Decimal(2))]),
            taker_name="演示校医", department="医务室", reason="医务室用",
        )  # fmt: skip
    with _at(today, 7, 50):
        hand_wash = _own(keeper, "洗手液")
        issuing.issue_goods(
            keeper, new_id(), [Asked(hand_wash.id, Decimal(4))], Use(taker_name="演示保洁员", department="后勤组")
        )
