"""The content of the measurement: one form of 60 items with its answers, one delivery of 10 goods. All made up."""

import hashlib
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.inspections.rules import enriched_account
from scorecards.answers import read_answers
from scorecards.engine import Scorer
from scorecards.form import (
    AllOrNothing,
    Band,
    CountDeduction,
    Entry,
    Form,
    Item,
    Judged,
    Levels,
    ListedDeductions,
    Rule,
    Section,
)
from scorecards.form_json import to_json
from scorecards.result import result_to_json

BUREAU = 1
CATALOGUE_ITEMS = 120
CATEGORIES = 8
CERTIFIED = (1, 2)  # categories that ask for a certificate, so that recording a receipt notes what is missing
LINES = 10
ITEMS = 60
VARIANTS = 7  # of the answers: in each, other items lose points
NEVER_LOST = 12  # the last items: they tell no school from another, as on real forms
RULES: tuple[Rule, ...] = (
    AllOrNothing(),
    Judged(),
    CountDeduction(Decimal("0.5")),
    ListedDeductions((Entry("a", "台面不洁", Decimal("0.5")), Entry("b", "无标识", Decimal(1)))),
    Levels((Entry("good", "好", Decimal(2)), Entry("fair", "一般", Decimal(1)), Entry("poor", "差", Decimal(0)))),
)


def fixed_id(name: str) -> UUID:
    """The same in Python and in SQL (md5(name)::uuid)."""
    return UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest())


def form() -> Form:
    """Six sections of ten items, every shape of rule in turn, 120 points."""
    sections = []
    for number in range(1, 7):
        items = tuple(
            Item(
                code=f"{number}.{place}",
                no=f"{number}.{place}",
                text=f"演示检查项目 {number}.{place}：场所整洁，记录齐全，责任到人，发现问题当日处理并留存照片。",
                rule=RULES[(place - 1) % len(RULES)],
                points=Decimal(2),
                rule_text="一处不符合扣 0.5 分，扣完为止。",
                na_allowed=True,
            )
            for place in range(1, 11)
        )
        sections.append(Section(code=str(number), title=f"演示第 {number} 部分", points=Decimal(20), items=items))
    bands = (Band("优秀", Decimal(108)), Band("合格", Decimal(72)), Band("不合格", Decimal(0)))
    return Form(
        title="演示食堂检查表（性能测试）", kind="canteen", sections=tuple(sections), total=Decimal(120),
        na_policy="renormalise", bands=bands,
    )  # fmt: skip


def answers(variant: int = 0) -> dict[str, Any]:
    """Scorecards' JSON of one visit: every item answered, every seventh one with a loss."""
    good: tuple[Any, ...] = ({"met": True}, {"judged": "2"}, {"count": 0}, {"checked": {}}, {"level": "good"})
    lossy: tuple[Any, ...] = ({"met": False}, {"judged": "1.5"}, {"count": 2}, {"checked": {"a": 1}}, {"level": "fair"})
    given = {}
    for place, item in enumerate(form().items()):
        loses = (place + variant) % VARIANTS == 0 and place < ITEMS - NEVER_LOST
        given[item.code] = (lossy if loses else good)[place % len(RULES)]
    return given


def result(variant: int = 0) -> tuple[dict[str, Any], list[tuple[str, Decimal]], Decimal | None, Decimal | None]:
    """What the service would have stored for such a visit: (account, [(item code, lost)], score, maximum)."""
    the_form, given = form(), answers(variant)
    outcome = Scorer(the_form).score(read_answers(the_form, given), frozenset())
    document = result_to_json(outcome)
    account = enriched_account(document.pop("account"), to_json(the_form), {}, {}, given)
    document["sections_account"] = account
    document["visit_photos"] = []
    document["form_title"] = the_form.title
    losses = [(line.code, line.lost) for line in outcome.account if line.lost > 0]
    return document, losses, outcome.score, outcome.maximum


def receipt(seed: int) -> dict[str, Any]:
    """A delivery of ten goods as a client sends it; 53, a prime to 120, spreads the goods of one and of the next."""
    made = date.today() - timedelta(days=2)  # noqa: DTZ011  any day that is past everywhere
    lines = [
        {
            "item_id": str(fixed_id(f"item-{(seed * 17 + position * 53) % CATALOGUE_ITEMS + 1}")),
            "quantity": f"{12 + position}.5",
            "unit": "千克",
            "unit_price_fen": 450 + 10 * position,
            "batch_no": f"P{seed:06d}",
            "production_date": made.isoformat(),
            "expiry_date": (made + timedelta(days=60)).isoformat(),
        }
        for position in range(LINES)
    ]
    return {"supplier_name": f"演示食材配送{seed % 40 + 1}号公司", "delivery_note_no": f"D{seed:07d}", "lines": lines}
