"""The rows and columns of a mixed-integer program, named, with soft rows whose slack has a price."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_matrix, vstack

Terms = Mapping[int, float]
INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Slack:
    """How far a soft row may be missed. `scale`: what counts as missing it wholly; `weight`: how bad that is."""

    column: int
    name: Any
    scale: float


@dataclass(frozen=True, slots=True)
class Solution:
    """`values` None: nothing was found."""

    values: Any
    objective: float


@dataclass(frozen=True, slots=True)
class Relaxed:
    """`reduced`: by column, how much dearer at least the whole becomes for a unit more of it."""

    values: Any
    objective: float
    reduced: Any


class Program:
    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer: list[int] = []
        self.slacks: list[Slack] = []
        self.weights: dict[int, float] = {}
        self._rows: list[tuple[Terms, float, float]] = []
        self._built: tuple[Any, Any, Any] | None = None
        self._halves: tuple[Any, Any] | None = None

    def column(self, lower: float = 0.0, upper: float = 1.0, *, integer: bool = False) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(1 if integer else 0)
        return len(self.lower) - 1

    def row(self, terms: Terms, least: float = -INFINITE, most: float = INFINITE) -> None:
        self._rows.append((terms, least, most))

    def soft_row(
        self, name: Any, terms: Terms, least: float = -INFINITE, most: float = INFINITE, *, scale: float, weight: float
    ) -> None:
        """A row that may be missed at a price; missing it by `scale` costs `weight`."""
        for sign, bound in ((1.0, least), (-1.0, most)):
            if abs(bound) == INFINITE:
                continue
            slack = self.column(0.0, INFINITE)
            self.slacks.append(Slack(slack, name, scale))
            self.weights[slack] = weight / scale
            if sign > 0:
                self.row({**terms, slack: 1.0}, least=bound)
            else:
                self.row({**terms, slack: -1.0}, most=bound)

    def solve(self, costs: Terms, *, seconds: float, gap: float, nodes: int, lower: Any, upper: Any) -> Solution:
        """Within these bounds. Work is bounded by `nodes`, which gives the same answer on every machine; by time only
        where that is over."""
        matrix, least, most = self.matrix()
        options = {"time_limit": max(0.1, seconds), "mip_rel_gap": gap, "node_limit": nodes}
        found = milp(
            self.objective(costs), integrality=np.array(self.integer), bounds=Bounds(lower, upper),
            constraints=LinearConstraint(matrix, least, most), options=options,
        )  # fmt: skip
        return Solution(found.x, float(found.fun) if found.x is not None else INFINITE)

    def relax(self, costs: Terms, *, lower: Any, upper: Any) -> Relaxed | None:
        """With fractions: a bound on every whole solution, and what each column would cost at least to be chosen. None:
        there is none."""
        found = linprog(
            self.objective(costs), A_ub=self._one_sided()[0], b_ub=self._one_sided()[1],
            bounds=np.stack([lower, upper], axis=1), method="highs",
        )  # fmt: skip
        if found.status != 0:
            return None
        return Relaxed(found.x, float(found.fun), found.lower.marginals + found.upper.marginals)

    def objective(self, costs: Terms) -> Any:
        found = np.zeros(len(self.lower))
        for column, cost in costs.items():
            found[column] += cost
        return found

    def bounds(self) -> tuple[Any, Any]:
        """Fresh copies, to be narrowed."""
        return np.array(self.lower), np.array(self.upper)

    def matrix(self) -> tuple[Any, Any, Any]:
        if self._built is None:
            self._built = _matrix(self._rows, len(self.lower))
        return self._built

    def _one_sided(self) -> tuple[Any, Any]:
        if self._halves is None:
            matrix, least, most = self.matrix()
            below, above = np.isfinite(least), np.isfinite(most)
            self._halves = (
                vstack([-matrix[below], matrix[above]]).tocsr(), np.concatenate([-least[below], most[above]]),
            )  # fmt: skip
        return self._halves


def _matrix(rows: Sequence[tuple[Terms, float, float]], size: int) -> tuple[Any, Any, Any]:
    data, columns, starts, least, most = [], [], [0], [], []
    for terms, low, high in rows:
        columns += list(terms)
        data += list(terms.values())
        starts.append(len(columns))
        least.append(low)
        most.append(high)
    return csr_matrix((data, columns, starts), shape=(len(least), size)), np.array(least), np.array(most)


def weighted(terms: Iterable[tuple[int, float]]) -> dict[int, float]:
    """Sum the terms by column."""
    found: dict[int, float] = {}
    for column, value in terms:
        if value:
            found[column] = found.get(column, 0.0) + value
    return found
