"""Recalls: what they begin from, how they move, how sure a link of the chain is. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class Trigger(StrEnum):
    """What a trace begins from."""

    LOT = "lot"
    CERTIFICATE = "certificate"
    DISH = "dish"
    MEAL = "meal"


# open: traced, nobody was told. active: stock is frozen and the schools are told. lifted: it was a false alarm and the stock
# is free again. closed: the goods are gone for good, what is left stays frozen. dropped: nothing came of it.
TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("open", "freeze"): "active",
    ("open", "drop"): "dropped",
    ("active", "lift"): "lifted",
    ("active", "close"): "closed",
}
RUNNING = ("open", "active")

# What a school's part of a recall goes through.
PART_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("told", "secure"): "secured",
    ("secured", "secure"): "secured",  # counted again, with another result
}

INCIDENT_TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("reported", "trace"): "traced",
    ("reported", "dismiss"): "dismissed",
    ("traced", "dismiss"): "dismissed",
}


def seconds_between(begin: datetime, end: datetime) -> int:
    """Whole seconds, never below zero: two machines' clocks may differ by a little."""
    return max(0, int((end - begin) / timedelta(seconds=1)))
