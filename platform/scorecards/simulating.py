"""What a form would give: its scores on past answers of an earlier version, or on generated ones. Pure.

A past answer is taken over where the item's code is still there and its rule takes the answer; what cannot be taken over
counts as the best answer, so that a new item does not pull every school down, and is named.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from statistics import median
from typing import Any

from scorecards.answers import Answer, read_answers
from scorecards.context import repeating
from scorecards.engine import Scorer
from scorecards.form import Form
from scorecards.generating import best_answer
from scorecards.past import PastVisit
from scorecards.problems import AnswersInvalid
from scorecards.result import Result

BINS = 10
FEWEST = 5  # answers of an item before it is said to tell nobody apart
_NOT_SCORED = ("not_applicable", "tag_absent", "section_absent", "unanswered", "parameter_missing")


@dataclass(slots=True)
class ItemStory:
    """`given`: in how many visits the item was scored; `lost`: on how many of them something was lost."""

    given: int = 0
    lost: int = 0
    lost_points: Decimal = Decimal(0)
    awards: set[Decimal | str] = field(default_factory=set)
    unmatched: int = 0

    @property
    def never_discriminates(self) -> bool:
        return self.given >= FEWEST and len(self.awards) == 1


@dataclass(frozen=True, slots=True)
class Simulation:
    """`scores` with None left out; `before`: the official scores of the same visits, where known. `items` by code."""

    visits: int
    scores: Sequence[Decimal]
    before: Sequence[Decimal]
    bands: Mapping[str, int]
    verdicts: Mapping[str, int]
    items: Mapping[str, ItemStory]
    maximum: Decimal | None
    incomplete: int
    dropped: Mapping[str, int]

    @property
    def mean(self) -> Decimal | None:
        return _mean(self.scores)

    @property
    def mean_before(self) -> Decimal | None:
        return _mean(self.before)

    @property
    def median(self) -> Decimal | None:
        return median(self.scores) if self.scores else None

    def histogram(self) -> list[tuple[Decimal, Decimal, int, int]]:
        """(from, to, visits now, visits before): the range in which anything happens, in at most BINS steps."""
        every = [*self.scores, *self.before]
        if not every or not self.maximum:
            return []
        step = max(self.maximum / 20, Decimal("0.0001"))
        while (max(every) - (min(every) // step) * step) / step > BINS:
            step *= 2
        start = (min(every) // step) * step
        bins = int((max(every) - start) / step) + 1
        if bins > 1 and start + step * (bins - 1) == max(every) == self.maximum:
            bins -= 1  # full marks belong to the highest step, not to one of their own
        now, before = (
            Counter(min(int((score - start) / step), bins - 1) for score in scores)
            for scores in (self.scores, self.before)
        )
        return [(start + step * at, start + step * (at + 1), now[at], before[at]) for at in range(bins)]


def _mean(scores: Sequence[Decimal]) -> Decimal | None:
    return sum(scores, Decimal(0)) / len(scores) if scores else None


def simulate(form: Form, visits: Collection[PastVisit]) -> Simulation:
    scorer = Scorer(form)
    known = {item.code for item in form.items()} | {section.code for section in form.sections}
    stories = {item.code: ItemStory() for item in form.items()}
    dropped: Counter[str] = Counter()
    results: list[Result] = []
    before: list[Decimal] = []
    for visit in visits:
        answers = {}
        for key, answer in visit.answers.items():
            code = key.partition("@")[0]
            if code in known:
                answers[key] = answer
            else:
                dropped[code] += 1
        result = _scored(scorer, visit, answers, stories)
        results.append(result)
        if visit.score is not None:
            before.append(visit.score)
        for line in result.account:
            _note(stories[line.code], line)
    scores = [result.score for result in results if result.score is not None]
    return Simulation(
        visits=len(results),
        scores=scores,
        before=before,
        bands=Counter(result.band for result in results if result.band is not None),
        verdicts=Counter(result.verdict for result in results if result.verdict is not None),
        items=stories,
        maximum=next((result.maximum for result in results if result.maximum is not None), None),
        incomplete=sum(not result.complete for result in results),
        dropped=dropped,
    )


def _note(story: ItemStory, line: Any) -> None:
    if line.reason in _NOT_SCORED:
        return
    story.given += 1
    failed = line.lost > 0 or line.reason in ("failed", "found")
    story.lost += failed
    story.lost_points += line.lost
    story.awards.add(line.awarded if line.awarded is not None else line.reason)


def _scored(scorer: Scorer, visit: PastVisit, raw: dict[str, Any], stories: Mapping[str, ItemStory]) -> Result:
    """Unfit answers are taken out until the rest fits: each round takes out at least one."""
    form = scorer.form
    answers: dict[str, Answer] = {}
    while True:
        try:
            answers = read_answers(form, raw)
            result = _score(scorer, visit, answers)
            break
        except AnswersInvalid as error:
            unfit = [key for key in {problem.path for problem in error.problems} if key in raw]
            if not unfit:
                raw = {}
                break
            raw = {key: value for key, value in raw.items() if key not in unfit}
    if not raw:
        result = _score(scorer, visit, {})
    if result.missing:
        for key in result.missing:
            code, _at, _unit = key.partition("@")
            if code in stories:
                stories[code].unmatched += 1
                answers[key] = best_answer(form.item(code))
        result = _score(scorer, visit, answers)
    return result


def _score(scorer: Scorer, visit: PastVisit, answers: Mapping[str, Answer]) -> Result:
    more: dict[str, Any] = {}
    if visit.parameters:
        more["parameters"] = visit.parameters
    places = repeating(scorer.form)
    units = {place: rows for place, rows in visit.units.items() if place in places}
    if units:
        more["units"] = units
    return scorer.score(answers, visit.tags, **more)
