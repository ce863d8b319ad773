"""For each id that stands in a route: how to come by one that belongs to a given place of the world.

A module adds a file here with `SAMPLES: dict[str, Sample]`, keyed by the route parameter's name. The generated
tests then try every route with an own id, a sibling school's and another bureau's. A route parameter without a
sample fails them, so a new module cannot be forgotten.

A sample is called once per place with the session already in that place's bureau scope, and flushes what it makes.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.world import World


@dataclass(frozen=True, slots=True)
class Sample:
    """`make(world, place)` → the value for the URL; place is "a1", "a2", "a3" or "b1".

    owner: "school" — every school has its own; "supplier" — every company has its own (a1 and a2 stand
    for two companies of one bureau); "bureau" — shared by the schools of a bureau; "none" — no tenant in it.
    """

    make: Callable[[World, str], Any]
    owner: str = "school"


def all_samples() -> dict[str, Sample]:
    samples: dict[str, Sample] = {}
    for info in pkgutil.iter_modules(__path__):
        for name, sample in importlib.import_module(f"{__name__}.{info.name}").SAMPLES.items():
            assert name not in samples, f"two samples for {name}"
            samples[name] = sample
    return samples
