"""The engine by the vectors that the phone's engine runs too (tests/vectors/scoring).

`expect` was worked out by hand and names what matters: of objects the keys that are given, of lists every element."""

import json
from pathlib import Path
from typing import Any

import pytest

from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.form import VETO_EFFECTS
from scorecards.form_json import SHAPES, from_json, to_json
from scorecards.problems import AnswersInvalid
from scorecards.result import Reason, result_to_json
from tests.support.typescript import plain

FOLDER = Path(__file__).resolve().parents[2] / "vectors" / "scoring"
VECTORS = [
    pytest.param(vector, id=f"{path.stem}: {vector['name']}")
    for path in sorted(FOLDER.glob("*.json"))
    for vector in json.loads(path.read_text("utf-8"))
]


def outcome(vector: dict[str, Any]) -> Any:
    form = from_json(vector["form"])
    try:
        answers = read_answers(form, vector["answers"])
        result = Scorer(form).score(answers, vector.get("tags"), vector.get("parameters"), vector.get("units"))
    except AnswersInvalid as error:
        return {"problems": [plain(problem._asdict()) for problem in error.problems]}
    return result_to_json(result)


def differences(expected: Any, actual: Any, path: str = "") -> list[str]:
    """Where the actual lacks what is expected."""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            found
            for key, value in expected.items()
            for found in differences(value, actual.get(key, "absent"), f"{path}.{key}")
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            found
            for place, (one, other) in enumerate(zip(expected, actual, strict=True))
            for found in differences(one, other, f"{path}.{place}")
        ]
    return [] if expected == actual and type(expected) is type(actual) else [f"{path}: {expected!r} is {actual!r}"]


@pytest.mark.parametrize("vector", VECTORS)
def test_vector(vector: dict[str, Any]) -> None:
    assert not differences(vector["expect"], outcome(vector))


def test_the_vectors_cover_every_shape_effect_and_reason() -> None:
    shapes: set[str] = set()
    effects: set[str] = set()
    reasons: set[str] = set()
    for parameter in VECTORS:
        vector: Any = parameter.values[0]
        form = to_json(from_json(vector["form"]))
        for item in (item for section in form["sections"] for item in section["items"]):
            shapes.add(item["rule"]["shape"])
            effects.add(item.get("veto", {}).get("effect", "none"))
        reasons |= {line["reason"] for line in outcome(vector).get("account", ())}
    assert shapes == set(SHAPES)
    assert effects == set(VETO_EFFECTS)
    assert reasons == set(Reason.__args__) - {"unscored"} | {"unscored"} & reasons
