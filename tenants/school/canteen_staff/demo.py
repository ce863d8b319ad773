"""People of some canteens with their papers: one that has run out, one that soon will; licences and two trainings."""

import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from flask import Flask

from bureau.demo import MARK, SEED
from bureau.demo.context import DemoContext
from bureau.demo.names import NameMaker
from bureau.demo.people import SHOW_SCHOOLS, build_people, holder
from kernel.actor import Actor
from kernel.database import clock_at, db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from school.canteen_staff.models import CanteenStaff
from school.canteen_staff.rules import Duty, LicenceKind, PaperKind
from school.canteen_staff.service import papers, people, training

OTHERS = 6
CREW = (
    (Duty.SAMPLE_KEEPER, Duty.KITCHEN_HAND), (Duty.COOK,), (Duty.COOK,), (Duty.KITCHEN_HAND,), (Duty.SERVER,),
    (Duty.SERVER, Duty.CLEANER), (Duty.CLEANER,), (Duty.STOREKEEPER,),
)  # fmt: skip
SMALL_CREW = 4


def demo(app: Flask, demo: DemoContext) -> None:
    accounts = build_people(demo.district)
    begin = demo.today - timedelta(days=200)
    for number, school in enumerate(demo.district.schools[: SHOW_SCHOOLS + OTHERS]):
        if school.canteen_mode not in ("self_run", "contracted"):
            continue
        person = holder(accounts, "canteen_manager", school.code)
        actor = Actor(
            demo.accounts[person.username], person.name, "school", demo.bureau_id,
            school_id=demo.schools[school.code], roles=frozenset({"canteen_manager"}),
        )  # fmt: skip
        use_scope(db.session(), actor.scope)
        rng = random.Random(f"canteen-staff:{SEED}:{school.code}")
        with clock_at(datetime.combine(begin, time(9), SHANGHAI)):
            crew = _crew(actor, rng, begin, show=number < SHOW_SCHOOLS)
        with clock_at(datetime.combine(demo.today - timedelta(days=30), time(9), SHANGHAI)):
            _certified(actor, rng, crew, demo.today, begin, show=number < SHOW_SCHOOLS)
        if number < SHOW_SCHOOLS:
            _trained(actor, crew, demo.today)
        _licensed(actor, demo.today, number)
        db.session.commit()


def _crew(actor: Actor, rng: random.Random, begin: date, *, show: bool) -> list[CanteenStaff]:
    names = NameMaker(rng)
    crew = []
    # An officer of food safety stands on the list as well as on the accounts; at the second school nobody is director.
    posts = [(Duty.SAFETY_OFFICER, Duty.MANAGER), *(CREW if show else CREW[:SMALL_CREW])]
    for duties in posts:
        values = {"name": names(), "duties": [duty.value for duty in duties], "joined_on": begin}
        staff, _new = people.save_staff(actor, new_id(), values)
        crew.append(staff)
    return crew


def _certified(
    actor: Actor, rng: random.Random, crew: list[CanteenStaff], today: date, begin: date, *, show: bool
) -> None:
    """The last of a show school's crew has let the certificate run out; another has twelve days left."""
    for place, staff in enumerate(crew):
        left = -6 if show and place == len(crew) - 1 else 12 if show and place == 3 else rng.randrange(60, 300)
        until = today + timedelta(days=left)
        papers.add_paper(
            actor, new_id(), staff_id=staff.id, kind=PaperKind.HEALTH.value, number=f"{MARK}JK{place + 1:04d}",
            issued_on=until - timedelta(days=365), valid_until=until,
        )  # fmt: skip
        papers.add_paper(
            actor, new_id(), staff_id=staff.id, kind=PaperKind.TRAINING.value, number=f"{MARK}PX{place + 1:04d}",
            issued_on=begin, valid_until=begin + timedelta(days=730),
        )  # fmt: skip


def _trained(actor: Actor, crew: list[CanteenStaff], today: date) -> None:
    for ago, topic, hours in ((40, "食品安全法与学校食堂操作规范", 4), (12, "留样、消毒与晨检实操", 2)):
        day = today - timedelta(days=ago)
        with clock_at(datetime.combine(day, time(16), SHANGHAI)):
            training.record_session(
                actor,
                new_id(),
                held_on=day,
                topic=topic,
                trainer=f"{MARK}讲师",
                hours=Decimal(hours),
                pass_score=Decimal(60),
                attendances=[
                    {"staff_id": one.id, "score": Decimal(58 if place == 4 else 76 + place * 2)}
                    for place, one in enumerate(crew)
                ],
            )


def _licensed(actor: Actor, today: date, number: int) -> None:
    # The third school's licence is about to run out.
    until = today + timedelta(days=20 if number == 2 else 900)
    papers.add_licence(
        actor, new_id(), kind=LicenceKind.FOOD_OPERATION.value, number=f"JY{MARK}{number + 1:04d}", grade="A",
        issued_on=until - timedelta(days=5 * 365), valid_until=until,
    )  # fmt: skip
    papers.add_licence(
        actor, new_id(), kind=LicenceKind.LIABILITY_INSURANCE.value, number=f"BX{MARK}{number + 1:04d}",
        issued_on=today - timedelta(days=100), valid_until=today + timedelta(days=265),
    )  # fmt: skip
