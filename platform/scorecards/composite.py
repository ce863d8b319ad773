"""One score from several: forms, surveys, appraisals, each with its weight (docs/form-schema.md §6).

Parts enter with the score that was published for them, so that anyone can recompute the whole from what is on paper.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal, NamedTuple, TypeAlias, get_args

from scorecards.context import as_number
from scorecards.contradictions import MAX_PLACES, unique
from scorecards.form import Band, decimal_text
from scorecards.form_json import read_band
from scorecards.form_reader import Reader, as_count
from scorecards.problems import FormInvalid, Problem, ProblemsFound
from scorecards.rounding import round_half_up

Missing: TypeAlias = Literal["refuse", "renormalise"]
MISSINGS: tuple[Missing, ...] = get_args(Missing)
PartReason: TypeAlias = Literal["weighted", "weighted_full", "part_missing", "weight_passed_on"]
READING_PLACES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    code: str
    title: str
    weight: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Composite:
    """`missing`: what a part without a score does; refuse: no score at all, renormalise: the others' weights fill the
    whole. The score is out of the sum of the weights."""

    title: str
    parts: tuple[Part, ...]
    missing: Missing = "refuse"
    places: int = 1
    bands: tuple[Band, ...] = ()


class PartScore(NamedTuple):
    score: Decimal
    maximum: Decimal


class PartLine(NamedTuple):
    """`points` to four places, for reading; None where the part has no score. `weight`: as it counted."""

    code: str
    title: str
    weight: Decimal
    score: Decimal | None
    maximum: Decimal | None
    points: Decimal | None
    reason: PartReason


class CompositeResult(NamedTuple):
    """`score` None: a part is missing, and the composite refuses. `missing`: codes of parts without a score."""

    score: Decimal | None
    maximum: Decimal
    band: str | None
    missing: tuple[str, ...]
    account: tuple[PartLine, ...]


class ScoresInvalid(ProblemsFound):
    """`path`: the part's code."""


def composite_from_json(data: Any) -> Composite:
    """FormInvalid with every fault."""
    problems: list[Problem] = []
    reader = Reader(data, "", problems)
    composite = Composite(
        title=reader.text("title", required=True, limit=200),
        parts=reader.many("parts", lambda value, path: _part(value, path, problems), 20, required=True),
        missing=reader.choice("missing", MISSINGS, "refuse"),
        places=reader.take("places", 1, lambda value: as_count(value, 0), "not_a_count", low=0),
        bands=reader.many("bands", lambda value, path: read_band(value, path, problems), 20),
    )
    reader.done()
    if not problems:
        problems.extend(_contradictions(composite))
    if problems:
        raise FormInvalid(problems)
    return composite


def _part(data: Any, path: str, problems: list[Problem]) -> Part:
    reader = Reader(data, path, problems)
    part = Part(
        code=reader.code("code"), title=reader.text("title", required=True, limit=200), weight=reader.decimal("weight")
    )
    reader.done()
    return part


def _contradictions(composite: Composite) -> Iterator[Problem]:
    problems: list[Problem] = []
    unique((part.code for part in composite.parts), "parts", "duplicate_code", problems)
    unique((decimal_text(band.minimum) for band in composite.bands), "bands", "duplicate_minimum", problems)
    yield from problems
    if any(part.weight <= 0 for part in composite.parts):
        yield Problem("parts", "not_positive")
    if composite.places > MAX_PLACES:
        yield Problem("places", "too_many_places", {"limit": MAX_PLACES})


def composite_to_json(composite: Composite) -> dict[str, Any]:
    out: dict[str, Any] = {
        "title": composite.title,
        "parts": [
            {"code": part.code, "title": part.title, "weight": decimal_text(part.weight)} for part in composite.parts
        ],
    }
    if composite.missing != "refuse":
        out["missing"] = composite.missing
    if composite.places != 1:
        out["places"] = composite.places
    if composite.bands:
        out["bands"] = [{"label": band.label, "min": decimal_text(band.minimum)} for band in composite.bands]
    return out


def read_scores(composite: Composite, data: Any) -> dict[str, PartScore]:
    """{code: {"score", "maximum"} or null}, numbers or texts; ScoresInvalid with every fault."""
    if not isinstance(data, Mapping):
        raise ScoresInvalid([Problem("scores", "not_an_object")])
    known = {part.code for part in composite.parts}
    problems = [Problem(str(code)[:60], "unknown_item") for code in data if code not in known]
    scores: dict[str, PartScore] = {}
    for code in known & set(data):
        row = data[code]
        if row is None:
            continue
        score, maximum = (
            as_number(row.get(name)) if isinstance(row, Mapping) else None for name in ("score", "maximum")
        )
        if score is None or maximum is None or maximum == 0:
            problems.append(Problem(code, "not_a_number"))
        else:
            scores[code] = PartScore(score, maximum)
    if problems:
        raise ScoresInvalid(sorted(problems))
    return scores


def compose(composite: Composite, scores: Mapping[str, PartScore]) -> CompositeResult:
    """A part's score above its maximum (a bonus) counts as full, so that no part outweighs what was agreed."""
    whole = Fraction(sum((part.weight for part in composite.parts), Decimal(0)))
    present = Fraction(sum((part.weight for part in composite.parts if part.code in scores), Decimal(0)))
    missing = tuple(part.code for part in composite.parts if part.code not in scores)
    refused = bool(missing) and (composite.missing == "refuse" or not present)
    exact = Fraction(0)
    account = []
    for part in composite.parts:
        given = scores.get(part.code)
        if given is None:
            reason: PartReason = "part_missing" if refused else "weight_passed_on"
            account.append(PartLine(part.code, part.title, Decimal(0), None, None, None, reason))
            continue
        rate = min(Fraction(given.score) / Fraction(given.maximum), Fraction(1))
        weight = Fraction(part.weight) if refused else Fraction(part.weight) * whole / present
        exact += weight * rate
        account.append(
            PartLine(
                part.code,
                part.title,
                round_half_up(weight, READING_PLACES),
                given.score,
                given.maximum,
                round_half_up(weight * rate, READING_PLACES),
                "weighted_full" if given.score > given.maximum else "weighted",
            )
        )
    score = None if refused else round_half_up(exact, composite.places)
    maximum = Decimal(whole.numerator) / Decimal(whole.denominator)
    return CompositeResult(score, maximum, _band(composite, score), missing, tuple(account))


def _band(composite: Composite, score: Decimal | None) -> str | None:
    ranked = sorted(composite.bands, key=lambda band: band.minimum, reverse=True)
    return next((band.label for band in ranked if score is not None and score >= band.minimum), None)


def composite_result_to_json(result: CompositeResult) -> dict[str, Any]:
    def shown(value: Any) -> Any:
        return decimal_text(value) if isinstance(value, Decimal) else value

    return {
        "score": shown(result.score),
        "maximum": shown(result.maximum),
        "band": result.band,
        "missing": list(result.missing),
        "account": [{name: shown(value) for name, value in line._asdict().items()} for line in result.account],
    }
