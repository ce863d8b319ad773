"""The form's JSON: canonical out, strict in, faults with their paths."""

import copy
from typing import Any

import pytest

from scorecards import examples
from scorecards.form import AllOrNothing, Band, CountDeduction, Veto
from scorecards.form_json import SHAPES, from_json, shape_of, to_json
from scorecards.problems import FormInvalid
from tests.unit.scorecards.forms import D, every_shape, form, item, verdict_form


def faults(data: Any) -> set[tuple[str, str]]:
    with pytest.raises(FormInvalid) as raised:
        from_json(data)
    return {(problem.path, problem.code) for problem in raised.value.problems}


def test_defaults_are_left_out_and_decimals_are_canonical_text() -> None:
    row = item("1", CountDeduction(D("2.50")), "10.0", veto=Veto("item_zero", condition="x"))
    document = to_json(form(row, bands=(Band("甲", D(0)),)))
    assert document["schema"] == 1
    assert document["sections"][0]["items"][0] == {
        "code": "1",
        "no": "1",
        "text": "检查内容1",
        "rule": {"shape": "count_deduction", "unit_points": "2.5"},
        "points": "10",
        "veto": {"effect": "item_zero", "condition": "x"},
    }
    assert document["bands"] == [{"label": "甲", "min": "0"}]
    assert "mode" not in document


@pytest.mark.parametrize("target", [every_shape(), verdict_form(), *map(examples.load, examples.names())])
def test_a_form_comes_back_equal(target: Any) -> None:
    assert from_json(to_json(target)) == target


def test_every_shape_has_a_name() -> None:
    assert {shape_of(row.rule) for row in (*every_shape().items(), *verdict_form().items())} == set(SHAPES) - {
        "unscored",
        "tiers",
        "required_count",
    }


CHANGES: list[tuple[list[Any], Any, str, str]] = [
    ([], {"colour": 1}, "colour", "unknown_key"),
    ([], {"schema": 2}, "schema", "unknown_schema"),
    ([], {"schema": True}, "schema", "unknown_schema"),
    ([], {"title": " "}, "title", "not_a_text"),
    ([], {"title": None}, "title", "required"),
    ([], {"kind": "swimming"}, "kind", "not_a_choice"),
    ([], {"total": 100}, "total", "not_a_decimal"),
    ([], {"total": "-1"}, "total", "not_a_decimal"),
    ([], {"total": "NaN"}, "total", "not_a_decimal"),
    ([], {"total": "1e2"}, "total", "not_a_decimal"),
    ([], {"total": "１００"}, "total", "not_a_decimal"),
    ([], {"total": "0.00001"}, "total", "not_a_decimal"),
    ([], {"places": True}, "places", "not_a_count"),
    ([], {"places": 4}, "places", "too_many_places"),
    ([], {"mode": ["sum"]}, "mode", "not_a_choice"),
    ([], {"sections": []}, "sections", "not_a_list"),
    ([], {"sections": {}}, "sections", "not_a_list"),
    ([], {"sections": ["x"]}, "sections.0", "not_an_object"),
    ([], {"notes": [1]}, "notes.0", "not_a_text"),
    ([], {"bands": [{"label": "x"}]}, "bands.0.min", "required"),
    ([], {"verdicts": {"rules": []}}, "verdicts.rules", "not_a_list"),
    ([], {"verdicts": {"rules": [{"label": "x", "any": [[{"metric": "luck", "op": "<", "value": "1"}]]}]}},
     "verdicts.rules.0.any.0.all.0.metric", "not_a_choice"),
    (["sections", 0], {"code": "2 3"}, "sections.0.code", "not_a_code"),
    (["sections", 0, "items", 0], {"points": 2.5}, "sections.0.items.0.points", "not_a_decimal"),
    (["sections", 0, "items", 0], {"key": "yes"}, "sections.0.items.0.key", "not_a_flag"),
    (["sections", 0, "items", 0], {"tags": ["校车"]}, "sections.0.items.0.tags.0", "not_a_code"),
    (["sections", 0, "items", 0], {"rule": None}, "sections.0.items.0.rule", "required"),
    (["sections", 0, "items", 0], {"rule": {"shape": "dice"}}, "sections.0.items.0.rule.shape", "not_a_choice"),
    (["sections", 0, "items", 0], {"rule": {"shape": "yes_no", "step": "1"}},
     "sections.0.items.0.rule.step", "unknown_key"),
    (["sections", 0, "items", 0], {"rule": {"shape": "levels", "entries": []}},
     "sections.0.items.0.rule.entries", "not_a_list"),
    (["sections", 0, "items", 2], {"rule": {"shape": "count_deduction", "unit_points": "0"}},
     "sections.0.items.2.rule.unit_points", "not_positive"),
    (["sections", 0, "items", 2, "rule"], {"zero_at": 0}, "sections.0.items.2.rule.zero_at", "not_a_count"),
    (["sections", 0, "items", 3, "rule", "entries", 1], {"code": "1"},
     "sections.0.items.3.rule.entries", "duplicate_code"),
    (["sections", 0, "items", 1], {"code": "1"}, "items", "duplicate_code"),
    (["sections", 0, "items", 6], {"veto": {"effect": "none"}}, "items.7.veto", "veto_without_effect"),
    (["sections", 0, "items", 6], {"veto": {"effect": "verdict"}}, "items.7.veto.label", "required"),
]  # fmt: skip


@pytest.mark.parametrize(("place", "change", "path", "code"), CHANGES)
def test_what_is_wrong_is_named_at_its_place(place: list[Any], change: dict[str, Any], path: str, code: str) -> None:
    document = copy.deepcopy(to_json(every_shape()))
    inner: Any = document
    for step in place:
        inner = inner[step]
    inner.update(change)
    assert (path, code) in faults(document)


@pytest.mark.parametrize("data", [None, [], "x", 3, {}, {"schema": 1}, {"schema": 1, "sections": None}])
def test_anything_else_is_refused_without_a_crash(data: Any) -> None:
    assert faults(data)


def test_all_faults_come_at_once() -> None:
    document = to_json(form(item("1", AllOrNothing(), 5)))
    document |= {"title": "", "kind": "x", "extra": 1}
    assert {path for path, _ in faults(document)} >= {"title", "kind", "extra"}
