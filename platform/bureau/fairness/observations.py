"""What inspectors' strictness is estimated from, and whether it can be estimated at all."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

# Below these the estimate would be noise with a number on it. Choices of method, not of law (ADR 6).
MIN_VISITS_PER_INSPECTOR = 5
MIN_INSPECTORS = 3
MIN_SCHOOLS = 10

Refusal: TypeAlias = Literal["no_data", "few_inspectors", "few_schools", "unconnected", "no_repeats"]
Standing: TypeAlias = Literal["estimated", "few_visits", "unconnected"]


class Observation(NamedTuple):
    """What one inspector scored at one visit.

    `lost`: share of the points of the items he answered that was lost, 0..1. `expected`: the share that these items
    lose on average, so that who is given the hard sections does not look strict. `weight`: the points at stake.
    `stratum`: what is never compared with another (form version and round).
    """

    school: Hashable
    visit: Hashable
    inspector: Hashable
    lost: float
    weight: float
    expected: float = 0.0
    stratum: Hashable = ""


@dataclass(frozen=True, slots=True)
class Design:
    """`used`: the observations of the largest linked group with enough visits per inspector; `standing`: each
    inspector's place in it. `components`: the linked groups of inspectors, largest first. `refusal` None: go on."""

    used: tuple[Observation, ...]
    standing: dict[Hashable, Standing]
    components: tuple[frozenset[Hashable], ...]
    refusal: Refusal | None


def linked_groups(pairs: Iterable[tuple[Hashable, Hashable]]) -> list[tuple[frozenset[Hashable], frozenset[Hashable]]]:
    """Connected components of the graph school—inspector, as (schools, inspectors), by number of schools, then size.

    Only within one component can two inspectors be compared: through schools that both saw, directly or by a chain.
    """
    parent: dict[tuple[str, Hashable], tuple[str, Hashable]] = {}

    def root(node: tuple[str, Hashable]) -> tuple[str, Hashable]:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for school, inspector in pairs:
        left, right = root(("school", school)), root(("inspector", inspector))
        if left != right:
            parent[left] = right
    groups: dict[tuple[str, Hashable], tuple[set[Hashable], set[Hashable]]] = {}
    for node in parent:
        schools, inspectors = groups.setdefault(root(node), (set(), set()))
        (schools if node[0] == "school" else inspectors).add(node[1])
    parts = [(frozenset(schools), frozenset(inspectors)) for schools, inspectors in groups.values()]
    return sorted(parts, key=lambda part: (-len(part[0]), -len(part[1]), sorted(map(str, part[1]))))


def design_of(
    observations: Sequence[Observation],
    *,
    min_visits: int = MIN_VISITS_PER_INSPECTOR,
    min_inspectors: int = MIN_INSPECTORS,
    min_schools: int = MIN_SCHOOLS,
) -> Design:
    """Which observations can carry an estimate; inspectors with too few visits are left out first, then the rest
    must hang together."""
    visits = Counter(inspector for inspector, _ in {(row.inspector, row.visit) for row in observations})
    standing: dict[Hashable, Standing] = {
        inspector: "estimated" if count >= min_visits else "few_visits" for inspector, count in visits.items()
    }
    enough = [row for row in observations if standing[row.inspector] == "estimated"]
    groups = linked_groups((row.school, row.inspector) for row in enough)
    components = tuple(inspectors for _, inspectors in groups)
    main = groups[0] if groups else (frozenset(), frozenset())
    for inspector in {row.inspector for row in enough} - main[1]:
        standing[inspector] = "unconnected"
    used = tuple(row for row in enough if row.inspector in main[1])
    return Design(used, standing, components, _refusal(observations, used, components, min_inspectors, min_schools))


def _refusal(
    observations: Sequence[Observation],
    used: Sequence[Observation],
    components: Sequence[frozenset[Hashable]],
    min_inspectors: int,
    min_schools: int,
) -> Refusal | None:
    if not observations:
        return "no_data"
    inspectors = {row.inspector for row in used}
    if len(inspectors) < min_inspectors:
        together = sum(len(part) for part in components)
        return "unconnected" if together >= min_inspectors else "few_inspectors"
    schools = {row.school for row in used}
    if len(schools) < min_schools:
        return "few_schools"
    seen_by: dict[Hashable, set[Hashable]] = {}
    for row in used:
        seen_by.setdefault(row.school, set()).add(row.inspector)
    # A chain over one or two shared schools is a link on paper only: the estimate would rest on those few.
    if sum(1 for who in seen_by.values() if len(who) > 1) < len(inspectors) - 1 + min_schools // 5:
        return "no_repeats"
    return None
