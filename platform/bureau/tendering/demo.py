"""A kept set of criteria, a draft that a rule refuses (19 days), and one that waits for review."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.catalogue.models import CatalogueItem
from bureau.catalogue.service.categories import list_categories
from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.roles import Role
from bureau.tendering.models import Tender
from bureau.tendering.service import copying, criteria, documents, drafting, reading, report, reviewing
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope
from kernel.web.dates import SHANGHAI

CRITERIA: Sequence[dict[str, Any]] = (
    {"part": "qualification", "code": "Q1", "title": "食品经营许可", "description": "持有在有效期内的食品生产或经营许可证。"},
    {"part": "qualification", "code": "Q2", "title": "信用记录", "description": "未被列入严重违法失信名单。"},
    {"part": "conformity", "code": "C1", "title": "投标有效期", "description": "不少于 90 天。"},
    {"part": "technical", "code": "T1", "title": "配送方案", "points": "25", "description": "路线、车辆、应急和缺货补送安排。"},
    {
        "part": "technical", "code": "T2", "title": "批次检测", "points": "15", "scale": "levels", "is_objective": True,
        "description": "以提供的检测报告为准。",
        "levels": [{"label": "每批次", "points": "15"}, {"label": "每周", "points": "8"}, {"label": "不检测", "points": "0"}],
    },
    {"part": "commercial", "code": "B1", "title": "退换货响应", "points": "20", "description": "接到通知后到校处理的时间和措施。"},
    {"part": "price", "code": "P1", "title": "报价", "points": "40", "description": "最低评审价÷评审价×100×40%。"},
)  # fmt: skip
ROUND_FEN = 1_000_000  # budgets are whole ten thousands of yuan
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\nxref\n0 1\ntrailer<</Size 1>>\nstartxref\n9\n%%EOF\n"


def demo(app: Flask, demo: DemoContext) -> None:
    with force_locale("zh_CN"):
        use_scope(db.session(), demo.actor().scope)
        officer = demo.officer("bureau-procurement", Role.PROCUREMENT_OFFICER)
        kept = criteria.make_set(officer, new_id(), f"食材配送通用（{MARK}）", "四项评分，价格 40 分。", CRITERIA)
        refused = _draft(demo, officer, f"{MARK}：调味品采购", ("seasoning", "dried"), "order_87", days=19)
        criteria.apply_set(officer, refused.id, kept.id, refused.version)
        waiting = _draft(demo, officer, f"{MARK}：米面油框架协议采购", ("grain", "flour", "oil"), "order_110")
        criteria.apply_set(officer, waiting.id, kept.id, waiting.version)
        documents.add_document(
            officer,
            waiting.id,
            new_id(),
            PDF,
            f"{MARK}招标文件.pdf",
            title=f"招标文件（{MARK}）",
            kind="tender_document",
        )
        reviewing.submit(officer, waiting.id, waiting.version)
        db.session.commit()


def _draft(
    demo: DemoContext, officer: Actor, title: str, codes: Sequence[str], pack: str, *, days: int | None = None
) -> Tender:  # fmt: skip
    """One lot per category whose code begins like one of `codes`; `days`: a bid period instead of the pack's own."""
    earliest = report.proposal(officer.bureau_id, pack, demo.today)
    deadline = earliest.bid_deadline + timedelta(days=7)
    if days is not None:
        deadline = datetime.combine(demo.today + timedelta(days=days), earliest.bid_deadline.timetz(), SHANGHAI)
    first = date(demo.today.year + 1, 1, 1)
    tender = drafting.save_tender(
        officer, new_id(), None, title=title, rule_pack=pack, subject="goods", award_method="comprehensive",
        price_form="fixed", budget_fen=ROUND_FEN, is_large=False, is_framework=True, framework_from=first,
        framework_until=date(first.year, 12, 31), competition="price", second_stage="direct", winners_per_lot=2,
        small_firm_deduction=Decimal(10), bid_bond_fen=0, is_reserved=False, most_lots_bid=None, most_lots_won=None,
        requirements="按学校订单每日配送到校，随货提供批次证明。", documents_until=earliest.documents_until,
        questions_until=min(earliest.questions_until, deadline), bid_deadline=deadline,
    )  # fmt: skip
    for category in list_categories(officer):
        if not category.code.startswith(tuple(codes)):
            continue
        items = db.session.scalars(
            select(CatalogueItem)
            .where(
                CatalogueItem.bureau_id == officer.bureau_id, CatalogueItem.category_id == category.id,
                CatalogueItem.state == "published",
            )
            .order_by(CatalogueItem.code)
            .limit(6)
        ).all()  # fmt: skip
        rows = [
            {"item_id": item.id, "quantity": Decimal(4000 - 300 * place), "ceiling_unit_price_fen": 600 + 150 * place}
            for place, item in enumerate(items)
        ]
        if rows:
            drafting.save_lot(
                officer,
                tender.id,
                new_id(),
                tender.version,
                title=f"{category.name}",
                category_id=category.id,
                items=rows,
            )
    copying.ceilings_from_prices(officer, tender.id, tender.version)
    total = sum(lot.ceiling_fen or 0 for lot in reading.lots_of(officer, tender.id))
    budget_fen = -(-max(total, 1) // ROUND_FEN) * ROUND_FEN
    return drafting.save_tender(officer, tender.id, tender.version, budget_fen=budget_fen)
