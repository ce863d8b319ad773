import pytest

from bureau.inspections.answer_fields import field_prefix, perfect_answer, read_item, read_page
from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.form import AllOrNothing, RequiredCount, Scale, Tier, Tiers, Unscored, VetoOnly, YesNo
from tests.unit.scorecards.forms import D, every_shape, form, item

FORM = every_shape()
POSITIONS = {one.code: position for position, one in enumerate(FORM.items())}


def read(code, **fields):
    prefix = field_prefix(POSITIONS[code])
    return read_item(
        FORM.item(code), prefix, {prefix + name.replace("__", "-"): value for name, value in fields.items()}
    )


@pytest.mark.parametrize(
    ("code", "fields", "answer"),
    [
        ("1", {"met": "yes"}, {"met": True}),
        ("1", {"met": "no"}, {"met": False}),
        ("1", {"met": "na"}, {"not_applicable": "不适用"}),
        ("1", {"met": "na", "na_reason": " 没有食堂 "}, {"not_applicable": "没有食堂"}),
        ("1", {"met": "perhaps"}, None),
        ("2", {"judged": "7.5"}, {"judged": "7.5"}),
        ("2", {"judged": "很多"}, {"judged": "很多"}),
        ("2", {"judged": "  "}, None),
        ("2", {"judged": "7", "na": "1"}, {"not_applicable": "不适用"}),
        ("3", {"count": "0"}, {"count": 0}),
        ("3", {"count": "3", "unresolved": "1"}, {"count": 3, "unresolved": 1}),
        ("3", {"count": "x"}, {"count": "x"}),
        ("3", {"count": "-1"}, {"count": "-1"}),
        ("3", {"unresolved": "1"}, None),
        ("4", {}, None),
        ("4", {"none": "1"}, {"checked": {}}),
        ("4", {"times__1": "1"}, {"checked": {"1": 1}}),
        ("4", {"times__1": "1", "times__9": "3", "none": "1"}, {"checked": {"1": 1, "9": 3}}),
        ("4", {"times__9": "0"}, None),
        ("4", {"times__9": "0", "none": "1"}, {"checked": {}}),
        ("5", {"times__2": "1"}, {"checked": {"2": 1}}),
        ("5", {"none": "1"}, {"checked": {}}),
        ("6", {"level": "2"}, {"level": "2"}),
        ("6", {"level": "2", "veto": "1"}, {"level": "2", "veto": True}),
        ("6", {"veto": "1"}, None),
        ("7", {"found": "yes"}, {"found": True}),
        ("7", {"found": "no"}, {"found": False}),
        ("7", {}, None),
    ],
)
def test_fields_become_the_answer_of_the_items_rule(code, fields, answer):
    assert read(code, **fields) == answer


def test_nothing_touched_is_no_answer_for_any_shape():
    assert {code: read(code) for code in POSITIONS} == dict.fromkeys(POSITIONS)


def test_a_count_too_long_for_a_number_is_passed_on_for_refusal():
    assert read("3", count="9" * 7) == {"count": "9" * 7}


def test_page_leaves_alone_what_it_did_not_send():
    fields = {"i0-met": "yes", "i0-remark": " 好 ", "i2-remark": "", "csrf_token": "x"}
    answers, remarks = read_page(FORM, fields)
    assert answers == {"1": {"met": True}, "3": None}
    assert remarks == {"1": "好", "3": ""}


def test_position_1_is_not_position_10():
    many = form(*(item(str(number), AllOrNothing(), 1) for number in range(12)))
    answers, _remarks = read_page(many, {"i10-met": "no"})
    assert answers == {"10": {"met": False}}


def test_perfect_answers_lose_nothing():
    answers = {one.code: perfect_answer(one) for one in FORM.items()}
    result = Scorer(FORM).score(read_answers(FORM, answers))
    assert result.complete
    assert result.score == result.maximum
    assert not result.vetoes


@pytest.mark.parametrize(
    ("rule", "answer"), [(YesNo(), {"met": True}), (Unscored(), {"met": True}), (VetoOnly(), {"found": False})]
)
def test_perfect_answers_of_items_without_points(rule, answer):
    assert perfect_answer(item("1", rule)) == answer


def test_what_is_counted_by_tiers_or_against_a_requirement():
    missing = Tiers((Tier(0, D(5)), Tier(2, D(0))))
    present = Tiers((Tier(0, D(0)), Tier(3, D(5))), counts="present")
    guards = RequiredCount(Scale(parameter="pupils", per=D(500)), D(1))
    assert [perfect_answer(item("1", rule, 5)) for rule in (missing, present, guards)] == [
        {"count": 0},
        {"count": 3},
        None,
    ]
    for rule in (missing, guards):
        assert read_item(item("1", rule, 5), "i0-", {"i0-count": "4"}) == {"count": 4}
        assert read_item(item("1", rule, 5), "i0-", {"i0-count": ""}) is None
