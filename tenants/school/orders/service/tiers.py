"""The amounts from which on somebody higher approves: the bureau's figures, which a school may only make stricter."""

from kernel.actor import Actor
from kernel.policy.service import effective_figures
from school.orders.rules import Tiers

DIRECTOR, PRINCIPAL = "order.approval.director_yuan", "order.approval.principal_yuan"


def tiers(actor: Actor, school_id: int) -> Tiers:
    figures = effective_figures(actor.bureau_id, [DIRECTOR, PRINCIPAL], school_id=school_id)
    return Tiers(int(figures[DIRECTOR].number * 100), int(figures[PRINCIPAL].number * 100))
