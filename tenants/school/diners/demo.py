"""Classes, pupils and a month of counts for the show schools; a few classes with numbers only for the others."""

import random
from datetime import date, datetime, time, timedelta

from flask import Flask
from flask_babel import force_locale

from bureau.demo import SEED
from bureau.demo.context import DemoContext
from bureau.demo.names import NameMaker
from bureau.demo.people import SHOW_SCHOOLS, build_people, holder
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI
from kernel.workdays import service as workdays
from kernel.workdays.rules import is_workday
from school.diners import rules
from school.diners.models import DinerCount, Pupil, SchoolClass
from school.diners.rules import Allergen, Sex
from school.diners.service.meals import meals_served

DAYS = 85  # back to the first month of the books
SIZE = 40  # pupils in a class, about
GRADES = {"kindergarten": (1, 3), "primary": (1, 6), "junior": (7, 9), "nine_year": (1, 9), "senior": (1, 3)}
OTHERS = 6  # schools beyond the show schools that keep classes


def demo(app: Flask, demo: DemoContext) -> None:
    people = build_people(demo.district)
    with force_locale("zh_CN"):
        for index, school in enumerate(demo.district.schools[: SHOW_SCHOOLS + OTHERS]):
            person = holder(people, "canteen_manager", school.code)
            actor = Actor(
                account_id=demo.accounts[person.username], display_name=person.name, level="school",
                bureau_id=demo.bureau_id, school_id=demo.schools[school.code], roles=frozenset({"canteen_manager"}),
            )  # fmt: skip
            use_scope(db.session(), actor.scope)
            rng = random.Random(f"diners:{SEED}:{school.code}")
            teacher = None
            if index < SHOW_SCHOOLS:
                teacher = demo.accounts[holder(people, "teacher", school.code).username]
            total = school.enrolment
            rooms = _classes(actor, rng, school.stage, total, teacher)
            if index < SHOW_SCHOOLS:
                _pupils(actor, rng, rooms, is_boarding=school.is_boarding)
            _counts(actor, rng, rooms, demo.today, DAYS if index < SHOW_SCHOOLS else 10)
            db.session.commit()
            db.session.expunge_all()


def _classes(actor: Actor, rng: random.Random, stage: str, pupils: int, teacher: object) -> list[SchoolClass]:
    first, last = GRADES.get(stage, (1, 3))
    per_grade = max(1, round(pupils / SIZE / (last - first + 1)))
    size = max(12, min(50, pupils // (per_grade * (last - first + 1))))
    rooms = [
        SchoolClass(
            bureau_id=actor.bureau_id, school_id=actor.own_school_id(), id=new_id(),
            name=rules.class_name(stage, grade, number), stage=stage, grade=grade, number=number,
            pupil_count=size + rng.randint(-3, 3), teacher_id=teacher if (grade, number) == (first, 1) else None,
            created_by=actor.account_id,
        )
        for grade in range(first, last + 1)
        for number in range(1, per_grade + 1)
    ]  # fmt: skip
    db.session.add_all(rooms)
    db.session.flush()
    return rooms


def _pupils(actor: Actor, rng: random.Random, rooms: list[SchoolClass], *, is_boarding: bool) -> None:
    """One statement: a school year's names are many."""
    names = NameMaker(rng, frozenset())
    rows = []
    for room in rooms:
        allergic = 0
        for number in range(1, room.pupil_count + 1):
            name = names()
            allergens = rng.sample([one.value for one in Allergen], 1) if rng.random() < 0.03 else []
            allergic += bool(allergens)
            rows.append(
                {
                    "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(),
                    "class_id": room.id, "number": f"{2026 - room.grade % 7}{room.grade:02d}{room.number:02d}{number:02d}",
                    "name": name, "search_name": name.lower(), "sex": rng.choice(list(Sex)).value, "birth_date": None,
                    "is_boarder": is_boarding and rng.random() < 0.5, "allergens": allergens,
                    "allergy_note": "", "is_active": True, "created_at": now(), "created_by": actor.account_id,
                    "version": 1,
                }
            )  # fmt: skip
        room.allergic_count = allergic
    db.session.flush()
    db.session.execute(Pupil.__table__.insert(), rows)  # type: ignore[attr-defined]


def _counts(actor: Actor, rng: random.Random, rooms: list[SchoolClass], today: date, days: int) -> None:
    calendar = workdays.calendar(actor.bureau_id)
    meals = meals_served(actor, actor.own_school_id())
    rows = []
    for back in range(days, -1, -1):
        day = today - timedelta(days=back)
        if not is_workday(day, calendar):
            continue
        said = datetime.combine(day, time(8, rng.randint(0, 50)), SHANGHAI)
        for room in rooms:
            away = min(room.pupil_count, max(0, int(rng.gauss(1.2, 1.2))))
            for meal in meals:
                planned = room.pupil_count - away
                rows.append(_row(actor, room.id, day, meal, planned, planned if back else None, said))
        for meal in meals:
            staff = max(4, len(rooms) * 2 + rng.randint(-2, 2))
            rows.append(_row(actor, None, day, meal, staff, staff if back else None, said))
    # Today's latest class has not said it yet: somebody must have something to do.
    mine = {room.id for room in rooms if room.teacher_id is not None}
    rows = [row for row in rows if not (row["on_day"] == today and row["class_id"] in mine)]
    if rows:
        db.session.execute(DinerCount.__table__.insert(), rows)  # type: ignore[attr-defined]


def _row(
    actor: Actor, class_id: object, day: date, meal: str, planned: int, actual: int | None, said: datetime
) -> dict[str, object]:
    return {
        "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": new_id(), "on_day": day,
        "meal": str(meal), "class_id": class_id, "planned": planned, "actual": actual, "reported_at": said,
        "reported_by": actor.account_id, "created_at": said, "created_by": actor.account_id, "version": 1,
    }  # fmt: skip
