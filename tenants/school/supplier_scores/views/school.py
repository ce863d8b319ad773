"""A school: the suppliers that deliver to it, with the district's score and its own facts."""

from uuid import UUID

from flask import render_template

from kernel.access.edge import access, current_actor
from school.supplier_scores.permissions import Permission
from school.supplier_scores.service import reading
from school.supplier_scores.views.blueprint import blueprint
from school.supplier_scores.views.parts import facts_of, words


@blueprint.get("/school")
@access(Permission.READ_AT_SCHOOL)
def school_index() -> str:
    return render_template("supplier_scores/school.html", rows=reading.at_school(current_actor()), **words())


@blueprint.get("/school/<uuid:supplier_id>")
@access(Permission.READ_AT_SCHOOL)
def school_supplier(supplier_id: UUID) -> str:
    actor = current_actor()
    one = reading.one_at_school(actor, supplier_id)
    return render_template(
        "supplier_scores/school_supplier.html", one=one, months=reading.monthly(actor, supplier_id),
        **facts_of(supplier_id, "supplier_scores.school_supplier", {"supplier_id": supplier_id}),
    )  # fmt: skip
