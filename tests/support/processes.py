"""A contracting process as bureau.ocds has it, for tests: two lots, one framework award signed, one failed lot."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from bureau.ocds.rules.facts import (
    Amendment,
    Award,
    AwardedItem,
    Bid,
    Contract,
    Criterion,
    Document,
    Item,
    Lot,
    Party,
    Process,
    Question,
)

BUREAU = Party("bureau", "演示区教育局", "demo", is_bureau=True)
FIRST = Party("s1", "演示粮油公司", "91110000MA00000001")
SECOND = Party("s2", "演示米面公司", "91110000MA00000002")


def at(day: int, hour: int = 2) -> datetime:
    return datetime(2026, 3, day, hour, tzinfo=UTC)


def process(**changes: Any) -> Process:
    """Fixed prices: 2 × 100.50 + 3.5 × 20.00 = 271.00 yuan."""
    whole = Process(
        id="t1", ocid="ocds-213czf-demo-ZB2026-000001", number="ZB2026-000001", title="演示大米采购", description="大米",
        state="contracting", bureau=BUREAU, subject="goods", method_details="公开招标", award_method="comprehensive",
        price_form="fixed", budget_fen=100_000, is_framework=True, framework_from=date(2026, 5, 1),
        framework_until=date(2027, 4, 30), second_stage="direct", winners_per_lot=1, most_lots_bid=2, most_lots_won=None,
        rule_title="财政部令第87号", published_at=at(1), questions_until=at(10), bid_deadline=at(22), award_until=date(2026, 4, 10),
        end_reason="",
        lots=(Lot("l1", 1, "大米", "awarded", 50_000), Lot("l2", 2, "面粉", "failed", None, "投标人不足三家")),
        items=(
            Item("i1", "l1", "M001", "大米", "一级", "袋", Decimal("2"), 11_000),
            Item("i2", "l1", "M002", "糯米", "", "千克", Decimal("3.5")),
            Item("i3", "l2", "F001", "面粉", "", "千克", Decimal("10")),
        ),
        criteria=(
            Criterion("q1", None, "qualification", "食品经营许可证", "", Decimal(0)),
            Criterion("p1", None, "price", "价格", "", Decimal(40)),
            Criterion("k1", "l1", "technical", "配送方案", "按方案评分", Decimal(60)),
        ),
        documents=(Document("d1", "招标文件", "tender_document", "https://example.org/d1", "application/pdf", at(1)),),
        questions=(Question("e1", "l1", "包装规格？", at(3), "25 千克。", at(4)),),
        amendments=(Amendment("n2", at(4), "澄清包装规格"),),
        suppliers=(FIRST, SECOND),
        bids=(
            Bid("b1", "l1", "s1", "won", at(20), 27_100, None),
            Bid("b2", "l1", "s2", "lost", at(21), 30_000, None),
            Bid("b3", "l1", "s2", "invalid", at(21, 1), 1_000, None),
        ),
        unopened_bids=2,
        awards=(
            Award(
                "a1", "l1", "b1", "s1", True, at(28), 27_100, None,
                (AwardedItem("i1", 10_050, Decimal("2")), AwardedItem("i2", 2_000, Decimal("3.5"))),
            ),
        ),
        contracts=(
            Contract(
                "c1", "a1", "s1", "演示大米框架协议", "active", date(2026, 5, 1), date(2027, 4, 30), date(2026, 4, 20), 27_100,
                (AwardedItem("i1", 10_050, Decimal("2")), AwardedItem("i2", 2_000, Decimal("3.5"))),
            ),
        ),
    )  # fmt: skip
    return replace(whole, **changes)
