"""What the phone makes of a form, and that it takes the same digest of a record as the service."""

import json
import subprocess

import pytest

from school.offline_records import rules
from tests.support.typescript import NODE, bundle


@pytest.fixture(scope="module")
def ask(tmp_path_factory):
    script = bundle("tests/support/day_lines.ts", tmp_path_factory.mktemp("day") / "day.mjs")

    def many(*asked):
        done = subprocess.run(
            [str(NODE), str(script), json.dumps(asked)], capture_output=True, text=True, timeout=60
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    return many


def test_both_take_the_same_digest(ask):
    records = [
        {"kind": "tasting", "school_id": 7, "made_at": "2026-09-07T02:55:00.000Z", "files": [], "body": {"rows": [
            {"id": "x", "is_fine": False, "exceptions": "太咸\n“辣”\t/\\ \u007f\u2028😀", "grams": None, "b": 1, "甲": [1, 2], "a": ""}
        ]}},
        {"kind": "receipt", "school_id": 1, "made_at": "x", "files": [{"sha256": "a" * 64, "size": 12}], "body": {}},
    ]  # fmt: skip
    assert ask(*[{"content": one} for one in records]) == [rules.content_digest(one) for one in records]


@pytest.mark.parametrize(
    ("typed", "scale", "sent"),
    [
        ("12.5", 1000, "12500"), ("0.1", 1000, "100"), ("1.005", 1000, "1005"), ("36．5", 1, "36.5"), ("36,5", 1, "36.5"),
        ("−3", 1, "-3"), ("-18", 1, "-18"), ("abc", 1, None), ("1e3", 1, None), ("", 1, None), ("15", 60, "900"),
        ("1.2345", 1, None),
    ],
)  # fmt: skip
def test_numbers_as_a_thumb_types_them(ask, typed, scale, sent):
    assert ask({"number": typed, "scale": scale}) == [sent]


def test_limits_belong_to_what_they_limit(ask):
    asked = [("8", [None, "8"]), ("8.1", [None, "8"]), ("69.9", ["70", None]), ("70", ["70", None]), ("", ["70", None])]
    found = ask(*[{"value": value, "limits": limits} for value, limits in asked])
    assert found == [False, True, True, False, False]


FRIDGE = {
    "subject": "refrigerator_id", "extra": False, "shared": [],
    "fields": [
        {"name": "celsius", "type": "number", "label": "", "required": True},
        {"name": "action", "type": "text", "label": "", "required": True, "when_out": "celsius"},
    ],
    "rows": [
        {"key": key, "label": key, "note": "", "values": {"refrigerator_id": key}, "defaults": {}, "limits": {"celsius": ["0", "8"]}}
        for key in ("a", "b")
    ],
}  # fmt: skip


def test_what_is_left_empty_of_a_list_is_left_out(ask):
    (sheet,) = ask({"form": FRIDGE, "entered": {"a": {"celsius": "4"}}})
    assert sheet == {"rows": [{"refrigerator_id": "a", "celsius": "4"}], "subjects": ["a"], "problems": {}}


def test_out_of_its_limits_it_is_asked_what_was_done(ask):
    warm = {"celsius": "12"}
    said = {**warm, "action": "报修"}
    first, second = ask({"form": FRIDGE, "entered": {"a": warm}}, {"form": FRIDGE, "entered": {"b": said}})
    assert first["problems"] == {"a": {"action": "required"}}
    assert second["rows"] == [{"refrigerator_id": "b", **said}]


def test_a_choice_stands_for_what_it_sets_and_hides_what_it_does_not_ask(ask):
    fields = [
        {"name": "status", "type": "choice", "label": "", "sends": False, "options": [
            {"value": "fit", "label": "", "sets": {"is_absent": False, "findings": []}},
            {"value": "found", "label": "", "sets": {"is_absent": False}},
        ]},
        {"name": "findings", "type": "choices", "label": "", "required": True, "when": {"status": ["found"]}},
    ]  # fmt: skip
    form = {**FRIDGE, "fields": fields, "subject": ""}
    entered = {"a": {"status": "fit", "findings": ["nails"]}, "b": {"status": "found", "findings": ["nails"]}}
    (sheet,) = ask({"form": form, "entered": entered})
    assert [row["findings"] for row in sheet["rows"]] == [[], ["nails"]]
    (missing,) = ask({"form": form, "entered": {"a": {"status": "found"}, "b": {"skipped": True}}})
    assert missing["problems"] == {"a": {"findings": "required"}}
    assert missing["subjects"] == ["a"]
