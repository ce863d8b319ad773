"""How strict each inspector is, estimated from who scored which school: a linear mixed model by restricted likelihood.

    lost − expected = stratum + school + visit + inspector + error,   error variance ∝ 1 / weight

School, visit and inspector are random effects, so that few visits pull an estimate towards "as strict as the rest".
Schools and visits are absorbed block by block, which leaves a dense system of the size of strata + inspectors only.
Model: Henderson's mixed model equations; restricted likelihood after Patterson & Thompson (1971).
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.stats import norm

from bureau.fairness.fits import Fit, Strictness
from bureau.fairness.observations import Observation

Matrix = NDArray[np.float64]
_LOWEST, _HIGHEST = -14.0, 6.0  # of the logarithm of a variance's ratio to the error's


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Rows sorted by school, then visit; `*_starts`: where each block begins, `*_of`: the block of each row."""

    columns: Matrix  # [X | Z | y]
    diagonal: Matrix
    visit_starts: NDArray[np.intp]
    visit_of: NDArray[np.intp]
    school_starts: NDArray[np.intp]
    school_of: NDArray[np.intp]
    fixed: int
    inspectors: int
    visits_vary: bool


@dataclass(frozen=True, slots=True)
class _Solution:
    deviance: float
    error: float
    effects: Matrix
    inverse: Matrix


def fit(observations: Sequence[Observation], *, level: float = 0.95) -> Fit:
    """From the observations of one linked group (`observations.design_of`). `level` of the intervals."""
    blocks, names, mean_weight = _blocks(observations)
    ratios = _most_likely(blocks)
    solution = _solve(ratios, blocks)
    first = blocks.fixed
    covariance = solution.error * solution.inverse[first:, first:]
    reach = float(norm.ppf(0.5 + level / 2))
    strictness = {}
    for index, name in enumerate(names):
        effect, spread = float(solution.effects[first + index]), float(np.sqrt(covariance[index, index]))
        strictness[name] = Strictness(effect, effect - reach * spread, effect + reach * spread, spread)
    school, visit, inspector = (float(np.sqrt(solution.error * np.exp(ratio))) for ratio in ratios)
    return Fit(
        inspectors=strictness,
        covariance=covariance,
        sd_school=school,
        sd_visit=visit if blocks.visits_vary else 0.0,
        sd_inspector=inspector,
        sd_error=float(np.sqrt(solution.error)),
        mean_weight=mean_weight,
        observations=len(observations),
        level=level,
    )


def _codes(values: Sequence[Any]) -> tuple[NDArray[np.intp], list[Any]]:
    places: dict[Any, int] = {}
    return np.array([places.setdefault(value, len(places)) for value in values], dtype=np.intp), list(places)


def _starts(codes: NDArray[np.intp]) -> NDArray[np.intp]:
    return np.flatnonzero(np.r_[True, codes[1:] != codes[:-1]])


def _blocks(observations: Sequence[Observation]) -> tuple[_Blocks, list[Hashable], float]:
    rows = sorted(observations, key=lambda row: (str(row.school), str(row.visit), str(row.inspector)))
    inspector_of, names = _codes([row.inspector for row in rows])
    stratum_of, strata = _codes([row.stratum for row in rows])
    school_of, schools = _codes([row.school for row in rows])
    visit_of, visits = _codes([(row.school, row.visit) for row in rows])
    weights = np.array([row.weight for row in rows], dtype=np.float64)
    count = len(rows)
    columns = np.zeros((count, len(strata) + len(names) + 1))
    everyone = np.arange(count)
    columns[everyone, stratum_of] = 1.0
    columns[everyone, len(strata) + inspector_of] = 1.0
    columns[:, -1] = [row.lost - row.expected for row in rows]
    return (
        _Blocks(
            columns=columns,
            diagonal=weights.mean() / weights,
            visit_starts=_starts(visit_of),
            visit_of=visit_of,
            school_starts=_starts(school_of),
            school_of=school_of,
            fixed=len(strata),
            inspectors=len(names),
            visits_vary=len(schools) < len(visits) and len(visits) < count,
        ),
        names,
        float(weights.mean()),
    )


def _most_likely(blocks: _Blocks) -> Matrix:
    """Logarithms of the ratios (school, visit, inspector) to the error's variance; from several starts, the best."""

    def deviance(point: Matrix) -> float:
        return _solve(_full(point, blocks), blocks).deviance

    free = 3 if blocks.visits_vary else 2
    best: Any = None
    for start in (0.0, -2.0):
        found = minimize(
            deviance,
            np.full(free, start),
            method="L-BFGS-B",
            bounds=[(_LOWEST, _HIGHEST)] * free,
            options={"maxiter": 200},
        )
        if best is None or found.fun < best.fun:
            best = found
    return _full(best.x, blocks)


def _full(point: Matrix, blocks: _Blocks) -> Matrix:
    """Where each visit has one observation, or each school one visit, the visit cannot be told from error or school."""
    return point if blocks.visits_vary else np.array([point[0], _LOWEST, point[1]])


def _absorbed(
    solved: Matrix, ones: Matrix, ratio: float, starts: NDArray[np.intp], of: NDArray[np.intp]
) -> tuple[Matrix, Matrix, float]:
    """(A + ratio · 11ᵀ per block)⁻¹ applied to what A⁻¹ was applied to, and the logarithm of its determinant's gain."""
    totals = np.add.reduceat(solved, starts, axis=0)
    sums = np.add.reduceat(ones, starts)
    shrink = ratio / (1.0 + ratio * sums)
    corrected = solved - ones[:, None] * (shrink[:, None] * totals)[of]
    return corrected, ones - ones * (shrink * sums)[of], float(np.log1p(ratio * sums).sum())


def _solve(ratios: Matrix, blocks: _Blocks) -> _Solution:
    school, visit, inspector = np.exp(ratios)
    solved = blocks.columns / blocks.diagonal[:, None]
    ones = 1.0 / blocks.diagonal
    solved, ones, by_visit = _absorbed(solved, ones, visit, blocks.visit_starts, blocks.visit_of)
    solved, ones, by_school = _absorbed(solved, ones, school, blocks.school_starts, blocks.school_of)
    products = blocks.columns.T @ solved
    size = blocks.fixed + blocks.inspectors
    system = products[:size, :size].copy()
    random = np.arange(blocks.fixed, size)
    system[random, random] += 1.0 / inspector
    factor = cho_factor(system, lower=True)
    right = products[:size, -1]
    effects = cho_solve(factor, right)
    degrees = len(blocks.columns) - blocks.fixed
    error = max(float(products[-1, -1] - right @ effects) / degrees, 1e-12)
    deviance = (
        by_visit
        + by_school
        + blocks.inspectors * float(ratios[2])
        + 2.0 * float(np.log(np.diag(factor[0])).sum())
        + degrees * float(np.log(error))
    )
    return _Solution(deviance, error, effects, cho_solve(factor, np.eye(size)))
