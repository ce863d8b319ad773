"""The engine on the phone and the service's are equal to the last digit, for any form and any answers."""

from collections.abc import Iterator, Mapping
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
from tests.support.scoring import Case, broken_cases, cases
from tests.support.typescript import Engine, plain
from tests.unit.scorecards import broken_answers
from tests.unit.scorecards.forms import filled_forms

Filled = tuple[Form, dict[str, Answer]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = Engine(tmp_path_factory.mktemp("scoring"))
    yield running
    running.close()


def python(form: Form, answers: Any, context: Mapping[str, Any] | None = None) -> Any:
    """What the service makes of JSON answers, in the shape of Engine.ask."""
    try:
        return {"result": result_to_json(Scorer(form).score(read_answers(form, answers), **(context or {})))}
    except AnswersInvalid as error:
        return {"problems": problems_of(error)}


def problems_of(error: AnswersInvalid) -> list[Any]:
    return ordered([{"path": one.path, "code": one.code, "params": plain(one.params)} for one in error.problems])


def ordered(problems: list[Any]) -> list[Any]:
    return sorted(problems, key=lambda one: (one["path"], one["code"]))


def typescript(engine: Engine, *arguments: Any, **more: Any) -> Any:
    reply = engine.ask(*arguments, **more)
    return {"problems": ordered(reply["problems"])} if "problems" in reply else reply


def context_of(case: Case) -> dict[str, Any]:
    return {"tags": case.tags, "parameters": case.parameters, "units": case.units}


@settings(max_examples=100, deadline=None)
@given(cases())
def test_any_form_filled_in_any_way(engine: Engine, case: Case) -> None:
    context = context_of(case)
    assert typescript(engine, to_json(case.form), case.answers, context) == python(case.form, case.answers, context)


@settings(max_examples=60, deadline=None)
@given(cases(whole=True))
def test_any_form_filled_to_the_end(engine: Engine, case: Case) -> None:
    context = context_of(case)
    assert typescript(engine, to_json(case.form), case.answers, context) == python(case.form, case.answers, context)


@settings(max_examples=100, deadline=None)
@given(broken_cases())
def test_whatever_is_refused_is_refused_for_the_same_reason(engine: Engine, case: Case) -> None:
    context = context_of(case)
    assert typescript(engine, to_json(case.form), case.answers, context) == python(case.form, case.answers, context)


@settings(max_examples=100, deadline=None)
@given(cases(), st.data())
def test_a_sheet_that_was_tapped_together_is_the_sheet_read_at_once(
    engine: Engine, case: Case, data: st.DataObject
) -> None:
    """In any order, with answers changed and taken back on the way."""
    context = context_of(case)
    final = list(data.draw(st.permutations(list(case.answers.items()))))
    changed = data.draw(st.lists(st.sampled_from(final), max_size=4)) if final else []
    before = [[key, "zz"] if data.draw(st.booleans()) else [key, value] for key, value in changed]
    taken_back = [[key] for key, _ in changed]
    start = dict(data.draw(st.lists(st.sampled_from(final), max_size=3))) if final else {}
    taps = [*before, *taken_back, *[[key, value] for key, value in final]]
    sheet = typescript(engine, to_json(case.form), start, context, taps=taps)
    assert sheet == python(case.form, case.answers, context)


@settings(max_examples=100, deadline=None)
@given(filled_forms(), st.data())
def test_nonsense_is_refused_for_the_same_reason(engine: Engine, filled: Filled, data: st.DataObject) -> None:
    form, answers = filled
    given_answers = answers_to_json(answers)
    codes = st.sampled_from((*given_answers, *given_answers, "zz", "constructor", "__proto__", "𠮷" * 70))
    given_answers |= data.draw(st.dictionaries(codes, broken_answers.answers, min_size=1, max_size=3))
    assert typescript(engine, to_json(form), given_answers) == python(form, given_answers)
