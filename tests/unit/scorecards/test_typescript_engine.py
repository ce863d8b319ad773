"""The engine on the phone and the service's are equal to the last digit, for any form and any answers."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards import examples, problem_text
from scorecards.answers import Answer, answers_to_json, read_answers
from scorecards.engine import Scorer
from scorecards.form import (
    AllOrNothing,
    CountDeduction,
    Form,
    Judged,
    ListedDeductions,
    Repeat,
    Section,
    YesNo,
)
from scorecards.form_json import from_json, to_json
from scorecards.perfect import perfect_answers
from scorecards.problems import AnswersInvalid
from scorecards.result import result_to_json
from tests.support.scoring import Case, broken_cases, cases
from tests.support.typescript import Engine, plain
from tests.unit.scorecards import broken_answers
from tests.unit.scorecards.forms import BANDS, D, entries, filled_forms, item
from tests.unit.scorecards.forms import form as form_of
from tests.unit.scorecards.test_vectors import VECTORS, differences

Filled = tuple[Form, dict[str, Answer]]


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    running = Engine(tmp_path_factory.mktemp("scoring"))
    yield running
    running.close()


def python(form: Form, answers: Any, context: Mapping[str, Any] | None = None) -> Any:
    """What the service makes of JSON answers, and says about them, in the shape of `typescript`."""
    form = from_json(to_json(form))  # as it is stored: with canonical figures
    try:
        result = Scorer(form).score(read_answers(form, answers), **(context or {}))
    except AnswersInvalid as error:
        said = [str(problem_text.PROBLEMS[problem.code]) % dict(problem.params) for problem in error.problems]
        problems = [plain(problem._asdict()) for problem in error.problems]
        return {"problems": ordered(zip(problems, said, strict=True))}
    words = [*map(problem_text.reason_text, result.account), *map(problem_text.step_text, result.steps)]
    return {"result": result_to_json(result), "words": words}


def typescript(engine: Engine, *arguments: Any, **more: Any) -> Any:
    reply = engine.ask(*arguments, **more)
    if "problems" in reply:
        return {"problems": ordered(zip(reply["problems"], reply["words"], strict=True))}
    return {"result": reply["result"], "words": reply["words"]}


def ordered(problems: Iterable[tuple[Any, str]]) -> list[Any]:
    return sorted(problems, key=lambda one: (one[0]["path"], one[0]["code"], one[1]))


def context_of(case: Case) -> dict[str, Any]:
    return {"tags": case.tags, "parameters": case.parameters, "units": case.units}


@settings(max_examples=80, deadline=None)
@given(cases())
def test_any_form_filled_in_any_way(engine: Engine, case: Case) -> None:
    context = context_of(case)
    assert typescript(engine, to_json(case.form), case.answers, context) == python(case.form, case.answers, context)


@settings(max_examples=60, deadline=None)
@given(cases(whole=True))
def test_any_form_filled_to_the_end(engine: Engine, case: Case) -> None:
    context = context_of(case)
    assert typescript(engine, to_json(case.form), case.answers, context) == python(case.form, case.answers, context)


@settings(max_examples=80, deadline=None)
@given(broken_cases())
def test_whatever_is_refused_is_refused_for_the_same_reason(engine: Engine, case: Case) -> None:
    context = context_of(case)
    assert typescript(engine, to_json(case.form), case.answers, context) == python(case.form, case.answers, context)


@settings(max_examples=80, deadline=None)
@given(cases(), st.data())
def test_a_sheet_that_was_tapped_together_is_the_sheet_read_at_once(
    engine: Engine, case: Case, data: st.DataObject
) -> None:
    """In any order, with answers changed and taken back on the way."""
    context = context_of(case)
    everything = data.draw(st.permutations(list(case.answers.items())))
    final = [answer for answer in everything if data.draw(st.integers(0, 4))]
    changed = data.draw(st.lists(st.sampled_from(everything), max_size=4)) if everything else []
    wrong = [[key, "zz"] for key, _ in changed]
    kept = {key for key, _ in final}
    taken_back = [[key] for key, _ in everything if key not in kept]
    start = dict(everything[: data.draw(st.integers(0, len(everything)))])
    taps = [*wrong, *[[key, value] for key, value in final], *taken_back]
    sheet = typescript(engine, to_json(case.form), start, context, taps=taps)
    assert sheet == python(case.form, dict(final), context)


@pytest.mark.parametrize("mark", broken_answers.MARKS)
def test_a_mark_is_read_as_it_is_written(engine: Engine, mark: str) -> None:
    target = form_of(item("1", Judged(), 5), item("2", Judged(D(1)), 12))
    assert typescript(engine, to_json(target), {"1": mark, "2": mark}) == python(target, {"1": mark, "2": mark})


@pytest.mark.parametrize("repeat", [None, Repeat(unit_label="寝室")])
@pytest.mark.parametrize("of_form", [False, True])
@pytest.mark.parametrize("absent", [[], ["s"], ["s@a"], ["s", "s@a"]])
def test_where_an_answer_has_no_place(engine: Engine, repeat: Repeat | None, of_form: bool, absent: list[str]) -> None:
    rows = (item("1", AllOrNothing(), 5), item("2", AllOrNothing(), 5))
    section = Section(code="s", title="一", items=rows, na_allowed=True, repeat=None if of_form else repeat)
    more = {"repeat": repeat} if of_form else {}
    target = form_of(sections=(section,), total=D(10), na_policy="renormalise", **more)
    context = {"units": {"" if of_form else "s": ["a", "b"]} if repeat else {}}
    for key in ("1", "1@", "1@a", "1@b", "1@c", "1@a@b", "s", "s@a", "s@c", "x@a", "@a", "@"):
        answers = {"2": True, "2@b": True, key: True} | {code: {"not_applicable": "没有"} for code in absent}
        for known in (context, {}):
            assert typescript(engine, to_json(target), answers, known) == python(target, answers, known)


@pytest.mark.parametrize("vector", VECTORS)
def test_vector(engine: Engine, vector: dict[str, Any]) -> None:
    """The hand-made figures, from the form as its author wrote it."""
    context = {name: vector.get(name) for name in ("tags", "parameters", "units")}
    reply = typescript(engine, vector["form"], vector["answers"], context)
    assert reply == python(from_json(vector["form"]), vector["answers"], context)
    outcome = {"problems": [problem for problem, _ in reply["problems"]]} if "problems" in reply else reply["result"]
    assert not differences(vector["expect"], outcome)


@pytest.mark.parametrize("name", examples.names())
def test_every_example_form(engine: Engine, name: str) -> None:
    form = examples.load(name)
    for answers in ({}, answers_to_json(perfect_answers(form)), dict.fromkeys((row.code for row in form.items()), 1)):
        assert typescript(engine, to_json(form), answers) == python(form, answers)


@settings(max_examples=80, deadline=None)
@given(filled_forms(), st.data())
def test_nonsense_is_refused_for_the_same_reason(engine: Engine, filled: Filled, data: st.DataObject) -> None:
    form, answers = filled
    given_answers = answers_to_json(answers)
    codes = st.sampled_from((*given_answers, *given_answers, "zz", "constructor", "__proto__", "𠮷" * 70))
    given_answers |= data.draw(st.dictionaries(codes, broken_answers.answers, min_size=1, max_size=3))
    assert typescript(engine, to_json(form), given_answers) == python(form, given_answers)


def test_a_tap_on_a_large_form_is_answered_at_once(engine: Engine) -> None:
    """200 items, 50 of them in each of 40 rooms; a phone is taken to be six times slower than this machine."""
    shapes = (AllOrNothing(), Judged(), CountDeduction(D(1), cap=D(3)), ListedDeductions(entries(1, 2)), YesNo())
    items = [item(f"i{n}", shapes[n % 5], None if n % 5 == 4 else 5, na_allowed=True) for n in range(200)]
    rooms = [{"code": f"r{n}"} for n in range(40)]
    sections = (
        Section(code="1", title="一", items=tuple(items[:150])),
        Section(code="2", title="二", items=tuple(items[150:]), repeat=Repeat(unit_label="寝室")),
    )
    target = form_of(sections=sections, na_policy="renormalise", bands=BANDS)
    values = ({"met": True}, {"judged": "4.5"}, {"count": 1}, {"checked": ["1"]}, {"met": False})
    keys = [row.code for row in items[:150]] + [f"{row.code}@{room['code']}" for room in rooms for row in items[150:]]
    answers = {key: values[int(key[1:].partition("@")[0]) % 5] for key in keys}
    context = {"units": {"2": rooms}}
    taps = [[key, {"not_applicable": "没有"}] for key in keys[::20]]
    reply = engine.ask(to_json(target), answers, context, taps=taps)
    assert reply["result"] == python(target, answers | dict(taps), context)["result"]
    assert reply["milliseconds"] * 6 < 100


def test_the_phone_says_the_services_sentences(engine: Engine) -> None:
    said = engine.words()
    for name, table in (("REASONS", problem_text.REASONS), ("STEPS", problem_text.STEPS), ("HOW", problem_text._HOW)):
        assert said[name] == {code: str(words) for code, words in table.items()}
    assert said["BASIS"] == {code: str(words) for code, words in problem_text._BASIS.items()}
    # A form's own problems never reach a phone.
    assert said["PROBLEMS"].items() <= {code: str(words) for code, words in problem_text.PROBLEMS.items()}.items()


def test_the_phone_says_them_in_another_language_where_it_has_one(engine: Engine) -> None:
    target = to_json(form_of(item("1", CountDeduction(D(2)), 5), item("2", AllOrNothing(), 5)))
    said = engine.ask(target, {"1": 1, "2": False}, catalogue={"不符合，扣全部分值": "not met", "符合，不扣分": ""})
    assert said["words"] == ["1 处，每处扣 2 分", "not met"]
