"""Whether a change's content may be, by the law's limits and the agreement's own rules. Gives it back in plain JSON."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.agreements import change_rules
from bureau.agreements.change_rules import Added
from bureau.agreements.labels import SUPPLIER_FIELDS, quantity_text
from bureau.agreements.models import Agreement, AgreementChange, AgreementItem, AgreementLot, AgreementPriceTerm
from bureau.agreements.price_rules import discounted_price, half_up
from bureau.agreements.service.finding import items_of, lots_of
from bureau.agreements.service.pricing import Price, discount_on, prices_of_agreement
from bureau.catalogue.models import CatalogueItem
from bureau.prices.service.reading import price_on
from kernel.actor import Actor
from kernel.database import db
from kernel.errors import Invalid, RuleBroken
from kernel.policy.service import effective
from kernel.web.dates import today, yuan

MOST_PRICE = 100_000_000  # fen for one unit; beyond it is a slip


def require_day(agreement: Agreement, kind: str, day: date) -> None:
    if day < today():
        raise Invalid({"from_day": [_("生效日期不能早于今天。")]})
    if kind in ("suspension", "resumption", "termination", "term_extension") and day != today():
        raise Invalid({"from_day": [_("这类变更批准后立即生效。")]})
    if day > agreement.last_day:
        raise Invalid({"from_day": [_("生效日期不能晚于协议截止日期。")]})


def check_details(
    actor: Actor, agreement: Agreement, kind: str, details: Mapping[str, Any], day: date
) -> tuple[dict[str, Any], int]:
    """(content in plain JSON, fen that a supplement adds). Raises Invalid, RuleBroken with the article."""
    if kind == "term_extension":
        return _extension(agreement, details), 0
    if kind == "price_change":
        return _prices(actor, agreement, details, day), 0
    if kind == "quantity_supplement":
        return _supplement(actor, agreement, details, day)
    if kind == "item_added":
        return _item(actor, agreement, details, day)
    if kind == "supplier_data":
        return _supplier_data(details), 0
    if kind in ("suspension", "resumption"):
        return _lot_stop(actor, agreement, kind, details), 0
    return {}, 0


def _extension(agreement: Agreement, details: Mapping[str, Any]) -> dict[str, Any]:
    try:
        last_day = date.fromisoformat(str(details.get("last_day")))
    except ValueError:
        raise Invalid({"last_day": [_("请填写日期，例如 2026-09-01。")]}) from None
    refusal = change_rules.extension(agreement.last_day, last_day, today())
    if refusal:
        text = _("协议已到期，不能延长。") if refusal == "over" else _("新的截止日期应晚于现在的截止日期。")
        raise Invalid({"last_day": [text]})
    return {"last_day": last_day.isoformat(), "before": details.get("before") or agreement.last_day.isoformat()}


def _prices(actor: Actor, agreement: Agreement, details: Mapping[str, Any], day: date) -> dict[str, Any]:
    rule = details.get("rule")
    lots = {str(lot.id): lot for lot in lots_of(actor, [agreement.id]) if lot.state != "cancelled"}
    items = {str(item.id): item for item in items_of(actor, [lot.id for lot in lots.values()])}
    current = prices_of_agreement(actor.bureau_id, agreement.id, day)
    lines: list[dict[str, Any]] = []
    for place, line in enumerate(details.get("lines") or ()):
        where = f"lines.{place}"
        if line.get("lot_id"):
            lines.append(_lower_discount(actor, lots.get(str(line["lot_id"])), line, where, rule, day))
            continue
        item = items.get(str(line.get("agreement_item_id")))
        price = current.get(item.id) if item else None
        if item is None or price is None or price.rule != "fixed":
            raise Invalid({where: [_("只有固定单价的物品可以逐项调价。")]})
        if rule == "market":
            lines.append(_market(actor, agreement, item, price))
        else:
            new = _whole(line.get("price_fen"), where)
            if change_rules.lowered_price(price.fen, new).refusal:
                raise Invalid(
                    {where: [_("%(name)s：自愿调价只能低于现价 %(price)s。", name=item.name, price=yuan(price.fen))]}
                )
            lines.append(
                {"agreement_item_id": str(item.id), "name": item.name, "before_fen": price.fen, "price_fen": new}
            )
    if not lines or rule not in ("lower", "market"):
        raise Invalid({"lines": [_("请填写要调整的价格。")]})
    if len({line.get("agreement_item_id") or line.get("lot_id") for line in lines}) != len(lines):
        raise Invalid({"lines": [_("同一项不能填两次。")]})
    return {"rule": rule, "lines": lines}


def _lower_discount(
    actor: Actor, lot: AgreementLot | None, line: Mapping[str, Any], where: str, rule: Any, day: date
) -> dict[str, Any]:
    if lot is None or lot.price_rule != "discount" or rule != "lower":
        raise Invalid({where: [_("只有按下浮率计价的标包可以提高下浮率。")]})
    now_discount = discount_on(actor.bureau_id, lot, day)
    new = _decimal(line.get("discount"), where, 4)
    if change_rules.lowered_discount(now_discount, new):
        raise Invalid({where: [_("下浮率只能高于现在的 %(percent)s%%。", percent=quantity_text(now_discount))]})
    return {"lot_id": str(lot.id), "lot": lot.number, "before": str(now_discount), "discount": str(new)}


def _market(actor: Actor, agreement: Agreement, item: AgreementItem, price: Price) -> dict[str, Any]:
    """The reference then: the book of the day on which the present price began to hold."""
    since = price_since(actor, item, price) or agreement.first_day
    then, today_book = price_on(actor.bureau_id, item.item_id, since), price_on(actor.bureau_id, item.item_id, today())
    if then is None or today_book is None:
        raise RuleBroken("price_missing", _("%(name)s没有可以比较的参考价。", name=item.name))
    least = effective(actor.bureau_id, "agreement.market.percent")
    most = effective(actor.bureau_id, "agreement.price_change.percent")
    new = change_rules.market_price(price.fen, then.price_fen, today_book.price_fen, least.number, most.number)
    moved = f"{float(new.moved or 0):.2f}"
    if new.refusal == "not_moved":
        raise RuleBroken(
            "price_not_moved",
            _(
                "%(name)s的参考价只变动了 %(moved)s%%，不到 %(least)s%%。",
                name=item.name,
                moved=moved,
                least=least.number,
            ),
            least.citation,
        )
    if new.refusal == "too_far":
        raise RuleBroken(
            "price_too_far",
            _("%(name)s的参考价上涨了 %(moved)s%%，超过 %(most)s%%。", name=item.name, moved=moved, most=most.number),
            most.citation,
        )
    return {
        "agreement_item_id": str(item.id), "name": item.name, "before_fen": price.fen, "price_fen": new.price_fen,
        "then_book": then.book_number, "then_fen": then.price_fen, "now_book": today_book.book_number,
        "now_fen": today_book.price_fen, "moved_percent": moved,
    }  # fmt: skip


def price_since(actor: Actor, item: AgreementItem, price: Price) -> date | None:
    if price.term_id is None:
        return None
    return db.session.scalar(
        select(AgreementPriceTerm.from_day).where(
            AgreementPriceTerm.bureau_id == actor.bureau_id, AgreementPriceTerm.id == price.term_id
        )
    )


def supplements_before(actor: Actor, agreement: Agreement) -> int:
    """Fen that approved supplements and added items amount to so far."""
    total = db.session.scalar(
        select(func.coalesce(func.sum(AgreementChange.amount_fen), 0)).where(
            AgreementChange.bureau_id == actor.bureau_id, AgreementChange.agreement_id == agreement.id,
            AgreementChange.kind.in_(("quantity_supplement", "item_added")), AgreementChange.state == "active",
        )
    )  # fmt: skip
    return int(total or 0)


def _within_limit(actor: Actor, agreement: Agreement, added: list[Added], day: date) -> int:
    figure = effective(actor.bureau_id, "agreement.supplement.percent", on=day)
    before = supplements_before(actor, agreement)
    refusal, amount, most = change_rules.supplement(added, agreement.original_amount_fen, before, figure.number)
    if refusal:
        text = (
            _(
                "追加后累计 %(total)s，超过原协议金额的 %(percent)s%%（%(most)s）。",
                total=yuan(before + amount), percent=figure.number, most=yuan(most),
            )
            if most is not None
            else _("追加数量超过原数量的 %(percent)s%%。", percent=figure.number)
        )  # fmt: skip
        raise RuleBroken("supplement_limit", text, figure.citation)
    return amount


def _supplement(
    actor: Actor, agreement: Agreement, details: Mapping[str, Any], day: date
) -> tuple[dict[str, Any], int]:
    lots = [lot for lot in lots_of(actor, [agreement.id]) if lot.state != "cancelled"]
    items = {str(item.id): item for item in items_of(actor, [lot.id for lot in lots])}
    lines, added = [], []
    for place, line in enumerate(details.get("lines") or ()):
        item = items.get(str(line.get("agreement_item_id")))
        quantity = _decimal(line.get("quantity"), f"lines.{place}", 3)
        if item is None or quantity <= 0:
            raise Invalid({f"lines.{place}": [_("请选择物品并填写大于零的数量。")]})
        added.append(Added(quantity, item.quantity, item.basis_price_fen))
        lines.append(
            {"agreement_item_id": str(item.id), "name": item.name, "unit": item.unit, "quantity": str(quantity)}
        )
    if not lines or len({line["agreement_item_id"] for line in lines}) != len(lines):
        raise Invalid({"lines": [_("请填写要追加的物品，每项一次。")]})
    return {"lines": lines}, _within_limit(actor, agreement, added, day)


def _item(actor: Actor, agreement: Agreement, details: Mapping[str, Any], day: date) -> tuple[dict[str, Any], int]:
    """Only of the lot's own category: another good would be another contract (政府采购法 49: 与合同标的相同)."""
    lot = next((one for one in lots_of(actor, [agreement.id]) if str(one.id) == str(details.get("lot_id"))), None)
    if lot is None or lot.state == "cancelled":
        raise Invalid({"lot_id": [_("协议中没有这个标包。")]})
    item = _catalogue_item(actor, details.get("item_id"))
    if lot.category_id is not None and item.category_id != lot.category_id:
        raise Invalid({"item_id": [_("只能增加与标包同一类别的物品。")]})
    if any(line.item_id == item.id for line in items_of(actor, [lot.id])):
        raise Invalid({"item_id": [_("标包中已有这项物品。")]})
    unit = str(details.get("unit") or item.base_unit)
    factors = {item.base_unit: Decimal(1), **{one.unit: one.factor for one in item.conversions}}
    if unit not in factors:
        raise Invalid({"unit": [_("目录中没有这个单位。")]})
    quantity = _decimal(details.get("quantity"), "quantity", 3)
    if quantity <= 0:
        raise Invalid({"quantity": [_("数量应大于零。")]})
    basis: int | None
    if lot.price_rule == "fixed":
        price: int | None = _whole(details.get("price_fen"), "price_fen")
        basis = price
    else:
        book = price_on(actor.bureau_id, item.id, today())
        price, basis = None, None
        if book is not None and lot.discount is not None:
            basis = half_up(discounted_price(book.price_fen, factors[unit], lot.discount)) or None
        if basis is None:
            raise RuleBroken("price_missing", _("%(name)s没有参考价，不能按下浮率加入。", name=item.name))
    clean = {
        "lot_id": str(lot.id), "item_id": str(item.id), "name": item.name, "specification": item.specification,
        "unit": unit, "unit_factor": str(factors[unit]), "price_fen": price, "basis_price_fen": basis,
        "quantity": str(quantity),
    }  # fmt: skip
    return clean, _within_limit(actor, agreement, [Added(quantity, None, basis)], day)


def _catalogue_item(actor: Actor, item_id: Any) -> CatalogueItem:
    try:
        wanted = UUID(str(item_id))
    except ValueError:
        raise Invalid({"item_id": [_("请选择物品。")]}) from None
    item = db.session.scalar(
        select(CatalogueItem).where(
            CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id == wanted, CatalogueItem.state == "published"
        )
    )
    if item is None:
        raise Invalid({"item_id": [_("请选择目录中已发布的物品。")]})
    return item


def _supplier_data(details: Mapping[str, Any]) -> dict[str, Any]:
    given = details.get("fields") or {}
    clean = {name: str(given[name]).strip() for name in SUPPLIER_FIELDS if str(given.get(name) or "").strip()}
    if not clean or any(len(text) > 200 for text in clean.values()):
        raise Invalid({"fields": [_("请填写要变更的信息，每项不超过 200 字。")]})
    return {"fields": clean}


def _lot_stop(actor: Actor, agreement: Agreement, kind: str, details: Mapping[str, Any]) -> dict[str, Any]:
    lot_id = details.get("lot_id")
    wanted = "active" if kind == "suspension" else "suspended"
    if not lot_id:
        if (agreement.state == "suspended") != (kind == "resumption"):
            raise Invalid({"lot_id": [_("协议没有暂停，请选择已暂停的标包。")]})
        return {}
    lot = next((one for one in lots_of(actor, [agreement.id]) if str(one.id) == str(lot_id)), None)
    if lot is None or lot.state != wanted:
        raise Invalid({"lot_id": [_("这个标包当前状态下不能进行此操作。")]})
    return {"lot_id": str(lot.id), "lot": lot.number}


def _whole(value: Any, where: str) -> int:
    number = _decimal(value, where, 0)
    if not 0 < number <= MOST_PRICE:
        raise Invalid({where: [_("单价应大于零且不过大。")]})
    return int(number)


def _decimal(value: Any, where: str, places: int) -> Decimal:
    try:
        number = Decimal(str(value))
        if not number.is_finite() or abs(number) >= 10**9 or Fraction(number) * 10**places % 1:
            raise InvalidOperation
    except InvalidOperation:
        raise Invalid({where: [_("请填写数字。")]}) from None
    return number
