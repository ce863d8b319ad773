"""What a new version changes, named item by item."""

from dataclasses import replace

import pytest

from scorecards.comparing import compare, inline
from scorecards.form import AllOrNothing, Band, CountDeduction, Form, Item, Section
from tests.unit.scorecards.forms import D


def item(code, text=None, points=1, **more):
    return Item(code=code, no=code, text=text or f"条目{code}", points=D(points), rule=AllOrNothing(), **more)


def form(*sections, **more):
    parts = tuple(Section(code=code, title=code, items=tuple(items)) for code, items in sections)
    return Form(title="表", kind="canteen", sections=parts, **more)


OLD = form(("A", [item("1"), item("2"), item("3")]), ("B", [item("4")]))


def story(comparison):
    return [(one.kind, one.item.code, one.moved) for one in comparison.items if one.kind != "same" or one.moved]


def test_a_form_beside_itself_has_no_changes():
    assert compare(OLD, OLD).is_same


def test_added_removed_and_changed_items():
    new = form(("A", [item("1"), item("2", points=3), item("5")]), ("B", [item("4")]))
    comparison = compare(OLD, new)
    assert story(comparison) == [("changed", "2", False), ("removed", "3", False), ("added", "5", False)]
    assert comparison.items[1].fields == ("points",)
    assert comparison.totals == (D(4), D(6))
    assert [one.item.code for one in comparison.points_changed] == ["2"]
    assert not comparison.is_same


def test_only_what_left_its_neighbours_counts_as_moved():
    new = form(("A", [item("3"), item("1"), item("2")]), ("B", [item("4")]))
    assert story(compare(OLD, new)) == [("same", "3", True)]
    elsewhere = form(("A", [item("1"), item("2")]), ("B", [item("3"), item("4")]))
    assert story(compare(OLD, elsewhere)) == [("same", "3", True)]


def test_a_shifted_number_is_recognised_by_its_words():
    """A line inserted in an imported sheet moves all numbers below it by one."""
    new = form(
        ("A", [item("1"), item("2", "新的一条"), item("3", "条目2"), item("4", "条目3")]), ("B", [item("5", "条目4")])
    )
    comparison = compare(OLD, new)
    assert [(one.kind, one.item.text) for one in comparison.items] == [
        ("same", "条目1"), ("added", "新的一条"), ("changed", "条目2"), ("changed", "条目3"), ("changed", "条目4"),
    ]  # fmt: skip
    assert all(one.fields == ("code", "no") for one in comparison.items[2:])


def test_a_rule_and_a_wording():
    changed = replace(item("2"), rule=CountDeduction(D(1)), rule_text="每处扣1分")
    comparison = compare(OLD, form(("A", [item("1"), changed, item("3")]), ("B", [item("4")])))
    assert comparison.items[1].fields == ("rule", "rule_text")
    assert comparison.items[1].pieces("rule_text") == [("new", "每处扣1分")]


def test_bands_and_sections():
    new = replace(OLD, bands=(Band("合格", D(60)),), sections=(replace(OLD.sections[0], title="后厨"), OLD.sections[1]))
    comparison = compare(OLD, new)
    assert comparison.settings == {"bands": ((), (Band("合格", D(60)),))}
    assert list(comparison.sections) == ["A"]
    gone = compare(OLD, replace(OLD, sections=OLD.sections[:1]))
    assert gone.sections["B"] == (OLD.sections[1], None)
    assert story(gone) == [("removed", "4", False)]


@pytest.mark.parametrize(("old", "new", "pieces"), [
    ("每处扣2分", "每处扣3分", [("same", "每处扣"), ("gone", "2"), ("new", "3"), ("same", "分")]),
    ("", "新", [("new", "新")]), ("旧", "", [("gone", "旧")]), ("同", "同", [("same", "同")]),
])  # fmt: skip
def test_words_are_compared_mark_by_mark(old, new, pieces):
    assert inline(old, new) == pieces
