"""What must hold for any form and any answers."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from scorecards import answers as a
from scorecards.answers import Answer, answers_to_json, read_answers
from scorecards.engine import Scorer, round_half_up, score
from scorecards.form import CountDeduction, Form, ListedDeductions
from scorecards.form_json import from_json, to_json
from scorecards.result import result_to_json
from tests.unit.scorecards.forms import BANDS, D, answer_to, filled_forms, form, forms, item, perfect

Filled = tuple[Form, dict[str, Answer]]


@given(filled_forms())
def test_the_score_lies_between_nothing_and_the_total(filled: Filled) -> None:
    target, answers = filled
    result = score(target, answers)
    assert result.complete
    assert target.total is not None
    if result.score is not None:
        assert 0 <= result.score <= round_half_up(Fraction(target.total), target.places)
        assert result.percent is not None
        assert 0 <= result.percent <= 100


@given(filled_forms())
def test_the_account_explains_the_score(filled: Filled) -> None:
    target, answers = filled
    result = score(target, answers)
    for line in result.account:
        assert line.available is not None
        if line.awarded is not None:
            assert line.awarded + line.lost == line.available
            assert line.awarded >= 0
    awarded = sum((line.awarded or D(0) for line in result.account), D(0))
    absent = sum((line.available or D(0) for line in result.account if line.reason == "not_applicable"), D(0))
    total = target.total or D(0)
    if result.score is None or any(veto.effect == "form_zero" for veto in result.vetoes):
        return
    if target.na_policy == "full":
        exact = Fraction(awarded + absent)
    else:
        exact = Fraction(awarded) * Fraction(total) / Fraction(total - absent)
    assert result.score == round_half_up(exact, target.places)


@given(forms())
def test_perfect_answers_give_the_total(target: Form) -> None:
    result = score(target, perfect(target))
    assert result.score == round_half_up(Fraction(target.total or 0), target.places)
    assert all(line.lost == 0 for line in result.account)


@given(forms(), st.data())
def test_what_does_not_apply_leaves_a_perfect_score_perfect(target: Form, data: st.DataObject) -> None:
    codes = [row.code for row in target.items()]
    absent = data.draw(st.sets(st.sampled_from(codes), max_size=len(codes) - 1))
    result = score(target, perfect(target) | {code: a.not_applicable("没有") for code in absent})
    assert result.score == round_half_up(Fraction(target.total or 0), target.places)


@given(filled_forms(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(filled: Filled, random: Random) -> None:
    target, answers = filled
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert score(target, dict(shuffled)) == score(target, answers)


@given(filled_forms(), st.data())
def test_one_more_finding_never_raises_the_score(filled: Filled, data: st.DataObject) -> None:
    target, answers = filled
    row = data.draw(st.sampled_from(list(target.items())))
    before = answers[row.code]
    if before.kind == "not_applicable":
        return
    if isinstance(row.rule, CountDeduction):
        worse = replace(before, value=before.value + 1)
    elif isinstance(row.rule, ListedDeductions):
        entry = data.draw(st.sampled_from(row.rule.entries))
        times = before.value.get(entry.code, 0) + 1
        worse = replace(before, value={**before.value, entry.code: times if entry.repeatable else 1})
    elif before.kind == "met":
        worse = replace(before, value=False)
    else:
        return
    first, second = score(target, answers).score, score(target, answers | {row.code: worse}).score
    assert first is not None
    assert second is not None
    assert second <= first


@given(filled_forms(), st.data())
def test_answering_more_never_lowers_an_unfinished_score_below_its_end(filled: Filled, data: st.DataObject) -> None:
    """Without vetoes and N/A the score so far is a floor."""
    target, answers = filled
    plain = {code: replace(answer, veto=False) for code, answer in answers.items() if answer.kind != "not_applicable"}
    for row in target.items():
        plain.setdefault(
            row.code, data.draw(answer_to(row, absent=False).map(lambda drawn: replace(drawn, veto=False)))
        )
    whole = score(target, plain).score
    some = {code: answer for code, answer in plain.items() if data.draw(st.booleans())}
    partial = score(target, some)
    assert partial.score is not None
    assert whole is not None
    assert partial.score <= whole
    assert partial.complete == (len(some) == len(plain))


@given(filled_forms())
def test_a_form_and_its_answers_survive_json(filled: Filled) -> None:
    import json

    target, answers = filled
    again = from_json(json.loads(json.dumps(to_json(target))))
    assert again == target
    assert json.dumps(to_json(again)) == json.dumps(to_json(target))
    read = read_answers(target, json.loads(json.dumps(answers_to_json(answers))))
    assert result_to_json(score(again, read)) == result_to_json(score(target, answers))


@given(filled_forms())
def test_a_scorer_keeps_nothing_between_submissions(filled: Filled) -> None:
    target, answers = filled
    scorer = Scorer(target)
    first = scorer.score(answers)
    scorer.score(perfect(target))
    assert scorer.score(answers) == first


@given(st.decimals(min_value=0, max_value=1000, places=6), st.integers(0, 3))
def test_rounding_stays_within_half_a_step(value: Decimal, places: int) -> None:
    shown = round_half_up(Fraction(value), places)
    step = Fraction(1, 10**places)
    assert -step / 2 <= Fraction(value) - Fraction(shown) < step / 2
    assert round_half_up(Fraction(shown), places) == shown


def test_every_tenth_from_0_to_100_has_exactly_one_band() -> None:
    scorer = Scorer(form(item("1", a_tenth(), 100), bands=BANDS))
    for tenths in range(1001):
        mark = D(tenths) / 10
        expected = [
            band.label
            for band, above in zip(BANDS, (D("100.1"), *(b.minimum for b in BANDS)), strict=False)
            if band.minimum <= mark < above
        ]
        assert [scorer.score({"1": a.judged(mark)}).band] == expected


def a_tenth() -> "object":
    from scorecards.form import Judged

    return Judged(D("0.1"))
