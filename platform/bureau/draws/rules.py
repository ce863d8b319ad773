"""双随机: which schools are visited, by whom, on which day, in which order. Pure and of the standard library only.

A draw follows from its seed, its pools and its rules alone; docs/draw-format.md says how, step by step.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bureau.draws.chance import (
    Stream,
    canonical,
    commitment_of,
    digest,
    key_of,
    sample,
    visit_seed,
)
from bureau.draws.document import Inspector, Pools, Rules, School, read_pools, read_rules
from bureau.draws.routes import route

FORMAT = "houqin-draw/1"
ATTEMPTS = 100  # teams are drawn anew this often before a draw is given up
MOST_REASONS = 20


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no assignment exists; `code` is stable, `params` fill its text."""

    code: str
    params: Mapping[str, Any]


class NoAssignment(ValueError):
    def __init__(self, reasons: Sequence[Reason]) -> None:
        super().__init__(", ".join(f"{reason.code} {dict(reason.params)}" for reason in reasons))
        self.reasons = tuple(reasons)


@dataclass(frozen=True, slots=True)
class _Trip:
    """Schools of one zone that one team visits on one day, in the order of the way."""

    schools: tuple[School, ...]
    admissible: frozenset[str]


def draw(pools: Mapping[str, Any], rules: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """{"schools": [id], "visits": [{"visit_id", "school_id", "day", "order", "inspectors": [id], "sections":
    {id: [code]} | null}]}; the first inspector leads. Raises NoAssignment, and DocumentInvalid for pools or rules
    that cannot be read."""
    known, asked = read_pools(pools), read_rules(rules)
    chosen = _chosen_schools(known, asked, key)
    _require_staff(chosen, known, asked)
    trips = _trips(chosen, known, asked, key)
    slots = sum(sum(day not in one.away for one in known.inspectors) // asked.team_size for day in asked.days)
    if len(trips) > slots:
        raise NoAssignment([Reason("too_few_days", {"trips": len(trips), "slots": slots})])
    for attempt in range(ATTEMPTS):
        teams = _teams(trips, known, asked, Stream(key, f"teams:{attempt}"))
        if teams is not None:
            return _result(chosen, trips, teams, asked, key)
    raise NoAssignment([Reason("no_combination", {"attempts": ATTEMPTS})])


def admissible(school: School, inspectors: Sequence[Inspector]) -> frozenset[str]:
    """Who may go there: not whoever declared an interest, not whoever went there the last time."""
    return frozenset(
        one.id for one in inspectors if school.id not in one.recused and one.id not in school.last_inspectors
    )


def _chosen_schools(pools: Pools, rules: Rules, key: bytes) -> list[School]:
    chosen: list[School] = []
    for stratum in sorted(rules.strata):
        members = [school for school in pools.schools if school.stratum == stratum]
        if rules.strata[stratum] > len(members):
            raise NoAssignment(
                [Reason("too_few_schools", {"stratum": stratum, "wanted": rules.strata[stratum], "have": len(members)})]
            )
        weights = [school.weight if rules.weighted else 1 for school in members]
        chosen += Stream(key, f"schools:{stratum}").weighted(members, weights, rules.strata[stratum])
    return sorted(chosen, key=lambda school: school.id)


def _require_staff(chosen: Sequence[School], pools: Pools, rules: Rules) -> None:
    reasons = []
    for school in chosen:
        able = admissible(school, pools.inspectors)
        if len(able) < rules.team_size:
            params = {"school": school.name, "school_id": school.id, "have": len(able), "wanted": rules.team_size}
            reasons.append(Reason("too_few_inspectors", params))
    capacity = sum(one.capacity for one in pools.inspectors)
    if len(chosen) * rules.team_size > capacity:
        reasons.append(Reason("too_little_capacity", {"wanted": len(chosen) * rules.team_size, "have": capacity}))
    if reasons:
        raise NoAssignment(reasons[:MOST_REASONS])


def _trips(chosen: Sequence[School], pools: Pools, rules: Rules, key: bytes) -> list[_Trip]:
    """Zone by zone along one way through it, cut into days as even as can be; cut again where no team could take the
    whole day."""
    places = {school.id: school.place for school in chosen if school.place is not None}
    by_id = {school.id: school for school in chosen}
    trips = []
    for zone in sorted({school.zone for school in chosen}):
        stream = Stream(key, f"route:{zone}")
        ids = stream.shuffled([school.id for school in chosen if school.zone == zone])
        way = [by_id[one] for one in route(ids[0], ids[1:], places, rules.longitude_permille)]
        days = -(-len(way) // rules.visits_a_day)
        for day in range(days):
            part = way[len(way) * day // days : len(way) * (day + 1) // days]
            trips += _staffed(part, pools.inspectors, rules.team_size)
    return trips


def _staffed(part: Sequence[School], inspectors: Sequence[Inspector], team_size: int) -> list[_Trip]:
    trips: list[_Trip] = []
    together: list[School] = []
    able: frozenset[str] = frozenset()
    for school in part:
        also = admissible(school, inspectors)
        if together and len(able & also) >= team_size:
            able &= also
        else:
            if together:
                trips.append(_Trip(tuple(together), able))
            together, able = [], also
        together.append(school)
    trips.append(_Trip(tuple(together), able))
    return trips


def _teams(
    trips: Sequence[_Trip], pools: Pools, rules: Rules, stream: Stream
) -> dict[int, tuple[str, tuple[str, ...]]] | None:
    """Trip number → (day, team), None where this attempt came to a dead end. The trips that the fewest can take go
    first; days fill evenly; loads and pairs stay as even as chance allows."""
    order = sorted(stream.shuffled(range(len(trips))), key=lambda number: len(trips[number].admissible))
    load = dict.fromkeys((one.id for one in pools.inspectors), 0)
    busy: dict[str, set[str]] = {day: set() for day in rules.days}
    trips_on = dict.fromkeys(rules.days, 0)
    together: dict[tuple[str, str], int] = {}
    found: dict[int, tuple[str, tuple[str, ...]]] = {}
    for number in order:
        trip = trips[number]
        for day in sorted(stream.shuffled(rules.days), key=lambda day: trips_on[day]):
            free = [
                one
                for one in pools.inspectors
                if one.id in trip.admissible
                and one.id not in busy[day]
                and day not in one.away
                and load[one.id] + len(trip.schools) <= one.capacity
            ]
            if len(free) >= rules.team_size:
                break
        else:
            return None
        team = _team(free, rules, load, together, stream)
        for position, one in enumerate(team):
            load[one] += len(trip.schools)
            busy[day].add(one)
            for other in team[position + 1 :]:
                together[one, other] = together[other, one] = together.get((one, other), 0) + 1
        trips_on[day] += 1
        found[number] = (day, team)
    return found


def _team(
    free: Sequence[Inspector],
    rules: Rules,
    load: Mapping[str, int],
    together: Mapping[tuple[str, str], int],
    stream: Stream,
) -> tuple[str, ...]:
    """The leader (experienced, where pairs are to mix) and then those who went with the ones before them least."""
    team: list[str] = []
    while len(team) < rules.team_size:
        left = [one for one in free if one.id not in team]
        if rules.mix:
            left = [one for one in left if one.senior == (not team)] or left
        met = {one.id: sum(together.get((one.id, other), 0) for other in team) for one in left}
        fewest = min((met[one.id], load[one.id]) for one in left)
        team.append(stream.pick([one.id for one in left if (met[one.id], load[one.id]) == fewest]))
    return tuple(team)


def _result(
    chosen: Sequence[School],
    trips: Sequence[_Trip],
    teams: Mapping[int, tuple[str, tuple[str, ...]]],
    rules: Rules,
    key: bytes,
) -> dict[str, Any]:
    visits = []
    for number, trip in enumerate(trips):
        day, team = teams[number]
        schools = list(trip.schools)
        if rules.order == "random":
            schools = Stream(key, f"order:{number}").shuffled(schools)
        for position, school in enumerate(schools, start=1):
            visits.append(
                {
                    "visit_id": school.visit_id, "school_id": school.id, "day": day, "order": position,
                    "inspectors": list(team), "sections": shared_sections(team, rules.sections, key, school.visit_id),
                }
            )  # fmt: skip
    visits.sort(key=lambda visit: (visit["day"], visit["inspectors"], visit["order"]))
    return {"schools": [school.id for school in chosen], "visits": visits}


def shared_sections(
    team: Sequence[str], sections: Sequence[tuple[str, int]] | None, key: bytes, visit_id: str
) -> dict[str, list[str]] | None:
    """Every section to exactly one of the team, the items shared as evenly as whole sections allow. `sections`: (code,
    number of items) in the form's order; None: everybody answers everything."""
    if sections is None:
        return None
    order = Stream(key, f"sections:{visit_id}").shuffled(team)
    shared: dict[str, list[str]] = {one: [] for one in team}
    items = dict.fromkeys(order, 0)
    for code, count in sorted(sections, key=lambda section: (-section[1], section[0])):
        one = min(order, key=lambda each: items[each])
        items[one] += count
        shared[one].append(code)
    place = {code: number for number, (code, _) in enumerate(sections)}
    return {one: sorted(codes, key=lambda code: place[code]) for one, codes in shared.items()}


__all__ = [
    "FORMAT",
    "NoAssignment",
    "Reason",
    "Stream",
    "admissible",
    "canonical",
    "commitment_of",
    "digest",
    "draw",
    "key_of",
    "sample",
    "shared_sections",
    "visit_seed",
]
