"""Whatever is changed afterwards is found, and by the check that is meant for it."""

import copy
import json

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from bureau.draws.commands import draw as command
from bureau.draws.rules import commitment_of, digest
from bureau.draws.verification import CHECKS, verify
from tests.support.draw_documents import document


@pytest.fixture(scope="module")
def made():
    return document(public_value="12345")


def failed(changed, **noted):
    return {check.code for check in verify(changed, **noted) if not check.ok}


def test_an_honest_draw_holds(made):
    checks = verify(made, commitment=made["commitment"].upper(), result_digest=made["result_digest"])
    assert [check.code for check in checks] == list(CHECKS)
    assert all(check.ok and not check.detail for check in checks)


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda d: d["pools"]["schools"][0].update(weight=12), "commitment"),
        (lambda d: d["pools"]["schools"][0].update(name="改名"), "commitment"),
        (lambda d: d["pools"]["schools"].pop(), "commitment"),
        (lambda d: d["pools"]["inspectors"][0].update(recused=[1]), "commitment"),
        (lambda d: d["rules"].update(visits_a_day=2), "commitment"),
        (lambda d: d["rules"].update(made_on="2020-01-01"), "commitment"),
        (lambda d: d.update(seed="00" * 32), "commitment"),
        (lambda d: d.update(seed="00" * 32), "result"),
        (lambda d: d.update(commitment="00" * 32), "commitment"),
        (lambda d: d.update(public_value="54321"), "result"),
        (lambda d: d.update(public_value=""), "public_value"),
        (lambda d: d["result"]["visits"][0].update(day="2026-12-24"), "result"),
        (lambda d: d["result"]["visits"][0].update(day="2026-12-24"), "visits_a_day"),
        (lambda d: d["result"]["visits"][0]["inspectors"].reverse(), "result"),
        (lambda d: d["result"]["visits"][0].update(order=9), "result"),
        (lambda d: d["result"]["visits"].pop(), "strata"),
        (lambda d: d["result"]["visits"][0]["inspectors"].pop(), "teams"),
        (lambda d: d["result"]["visits"][0].update(sections=None), "sections"),
        (lambda d: d["result"]["visits"][0].update(visit_id="other"), "result"),
        (lambda d: d.update(result_digest="00" * 32), "result_digest"),
        (lambda d: d.update(result=None), "result"),
        (lambda d: d.update(result={"visits": [1]}), "teams"),
        (lambda d: d.update(format="houqin-draw/9"), "format"),
        (lambda d: d.update(seed=None), "format"),
    ],
)
def test_each_change_is_found(made, change, found):
    changed = copy.deepcopy(made)
    change(changed)
    assert found in failed(changed)


def test_a_recused_inspector_in_the_result_is_named(made):
    """Even where pools and commitment were forged to fit each other, the rules are held to the result."""
    changed = copy.deepcopy(made)
    visit = changed["result"]["visits"][0]
    for row in changed["pools"]["inspectors"]:
        if row["id"] == visit["inspectors"][0]:
            row["recused"] = [visit["school_id"]]
    next(row for row in changed["pools"]["schools"] if row["id"] == visit["school_id"])["last_inspectors"] = [
        visit["inspectors"][1]
    ]
    changed["commitment"] = commitment_of(bytes.fromhex(changed["seed"]), changed["pools"], changed["rules"])
    assert {"recusals", "last_inspectors", "result"} <= failed(changed)


def test_a_draw_forged_as_a_whole_differs_from_what_was_noted(made):
    forged = document(seed=b"x" * 32, public_value="12345")
    assert failed(forged) == set()
    assert failed(forged, commitment=made["commitment"], result_digest=made["result_digest"]) == {
        "commitment", "result_digest",
    }  # fmt: skip


LEAVES = st.sampled_from(["pools", "rules", "result"])


@settings(max_examples=120, deadline=None)
@given(LEAVES, st.data())
def test_any_single_change_anywhere_is_found(part, data):
    """Walk to any leaf of pools, rules or result and change it: something fails."""
    changed = document()
    place, key = changed, part
    while isinstance(place[key], (dict, list)) and place[key]:
        place = place[key]
        key = data.draw(st.sampled_from(sorted(place) if isinstance(place, dict) else range(len(place))))
    old = place[key]
    place[key] = not old if isinstance(old, bool) else old + 1 if isinstance(old, int) else f"{old}x"
    assert failed(changed)


@settings(max_examples=80, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8))  # fmt: skip
def test_nothing_makes_it_crash(anything):
    assert failed(anything)
    assert failed({**document(), "result": anything})
    assert failed({**document(), "pools": anything})


def test_the_command_prints_each_check_and_ends_with_its_status(made, tmp_path):
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
    changed = copy.deepcopy(made)
    changed["result"]["visits"][0]["order"] = 7
    changed["result_digest"] = digest(changed["result"])
    bad.write_text(json.dumps(changed), encoding="utf-8")
    run = CliRunner().invoke
    told = run(command, ["verify", str(good), "--commitment", made["commitment"]])
    assert told.exit_code == 0
    assert told.output.count("ok  ") == len(CHECKS)
    assert "The draw holds." in told.output
    told = run(command, ["verify", str(bad)])
    assert told.exit_code == 1
    assert "FAILED  result:" in told.output
    told = run(command, ["verify", str(good), "--commitment", "00", "--json"])
    assert told.exit_code == 1
    assert [row["code"] for row in json.loads(told.output)["checks"] if not row["ok"]] == ["commitment"]


@pytest.mark.parametrize("text", ["", "{", "[1,", '{"format": 1, "format": 2}', "[" * 100_000, "\x00\xff"])
def test_a_file_that_is_no_draw_is_said_to_be_none(text, tmp_path):
    file = tmp_path / "draw.json"
    file.write_text(text, encoding="utf-8")
    told = CliRunner().invoke(command, ["verify", str(file)])
    assert told.exit_code == 1
    assert isinstance(told.exception, SystemExit)
