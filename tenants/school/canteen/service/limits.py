"""The figures of the checks as they hold for a school on a day."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from kernel.policy.rules import Effective
from kernel.policy.service import effective_figures
from school.canteen.limits import FLAGS, KEYS, LISTS, NUMBERS, RANGES, Limit, Limits, Words


def limits_on(bureau_id: int, school_id: int | None, day: date) -> Limits:
    return limits_from(effective_figures(bureau_id, KEYS, school_id=school_id, on=day))


def limits_from(figures: Mapping[str, Effective]) -> Limits:
    limits = {key: _limit(figures[key], is_least) for key, is_least in NUMBERS.items()}
    limits |= {key: _range(figures[key]) for key in RANGES}
    words = {key: _words(figures[key]) for key in LISTS}
    flags = {key: _flag(figures[key]) for key in FLAGS}
    return Limits(limits, words, flags)


def _limit(figure: Effective, is_least: bool) -> Limit:
    number = figure.number
    certain = not figure.needs_confirming
    return Limit(number if is_least else None, None if is_least else number, figure.citation, certain)


def _range(figure: Effective) -> Limit:
    value = figure.figure.value
    if not isinstance(value, Mapping):
        raise TypeError(f"figure {figure.figure.key} is not a range")
    least, most = value.get("least"), value.get("most")
    return Limit(
        None if least is None else Decimal(str(least)), None if most is None else Decimal(str(most)), figure.citation,
        not figure.needs_confirming,
    )  # fmt: skip


def _words(figure: Effective) -> Words:
    value = figure.figure.value
    if isinstance(value, (str, Mapping, Decimal, bool)):
        raise TypeError(f"figure {figure.figure.key} is not a list")
    return Words(tuple(str(word) for word in value), figure.citation, not figure.needs_confirming)


def _flag(figure: Effective) -> Words:
    return Words(("yes",) if figure.figure.value is True else (), figure.citation, not figure.needs_confirming)
