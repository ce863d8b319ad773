"""Making agreements: from what was awarded, or an older contract entered by hand. Never otherwise than awarded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements import rules
from bureau.agreements.labels import difference_text
from bureau.agreements.models import Agreement, AgreementItem, AgreementLot
from bureau.agreements.price_rules import amount_fen, discounted_price, half_up
from bureau.agreements.rules import AgreementTerms, ItemTerms, LotTerms
from bureau.agreements.service import balances
from bureau.agreements.service.finding import get_agreement, get_lot, items_of, lots_of, move, record
from bureau.catalogue.models import CatalogueItem
from bureau.prices.service.reading import prices_on
from bureau.schools.models import School
from bureau.suppliers.service.finding import get_supplier
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, RuleBroken
from kernel.numbering.service import next_number
from kernel.policy.service import effective
from kernel.web.dates import today
from kernel.workdays.service import add_workdays

ART_71 = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第七十一条"
NUMBER_KIND = "HT"


def create(
    actor: Actor,
    terms: AgreementTerms,
    *,
    agreement_id: UUID | None = None,
    tender_id: UUID | None = None,
    notice_on: date | None = None,
    notes: str = "",
) -> Agreement:
    """One agreement with one supplier. `agreement_id`: client-made; the same id with the same terms is the same one.
    `notice_on`: day of the 中标通知书, from which the time to sign runs."""
    _check(terms)
    if agreement_id is not None:
        known = db.session.get(Agreement, (actor.bureau_id, agreement_id))
        if known is not None:
            if known.award_sha256 == rules.digest(terms) and known.tender_id == tender_id:
                return known
            raise Conflict(_("这个编号已用于另一份协议。"))
    supplier = get_supplier(actor, terms.supplier_id)
    _check_schools(actor, terms)
    covers_all, school_ids = _coverage(actor, terms.lots)
    agreement = Agreement(
        bureau_id=actor.bureau_id, id=agreement_id or new_id(),
        number=next_number(db.session(), actor.bureau_id, None, NUMBER_KIND, today().year), tender_id=tender_id,
        supplier_id=supplier.id, supplier_name=supplier.name, title=terms.title, state="pending",
        second_stage=terms.second_stage, notice_on=notice_on, first_day=terms.first_day, last_day=terms.last_day,
        sign_by=_sign_by(actor, notice_on), covers_all=covers_all, school_ids=school_ids,
        award_sha256=rules.digest(terms), notes=notes, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(agreement)
    errors = {
        "uq_agreement_lots_award": Conflict(_("这个标包已与该供应商订立协议。")),
        "pk_agreements": Conflict(_("这个编号已用于另一份协议。")),
    }
    flush(db.session(), errors)
    record(actor, agreement, "create", details={"award_sha256": agreement.award_sha256}, before="")
    factors = _factors(actor, terms)
    books = prices_on(actor.bureau_id, [item.item_id for lot in terms.lots for item in lot.items], today())
    known_amount: int | None = 0
    for lot in terms.lots:
        row = _add_lot(actor, agreement, lot)
        flush(db.session(), errors)
        for position, item in enumerate(lot.items, 1):
            factor = factors[item.item_id, item.unit]
            book = books.get(item.item_id)
            basis = _basis(lot, item, factor, book.price_fen if book else None)
            line = _add_item(agreement, row, item, position, factor, basis)
            amount = None if basis is None or item.quantity is None else amount_fen(basis, item.quantity)
            known_amount = None if known_amount is None or amount is None else known_amount + amount
            flush(db.session())
            balances.open_line(actor, agreement, row, line, item.by_school)
        if lot.amount_fen is not None:
            balances.open_lot_amount(actor, agreement, row, lot.amount_fen)
    agreement.original_amount_fen = known_amount or None
    flush(db.session())
    return agreement


def _sign_by(actor: Actor, notice_on: date | None) -> date | None:
    if notice_on is None:
        return None
    days = int(effective(actor.bureau_id, "tender.contract.days", on=notice_on).number)
    return add_workdays(actor, rules.sign_by(notice_on, days), 0).value  # a free last day moves on (Art. 85)


def _check(terms: AgreementTerms) -> None:
    errors: dict[str, list[str]] = {}
    if terms.last_day < terms.first_day:
        errors["last_day"] = [_("截止日期不能早于开始日期。")]
    if not terms.lots:
        errors["lots"] = [_("协议至少要有一个标包。")]
    for place, lot in enumerate(terms.lots):
        if not lot.items:
            errors[f"lots.{place}.items"] = [_("标包至少要有一项物品。")]
        if (lot.price_rule == "discount") != (lot.discount is not None):
            errors[f"lots.{place}.discount"] = [_("按下浮率计价的标包要填写下浮率，固定价的不填。")]
        for line, item in enumerate(lot.items):
            if (lot.price_rule == "fixed") != (item.price_fen is not None):
                errors[f"lots.{place}.items.{line}.price_fen"] = [_("固定价的标包每项都要有单价，按下浮率的不填。")]
            if item.quantity is not None and sum(item.by_school.values()) > item.quantity:
                errors[f"lots.{place}.items.{line}.by_school"] = [_("各校数量之和不能超过该项总量。")]
        if len({item.item_id for item in lot.items}) != len(lot.items):
            errors[f"lots.{place}.items"] = [_("同一标包里一项物品只能列一次。")]
    if len({lot.number for lot in terms.lots}) != len(terms.lots):
        errors["lots"] = [_("标包编号重复。")]
    if errors:
        raise Invalid(errors)


def _check_schools(actor: Actor, terms: AgreementTerms) -> None:
    named = {school for lot in terms.lots for school in lot.school_ids}
    named |= {school for lot in terms.lots for item in lot.items for school in item.by_school}
    if not named:
        return
    known = set(db.session.scalars(select(School.id).where(School.bureau_id == actor.bureau_id, School.id.in_(named))))
    if named - known:
        raise Invalid({"school_ids": [_("有学校不属于本区。")]})


def lot_schools(actor: Actor, lot: LotTerms) -> tuple[bool, list[int]]:
    """(every school, or these): a zone's lot covers the zone's schools, a lot per school those with a quantity."""
    if lot.school_ids:
        return False, sorted(set(lot.school_ids))
    if lot.zone_id is not None:
        query = select(School.id).where(School.bureau_id == actor.bureau_id, School.zone_id == lot.zone_id)
        return False, list(db.session.scalars(query.order_by(School.id)))
    named = sorted({school for item in lot.items for school in item.by_school})
    return not named, named


def _coverage(actor: Actor, lots: Iterable[LotTerms]) -> tuple[bool, list[int]]:
    found = [lot_schools(actor, lot) for lot in lots]
    if any(everybody for everybody, _ids in found):
        return True, []
    return False, sorted({school for _everybody, ids in found for school in ids})


def _add_lot(actor: Actor, agreement: Agreement, lot: LotTerms) -> AgreementLot:
    covers_all, school_ids = lot_schools(actor, lot)
    row = AgreementLot(
        bureau_id=agreement.bureau_id, id=new_id(), agreement_id=agreement.id, supplier_id=agreement.supplier_id,
        number=lot.number, title=lot.title, tender_lot_id=lot.tender_lot_id, category_id=lot.category_id,
        zone_id=lot.zone_id, price_rule=lot.price_rule, discount=lot.discount, hold_days=lot.hold_days,
        net_rate=lot.net_rate, settlement_notes=lot.settlement_notes, balance_form=lot.balance_form,
        covers_all=covers_all, school_ids=school_ids,
    )  # fmt: skip
    db.session.add(row)
    return row


def _add_item(
    agreement: Agreement, lot: AgreementLot, item: ItemTerms, position: int, factor: Decimal, basis: int | None
) -> AgreementItem:
    row = AgreementItem(
        bureau_id=agreement.bureau_id, id=new_id(), agreement_id=agreement.id, supplier_id=agreement.supplier_id,
        lot_id=lot.id, position=position, item_id=item.item_id, item_version_id=item.item_version_id,
        tender_item_id=item.tender_item_id, name=item.name, specification=item.specification, unit=item.unit,
        unit_factor=factor, fixed_price_fen=item.price_fen, basis_price_fen=basis, quantity=item.quantity,
        tolerance=item.tolerance,
    )  # fmt: skip
    db.session.add(row)
    return row


def _basis(lot: LotTerms, item: ItemTerms, factor: Decimal, book_fen: int | None) -> int | None:
    """What a unit counts with in supplements: its fixed price, what the award says, or the day's book less discount."""
    if item.price_fen is not None:
        return item.price_fen
    if item.basis_price_fen is not None:
        return item.basis_price_fen
    if book_fen is None or lot.discount is None:
        return None
    return half_up(discounted_price(book_fen, factor, lot.discount)) or None


def _factors(actor: Actor, terms: AgreementTerms) -> Mapping[tuple[UUID, str], Decimal]:
    """(item, unit) → base units in one unit, from the catalogue: never from what somebody typed."""
    wanted = {item.item_id for lot in terms.lots for item in lot.items}
    rows = db.session.scalars(
        select(CatalogueItem).where(CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id.in_(wanted))
    )
    known: dict[tuple[UUID, str], Decimal] = {}
    for row in rows:
        known[row.id, row.base_unit] = Decimal(1)
        known.update({(row.id, one.unit): one.factor for one in row.conversions})
    for place, lot in enumerate(terms.lots):
        for line, item in enumerate(lot.items):
            if (item.item_id, item.unit) not in known:
                raise Invalid({f"lots.{place}.items.{line}.unit": [_("目录中没有这项物品，或没有这个单位。")]})
    return known


def terms_of(actor: Actor, agreement: Agreement) -> AgreementTerms:
    """What the agreement says now, in the shape of what was awarded."""
    lots = [lot for lot in lots_of(actor, [agreement.id]) if lot.state != "cancelled"]
    lines: dict[UUID, list[ItemTerms]] = {}
    for item in items_of(actor, [lot.id for lot in lots]):
        if item.change_id is None:
            lines.setdefault(item.lot_id, []).append(
                ItemTerms(
                    item_id=item.item_id, name=item.name, unit=item.unit, price_fen=item.fixed_price_fen,
                    quantity=item.quantity, specification=item.specification, unit_factor=item.unit_factor,
                    item_version_id=item.item_version_id, tender_item_id=item.tender_item_id, tolerance=item.tolerance,
                    basis_price_fen=item.basis_price_fen,
                )
            )  # fmt: skip
    amounts = balances.opening_amounts(actor, agreement)
    return AgreementTerms(
        supplier_id=agreement.supplier_id, title=agreement.title, first_day=agreement.first_day,
        last_day=agreement.last_day, second_stage=agreement.second_stage,
        lots=[
            LotTerms(
                number=lot.number, title=lot.title, price_rule=lot.price_rule, items=lines.get(lot.id, []),
                discount=lot.discount, tender_lot_id=lot.tender_lot_id, category_id=lot.category_id,
                zone_id=lot.zone_id, amount_fen=amounts.get(lot.id), hold_days=lot.hold_days, net_rate=lot.net_rate,
                settlement_notes=lot.settlement_notes, balance_form=lot.balance_form,
            )
            for lot in lots
        ],
    )  # fmt: skip


def refuse_differences(actor: Actor, agreement: Agreement, proposed: AgreementTerms) -> None:
    """What is put forward for signing must be what was awarded. Raises RuleBroken with every difference named."""
    found = rules.differences(terms_of(actor, agreement), proposed)
    if found:
        words = "；".join(difference_text(one) for one in found[:8])
        raise RuleBroken(
            "agreement_substance", _("拟签内容与中标结果不一致：%(differences)s。", differences=words), ART_71
        ).with_members(differences=[{"where": one.where, "field": one.field} for one in found])


def edit_pending(
    actor: Actor, agreement_id: UUID, seen: int | None, *, title: str, notes: str, notice_on: date | None
) -> Agreement:
    """Before it is signed: its name, remarks, the day of the notice. Nothing of its substance."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    require_version(agreement, seen, {"version": agreement.version, "title": agreement.title})
    if agreement.state != "pending":
        raise RuleBroken("agreement_state", _("协议已签订，只能按变更办理。"))
    if notice_on is not None and notice_on > today():
        raise Invalid({"notice_on": [_("日期不能晚于今天。")]})
    agreement.title, agreement.notes = title, notes
    if notice_on != agreement.notice_on:
        agreement.notice_on, agreement.sign_by = notice_on, _sign_by(actor, notice_on)
    flush(db.session())
    return agreement


def cancel(actor: Actor, agreement_id: UUID, seen: int | None, reason: str) -> Agreement:
    """Not signed and never will be: the award was cancelled or the winner refuses. Its lots may be agreed anew."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    require_version(agreement, seen)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    end_pending(actor, agreement, reason)
    return agreement


def end_pending(actor: Actor, agreement: Agreement, reason: str) -> None:
    move(actor, agreement, "cancel", reason)
    for lot in lots_of(actor, [agreement.id]):
        if lot.state != "cancelled":
            lot.state, lot.state_reason = rules.next_state(lot.state, "cancel", rules.LOT_TRANSITIONS), reason
    flush(db.session())


def cover(
    actor: Actor, agreement_id: UUID, lot_id: UUID, seen: int | None, *, covers_all: bool, school_ids: Sequence[int],
    reason: str,
) -> AgreementLot:  # fmt: skip
    """Which schools a lot covers from now on, e.g. after a school was founded or moved to another zone. Orders that were
    sent stay. `seen`: the lot's version. The same coverage again changes nothing."""
    agreement = get_agreement(actor, agreement_id, lock=True)
    lot = get_lot(actor, agreement.id, lot_id)
    wanted = [] if covers_all else sorted(set(school_ids))
    if (lot.covers_all, list(lot.school_ids)) == (covers_all, wanted):
        return lot
    require_version(lot, seen)
    if agreement.state in ("cancelled", "terminated") or lot.state == "cancelled":
        raise RuleBroken("agreement_state", _("协议当前状态下不能进行此操作。"))
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if not covers_all:
        own = select(School.id).where(School.bureau_id == actor.bureau_id, School.id.in_(wanted))
        if not wanted or set(db.session.scalars(own)) != set(wanted):
            raise Invalid({"school_ids": [_("请选择本区的学校。")]})
    lot.covers_all, lot.school_ids = covers_all, wanted
    lots = [one for one in lots_of(actor, [agreement.id]) if one.state != "cancelled"]
    agreement.covers_all = any(one.covers_all for one in lots)
    agreement.school_ids = [] if agreement.covers_all else sorted({n for one in lots for n in one.school_ids})
    record(actor, agreement, "cover", reason, {"lot": lot.number, "all": covers_all, "schools": wanted})
    flush(db.session())
    return lot
