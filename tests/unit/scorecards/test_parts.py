"""What must hold for any form with parts that repeat, are absent as a whole, add or are limited, and any answers."""

import json
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scorecards.answers import read_answers
from scorecards.arithmetic import Arithmetic
from scorecards.contradictions import contradictions
from scorecards.engine import Scorer, round_half_up
from scorecards.form_json import from_json, to_json
from scorecards.problems import AnswersInvalid, FormInvalid
from scorecards.result import Result, result_to_json
from tests.support.scoring import Case, broken_cases, cases, forms
from tests.unit.scorecards.forms import filled_forms


def scored(case: Case, answers: dict[str, Any] | None = None) -> Result:
    read = read_answers(case.form, case.answers if answers is None else answers)
    return Scorer(case.form).score(read, case.tags, case.parameters, case.units)


@settings(max_examples=150)
@given(cases())
def test_the_score_lies_between_nothing_and_the_total_with_its_bonus(case: Case) -> None:
    result = scored(case)
    if result.score is None:
        return
    assert result.maximum is not None
    top = result.maximum + (result.bonus_maximum or Decimal(0))
    assert 0 <= result.score <= round_half_up(Fraction(top), case.form.places)
    assert bool(result.missing or result.missing_units) != result.complete
    assert not (result.band_withheld and result.band)
    for line in result.account:
        assert line.lost >= 0
        assert line.awarded is None or line.awarded >= 0


@settings(max_examples=120)
@given(broken_cases())
def test_whatever_is_handed_in_is_scored_or_refused_in_order(case: Case) -> None:
    said: Any = None
    try:
        said = result_to_json(scored(case))
    except AnswersInvalid as error:
        said = [problem.code for problem in error.problems]
    assert json.dumps(said) not in ("[]", "null")


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_answers_does_not_matter(case: Case, random: Random) -> None:
    shuffled = list(case.answers.items())
    random.shuffle(shuffled)
    assert scored(case, dict(shuffled)) == scored(case)


@given(forms())
def test_a_form_survives_json(form: Any) -> None:
    document = json.loads(json.dumps(to_json(form)))
    assert from_json(document) == form
    assert to_json(from_json(document)) == to_json(form)


@settings(max_examples=150)
@given(filled_forms(), st.data())
def test_sums_by_part_give_the_plain_forms_what_the_plain_sum_gives(filled: Any, data: st.DataObject) -> None:
    """The way through sections and units is the same rule as the sum over all lines."""
    form, answers = filled
    kept = {code: answer for code, answer in answers.items() if data.draw(st.integers(0, 9))}
    result = Scorer(form).score(kept)
    if any(veto.effect == "form_zero" for veto in result.vetoes):
        return
    outcome = Arithmetic(form, result.maximum or Decimal(0)).outcome(result.account, {}, set(), {})
    assert (None if outcome.exact is None else round_half_up(outcome.exact, form.places)) == result.score


def worse(item: Any, answer: dict[str, Any]) -> dict[str, Any] | None:
    """The same answer, with one thing more that is wrong; None where none can be."""
    out = dict(answer)
    shape = to_json_rule(item)
    if "found" in out:
        out["found"] = True
    elif "met" in out and shape != "unscored":
        out["met"] = False
    elif "count" in out and shape == "count_deduction":
        out["count"] += 1
    elif "count" in out and (shape == "required_count" or item.rule.counts == "present") and out["count"] > 0:
        out["count"] -= 1
    elif "count" in out and shape == "tiers" and item.rule.counts == "defects":
        out["count"] += 1
    elif "level" in out:
        out["level"] = "3"
    elif "judged" in out:
        out["judged"] = "0"
    else:
        return None
    return out


def to_json_rule(item: Any) -> str:
    from scorecards.form_json import shape_of

    return shape_of(item.rule)


@settings(max_examples=200)
@given(cases(whole=True), st.data())
def test_one_thing_more_that_is_wrong_never_raises_the_score(case: Case, data: st.DataObject) -> None:
    if not case.answers:
        return
    key = data.draw(st.sampled_from(sorted(case.answers)))
    code = key.partition("@")[0]
    if "not_applicable" in case.answers[key] or any(section.code == code for section in case.form.sections):
        return
    changed = worse(case.form.item(code), case.answers[key])
    if changed is None:
        return
    before, after = scored(case).score, scored(case, case.answers | {key: changed}).score
    if before is None:
        assert after is None
    else:
        assert after is not None
        assert after <= before


@given(cases())
def test_a_unit_of_a_section_is_explained_by_its_lines(case: Case) -> None:
    result = scored(case)
    if case.form.mode != "sum":
        return
    for unit in result.units:
        if not unit.section:
            continue
        section = next(one for one in case.form.sections if one.code == unit.section)
        lines = [line for line in result.account if (line.section, line.unit) == (unit.section, unit.unit)]
        at_stake = sum((line.available or Decimal(0) for line in lines if line.awarded is not None), Decimal(0))
        awarded = sum((line.awarded or Decimal(0) for line in lines), Decimal(0))
        assert unit.available == at_stake
        assert unit.awarded == (awarded if section.cap is None else max(awarded, at_stake - section.cap))


@given(forms(), st.data())
def test_a_form_bent_out_of_shape_is_refused_and_never_crashes(form: Any, data: st.DataObject) -> None:
    document = json.loads(json.dumps(to_json(form)))
    for _ in range(data.draw(st.integers(1, 3))):
        node: Any = document
        while isinstance(node, (dict, list)) and node:
            key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
            if not isinstance(node[key], (dict, list)) or data.draw(st.booleans()):
                node[key] = data.draw(st.sampled_from((None, "", "x", "0", "1", 0, 1, -1, True, [], {}, "s0")))
                break
            node = node[key]
    faults: Any = ()
    try:
        taken = from_json(document)
    except FormInvalid as error:
        faults = error.problems
    assert faults or not contradictions(taken)
