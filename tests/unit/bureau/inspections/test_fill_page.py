from bureau.inspections.fill_page import build_sections
from scorecards.form import AllOrNothing, Form, Section, Unscored, Veto
from tests.unit.scorecards.forms import D, every_shape, item


def cards(form, answers=None, tags=frozenset(), errors=None):
    sections = build_sections(form, answers or {}, {}, {}, tags, errors)
    return sections, {card.item.code: card for section in sections for card in section.cards}


def test_positions_run_through_the_whole_form():
    form = Form(
        title="表", kind="safety", total=D(2),
        sections=(
            Section(code="1", title="一", items=(item("a", AllOrNothing(), 1),)),
            Section(code="2", title="二", items=(item("b", AllOrNothing(), 1),)),
        ),
    )  # fmt: skip
    sections, found = cards(form)
    assert [section.index for section in sections] == [0, 1]
    assert [found[code].position for code in "ab"] == [0, 1]


def test_progress_counts_what_is_asked_for():
    form = Form(
        title="表", kind="safety", total=D(2), na_policy="refuse",
        sections=(
            Section(
                code="1",
                title="一",
                items=(
                    item("a", AllOrNothing(), 1, na_allowed=True),
                    item("b", AllOrNothing(), 1, tags=("boarding",)),
                    item("c", Unscored()),
                ),
            ),
        ),
    )  # fmt: skip
    sections, found = cards(form, {"a": {"met": True}, "c": {"met": True}})
    assert (sections[0].answered, sections[0].total) == (1, 1)
    assert found["b"].absent
    assert not found["b"].counts
    assert not found["a"].na_allowed  # the form refuses it, whatever the item says
    sections, found = cards(form, tags=frozenset({"boarding"}))
    assert (sections[0].answered, sections[0].total) == (0, 2)


def test_a_refused_answer_is_shown_and_not_counted():
    sections, found = cards(every_shape(), {"2": {"judged": "99"}}, errors={"2": ["应在 0 到 15 分之间"]})
    assert found["2"].given("judged") == "99"
    assert not found["2"].is_answered
    assert sections[0].answered == 0


def test_the_vetos_condition_is_asked_only_where_the_answer_does_not_tell():
    _sections, found = cards(every_shape())
    assert found["6"].has_veto_question
    assert not found["7"].has_veto_question  # a red line: finding it is the answer
    on_loss = item("1", AllOrNothing(), 1, veto=Veto("item_zero", on_loss=True))
    _sections, found = cards(
        Form(title="表", kind="safety", sections=(Section(code="1", title="一", items=(on_loss,)),))
    )
    assert not found["1"].has_veto_question
