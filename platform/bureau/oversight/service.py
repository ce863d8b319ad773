"""From the schools' feeds to what the bureau's pages show. Owns no table."""

from collections.abc import Sequence
from dataclasses import dataclass

from bureau.oversight import rules
from bureau.oversight.feeds import Indicator, Span, UncertifiedReceipts, published
from bureau.schools import service as schools
from bureau.schools.models import School
from kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Uncertified:
    """The span's picture: all schools that received anything, the zones, the categories."""

    total: rules.Share
    schools: Sequence[rules.Row]
    zones: Sequence[rules.Row]
    categories: Sequence[rules.CategoryShare]
    silent: Sequence[School]  # active schools with a kitchen of their own and no receipt in the span


def uncertified_feed() -> UncertifiedReceipts | None:
    """The deployment's one feed; None where no module publishes it."""
    feeds = published(UncertifiedReceipts)
    return feeds[0] if feeds else None


def uncertified(actor: Actor, feed: UncertifiedReceipts, span: Span) -> Uncertified:
    received, lacking = feed.received(actor, span), feed.schools(actor, span)
    known = {school.id: school for school in schools.all_schools(actor)}
    zone_names = schools.zone_names(actor)
    names = schools.school_names(actor, received)  # a school merged since then keeps its line
    rows, zones = [], dict[int, list[rules.Share]]()
    for school_id, count in received.items():
        school = known.get(school_id)
        zone_id = (school.zone_id if school else None) or 0
        share = rules.Share(lacking.get(school_id, 0), count)
        rows.append(rules.Row(school_id, names.get(school_id, ""), zone_names.get(zone_id, ""), share))
        zones.setdefault(zone_id, []).append(share)
    zone_rows = [
        rules.Row(
            zone_id, zone_names.get(zone_id, ""), "",
            rules.Share(sum(share.part for share in shares), sum(share.whole for share in shares)),
        )
        for zone_id, shares in zones.items()
    ]  # fmt: skip
    silent = [
        school
        for school in known.values()
        if school.state == "active" and school.canteen_mode in ("self_run", "contracted") and school.id not in received
    ]
    return Uncertified(
        rules.total(received, lacking), rules.worst_first(rows), rules.worst_first(zone_rows),
        rules.by_category(feed.gaps(actor, span)), silent,
    )  # fmt: skip


def schools_of(actor: Actor, school_id: int | None, zone_id: int | None) -> list[int] | None:
    """The schools that a list is confined to; None: all that the actor sees."""
    if school_id is not None:
        return [school_id]
    if zone_id is not None:
        return [school.id for school in schools.all_schools(actor) if school.zone_id == zone_id]
    return None


def indicators(actor: Actor, span: Span) -> list[tuple[Indicator, int]]:
    """Each indicator with its total over the actor's schools."""
    return [(indicator, sum(indicator.counts(actor, span).values())) for indicator in published(Indicator)]
