"""The second person's part: with the last confirmation a delivery enters the books, all at once."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken, Unauthenticated
from kernel.identity.service import signing_in
from kernel.identity.service.scopes import scopes_of
from kernel.policy.service import effective
from school.orders.models import ShipmentLine
from school.orders.service import receiving as orders
from school.orders.service.finding import school_name
from school.supply import rules
from school.supply.labels import TWO_PEOPLE
from school.supply.models import GoodsReceipt, GoodsReceiptConfirmation, GoodsReceiptLine
from school.supply.permissions import CONFIRMERS, Permission
from school.supply.rejections import settling, warning
from school.supply.rejections.finding import lines_of as rejected_lines
from school.supply.service import posting
from school.supply.service.certificates import locked_receipt
from school.supply.service.warned import require_unwarned

FIGURE = "canteen.acceptance.receivers"


def receivers(actor: Actor, school_id: int) -> int:
    """How many people must have seen a delivery, the one who counted included."""
    return max(int(effective(actor.bureau_id, FIGURE, school_id=school_id).number), 2)


def confirm(actor: Actor, receipt_id: UUID, seen_version: int | None, *, how: str = "own") -> GoodsReceipt:
    """Say that one saw these goods as they are written down. The last confirmation that is needed puts them into the books:
    stock, order, balance, duty, rejection and warnings, or nothing at all. Said twice it is said once.

    Raises RuleBroken same_person, lot_warned; Conflict.
    """
    receipt = locked_receipt(actor, receipt_id)
    said = _said(receipt)
    if actor.account_id in said:
        return receipt
    require_version(receipt, seen_version)
    if receipt.state != rules.State.AWAITING:
        raise Conflict(_("这张收货单不在等待确认。"), {"state": receipt.state, "version": receipt.version})
    if actor.account_id == receipt.received_by:
        raise RuleBroken("same_person", _("须由另一人确认，不能自己确认自己的点收。"), TWO_PEOPLE)
    db.session.add(
        GoodsReceiptConfirmation(
            bureau_id=receipt.bureau_id, school_id=receipt.school_id, id=new_id(), receipt_id=receipt.id,
            account_id=actor.account_id, name=actor.display_name, how=how, at=now(),
        )
    )  # fmt: skip
    if receipt.second_received_by is None:
        receipt.second_received_by, receipt.second_receiver_name = actor.account_id, actor.display_name
    flush(db.session())
    if len(said) + 2 >= receivers(actor, receipt.school_id):
        _post(actor, receipt)
    return receipt


def confirm_here(
    actor: Actor, receipt_id: UUID, seen_version: int | None, name: str, password: str, address: str
) -> GoodsReceipt:
    """The second person proves on the first one's phone who they are, by their own password. Nothing else is done in
    their name. Raises Invalid at `password`, TooManyAttempts, Denied for somebody who may not confirm here."""
    actor.own_school_id()
    try:
        account = signing_in.check_password(name, password, address)
        choices = scopes_of(account.id)
    except Unauthenticated as error:
        raise Invalid({"password": [error.message]}) from error
    finally:
        use_scope(db.session(), actor.scope)
    here = next((one for one in choices if (one.bureau_id, one.school_id) == (actor.bureau_id, actor.school_id)), None)
    if here is None or here.is_history or not set(here.roles) & set(CONFIRMERS):
        raise Denied(Permission.CONFIRM, _("此人不是本校可以验收的人员。"))
    second = Actor(
        account.id, account.display_name, "school", actor.bureau_id, school_id=actor.school_id,
        roles=frozenset(here.roles), locale=actor.locale,
    )  # fmt: skip
    return confirm(second, receipt_id, seen_version, how="here")


def require_receipt(actor: Actor, receipt_id: UUID) -> None:
    """Raises NotFound before anything else is said of it."""
    query = select(GoodsReceipt.id).where(
        GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == actor.own_school_id(),
        GoodsReceipt.id == receipt_id,
    )  # fmt: skip
    if db.session.scalar(query) is None:
        raise NotFound


def _said(receipt: GoodsReceipt) -> set[UUID]:
    query = select(GoodsReceiptConfirmation.account_id).where(
        GoodsReceiptConfirmation.bureau_id == receipt.bureau_id,
        GoodsReceiptConfirmation.school_id == receipt.school_id, GoodsReceiptConfirmation.receipt_id == receipt.id,
    )  # fmt: skip
    return set(db.session.scalars(query))


def receipt_lines(receipt: GoodsReceipt) -> list[GoodsReceiptLine]:
    query = select(GoodsReceiptLine).where(
        GoodsReceiptLine.bureau_id == receipt.bureau_id, GoodsReceiptLine.school_id == receipt.school_id,
        GoodsReceiptLine.receipt_id == receipt.id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(GoodsReceiptLine.position)))


def _post(actor: Actor, receipt: GoodsReceipt) -> None:
    assert receipt.shipment_id is not None
    lines = receipt_lines(receipt)
    _require_unwarned(actor, receipt, lines)
    taken = orders.take_over(actor, receipt.shipment_id, posting.counted(lines), details={"receipt": receipt.number})
    posting.consume(actor, taken, lines)
    receipt.state = rules.next_state(receipt.state, rules.Event.CONFIRM).value
    receipt.confirmed_at = now()
    flush(db.session())
    posting.into_stock(actor, receipt, lines)
    if taken.replaces:
        assert taken.shipment.source_id is not None
        settling.replaced(actor, taken.shipment.source_id, posting.came_by_line(lines))
    if receipt.refused:
        by_id = {str(line.id): line for line in lines}
        rows = [(by_id[one["line_id"]], one) for one in receipt.refused["lines"]]
        name = school_name(actor, receipt.school_id)
        rejection = settling.make(actor, receipt, rows, receipt.refused["wanted"], name)
        if rejection.is_safety:
            warning.raise_for(actor, rejection, rejected_lines(rejection))


def _require_unwarned(actor: Actor, receipt: GoodsReceipt, lines: list[GoodsReceiptLine]) -> None:
    """A warning may have come while the first waited for the second."""
    accepted = [line for line in lines if line.quantity > 0]
    query = select(ShipmentLine.item_id, ShipmentLine.batch_no).where(
        ShipmentLine.bureau_id == receipt.bureau_id, ShipmentLine.school_id == receipt.school_id,
        ShipmentLine.id.in_([line.shipment_line_id for line in accepted]),
    )  # fmt: skip
    noted = {(row.item_id, row.batch_no) for row in db.session.execute(query)}
    labelled = {(line.item_id, line.batch_no) for line in accepted}
    require_unwarned(actor, receipt.supplier_id, receipt.supplier_name, noted | labelled)


def confirmations(actor: Actor, school_id: int, receipt_id: UUID) -> list[GoodsReceiptConfirmation]:
    query = select(GoodsReceiptConfirmation).where(
        GoodsReceiptConfirmation.bureau_id == actor.bureau_id, GoodsReceiptConfirmation.school_id == school_id,
        GoodsReceiptConfirmation.receipt_id == receipt_id,
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(GoodsReceiptConfirmation.id)))


def awaiting(actor: Actor, *, mine: bool = False, most: int = 20) -> Sequence[Any]:
    """Deliveries of the actor's school that were counted and wait for another person. `mine`: all of them, whoever
    counted; else those that this actor may be the other person of."""
    columns = (
        GoodsReceipt.id, GoodsReceipt.number, GoodsReceipt.supplier_name, GoodsReceipt.received_by_name,
        GoodsReceipt.shipment_id, GoodsReceipt.received_at,
    )  # fmt: skip
    query = select(*columns).where(
        GoodsReceipt.bureau_id == actor.bureau_id, GoodsReceipt.school_id == actor.own_school_id(),
        GoodsReceipt.state == rules.State.AWAITING.value,
    )  # fmt: skip
    if not mine:
        said = select(GoodsReceiptConfirmation.id).where(
            GoodsReceiptConfirmation.bureau_id == GoodsReceipt.bureau_id,
            GoodsReceiptConfirmation.school_id == GoodsReceipt.school_id,
            GoodsReceiptConfirmation.receipt_id == GoodsReceipt.id,
            GoodsReceiptConfirmation.account_id == actor.account_id,
        )  # fmt: skip
        query = query.where(GoodsReceipt.received_by != actor.account_id, ~said.exists())
    return db.session.execute(query.order_by(GoodsReceipt.received_at, GoodsReceipt.id).limit(most)).all()
