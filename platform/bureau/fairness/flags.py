"""Signs that a visit's data or a form's item deserves a second look. A flag is a question to a person, never a verdict."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Any, Literal, NamedTuple, TypeAlias

from bureau.distance import metres_between

FlagCode: TypeAlias = Literal[
    "impossible_speed", "answers_in_one_go", "straight_line", "one_spot", "far_from_school", "position_jump",
    "item_always_full", "item_never_used", "round_preference",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Limits:
    """Choices of method (ADR 6); the distance to the school is the bureau's policy figure."""

    seconds_per_item: float = 3.0
    min_items: int = 15
    burst_share: float = 0.8  # so much of a form answered within one minute
    one_spot_metres: float = 15.0
    min_photos: int = 5
    far_metres: float = 500.0
    jump_metres_per_second: float = 40.0
    min_visits: int = 30
    min_marks: int = 40
    whole_share: float = 0.95


DEFAULT = Limits()


class AnswerSeen(NamedTuple):
    """`full`: nothing was lost on it."""

    section: str
    at: datetime
    full: bool


class PhotoSeen(NamedTuple):
    section: str
    at: datetime
    latitude: float | None
    longitude: float | None
    accuracy: float = 0.0


@dataclass(frozen=True, slots=True)
class Flag:
    code: FlagCode
    params: Mapping[str, Any] = field(default_factory=dict)


def visit_flags(
    answers: Sequence[AnswerSeen],
    photos: Sequence[PhotoSeen],
    *,
    school: tuple[float, float] | None = None,
    usual_full: float | None = None,
    limits: Limits = DEFAULT,
) -> list[Flag]:
    """`usual_full`: the share of full answers over all visits with this form; None where too few are known.

    Answers given by "all right" for a whole section carry the same instant; they count as one act when speed is
    looked at, for that is how the form is meant to be filled.
    """
    flags = _speed(answers, limits)
    all_full = len(answers) >= limits.min_items and all(answer.full for answer in answers)
    # Where nearly every visit finds everything right, one more such visit says nothing.
    if all_full and usual_full is not None and usual_full ** len(answers) < 0.01:
        flags.append(Flag("straight_line", {"items": len(answers)}))
    return flags + _places(photos, school, limits)


def _speed(answers: Sequence[AnswerSeen], limits: Limits) -> list[Flag]:
    acts = sorted({(answer.section, answer.at) for answer in answers}, key=lambda act: act[1])
    times = [at for _, at in acts]
    if len(times) < limits.min_items:
        return []
    gaps = [(later - earlier).total_seconds() for earlier, later in pairwise(times)]
    flags = []
    if median(gaps) < limits.seconds_per_item:
        flags.append(Flag("impossible_speed", {"seconds": round(median(gaps), 1)}))
    most = _most_within(times, timedelta(minutes=1))
    if most >= limits.burst_share * len(times):
        flags.append(Flag("answers_in_one_go", {"items": most, "of": len(times)}))
    return flags


def _most_within(times: Sequence[datetime], span: timedelta) -> int:
    most = start = 0
    for end, at in enumerate(times):
        while at - times[start] > span:
            start += 1
        most = max(most, end - start + 1)
    return most


def _places(photos: Sequence[PhotoSeen], school: tuple[float, float] | None, limits: Limits) -> list[Flag]:
    located = [
        (photo, (photo.latitude, photo.longitude))
        for photo in sorted(photos, key=lambda photo: photo.at)
        if photo.latitude is not None and photo.longitude is not None
    ]
    flags = []
    if len(located) >= limits.min_photos and len({photo.section for photo, _ in located}) > 1:
        first = located[0][1]
        spread = max(metres_between(first, place) for _, place in located)
        if spread <= limits.one_spot_metres:
            flags.append(Flag("one_spot", {"photos": len(located), "metres": round(spread)}))
    if school is not None:
        # What the receiver itself says it may be off by is never held against the inspector.
        away = [max(0.0, metres_between(school, place) - photo.accuracy) for photo, place in located]
        far = [distance for distance in away if distance > limits.far_metres]
        if far:
            flags.append(Flag("far_from_school", {"photos": len(far), "metres": round(max(far))}))
    for (one, here), (other, there) in pairwise(located):
        distance = metres_between(here, there) - one.accuracy - other.accuracy
        seconds = max((other.at - one.at).total_seconds(), 1.0)
        if distance / seconds > limits.jump_metres_per_second:
            flags.append(Flag("position_jump", {"metres": round(distance), "seconds": round(seconds)}))
            break
    return flags


def item_flags(counts: Mapping[str, tuple[int, int, int]], visits: int, *, limits: Limits = DEFAULT) -> dict[str, Flag]:
    """By item code: (answered, full, not applicable) → items that tell no school from another, or that none has."""
    flags: dict[str, Flag] = {}
    if visits < limits.min_visits:
        return flags
    for code, (answered, full, absent) in counts.items():
        if answered == 0 or absent >= visits:
            flags[code] = Flag("item_never_used", {"visits": visits})
        elif answered >= limits.min_visits and full == answered:
            flags[code] = Flag("item_always_full", {"visits": answered})
    return flags


def prefers_round(marks: Sequence[tuple[float, float]], *, limits: Limits = DEFAULT) -> Flag | None:
    """(mark, step) of judged items whose step allows fractions: does the inspector use whole points only?"""
    free = [mark for mark, step in marks if step < 1]
    if len(free) < limits.min_marks:
        return None
    whole = sum(1 for mark in free if float(mark).is_integer()) / len(free)
    return Flag("round_preference", {"share": round(100 * whole)}) if whole >= limits.whole_share else None
