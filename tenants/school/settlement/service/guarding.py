"""A receipt that a standing statement says is not voided; a draft simply follows."""

from flask_babel import gettext as _
from sqlalchemy import select

from kernel.actor import Actor
from kernel.database import db
from school.settlement import labels
from school.settlement.models import SupplierStatement, SupplierStatementLine
from school.settlement.service.claims import standing
from school.settlement.service.finding import hold_account
from school.supply.hooks import ReceiptGuard
from school.supply.models import GoodsReceipt


def refusal(actor: Actor, receipt: GoodsReceipt) -> str:
    """Asked under the account's lock: a statement that is being sent has either this receipt, or sees that it is gone."""
    if receipt.supplier_id is None:
        return ""
    hold_account(receipt.bureau_id, receipt.school_id, receipt.supplier_id)
    query = (
        select(SupplierStatement.number, SupplierStatement.state)
        .join(SupplierStatementLine, standing())
        .where(
            SupplierStatementLine.bureau_id == receipt.bureau_id, SupplierStatementLine.school_id == receipt.school_id,
            SupplierStatementLine.receipt_id == receipt.id, SupplierStatementLine.kind == "receipt",
        )
        .limit(1)
    )  # fmt: skip
    row = db.session.execute(query).first()
    if row is None:
        return ""
    return _(
        "这张收货单已列入对账单 %(number)s（%(state)s），不能作废。请由供应商提出异议，或在下一份对账单中更正。",
        number=row.number, state=labels.STATES[row.state],
    )  # fmt: skip


GUARD = ReceiptGuard(refusal)
