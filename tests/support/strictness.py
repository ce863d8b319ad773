"""Simulated campaigns with known truth: who is how strict, which school is how good."""

from dataclasses import dataclass

import numpy as np

from bureau.fairness.observations import Observation


@dataclass(frozen=True)
class Truth:
    """In shares of the points: each school's loss, each inspector's strictness (mean 0)."""

    schools: np.ndarray
    inspectors: np.ndarray
    observations: list[Observation]


def campaign(
    seed: int,
    *,
    schools: int = 120,
    inspectors: int = 10,
    rounds: int = 2,
    crossed: float = 0.3,
    strictness: float = 0.04,
) -> Truth:
    """Every school is seen once a round by two inspectors. As in life, inspectors keep to their own quarter; only
    the share `crossed` of the visits draws both at random, which is what links the quarters."""
    random = np.random.default_rng(seed)
    quality = random.normal(0.0, 0.04, schools)
    strict = random.normal(0.0, strictness, inspectors)
    strict -= strict.mean()
    rows = []
    for turn in range(rounds):
        for school in range(schools):
            day = random.normal(0.0, 0.015)
            home = school * inspectors // schools
            pair = [home, (home + 1) % inspectors]
            if random.random() < crossed:
                pair = random.choice(inspectors, 2, replace=False).tolist()
            for who in pair:
                lost = 0.2 + quality[school] + day + strict[who] + random.normal(0.0, 0.02)
                rows.append(Observation(school, (school, turn), int(who), float(lost), 50.0, 0.0, turn))
    return Truth(quality, strict, rows)
