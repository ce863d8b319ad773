from datetime import date
from decimal import Decimal
from uuid import UUID

from bureau.oversight.feeds import CertificateGap, Span
from bureau.oversight.rules import Row, Share, bounded, by_category, default_span, total, worst_first

TODAY = date(2026, 9, 30)
MEAT, RICE = UUID(int=1), UUID(int=2)


def test_a_share_of_nothing_is_unknown_and_not_zero() -> None:
    assert Share(0, 0).percent is None
    assert Share(0, 7).percent == Decimal("0.0")
    assert Share(1, 8).percent == Decimal("12.5")
    assert Share(1, 2000).percent == Decimal("0.1")


def test_the_span_is_bounded_and_never_the_wrong_way_round() -> None:
    assert default_span(TODAY) == Span(date(2026, 9, 1), TODAY)
    assert bounded(None, None, TODAY) == default_span(TODAY)
    assert bounded(date(2026, 9, 20), date(2026, 9, 10), TODAY) == Span(date(2026, 9, 10), date(2026, 9, 20))
    long = bounded(date(2000, 1, 1), TODAY, TODAY)
    assert (long.last - long.first).days == 365


def test_schools_are_summed_by_category_most_receipts_first() -> None:
    gaps = [
        CertificateGap(1, MEAT, "畜肉", 3), CertificateGap(2, MEAT, "畜肉", 1), CertificateGap(2, RICE, "谷物", 9),
    ]  # fmt: skip
    found = by_category(gaps)
    assert [(one.category_name, one.schools, one.receipts) for one in found] == [("谷物", 1, 9), ("畜肉", 2, 4)]


def test_the_worst_school_stands_first() -> None:
    rows = [Row(1, "甲", "", Share(1, 10)), Row(2, "乙", "", Share(2, 40)), Row(3, "丙", "", Share(1, 2))]
    assert [row.name for row in worst_first(rows)] == ["乙", "丙", "甲"]
    assert total({1: 10, 2: 5}, {2: 1}) == Share(1, 15)
