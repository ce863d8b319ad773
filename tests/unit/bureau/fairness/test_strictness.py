import numpy as np
import pytest
from scipy.stats import kendalltau

from bureau.fairness.calibrated import calibrate, score_error, tiers
from bureau.fairness.observations import Observation, design_of, linked_groups
from bureau.fairness.strictness import Fit, fit
from tests.support.strictness import Truth, campaign


@pytest.fixture(scope="module")
def truth() -> Truth:
    return campaign(20261121)


@pytest.fixture(scope="module")
def fitted(truth: Truth) -> Fit:
    return fit(design_of(truth.observations).used)


def test_same_answer_as_an_established_mixed_model() -> None:
    """The figures of statsmodels 0.14 (MixedLM, REML, three variance components) for these 96 observations."""
    rows = []
    for school in range(24):
        for turn in range(2):
            for place in range(2):
                who = (school + 2 * place + turn) % 6
                lost = 0.1 + 0.01 * ((school * 7) % 11) + 0.012 * who + 0.004 * ((school * 5 + turn * 3) % 7)
                lost += 0.003 * ((school * 13 + turn * 17 + place * 29 + who * 5) % 9) + 0.02 * turn
                rows.append(Observation(school, (school, turn), who, round(lost, 4), 1.0, 0.0, turn))
    found = fit(rows)
    assert [found.inspectors[who].effect for who in range(6)] == pytest.approx(
        [-0.030328, -0.018633, -0.006284, 0.006095, 0.018534, 0.030616], abs=2e-5
    )
    assert found.sd_school == pytest.approx(0.032365, rel=1e-3)
    assert found.sd_visit == pytest.approx(0.009399, rel=1e-3)
    assert found.sd_inspector == pytest.approx(0.023043, rel=1e-3)
    assert found.sd_error == pytest.approx(0.007129, rel=1e-3)


def test_recovers_who_is_strict(truth: Truth, fitted: Fit) -> None:
    estimated = np.array([fitted.inspectors[who].effect for who in range(10)])
    assert np.corrcoef(estimated, truth.inspectors)[0, 1] > 0.97
    assert np.abs(estimated - truth.inspectors).max() < 0.02


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    inside = []
    for seed in range(25):
        known = campaign(seed, schools=80, inspectors=8)
        found = fit(known.observations)
        inside += [found.inspectors[who].low <= known.inspectors[who] <= found.inspectors[who].high for who in range(8)]
    assert 0.88 <= float(np.mean(inside)) <= 1.0


def test_raw_ranking_does_worse_than_the_calibrated_one(truth: Truth, fitted: Fit) -> None:
    by_visit: dict[object, list[Observation]] = {}
    for row in truth.observations:
        if row.stratum == 1:
            by_visit.setdefault(row.school, []).append(row)
    raw, fair = [], []
    for school in range(len(truth.schools)):
        rows = by_visit[school]
        percent = 100 * (1 - float(np.mean([row.lost for row in rows])))
        shares = {row.inspector: 1 / len(rows) for row in rows}
        answer = calibrate(percent, shares, fitted)
        assert not isinstance(answer, str)
        raw.append(percent)
        fair.append(answer.value)
    good = -truth.schools
    raw_agreement, fair_agreement = kendalltau(raw, good).statistic, kendalltau(fair, good).statistic
    assert fair_agreement > raw_agreement + 0.08


def test_the_order_of_the_observations_does_not_matter(truth: Truth, fitted: Fit) -> None:
    again = fit(truth.observations[::-1])
    for who, one in fitted.inspectors.items():
        assert again.inspectors[who].effect == pytest.approx(one.effect, abs=1e-6)


def test_few_visits_are_pulled_towards_the_rest() -> None:
    known = campaign(3, schools=60, inspectors=6)
    extra = [Observation(school, ("new", school), "new", 0.6, 50.0, 0.0, 1) for school in range(2)]
    many = [Observation(school, ("new", school), "new", 0.6, 50.0, 0.0, 1) for school in range(30)]
    few, lots = fit([*known.observations, *extra]), fit([*known.observations, *many])
    assert few.inspectors["new"].effect < lots.inspectors["new"].effect
    assert few.inspectors["new"].standard_error > lots.inspectors["new"].standard_error


def rows(*pairs: tuple[object, object]) -> list[Observation]:
    return [Observation(school, (school, number), who, 0.1, 10.0) for number, (school, who) in enumerate(pairs)]


def test_refuses_where_inspectors_never_met_the_same_schools() -> None:
    pairs = [
        (f"{quarter}-{school}", quarter * 2 + pick) for quarter in range(2) for school in range(12) for pick in (0, 1)
    ]
    design = design_of(rows(*pairs))
    assert design.refusal == "unconnected"
    assert {len(part) for part in design.components} == {2}
    assert sorted(design.standing.values()).count("unconnected") == 2


@pytest.mark.parametrize(
    ("pairs", "refusal"),
    [
        ([], "no_data"),
        ([(school, who) for school in range(20) for who in (1, 2)], "few_inspectors"),
        ([(school, who) for school in range(6) for who in (1, 2, 3)], "few_schools"),
        # A chain: A and B share one school, B and C one.
        (
            [(f"a{n}", "A") for n in range(9)] + [(f"b{n}", "B") for n in range(9)] + [(f"c{n}", "C") for n in range(9)]
            + [("a0", "B"), ("b0", "C")],
            "no_repeats",
        ),
        ([(school, who) for school in range(20) for who in (1, 2, 3)], None),
    ],
)  # fmt: skip
def test_refuses_what_it_cannot_carry(pairs: list[tuple[object, object]], refusal: str | None) -> None:
    assert design_of(rows(*pairs)).refusal == refusal


def test_an_inspector_with_few_visits_is_named() -> None:
    pairs = [(school, who) for school in range(20) for who in (1, 2, 3)] + [(0, "new"), (1, "new")]
    assert design_of(rows(*pairs)).standing == {1: "estimated", 2: "estimated", 3: "estimated", "new": "few_visits"}


def test_linked_groups_follow_chains() -> None:
    groups = linked_groups([("s1", "a"), ("s1", "b"), ("s2", "b"), ("s2", "c"), ("s9", "z")])
    assert [inspectors for _, inspectors in groups] == [{"a", "b", "c"}, {"z"}]


def test_calibration_gives_back_what_a_strict_inspector_took(fitted: Fit) -> None:
    strictest = max(fitted.inspectors, key=lambda who: fitted.inspectors[who].effect)
    answer = calibrate(80.0, {strictest: 1.0}, fitted)
    assert not isinstance(answer, str)
    assert answer.low < answer.value < answer.high
    assert answer.value == pytest.approx(80.0 + 100 * fitted.inspectors[strictest].effect)
    assert calibrate(99.9, {strictest: 1.0}, fitted).value <= 100.0  # type: ignore[union-attr]
    assert calibrate(80.0, {"stranger": 1.0}, fitted) == "inspector_unknown"
    assert calibrate(80.0, {}, fitted) == "inspector_unknown"


def test_two_inspectors_err_less_than_one(fitted: Fit) -> None:
    assert score_error({0: 0.5, 1: 0.5}, 100.0, fitted) < score_error({0: 1.0}, 100.0, fitted)


def test_tiers_are_shared_where_chance_explains_the_difference() -> None:
    places = tiers([("b", 90.0, 1.0), ("a", 92.0, 1.0), ("c", 80.0, 1.0), ("d", 79.0, 4.0)])
    assert [(place.entry, place.tier) for place in places] == [("a", 1), ("b", 1), ("c", 2), ("d", 2)]
    assert all(place.low <= place.score <= place.high for place in places)
    assert [place.tier for place in tiers([("a", 92.0, 0.0), ("b", 91.0, 0.0)])] == [1, 2]
    assert tiers([]) == []
