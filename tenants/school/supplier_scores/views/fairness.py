"""Delivery fairness: each supplier's remote and small schools against its others; down to the schools."""

from uuid import UUID

from flask import render_template

from kernel.access.edge import access, current_actor
from school.supplier_scores import fairness_rules
from school.supplier_scores.permissions import Permission
from school.supplier_scores.service import fairness
from school.supplier_scores.views.blueprint import blueprint
from school.supplier_scores.views.parts import facts_of, words


@blueprint.get("/fairness")
@access(Permission.READ_FAIRNESS)
def fairness_index() -> str:
    return render_template(
        "supplier_scores/fairness.html", report=fairness.report(current_actor()), groups=fairness_rules.GROUPS,
        compared=fairness.COMPARED, **words(),
    )  # fmt: skip


@blueprint.get("/fairness/<uuid:supplier_id>")
@access(Permission.READ_FAIRNESS)
def fairness_of(supplier_id: UUID) -> str:
    report, schools = fairness.of_supplier(current_actor(), supplier_id)
    return render_template(
        "supplier_scores/fairness_of.html", report=report, one=report.suppliers[0], schools=schools,
        compared=fairness.COMPARED,
        **facts_of(supplier_id, "supplier_scores.fairness_of", {"supplier_id": supplier_id}),
    )  # fmt: skip
