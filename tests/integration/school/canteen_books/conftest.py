"""One school's books: begun in September 2026, with a class of pupils, a plan and everybody who keeps them."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest

from kernel.database import clock_at, new_id
from kernel.web.dates import SHANGHAI
from school.canteen_books.service import months
from school.diners.service import classes, pupils

SEPTEMBER = date(2026, 9, 1)
OCTOBER = date(2026, 10, 1)
NOVEMBER = date(2026, 11, 1)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI)


@dataclass
class Books:
    """`act(role)`: from here on the session acts as this person of the school."""

    world: Any
    acting: Any
    place: str
    school_id: int
    pupils: list[Any] = field(default_factory=list)

    def act(self, role: str) -> Any:
        return self.acting(self.world.actor(role, self.place))


@pytest.fixture
def books(acting, world) -> Books:
    place = "a2"
    found = Books(world, acting, place, world.schools[place])
    with clock_at(at(SEPTEMBER, 8)):
        manager = found.act("logistics_director")
        room = classes.open_class(
            manager, new_id(), {"name": "", "stage": "primary", "grade": 1, "number": 1, "teacher_id": None}
        )
        for number in range(1, 6):
            found.pupils.append(
                pupils.add_pupil(
                    manager, new_id(),
                    {
                        "class_id": room.id, "number": f"2026{number:03d}", "name": f"演示学生{number}", "sex": "female",
                        "birth_date": None, "is_boarder": False, "allergens": [], "allergy_note": "", "left_on": None,
                    },
                )
            )  # fmt: skip
        months.open_books(found.act("accountant"), SEPTEMBER)
    return found


@pytest.fixture
def september():
    with clock_at(at(date(2026, 9, 28))):
        yield SEPTEMBER
