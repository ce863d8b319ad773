"""Six tenders: one carried out, one whose result is challenged, one being scored, one waiting for its opening officers,
one taking bids, one that failed and is tried anew. Without Node, which seals bids as a browser does, there are none."""

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select

from bureau.agreements.models import Agreement
from bureau.agreements.service import from_awards, signing
from bureau.awards.service import publishing
from bureau.awards.service.deciding import decide_lot
from bureau.awards.service.proposing import proposals
from bureau.awards.service.terms import procedure_of
from bureau.bids.sealing import SealingUnavailable
from bureau.bids.service import keys, officers
from bureau.catalogue.models import CatalogueCategory, CatalogueItem
from bureau.challenges.service import filing
from bureau.demo import MARK
from bureau.demo.context import DemoContext
from bureau.prices.service.reading import prices_on
from bureau.tender_stories import bidding, judging
from bureau.tender_stories.bidding import Offer
from bureau.tender_stories.cast import Cast, decrypt, gather, on_stage
from bureau.tendering.demo import CRITERIA, PDF
from bureau.tendering.models import Tender
from bureau.tendering.rules.terms import end_of_day
from bureau.tendering.service import clock, copying, criteria, documents, drafting, report, reviewing
from kernel.actor import system_actor
from kernel.database import clock_at, db, new_id
from kernel.web.dates import SHANGHAI

log = logging.getLogger(__name__)
GRAIN = ("GYS01", "GYS02", "GYS14")
GREENS = ("GYS03", "GYS04", "GYS14")
SHARED_ACCOUNT = "6222 0000 0000 8888"


def demo(app: Flask, demo: DemoContext) -> None:
    with force_locale("zh_CN"):
        try:
            cast = gather(demo)
        except SealingUnavailable as reason:
            db.session.rollback()
            log.warning("the demo has no tenders with bids: %s", reason)
            return
        _carried_out(cast)
        _challenged(cast)
        _being_scored(cast)
        _waiting_to_be_opened(cast)
        _taking_bids(cast)
        _failed(cast)
        db.session.commit()


def _morning(cast: Cast, days_ago: int, hour: int = 9) -> datetime:
    day: date = cast.demo.today - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, hour, tzinfo=SHANGHAI).astimezone(UTC)


def _published(
    cast: Cast, title: str, categories: Sequence[str], at: datetime, pack: str = "order_110", bond_fen: int = 0
) -> Tender:  # fmt: skip
    """Drafted, with its opening officers, reviewed by another, published at `at`."""
    with clock_at(at):
        tender = _draft(cast, title, categories, at, pack, bond_fen)
        _appoint(cast, tender.id)
        on_stage(cast.drafter)
        reviewing.submit(cast.drafter, tender.id, judging.tender_of(cast, tender.id).version)
        on_stage(cast.reviewer)
        tender = judging.tender_of(cast, tender.id)
        for finding in report.open_warnings(cast.reviewer, tender, report.report_of(cast.reviewer, tender)):
            report.waive(cast.reviewer, tender.id, None, finding.rule, f"{MARK}：经集体研究同意")
        reviewing.publish(cast.reviewer, tender.id, judging.tender_of(cast, tender.id).version)
    db.session.commit()
    return judging.tender_of(cast, tender.id)


def _draft(
    cast: Cast, title: str, categories: Sequence[str], at: datetime, pack: str, bond_fen: int
) -> Tender:  # fmt: skip
    actor = on_stage(cast.drafter)
    earliest = report.proposal(actor.bureau_id, pack)
    deadline = earliest.bid_deadline
    begin = at.date() + timedelta(days=60)
    tender = drafting.save_tender(
        actor, new_id(), None, title=f"{MARK}：{title}", rule_pack=pack, subject="goods", award_method="comprehensive",
        price_form="fixed", budget_fen=400_000_000, is_large=False, is_framework=pack != "order_87",
        framework_from=None if pack == "order_87" else begin,
        framework_until=None if pack == "order_87" else begin.replace(year=begin.year + 1) - timedelta(days=1),
        competition="price", second_stage="direct", winners_per_lot=1 if pack == "order_87" else 2,
        small_firm_deduction=Decimal(10), bid_bond_fen=bond_fen, is_reserved=False, most_lots_bid=None, most_lots_won=None,
        requirements="按学校订单每日配送到校，随货提供批次证明。", documents_until=earliest.documents_until,
        questions_until=min(earliest.questions_until, deadline), bid_deadline=deadline,
    )  # fmt: skip
    found = db.session.scalars(
        select(CatalogueCategory)
        .where(CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.code.in_(categories))
        .order_by(CatalogueCategory.code)
    ).all()
    for category in found:
        items = db.session.scalars(
            select(CatalogueItem.id)
            .where(
                CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.category_id == category.id,
                CatalogueItem.state == "published",
            )
            .order_by(CatalogueItem.code)
            .limit(5)
        ).all()  # fmt: skip
        ceilings = _ceilings(cast, items)
        rows: list[dict[str, Any]] = [
            {"item_id": item, "quantity": Decimal(30000 - 4000 * place), "ceiling_unit_price_fen": ceilings[item]}
            for place, item in enumerate(items)
        ]
        drafting.save_lot(
            actor, tender.id, new_id(), judging.tender_of(cast, tender.id).version, title=category.name,
            category_id=category.id, items=rows,
            ceiling_fen=sum(int(row["quantity"]) * int(row["ceiling_unit_price_fen"]) for row in rows),
        )  # fmt: skip
    for row in CRITERIA:
        criteria.save_criterion(actor, tender.id, new_id(), judging.tender_of(cast, tender.id).version, **row)
    documents.add_document(
        actor, tender.id, new_id(), PDF, f"{MARK}招标文件.pdf", title=f"招标文件（{MARK}）", kind="tender_document"
    )
    return judging.tender_of(cast, tender.id)


def _ceilings(cast: Cast, items: Sequence[UUID]) -> dict[UUID, int]:
    """A little above today's price book, so that what was won lies below the market."""
    prices = prices_on(cast.demo.bureau_id, items, cast.demo.today)
    return {item: prices[item].price_fen * 104 // 100 if item in prices else 800 for item in items}


def _appoint(cast: Cast, tender_id: UUID) -> None:
    """The three seats, each of whom proves that the passphrase opens the key."""
    on_stage(cast.drafter)
    officers.arrange(cast.drafter, tender_id, {seat: one.account_id for seat, one in cast.officers.items()})
    for seat, officer in cast.officers.items():
        on_stage(officer)
        row = officers.own_seat(officer, tender_id)
        challenge = keys.challenge(officers.seat_key(row))
        officers.confirm_seat(officer, tender_id, challenge["token"], decrypt(cast, seat, challenge["sealed"]))


def _bid(
    cast: Cast, tender: Tender, companies: Sequence[str], at: datetime, *, shared: Sequence[str] = ()
) -> None:  # fmt: skip
    """`shared`: those whose bonds come from one account, for the radar to find."""
    assert tender.published_at is not None
    offers = [
        Offer(company, 88 + 4 * place, SHARED_ACCOUNT if company in shared else "")
        for place, company in enumerate(companies)
    ]
    with clock_at(tender.published_at + timedelta(hours=2)):
        bidding.take(cast, tender.id, offers)
    with clock_at(at):
        bidding.seal_and_submit(cast, tender.id, offers)
    db.session.commit()


def _tick(cast: Cast, at: datetime) -> None:
    with clock_at(at):
        on_stage(system_actor(cast.demo.bureau_id))
        clock.run_due(cast.demo.bureau_id, at)
    db.session.commit()


def _deadline(tender: Tender) -> datetime:
    assert tender.bid_deadline is not None
    return tender.bid_deadline


def _opened(
    cast: Cast, title: str, categories: Sequence[str], companies: Sequence[str], days_ago: int, *,
    bond_fen: int = 0, shared: Sequence[str] = (),
) -> Tender:  # fmt: skip
    """Opened at its deadline, which is the shortest that the pack allows after its publication."""
    start = _morning(cast, days_ago)
    tender = _published(cast, title, categories, start, bond_fen=bond_fen)
    _bid(cast, tender, companies, _deadline(tender) - timedelta(days=2), shared=shared)
    _tick(cast, _deadline(tender) + timedelta(seconds=1))
    with clock_at(_deadline(tender) + timedelta(minutes=10)):
        bidding.open_bids(cast, tender.id)
    db.session.commit()
    with clock_at(_deadline(tender) + timedelta(hours=4)):
        judging.qualify(cast, tender.id)
        judging.form_committee(cast, tender.id)
        judging.find_conform(cast, tender.id)
    db.session.commit()
    return judging.tender_of(cast, tender.id)


def _announced(cast: Cast, title: str, categories: Sequence[str], companies: Sequence[str], days_ago: int) -> Tender:
    tender = _opened(cast, title, categories, companies, days_ago)
    with clock_at(_deadline(tender) + timedelta(hours=8)):
        judging.score(cast, tender.id)
        judging.report(cast, tender.id)
    with clock_at(_deadline(tender) + timedelta(days=1)):
        on_stage(cast.drafter)
        for lot in proposals(cast.drafter, judging.tender_of(cast, tender.id)):
            if lot.winners:
                decide_lot(cast.drafter, tender.id, lot.lot.id, list(lot.winners))
    with clock_at(_deadline(tender) + timedelta(days=2)):
        publishing.publish(on_stage(cast.drafter), tender.id)
    db.session.commit()
    return judging.tender_of(cast, tender.id)


def _carried_out(cast: Cast) -> None:
    tender = _announced(cast, "米面框架协议采购（上一期）", ("grain", "flour"), GRAIN, 160)
    on_stage(cast.drafter)
    procedure = procedure_of(tender)
    assert procedure is not None
    assert procedure.challenge_until is not None
    _tick(cast, end_of_day(procedure.challenge_until) + timedelta(seconds=1))
    signing_day = end_of_day(procedure.challenge_until) + timedelta(days=3)
    with clock_at(signing_day):
        actor = on_stage(cast.drafter)
        for agreement in from_awards.create_for(actor, tender.id):
            _sign(cast, agreement.id, signing_day)
    db.session.commit()


def _sign(cast: Cast, agreement_id: UUID, at: datetime) -> None:
    actor = on_stage(cast.drafter)
    day = at.astimezone(SHANGHAI).date()
    for side in ("bureau", "supplier"):
        signing.add_document(actor, agreement_id, new_id(), PDF, f"{MARK}协议.pdf", kind="signed", side=side)
    version = _agreement(cast, agreement_id).version
    signed = signing.sign(actor, agreement_id, version, supplier_signed_on=day, bureau_signed_on=day)
    signing.publish(actor, agreement_id, signed.version, day)
    signing.file_copy(actor, agreement_id, _agreement(cast, agreement_id).version, day, f"{MARK}备案")


def _agreement(cast: Cast, agreement_id: UUID) -> Agreement:
    found = db.session.get(Agreement, (cast.demo.bureau_id, agreement_id), populate_existing=True)
    assert found is not None
    return found


def _challenged(cast: Cast) -> None:
    tender = _announced(cast, "蔬菜薯类框架协议采购", ("vegetable", "tuber"), GREENS, 29)
    company = cast.company(GREENS[2])
    filing.file(
        company, new_id(), tender_id=tender.id, kind="challenge", stage="result",
        facts=f"{MARK}：我方配送方案得分明显低于其他投标人，评分依据不明。", request=f"{MARK}：请求说明评分依据并复核。",
    )  # fmt: skip
    db.session.commit()


def _being_scored(cast: Cast) -> None:
    """It asks for a bond, and two of its bidders paid theirs from one account: a sign for the discipline supervisor."""
    tender = _opened(cast, "大米食用油框架协议采购", ("grain",), GRAIN, 25, bond_fen=4_000_000, shared=GRAIN[1:])
    with clock_at(_deadline(tender) + timedelta(hours=8)):
        judging.score(cast, tender.id, who=(0, 1))
    db.session.commit()


def _waiting_to_be_opened(cast: Cast) -> None:
    """Its deadline has passed; any two of the three officers may come and open it."""
    tender = _published(cast, "面粉采购", ("flour",), _morning(cast, 22))
    _bid(cast, tender, GRAIN, _deadline(tender) - timedelta(hours=3))
    _tick(cast, _deadline(tender) + timedelta(seconds=1))


def _taking_bids(cast: Cast) -> None:
    tender = _published(cast, "时令蔬菜框架协议采购", ("vegetable",), _morning(cast, 3))
    _bid(cast, tender, GREENS[1:2], _morning(cast, 1))


def _failed(cast: Cast) -> None:
    """One bidder only: the lot is not opened, the tender fails, and is drafted anew."""
    tender = _published(cast, "食用油采购", ("oil",), _morning(cast, 40), pack="order_87")
    _bid(cast, tender, ("GYS01",), _deadline(tender) - timedelta(days=1))
    _tick(cast, _deadline(tender) + timedelta(seconds=1))
    actor = on_stage(cast.drafter)
    copying.retender(actor, new_id(), tender.id, reason=f"{MARK}：投标人不足三家，调整要求后重新招标")
    db.session.commit()
