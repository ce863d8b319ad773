"""The engine on the phone and the service's are equal to the last digit, for any form and any answers."""

from collections.abc import Collection, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.answers import Answer, answers_to_json, read_answers
from scorecards.engine import Scorer
from scorecards.form import Form
from scorecards.form_json import to_json
from scorecards.problems import AnswersInvalid
from scorecards.result import result_to_json
from tests.support.typescript import Engine, plain
from tests.unit.scorecards import broken_answers
from tests.unit.scorecards.forms import filled_forms

Filled = tuple[Form, dict[str, Answer]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = Engine(tmp_path_factory.mktemp("scoring"))
    yield running
    running.close()


def python(form: Form, answers: Any, tags: Collection[str] | None = None) -> Any:
    """What the service makes of JSON answers, in the shape of Engine.ask."""
    try:
        return {"result": result_to_json(Scorer(form).score(read_answers(form, answers), tags))}
    except AnswersInvalid as error:
        return {"problems": problems_of(error)}


def problems_of(error: AnswersInvalid) -> list[Any]:
    return ordered([{"path": one.path, "code": one.code, "params": plain(one.params)} for one in error.problems])


def ordered(problems: list[Any]) -> list[Any]:
    return sorted(problems, key=lambda one: (one["path"], one["code"]))


def typescript(engine: Engine, *arguments: Any, **more: Any) -> Any:
    reply = engine.ask(*arguments, **more)
    return {"problems": ordered(reply["problems"])} if "problems" in reply else reply


@settings(max_examples=300, deadline=None)
@given(filled_forms())
def test_any_form_filled_to_the_end(engine: Engine, filled: Filled) -> None:
    form, answers = filled
    data = answers_to_json(answers)
    assert typescript(engine, to_json(form), data) == python(form, data)


@settings(max_examples=200, deadline=None)
@given(filled_forms(), st.data())
def test_any_form_filled_in_part(engine: Engine, filled: Filled, data: st.DataObject) -> None:
    form, answers = filled
    kept = {code: value for code, value in answers_to_json(answers).items() if data.draw(st.booleans())}
    assert typescript(engine, to_json(form), kept) == python(form, kept)


@settings(max_examples=300, deadline=None)
@given(filled_forms(), st.data())
def test_an_unfit_answer_is_refused_for_the_same_reason(engine: Engine, filled: Filled, data: st.DataObject) -> None:
    form, answers = filled
    given_answers = answers_to_json(answers)
    codes = st.sampled_from((*given_answers, *given_answers, "zz", "constructor", "__proto__", "𠮷" * 70))
    given_answers |= data.draw(st.dictionaries(codes, broken_answers.answers, min_size=1, max_size=3))
    assert typescript(engine, to_json(form), given_answers) == python(form, given_answers)
