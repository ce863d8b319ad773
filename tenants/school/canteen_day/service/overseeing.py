"""What the bureau sees of all schools' canteens at once: counts per school over a span, by index and without a row of
any one school."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from bureau.oversight.feeds import Span
from bureau.schools import service as schools
from kernel.actor import Actor
from kernel.database import db
from kernel.web.dates import today
from school.canteen.models import Menu, MenuDish, MenuMeal
from school.canteen.rules import MenuState
from school.canteen_day import rules
from school.canteen_day.group_models import CanteenFinding
from school.canteen_day.models import (
    CookingTemperature,
    FoodSample,
    RefrigeratorTemperature,
    StaffCheck,
)

ONE_DAY = timedelta(days=1)


def _within(actor: Actor, model: Any, query: Any) -> Any:
    query = query.where(model.bureau_id == actor.bureau_id)
    # Row-level security confines a zone as well; in the query it lets the index do it.
    return query.where(model.school_id.in_(actor.school_ids)) if actor.level == "zone" else query


def _counted(query: Any) -> dict[int, int]:
    return dict(db.session.execute(query).all())  # type: ignore[arg-type]


def missing_samples(actor: Actor, span: Span) -> dict[int, int]:
    """Dishes of published menus without a sample that weighs enough; of days that are over, since today's may still
    come."""
    last = min(span.last, today() - ONE_DAY)
    sampled = (
        select(FoodSample.id)
        .where(
            FoodSample.bureau_id == MenuMeal.bureau_id, FoodSample.school_id == MenuMeal.school_id,
            FoodSample.on_day == MenuMeal.on_day, FoodSample.meal == MenuMeal.meal,
            FoodSample.superseded_at.is_(None), FoodSample.is_enough,
            or_(FoodSample.dish_id == MenuDish.dish_id, FoodSample.dish_name == MenuDish.dish_name),
        )
        .exists()
    )  # fmt: skip
    query = (
        select(MenuMeal.school_id, func.count())
        .join(Menu, _of(Menu, MenuMeal.menu_id))
        .join(MenuDish, _of(MenuMeal, MenuDish.menu_meal_id))
        .where(Menu.state == MenuState.PUBLISHED.value, MenuMeal.on_day.between(span.first, last), ~sampled)
        .group_by(MenuMeal.school_id)
    )
    return _counted(_within(actor, MenuMeal, query))


def _of(parent: Any, reference: Any) -> Any:
    child = reference.class_
    return and_(
        parent.bureau_id == child.bureau_id, parent.school_id == child.school_id, parent.id == reference
    )  # fmt: skip


def low_temperatures(actor: Actor, span: Span) -> dict[int, int]:
    """Core temperatures that were too low and that no later measurement answers."""
    again = aliased(CookingTemperature)
    answered = (
        select(again.id)
        .where(
            again.bureau_id == CookingTemperature.bureau_id, again.school_id == CookingTemperature.school_id,
            again.again_of == CookingTemperature.id,
        )
        .exists()
    )  # fmt: skip
    return _of_span(actor, CookingTemperature, span, ~CookingTemperature.is_enough, ~answered)


def out_of_range(actor: Actor, span: Span) -> dict[int, int]:
    """Readings of refrigerators out of their range."""
    return _of_span(actor, RefrigeratorTemperature, span, ~RefrigeratorTemperature.is_within)


def kept_away(actor: Actor, span: Span) -> dict[int, int]:
    return _of_span(actor, StaffCheck, span, StaffCheck.fitness == rules.Fitness.KEPT_AWAY.value)


def _of_span(actor: Actor, model: Any, span: Span, *conditions: Any) -> dict[int, int]:
    query = (
        select(model.school_id, func.count())
        .where(model.on_day.between(span.first, span.last), model.superseded_at.is_(None), *conditions)
        .group_by(model.school_id)
    )
    return _counted(_within(actor, model, query))


def overdue_findings(actor: Actor, _span: Span) -> dict[int, int]:
    """Problems whose day has passed and that nobody has put right, whenever they were found."""
    query = (
        select(CanteenFinding.school_id, func.count())
        .where(CanteenFinding.state == rules.FindingState.OPEN.value, CanteenFinding.due_on < today())
        .group_by(CanteenFinding.school_id)
    )
    return _counted(_within(actor, CanteenFinding, query))


COUNTS: Mapping[str, Any] = {
    "missing_samples": missing_samples,
    "low_temperatures": low_temperatures,
    "out_of_range": out_of_range,
    "kept_away": kept_away,
    "overdue_findings": overdue_findings,
}


@dataclass(frozen=True, slots=True)
class SchoolLine:
    school_id: int
    name: str
    zone: str
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def wrong(self) -> int:
        """What is against the rules; somebody kept away from work is not."""
        return sum(count for name, count in self.counts.items() if name != "kept_away")


def lines(actor: Actor, first: date, last: date) -> Sequence[SchoolLine]:
    """Every active school with a canteen, the worst first."""
    span = Span(first, last)
    found = {name: count(actor, span) for name, count in COUNTS.items()}
    zones = schools.zone_names(actor)
    rows = [
        SchoolLine(
            school.id, school.name, zones.get(school.zone_id or 0, ""),
            {name: counts.get(school.id, 0) for name, counts in found.items()},
        )
        for school in schools.all_schools(actor)
        if school.state == "active" and school.canteen_mode != "none"
    ]  # fmt: skip
    return sorted(rows, key=lambda row: (-row.wrong, row.name))
