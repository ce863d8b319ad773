"""Adding, copying, removing and ordering: nothing is lost, and a code never changes hands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorecards import structure
from scorecards.form_json import from_json, to_json


def item(code, no=None, **more):
    return {"code": code, "no": code if no is None else no, "text": f"条目{code}", "points": "1",
            "rule": {"shape": "all_or_nothing"}, **more}  # fmt: skip


def form(*sections):
    return {"schema": 1, "title": "表", "kind": "canteen", "sections": [
        {"code": code, "title": code, "items": [item(one) for one in items]} for code, items in sections]}  # fmt: skip


FORM = form(("A", ("1", "2")), ("B", ()), ("C", ("3",)))


def order(document):
    return [(section["code"], [one["code"] for one in section.get("items", ())]) for section in document["sections"]]


NEW = {"no": "", "text": "新", "points": "2", "rule": {"shape": "all_or_nothing"}}


def test_a_new_item_stands_where_it_was_asked_for():
    changed, code = structure.with_new_item(FORM, "A", {**NEW, "no": "1.1"}, (), after="1")
    assert (code, order(changed)[0]) == ("1.1", ("A", ["1", "1.1", "2"]))
    changed, code = structure.with_new_item(FORM, "B", NEW, ())
    assert order(changed)[1] == ("B", [code])
    assert order(FORM)[1] == ("B", [])  # the original is untouched


@pytest.mark.parametrize(("no", "taken", "code"), [
    ("4", (), "4"), ("４．", (), "4"), ("4", {"4"}, "n1"), ("1", (), "n1"), ("一", (), "n1"), ("一", {"n1"}, "n2"),
    ("A", (), "n1"),  # a section's code answers for the whole section
])  # fmt: skip
def test_a_code_is_never_given_twice_nor_again(no, taken, code):
    assert structure.with_new_item(FORM, "A", {**NEW, "no": no}, taken)[1] == code


@pytest.mark.parametrize(("nos", "expected"), [
    (["1", "2"], "3"), (["1.1", "1.9"], "1.10"), (["A1"], "A2"), (["（3）"], "(4)"), ([], "1"), (["甲"], ""),
])  # fmt: skip
def test_numbers_go_on_as_they_began(nos, expected):
    document = form(("A", ()))
    document["sections"][0]["items"] = [item(f"c{place}", no) for place, no in enumerate(nos)]
    assert structure.next_number(document, "A") == expected


def test_a_copy_stands_behind_its_model_under_its_own_code():
    changed, code = structure.with_copied_item(FORM, "1", ())
    assert order(changed)[0] == ("A", ["1", code, "2"])
    copied = changed["sections"][0]["items"][1]
    assert (copied["text"], copied["points"], copied["no"]) == ("条目1", "1", "4")
    changed, code = structure.with_copied_section(FORM, "A", ())
    assert [len(section["items"]) for section in changed["sections"]] == [2, 2, 0, 1]
    assert from_json(changed)  # all codes distinct


def test_removing():
    assert order(structure.without_item(FORM, "1"))[0] == ("A", ["2"])
    assert [code for code, _ in order(structure.without_section(FORM, "A"))] == ["B", "C"]
    with pytest.raises(KeyError):
        structure.without_item(FORM, "9")


@pytest.mark.parametrize(("code", "up", "expected"), [
    ("2", True, [("A", ["2", "1"]), ("B", []), ("C", ["3"])]),
    ("1", True, [("A", ["1", "2"]), ("B", []), ("C", ["3"])]),
    ("2", False, [("A", ["1"]), ("B", ["2"]), ("C", ["3"])]),
    ("3", True, [("A", ["1", "2"]), ("B", ["3"]), ("C", [])]),
    ("3", False, [("A", ["1", "2"]), ("B", []), ("C", ["3"])]),
])  # fmt: skip
def test_steps_go_over_into_the_next_section(code, up, expected):
    assert order(structure.with_stepped_item(FORM, code, up=up)) == expected


def test_moving_to_a_place():
    assert order(structure.with_moved_item(FORM, "1", "C", 1))[2] == ("C", ["3", "1"])
    assert order(structure.with_moved_item(FORM, "1", "A", 1))[0] == ("A", ["2", "1"])
    assert [code for code, _ in order(structure.with_stepped_section(FORM, "C", up=True))] == ["A", "C", "B"]
    assert [code for code, _ in order(structure.with_stepped_section(FORM, "A", up=True))] == ["A", "B", "C"]


def test_renumbering_leaves_the_codes():
    moved = structure.with_stepped_item(FORM, "2", up=True)
    changed = structure.renumbered(moved)
    assert [(one["no"], one["code"]) for one in changed["sections"][0]["items"]] == [("1", "2"), ("2", "1")]


@given(st.data())
def test_no_order_of_moves_loses_or_doubles_an_item(data):
    document = to_json(from_json(FORM))
    for _ in range(data.draw(st.integers(1, 6))):
        code = data.draw(st.sampled_from(["1", "2", "3"]))
        if data.draw(st.booleans()):
            document = structure.with_stepped_item(document, code, up=data.draw(st.booleans()))
        else:
            section = data.draw(st.sampled_from(["A", "B", "C"]))
            document = structure.with_moved_item(document, code, section, data.draw(st.integers(0, 4)))
    assert sorted(code for _, codes in order(document) for code in codes) == ["1", "2", "3"]
    assert from_json(document)
