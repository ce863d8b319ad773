"""Pure: from counts per school to what a reader compares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from bureau.oversight.feeds import CertificateGap, Span

DEFAULT_DAYS = 30
MOST_DAYS = 366  # a longer span is a report, not a page


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`, e.g. receipts without certificates of all receipts."""

    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """Rounded half up to one place; None where there is nothing to take a share of."""
        if self.whole == 0:
            return None
        return (Decimal(100 * self.part) / self.whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class CategoryShare:
    category_id: UUID
    category_name: str
    schools: int
    receipts: int


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a comparison: a school or a zone."""

    id: int
    name: str
    zone: str
    share: Share


def default_span(today: date) -> Span:
    return Span(today - timedelta(days=DEFAULT_DAYS - 1), today)


def bounded(first: date | None, last: date | None, today: date) -> Span:
    """A sensible span from what was asked: never longer than MOST_DAYS, never the wrong way round."""
    last = last or today
    first = first or last - timedelta(days=DEFAULT_DAYS - 1)
    if first > last:
        first, last = last, first
    return Span(max(first, last - timedelta(days=MOST_DAYS - 1)), last)


def total(received: Mapping[int, int], lacking: Mapping[int, int]) -> Share:
    return Share(sum(lacking.values()), sum(received.values()))


def by_category(gaps: Iterable[CertificateGap]) -> list[CategoryShare]:
    """Most receipts first. A receipt that lacks papers for two categories counts in both."""
    found: dict[UUID, CategoryShare] = {}
    for gap in gaps:
        before = found.get(gap.category_id)
        schools, receipts = (before.schools, before.receipts) if before else (0, 0)
        found[gap.category_id] = CategoryShare(gap.category_id, gap.category_name, schools + 1, receipts + gap.receipts)
    return sorted(found.values(), key=lambda one: (-one.receipts, one.category_name))


def worst_first(rows: Iterable[Row]) -> list[Row]:
    """By how many lack certificates, then by how large a share that is, then by name."""
    return sorted(rows, key=lambda row: (-row.share.part, -(row.share.percent or 0), row.name))
