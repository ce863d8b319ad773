"""直接选定: a school says from which of the agreements it takes an item, and why."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements.service.pricing import Price, prices_for_school
from bureau.agreements.stage_models import DirectChoice
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound
from kernel.web.dates import today


def choose(actor: Actor, choice_id: UUID, agreement_item_id: UUID, reason: str) -> DirectChoice:
    """Keep the choice with all offers as they stood, cheapest first. The same id with the same content is one choice."""
    school_id = actor.own_school_id()
    known = db.session.get(DirectChoice, (actor.bureau_id, school_id, choice_id))
    if known is not None:
        if (known.agreement_item_id, known.reason) == (agreement_item_id, reason):
            return known
        raise Conflict(_("这个编号已用于另一次选择。"))
    if not reason.strip():
        raise Invalid({"reason": [_("请写明选择的理由。")]})
    prices = prices_for_school(actor.bureau_id, school_id, today())
    chosen = next(
        (one for all_of in prices.values() for one in all_of if one.agreement_item_id == agreement_item_id), None
    )
    if chosen is None:
        raise NotFound(_("本校今天不能从这份协议订购这项物品。"))
    choice = DirectChoice(
        bureau_id=actor.bureau_id, school_id=school_id, id=choice_id, item_id=chosen.item_id,
        agreement_item_id=agreement_item_id, reason=reason, price_fen=chosen.fen,
        offers=[_offer(one) for one in prices[chosen.item_id]], chosen_by=actor.account_id,
        chosen_by_name=actor.display_name,
    )  # fmt: skip
    db.session.add(choice)
    flush(db.session(), {"pk_direct_choices": Conflict(_("这个编号已用于另一次选择。"))})
    return choice


def _offer(price: Price) -> dict[str, object]:
    return {
        "agreement_item_id": str(price.agreement_item_id), "agreement": price.agreement_number,
        "supplier": price.supplier_name, "price_fen": price.fen, "unit": price.unit,
    }  # fmt: skip


def choices_of(actor: Actor, school_id: int) -> dict[UUID, DirectChoice]:
    """Item → the school's newest choice."""
    query = select(DirectChoice).where(DirectChoice.bureau_id == actor.bureau_id, DirectChoice.school_id == school_id)
    return {one.item_id: one for one in db.session.scalars(query.order_by(DirectChoice.chosen_at, DirectChoice.id))}


def offers_in_order(prices: Sequence[Price], choice: DirectChoice | None) -> list[Price]:
    """The chosen offer first, if it still stands; then by price."""
    wanted = choice.agreement_item_id if choice else None
    return sorted(prices, key=lambda one: one.agreement_item_id != wanted)


def chosen_price(
    prices: Mapping[UUID, Sequence[Price]], choices: Mapping[UUID, DirectChoice], item_id: UUID
) -> Price | None:
    """What an order takes of an item unless the school says otherwise: its choice, or the cheapest."""
    offers = offers_in_order(prices.get(item_id, ()), choices.get(item_id))
    return offers[0] if offers else None
