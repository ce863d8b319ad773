"""Whether a supplier may be given an order today: its agreement, its lots, the company itself and its licences."""

from flask_babel import gettext as _

from bureau.agreements.service.ledger import lines_of as agreement_lines
from bureau.agreements.service.ledger import require_orderable
from bureau.suppliers import labels
from bureau.suppliers import rules as supplier_rules
from bureau.suppliers.service.finding import get_supplier
from bureau.suppliers.service.standing import category_names, facts_of
from kernel.actor import Actor, system_actor
from kernel.database import db
from kernel.database.scope import within
from kernel.errors import RuleBroken
from kernel.web.dates import today
from school.orders.models import SupplyOrder
from school.orders.service.finding import lines_of

# Whether it was registered for a category was settled when it won the agreement; what happened since counts.
AGAINST = frozenset({"removed", "not_registered", "suspended", "licence_expired"})


def require_supplying(actor: Actor, order: SupplyOrder) -> None:
    """Raises RuleBroken agreement_not_active, agreement_not_covered, supplier_suspended, supplier_removed,
    supplier_not_registered, supplier_licence_expired, with the reason as the bureau put it."""
    bureau = system_actor(actor.bureau_id)
    ids = [line.agreement_item_id for line in lines_of(order)]
    with within(db.session(), bureau.scope):
        lines = agreement_lines(bureau, ids)
        require_orderable(bureau, lines.values(), order.school_id)
        facts = facts_of(bureau, [get_supplier(bureau, order.supplier_id)])[order.supplier_id]
        categories = {line.lot.category_id for line in lines.values() if line.lot.category_id is not None}
        found = supplier_rules.company_problems(facts, today())
        for category_id in sorted(categories, key=str):
            found += supplier_rules.problems(facts, category_id, today())
        problem = next((one for one in found if one.code in AGAINST), None)
        names = category_names(bureau) if problem and problem.category_id else {}
    if problem is not None:
        name = names.get(problem.category_id, "") if problem.category_id else ""
        text = _("%(supplier)s：%(reason)s", supplier=order.supplier_name, reason=labels.problem(problem, name))
        raise RuleBroken(f"supplier_{problem.code}", text, labels.citation(problem))
