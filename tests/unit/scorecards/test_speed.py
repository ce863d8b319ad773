"""The engine's figure: 10,000 submissions of a 60-item form in under 5 seconds of one core."""

import time

from scorecards.answers import answers_to_json, read_answers
from scorecards.engine import Scorer
from tests.unit.scorecards.forms import Form, Section, every_shape, form, item


def sixty_items() -> Form:
    rows = [row for row in every_shape().items() if row.points is not None]
    many = tuple(
        item(f"{place}.{row.code}", row.rule, row.points, na_allowed=True, veto=row.veto, key=row.key)
        for place in range(10)
        for row in rows
    )
    return form(sections=(Section(code="1", title="一", items=many),), total=None, na_policy="renormalise")


def test_ten_thousand_submissions_fit_in_five_seconds() -> None:
    from scorecards import answers as a

    target = sixty_items()
    assert len(list(target.items())) == 60
    one = {
        "1": a.met(False),
        "2": a.judged("7.5"),
        "3": a.count(2),
        "4": a.checked({"1": 1, "9": 2}),
        "5": a.checked(["1"]),
        "6": a.level("2"),
    }
    stored = answers_to_json({row.code: one[row.code.split(".")[1]] for row in target.items()})
    scorer = Scorer(target)
    began = time.process_time()
    for _ in range(500):
        scorer.score(read_answers(target, stored))
    assert (time.process_time() - began) * 20 < 5
