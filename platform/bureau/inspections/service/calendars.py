"""The days of a plan and of an inspector: who is where, in which order, and how a day is put in order."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from bureau.draws.routes import Place, length, longitude_permille, route
from bureau.inspections.models import Inspection, InspectionInspector, InspectionPlan
from bureau.inspections.service import planning
from bureau.inspections.service.visits import sees_every_visit
from bureau.schools.models import School, Zone
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.errors import NotFound
from kernel.identity.models import Person

METRES_PER_MILLIONTH = 0.111_320  # of a degree of latitude


@dataclass(frozen=True, slots=True)
class Stop:
    visit: Inspection
    school: School


@dataclass(frozen=True, slots=True)
class TeamDay:
    """One team's visits on one day, in order. `kilometres`: as the crow flies, None where a place is not known."""

    day: date
    people: tuple[str, ...]
    stops: tuple[Stop, ...]
    zones: tuple[str, ...]
    kilometres: float | None


def days_of_plan(actor: Actor, plan: InspectionPlan) -> list[TeamDay]:
    groups, names = _groups(actor, plan)
    zones = dict(db.session.execute(select(Zone.id, Zone.name).where(Zone.bureau_id == actor.bureau_id)).all())
    found = []
    for (day, team), stops in sorted(groups.items(), key=lambda pair: (pair[0][0], pair[0][1])):
        stops.sort(key=_order)
        found.append(
            TeamDay(
                day,
                tuple(names[person] for person in team),
                tuple(stops),
                tuple(dict.fromkeys(zones.get(stop.school.zone_id or 0, "") for stop in stops)),
                _kilometres(stops),
            )
        )
    return found


def arrange(actor: Actor, plan_id: UUID, order: str) -> int:
    """Put each team's day in order, along the shortest way or by chance; visits that have begun or
    were drawn keep their place. Gives the number of visits placed."""
    plan = planning.get_plan(actor, plan_id, lock=True)
    groups, _names = _groups(actor, plan)
    placed = 0
    for stops in groups.values():
        waiting = [stop for stop in stops if stop.visit.state == "planned" and stop.visit.draw_id is None]
        gone = len(stops) - len(waiting)
        for position, stop in enumerate(_arranged(waiting, order), start=gone + 1):
            stop.visit.day_order = position
            placed += 1
    flush(db.session())
    return placed


def _arranged(stops: Sequence[Stop], order: str) -> list[Stop]:
    chance = secrets.SystemRandom()
    mixed = chance.sample(list(stops), len(stops))
    if order == "random" or not mixed:
        return mixed
    places = _places(mixed)
    by_id = {stop.visit.id: stop for stop in mixed}
    permille = longitude_permille([place[0] for place in places.values()])
    first, *others = [stop.visit.id for stop in mixed]
    starts = [first, *others]
    ways = [route(start, [one for one in starts if one != start], places, permille) for start in starts]
    best = min(ways, key=lambda way: length(way, places, permille))
    return [by_id[one] for one in best]


def visits_of(actor: Actor, person_id: UUID, first: date, last: date) -> list[tuple[Inspection, str, str]]:
    """(visit, school's name, plan's title) of one inspector, by day and order; cancelled ones left out. Somebody else's
    only for those who see every visit."""
    if person_id != actor.account_id and not (sees_every_visit(actor) and actor.level == "bureau"):
        raise NotFound
    query = (
        select(Inspection, School.name, InspectionPlan.title)
        .join(
            InspectionInspector,
            (InspectionInspector.bureau_id == Inspection.bureau_id)
            & (InspectionInspector.school_id == Inspection.school_id)
            & (InspectionInspector.inspection_id == Inspection.id),
        )
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .join(
            InspectionPlan,
            (InspectionPlan.bureau_id == Inspection.bureau_id) & (InspectionPlan.id == Inspection.plan_id),
        )
        .where(
            InspectionInspector.bureau_id == actor.bureau_id,
            InspectionInspector.person_id == person_id,
            Inspection.scheduled_on.between(first, last),
            Inspection.state != "cancelled",
        )
        .order_by(Inspection.scheduled_on, Inspection.day_order.nulls_last(), Inspection.id)
    )
    return [(visit, school, plan) for visit, school, plan in db.session.execute(query)]


def month_of(day: date) -> tuple[date, date]:
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)


Groups = dict[tuple[date, tuple[UUID, ...]], list[Stop]]


def _groups(actor: Actor, plan: InspectionPlan) -> tuple[Groups, dict[UUID, str]]:
    """(day, team) → stops, and the names of everybody in a team."""
    visits = (
        select(Inspection, School)
        .join(School, (School.bureau_id == Inspection.bureau_id) & (School.id == Inspection.school_id))
        .where(Inspection.bureau_id == actor.bureau_id, Inspection.plan_id == plan.id, Inspection.state != "cancelled")
    )
    if actor.level == "zone":
        visits = visits.where(Inspection.school_id.in_(actor.school_ids))
    stops = [Stop(visit, school) for visit, school in db.session.execute(visits)]
    teams: dict[UUID, list[UUID]] = {}
    names: dict[UUID, str] = {}
    people = (
        select(InspectionInspector.inspection_id, InspectionInspector.person_id, Person.display_name)
        .join(
            Person,
            (Person.bureau_id == InspectionInspector.bureau_id) & (Person.id == InspectionInspector.person_id),
        )
        .where(
            InspectionInspector.bureau_id == actor.bureau_id,
            InspectionInspector.inspection_id.in_([stop.visit.id for stop in stops]),
        )
        .order_by(InspectionInspector.is_lead.desc(), InspectionInspector.person_id)
    )
    for visit_id, person_id, name in db.session.execute(people):
        teams.setdefault(visit_id, []).append(person_id)
        names[person_id] = name
    groups: Groups = {}
    for stop in stops:
        groups.setdefault((stop.visit.scheduled_on, tuple(teams.get(stop.visit.id, ()))), []).append(stop)
    return groups, names


def _order(stop: Stop) -> tuple[bool, int, str]:
    place = stop.visit.day_order
    return place is None, place or 0, str(stop.visit.id)


def _places(stops: Sequence[Stop]) -> dict[UUID, Place]:
    return {
        stop.visit.id: (round(stop.school.latitude * 1_000_000), round(stop.school.longitude * 1_000_000))
        for stop in stops
        if stop.school.latitude is not None and stop.school.longitude is not None
    }


def _kilometres(stops: Sequence[Stop]) -> float | None:
    places = _places(stops)
    if len(places) < len(stops):
        return None
    permille = longitude_permille([place[0] for place in places.values()])
    return length([stop.visit.id for stop in stops], places, permille) * METRES_PER_MILLIONTH / 1000
