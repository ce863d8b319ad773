"""Whether an order may be sent today: its agreement and lots hold, its supplier and their licences do."""

from bureau.agreements.service.ledger import lines_of as agreement_lines
from bureau.agreements.service.ledger import require_in_order, require_orderable
from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.database.scope import within
from school.orders.models import SupplyOrder
from school.orders.service.finding import lines_of


def require_supplying(actor: Actor, order: SupplyOrder) -> None:
    """As a reservation asks it, for an order that reserved earlier. Raises RuleBroken agreement_not_active,
    agreement_not_covered, supplier_…"""
    bureau = system_actor(actor.bureau_id)
    ids = [line.agreement_item_id for line in lines_of(order)]
    with within(db.session(), bureau.scope):
        lines = agreement_lines(bureau, ids).values()
        require_orderable(bureau, lines, order.school_id)
        require_in_order(bureau, lines)
