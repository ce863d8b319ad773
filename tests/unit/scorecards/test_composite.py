"""One score from several, recomputable from the published ones."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards.composite import (
    Composite,
    Part,
    PartScore,
    ScoresInvalid,
    compose,
    composite_from_json,
    composite_result_to_json,
    composite_to_json,
    read_scores,
)
from scorecards.form import Band
from scorecards.problem_text import part_text
from scorecards.problems import FormInvalid
from scorecards.rounding import round_half_up

D = Decimal
BANDS = (Band("优秀", D(90)), Band("合格", D(60)), Band("不合格", D(0)))


def three(**more: Any) -> Composite:
    weights = (("canteen", "食堂", 50), ("dorm", "宿舍", 30), ("survey", "满意度", 20))
    parts = tuple(Part(code=code, title=title, weight=D(weight)) for code, title, weight in weights)
    return Composite(title="年度综合评价", parts=parts, bands=BANDS, **more)


def scores(**given: Any) -> dict[str, PartScore]:
    return {code: PartScore(D(str(score)), D(str(maximum))) for code, (score, maximum) in given.items()}


def test_parts_count_by_their_weights() -> None:
    # 50 x 92.5/100 + 30 x 6.2/7 + 20 x 4.4/5 = 46.25 + 26.5714… + 17.6
    result = compose(three(), scores(canteen=(92.5, 100), dorm=(6.2, 7), survey=(4.4, 5)))
    assert (result.score, result.maximum, result.band) == (D("90.4"), 100, "优秀")
    assert [line.points for line in result.account] == [D("46.25"), D("26.5714"), D("17.6")]
    assert part_text(result.account[0]) == "得分 92.5 ÷ 100，权重 50，计 46.25"


def test_the_band_follows_what_is_shown() -> None:
    result = compose(three(), scores(canteen=("89.95", 100), dorm=("89.95", 100), survey=("89.95", 100)))
    assert (result.score, result.band) == (D("90.0"), "优秀")


def test_a_part_without_a_score_refuses_or_passes_its_weight_on() -> None:
    given = scores(canteen=(90, 100), dorm=(60, 100))
    refused = compose(three(), given)
    assert (refused.score, refused.band, refused.missing) == (None, None, ("survey",))
    assert refused.account[2].reason == "part_missing"
    # (50 x 0.9 + 30 x 0.6) / 80 x 100
    spread = compose(three(missing="renormalise"), given)
    assert (spread.score, spread.missing) == (D("78.8"), ("survey",))
    assert [line.weight for line in spread.account] == [D("62.5"), D("37.5"), 0]
    assert part_text(spread.account[2]) == "没有得分，权重并入其他部分"
    assert compose(three(missing="renormalise"), {}).score is None


def test_a_bonus_cannot_outweigh_another_part() -> None:
    result = compose(three(), scores(canteen=(105, 100), dorm=(100, 100), survey=(0, 5)))
    assert (result.score, result.account[0].reason) == (80, "weighted_full")


def test_json_both_ways() -> None:
    document = composite_to_json(three(missing="renormalise", places=2))
    assert composite_from_json(document) == three(missing="renormalise", places=2)
    assert document["missing"] == "renormalise"
    read = read_scores(three(), {"canteen": {"score": "92.5", "maximum": 100}, "dorm": None})
    assert read == scores(canteen=(92.5, 100))
    shown = composite_result_to_json(compose(three(), read))
    assert (shown["score"], shown["missing"]) == (None, ["dorm", "survey"])
    assert shown["account"][0]["points"] == "46.25"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"parts": []}, "parts"),
        ({"parts": [{"code": "a", "title": "甲", "weight": "0"}]}, "parts"),
        ({"parts": [{"code": "a", "title": "甲", "weight": "1"}] * 2}, "parts"),
        ({"missing": "guess"}, "missing"),
        ({"places": 9}, "places"),
        ({"colour": 1}, "colour"),
    ],
)
def test_what_is_no_composite(change: dict[str, Any], path: str) -> None:
    with pytest.raises(FormInvalid) as raised:
        composite_from_json(composite_to_json(three()) | change)
    assert path in {problem.path for problem in raised.value.problems}


@pytest.mark.parametrize(
    "data",
    [
        [],
        {"x": None},
        {"dorm": 5},
        {"dorm": {"score": "x", "maximum": 1}},
        {"dorm": {"score": 1}},
        {"dorm": {"score": 1, "maximum": 0}},
    ],
)
def test_what_is_no_score(data: Any) -> None:
    with pytest.raises(ScoresInvalid):
        read_scores(three(), data)


@given(
    st.lists(st.tuples(st.integers(1, 50), st.integers(0, 100), st.integers(1, 100)), min_size=1, max_size=6),
    st.booleans(),
)
def test_the_account_adds_up(rows: list[tuple[int, int, int]], spread: bool) -> None:
    parts = tuple(Part(code=str(place), title="部", weight=D(weight)) for place, (weight, _, _) in enumerate(rows))
    composite = Composite(title="合", parts=parts, missing="renormalise" if spread else "refuse")
    given_scores = {
        str(place): PartScore(D(score), D(maximum)) for place, (_, score, maximum) in enumerate(rows) if score % 7
    }
    result = compose(composite, given_scores)
    if result.score is None:
        assert result.missing
        return
    assert 0 <= result.score <= result.maximum
    points = sum((line.points or D(0) for line in result.account), D(0))
    assert abs(points - result.score) <= D("0.051")
    if not result.missing:
        exact = sum(
            (Fraction(weight) * min(Fraction(score, most), Fraction(1)) for weight, score, most in rows), Fraction(0)
        )
        assert result.score == round_half_up(exact, 1)
