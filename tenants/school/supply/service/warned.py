"""Lots that nobody takes over: warned of by a refusal, or recalled by the bureau."""

from collections.abc import Collection
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, tuple_

from kernel.actor import Actor
from kernel.database import db
from kernel.errors import RuleBroken
from kernel.printed import printed
from school.supply.hooks import held_lots
from school.supply.rejections.models import LotWarning

Lot = tuple[UUID, str]  # item, number


def require_unwarned(actor: Actor, supplier_id: UUID | None, supplier_name: str, lots: Collection[Lot]) -> None:
    """Raises RuleBroken lot_warned with every lot that is held. A delivery without an order names its supplier in words
    only: the same words are the same supplier."""
    if not lots:
        return
    query = select(LotWarning).where(
        LotWarning.bureau_id == actor.bureau_id, LotWarning.lifted_at.is_(None),
        tuple_(LotWarning.item_id, LotWarning.batch_no).in_(list(lots)),
    )  # fmt: skip
    held = {
        (one.item_id, one.batch_no)
        for one in db.session.scalars(query)
        if one.supplier_id == supplier_id or printed(one.supplier_name) == printed(supplier_name)
    } | held_lots(actor, supplier_id, supplier_name, lots)
    if held:
        numbers = "、".join(sorted({number for _item, number in held}))
        raise RuleBroken(
            "lot_warned", _("批号 %(lots)s 有批次警示或正在召回，教育局解除前不得验收，请拒收。", lots=numbers)
        )
