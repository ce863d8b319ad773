"""Answers to a form's items, and their JSON: {key: answer}, key being the item's code, `item@unit` where rooms or windows
repeat, or a section's code for "the whole section does not apply".

In JSON an answer is an object with one of the keys met, count, judged, checked, level, found, not_applicable, and where
needed "unresolved" (of a count) and "veto" (the item's own veto condition was seen); or, shorter, the bare value:
true/false, a count, a judged mark, a list or object of entry codes, a level code, as the item's rule expects.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, TypeAlias

from scorecards.form import Form, decimal_text
from scorecards.form_json import shape_of
from scorecards.problems import AnswersInvalid, Problem

AnswerKind: TypeAlias = Literal["met", "count", "judged", "checked", "level", "found", "not_applicable"]
ANSWER_KINDS: tuple[AnswerKind, ...] = (
    "met",
    "count",
    "judged",
    "checked",
    "level",
    "found",
    "not_applicable",
)
_AS_GIVEN = frozenset({"met", "count", "level", "found"})
EXPECTED: Mapping[str, AnswerKind] = {
    "all_or_nothing": "met",
    "judged": "judged",
    "count_deduction": "count",
    "listed_deductions": "checked",
    "additive": "checked",
    "levels": "level",
    "tiers": "count",
    "required_count": "count",
    "yes_no": "met",
    "veto_only": "found",
    "unscored": "met",
}


@dataclass(slots=True, frozen=True)
class Answer:
    """`value` by kind: met bool, count int, judged Decimal, checked {entry code: times}, level code, found bool,
    not_applicable the reason. `unresolved`: how many of the count an earlier visit had reported already.
    `veto`: the condition of the item's veto was seen.
    """

    kind: AnswerKind
    value: Any
    unresolved: int = 0
    veto: bool = False


def met(value: bool = True, *, veto: bool = False) -> Answer:
    return Answer("met", value, veto=veto)


def count(value: int, *, unresolved: int = 0, veto: bool = False) -> Answer:
    return Answer("count", value, unresolved, veto)


def judged(value: Decimal | int | str, *, veto: bool = False) -> Answer:
    return Answer("judged", Decimal(value), veto=veto)


def checked(entries: Iterable[str] | Mapping[str, int] = (), *, veto: bool = False) -> Answer:
    times = dict(entries) if isinstance(entries, Mapping) else dict.fromkeys(entries, 1)
    return Answer("checked", times, veto=veto)


def level(code: str, *, veto: bool = False) -> Answer:
    return Answer("level", code, veto=veto)


def found(value: bool = True) -> Answer:
    return Answer("found", value)


def not_applicable(reason: str) -> Answer:
    return Answer("not_applicable", reason)


def _decimal(raw: Any) -> Any:
    if isinstance(raw, (int, Decimal)) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, str) and len(raw) <= 20:
        try:
            return Decimal(raw)
        except InvalidOperation:
            return raw
    return raw


def _value(kind: AnswerKind, raw: Any) -> Any:
    if kind == "judged":
        return _decimal(raw)
    if kind == "checked" and isinstance(raw, (list, tuple)) and all(isinstance(code, str) for code in raw):
        # A code listed twice is a count of two, which only a repeatable entry takes.
        return {code: raw.count(code) for code in raw}
    return raw


def _answer(expected: AnswerKind, raw: Any) -> Answer | Problem:
    """A Problem without a path, or the answer; whether its value fits is the engine's to say."""
    # Nearly every stored answer is one key and its value; the rest of the cases need the slower look.
    if type(raw) is dict and len(raw) == 1 and expected in raw:
        value = raw[expected]
        return Answer(expected, value if expected in _AS_GIVEN else _value(expected, value))
    if not isinstance(raw, Mapping) or (expected == "checked" and not set(raw) & {*ANSWER_KINDS, "veto"}):
        return Answer(expected, _value(expected, raw))
    kinds = [kind for kind in ANSWER_KINDS if kind in raw]
    if len(kinds) != 1:
        return Problem("", "not_one_answer")
    unknown = set(raw) - {kinds[0], "unresolved", "veto"}
    if unknown:
        return Problem("", "unknown_key", {"key": ", ".join(sorted(map(str, unknown)))[:200]})
    return Answer(kinds[0], _value(kinds[0], raw[kinds[0]]), raw.get("unresolved", 0), raw.get("veto", False))


def _places(form: Form, items: Mapping[str, AnswerKind]) -> dict[str, AnswerKind]:
    """What may stand before an "@", and a section's code for the section as a whole; an item of that code comes first."""
    places: dict[str, AnswerKind] = {section.code: "not_applicable" for section in form.sections if section.na_allowed}
    return places | dict(items)


def read_answers(form: Form, data: Any) -> dict[str, Answer]:
    """From parsed JSON, {key: answer}; AnswersInvalid lists every answer that cannot be read. Whether the key's unit exists,
    or the section may be absent, is the engine's to say."""
    if not isinstance(data, Mapping):
        raise AnswersInvalid([Problem("answers", "not_an_object")])
    expected = {item.code: EXPECTED[shape_of(item.rule)] for item in form.items()}
    problems: list[Problem] = []
    answers: dict[str, Answer] = {}
    places: dict[str, AnswerKind] = {}
    for key, raw in data.items():
        kind = expected.get(key)
        if kind is None:
            places = places or _places(form, expected)
            kind = places.get(str(key).partition("@")[0])
            if kind is None:
                problems.append(Problem(str(key)[:60], "unknown_item"))
                continue
        answer = _answer(kind, raw)
        if isinstance(answer, Answer):
            answers[key] = answer
        else:
            problems.append(answer._replace(path=str(key)[:100]))
    if problems:
        raise AnswersInvalid(problems)
    return answers


def answers_to_json(answers: Mapping[str, Answer]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for code, answer in answers.items():
        value = decimal_text(answer.value) if isinstance(answer.value, Decimal) else answer.value
        out[code] = {answer.kind: dict(value) if isinstance(value, Mapping) else value}
        if answer.unresolved:
            out[code]["unresolved"] = answer.unresolved
        if answer.veto:
            out[code]["veto"] = True
    return out
