"""Agreements out of a tender's awards: what was won, at the prices that were read out and confirmed, and nothing else."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import Select, select

from bureau.agreements.models import Agreement, AgreementLot
from bureau.agreements.rules import AgreementTerms, ItemTerms, LotTerms
from bureau.agreements.service.making import create, end_pending
from bureau.awards.models import AwardProcedure, LotAward
from bureau.bids.models import OpenedBidItem
from bureau.evaluation.models import PriceCorrection
from bureau.tendering.models import Tender, TenderItem, TenderLot
from bureau.tendering.service.reading import get_tender
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import RuleBroken
from kernel.web.dates import SHANGHAI, today

Source = Callable[[Actor, Tender], Sequence[AgreementTerms]]
# After the result was announced; before that an award may still be decided otherwise.
AWARDED = frozenset({"award_notice", "challenge_window", "contracting", "complete"})


def create_for(actor: Actor, tender_id: UUID, source: Source | None = None) -> list[Agreement]:
    """One agreement per winner with the lots it won that have none yet. Called again it makes none twice. `source`: who
    says what was awarded, by default the awards themselves. Raises RuleBroken agreement_not_awarded."""
    tender = get_tender(actor, tender_id)
    if tender.state not in AWARDED:
        raise RuleBroken("agreement_not_awarded", _("招标项目尚未公告中标结果，不能生成协议。"))
    taken = _taken(actor, tender)
    made: list[Agreement] = []
    for terms in (source or awarded_terms)(actor, tender):
        lots = [lot for lot in terms.lots if (lot.tender_lot_id, terms.supplier_id) not in taken]
        if lots:
            made.append(
                create(actor, replace(terms, lots=lots), tender_id=tender.id, notice_on=notice_day(actor, tender))
            )
    return made


def _taken(actor: Actor, tender: Tender) -> set[tuple[UUID | None, UUID]]:
    query = (
        select(AgreementLot.tender_lot_id, AgreementLot.supplier_id)
        .join(Agreement, (Agreement.bureau_id == AgreementLot.bureau_id) & (Agreement.id == AgreementLot.agreement_id))
        .where(
            Agreement.bureau_id == actor.bureau_id, Agreement.tender_id == tender.id, AgreementLot.state != "cancelled"
        )
    )  # fmt: skip
    return {(lot_id, supplier_id) for lot_id, supplier_id in db.session.execute(query)}


def notice_day(actor: Actor, tender: Tender) -> date | None:
    """The day of the result notice, on which the 中标通知书 goes out as well (Order 87, Art. 69)."""
    procedure = db.session.get(AwardProcedure, (actor.bureau_id, tender.id))
    if procedure is None or procedure.published_at is None:
        return None
    return procedure.published_at.astimezone(SHANGHAI).date()


def awarded_terms(actor: Actor, tender: Tender) -> list[AgreementTerms]:
    """Supplier by supplier, lots by their numbers."""
    own = actor.bureau_id
    awards = db.session.scalars(
        select(LotAward)
        .where(LotAward.bureau_id == own, LotAward.tender_id == tender.id, LotAward.state == "active")
        .order_by(LotAward.supplier_id, LotAward.lot_id)
    ).all()
    lots = {
        lot.id: lot
        for lot in db.session.scalars(
            select(TenderLot).where(TenderLot.bureau_id == own, TenderLot.tender_id == tender.id)
        )
    }
    items: dict[UUID, list[TenderItem]] = {}
    for item in db.session.scalars(
        select(TenderItem)
        .where(TenderItem.bureau_id == own, TenderItem.tender_id == tender.id)
        .order_by(TenderItem.lot_id, TenderItem.position)
    ):
        items.setdefault(item.lot_id, []).append(item)
    prices = unit_prices(actor, [award.bid_id for award in awards])
    by_supplier: dict[UUID, list[LotTerms]] = {}
    for award in sorted(awards, key=lambda one: lots[one.lot_id].number):
        lot = lots[award.lot_id]
        by_supplier.setdefault(award.supplier_id, []).append(
            _lot_terms(tender, lot, award, items.get(lot.id, []), prices.get(award.bid_id, {}))
        )
    first_day = tender.framework_from or today()
    return [
        AgreementTerms(
            supplier_id=supplier_id, title=tender.title, first_day=first_day,
            last_day=max(tender.framework_until or _a_year_after(first_day), first_day), lots=won,
            second_stage=tender.second_stage,
        )
        for supplier_id, won in by_supplier.items()
    ]  # fmt: skip


def _lot_terms(
    tender: Tender, lot: TenderLot, award: LotAward, items: Iterable[TenderItem], prices: dict[UUID, int]
) -> LotTerms:
    settings = tender.settings or {}
    fixed = award.discount is None
    lines = []
    for item in items:
        price = prices.get(item.id) if fixed else None
        if fixed and not price:
            raise RuleBroken(
                "agreement_no_price", _("%(lot)s的%(item)s没有中标单价，不能生成协议。", lot=lot.title, item=item.name)
            )
        basis = None
        if award.discount is not None and item.ceiling_unit_price_fen is not None:
            basis = int(item.ceiling_unit_price_fen * (100 - award.discount) / 100) or None
        lines.append(
            ItemTerms(
                item_id=item.item_id, name=item.name, unit=item.unit, price_fen=price, quantity=item.quantity,
                specification=item.specification, item_version_id=item.item_version_id, tender_item_id=item.id,
                tolerance=Decimal(str(settings.get("weight_tolerance") or 0)), basis_price_fen=basis,
            )
        )  # fmt: skip
    return LotTerms(
        number=lot.number, title=lot.title, price_rule="fixed" if fixed else "discount", items=lines,
        discount=award.discount, tender_lot_id=lot.id, category_id=lot.category_id, zone_id=lot.zone_id,
        hold_days=_whole(settings.get("price_hold_days")), settlement_notes=str(settings.get("settlement") or ""),
    )  # fmt: skip


def _whole(value: Any) -> int | None:
    return int(value) if value else None


def unit_prices(actor: Actor, bid_ids: Sequence[UUID]) -> dict[UUID, dict[UUID, int]]:
    """Bid → tender item → fen for one unit: as read out, with a shifted decimal point as the bidder confirmed it. The
    other corrections of Art. 59 change sums, never a unit price."""
    found: dict[UUID, dict[UUID, int]] = {}
    for item in db.session.scalars(
        select(OpenedBidItem).where(OpenedBidItem.bureau_id == actor.bureau_id, OpenedBidItem.bid_id.in_(bid_ids))
    ):
        found.setdefault(item.bid_id, {})[item.tender_item_id] = item.unit_price_fen
    for row in db.session.scalars(
        select(PriceCorrection).where(
            PriceCorrection.bureau_id == actor.bureau_id, PriceCorrection.bid_id.in_(bid_ids),
            PriceCorrection.state == "confirmed",
        )
    ):  # fmt: skip
        for step in row.steps:
            if step["subject"] == "unit_price" and step["tender_item_id"]:
                found.setdefault(row.bid_id, {})[UUID(step["tender_item_id"])] = int(step["after"])
    return found


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year + 1, day=28)


def is_signed(actor: Actor, award: LotAward) -> bool:
    """Whether an agreement that carries this award out was signed: it can then no longer be cancelled."""
    return (
        db.session.scalar(
            select(AgreementLot.id).where(
                AgreementLot.bureau_id == actor.bureau_id, AgreementLot.tender_lot_id == award.lot_id,
                AgreementLot.supplier_id == award.supplier_id, AgreementLot.is_signed.is_(True),
                AgreementLot.state != "cancelled",
            )
        )
        is not None
    )  # fmt: skip


def _without_agreement(actor: Actor) -> Select[UUID]:
    """The tenders of awards that no agreement carries out."""
    taken = (
        select(AgreementLot.id)
        .where(
            AgreementLot.bureau_id == LotAward.bureau_id, AgreementLot.tender_lot_id == LotAward.lot_id,
            AgreementLot.supplier_id == LotAward.supplier_id, AgreementLot.state != "cancelled",
        )
        .exists()
    )  # fmt: skip
    return select(LotAward.tender_id).where(LotAward.bureau_id == actor.bureau_id, LotAward.state == "active", ~taken)


def let_go(actor: Actor, award: LotAward, reason: str) -> None:
    """The result was withdrawn, and with it every award of the tender: the agreement that waits for signature goes."""
    waiting = select(AgreementLot.agreement_id).where(
        AgreementLot.bureau_id == actor.bureau_id, AgreementLot.tender_lot_id == award.lot_id,
        AgreementLot.supplier_id == award.supplier_id, AgreementLot.state != "cancelled",
    )  # fmt: skip
    agreements = select(Agreement).where(
        Agreement.bureau_id == actor.bureau_id, Agreement.state == "pending", Agreement.id.in_(waiting)
    )
    for agreement in db.session.scalars(agreements.with_for_update()).all():
        end_pending(actor, agreement, reason)


def tenders_to_sign(actor: Actor) -> list[Tender]:
    """Tenders whose result is announced and which have awards without an agreement."""
    awarded = _without_agreement(actor)
    query = select(Tender).where(Tender.bureau_id == actor.bureau_id, Tender.state.in_(AWARDED), Tender.id.in_(awarded))
    return list(db.session.scalars(query.order_by(Tender.id.desc()).limit(100)))


def waits_for_agreement(actor: Actor, tender: Tender) -> bool:
    """Whether this tender is one of them."""
    return (
        tender.state in AWARDED
        and db.session.scalar(_without_agreement(actor).where(LotAward.tender_id == tender.id).limit(1)) is not None
    )
