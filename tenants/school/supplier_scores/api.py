"""Scores over REST: the bureau all, a supplier its own, a school those that deliver to it."""

from typing import Any
from uuid import UUID

from bureau.suppliers.service.finding import get_supplier
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.errors import NotFound
from school.supplier_scores import schemas as shapes
from school.supplier_scores.permissions import Permission
from school.supplier_scores.service import facts, fairness, gathering, objecting, plain, publishing, reading

blueprint = ApiBlueprint("supplier_scores_api", __name__, description="Suppliers' scores, from facts")
ROOT = "/supplier-scores"


@blueprint.route(ROOT, methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, shapes.SupplierStandingsOut)
def list_standings() -> dict[str, Any]:
    """Every supplier, by name: what is published, and what the facts as last gathered would give."""
    actor = current_actor()
    _run, rows = reading.standings(actor)
    gathered = gathering.last_gathering(actor)
    return {
        "gathered_at": gathered.created_at if gathered else None, "items": [plain.standing(row) for row in rows],
    }  # fmt: skip


def _facts(supplier_id: UUID, query: dict[str, Any]) -> dict[str, Any]:
    page = facts.list_facts(
        current_actor(), supplier_id, criterion=query["criterion"], school_id=query["school"], month=query["month"],
        is_all=query["all"], cursor=query["cursor"], limit=query["limit"],
    )  # fmt: skip
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route(f"{ROOT}/suppliers/<uuid:supplier_id>/facts", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(shapes.FactQuery, location="query")
@blueprint.response(200, shapes.SupplierFactPage)
def list_facts(query: dict[str, Any], supplier_id: UUID) -> dict[str, Any]:
    """What counts, newest day first; what was struck is marked."""
    get_supplier(current_actor(), supplier_id)
    return _facts(supplier_id, query)


@blueprint.route(f"{ROOT}/publications", methods=["POST"])
@access(Permission.PUBLISH)
@blueprint.arguments(shapes.ScorePublicationIn)
@blueprint.response(201, shapes.ScorePublicationOut)
def publish(data: dict[str, Any]) -> Any:
    """Publish the scores of the period that ends with a day, under an id of the client's own."""
    return publishing.publish(current_actor(), data["id"], data["last_day"])


@blueprint.route(f"{ROOT}/publications/<uuid:score_publication_id>/suppliers/<uuid:supplier_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, shapes.RecomputedOut)
def recompute(score_publication_id: UUID, supplier_id: UUID) -> dict[str, Any]:
    """Compute a published score from its facts anew."""
    actor = current_actor()
    made = publishing.get_publication(actor, score_publication_id)
    row = publishing.newest_scores(actor, made.id, supplier_id).get(supplier_id)
    if row is None:
        raise NotFound
    return {"recomputes": publishing.recomputes(made, row), "facts_digest": row.facts_digest}


@blueprint.route(f"{ROOT}/objections", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(shapes.ObjectionQuery, location="query")
@blueprint.response(200, shapes.FactObjectionPage)
def list_objections(query: dict[str, Any]) -> dict[str, Any]:
    """Newest first."""
    page = objecting.list_objections(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route(f"{ROOT}/objections/<uuid:fact_objection_id>/decision", methods=["POST"])
@access(Permission.DECIDE)
@blueprint.arguments(shapes.ObjectionDecisionIn)
@blueprint.response(200, shapes.FactObjectionOut)
def decide(data: dict[str, Any], fact_objection_id: UUID) -> Any:
    """Uphold (the fact is struck, the scores that it stood in are made anew) or reject. Wants the version as If-Match."""
    return objecting.decide(current_actor(), fact_objection_id, seen_version(), **data)


# --- a supplier -------------------------------------------------------------------------------------------------------


@blueprint.route(f"{ROOT}/own", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.response(200, shapes.SupplierStandingOut)
def own() -> dict[str, Any]:
    """The caller's own company."""
    actor = current_actor()
    _run, row = reading.standing(actor, actor.own_supplier_id(), actor.scope_label)
    return plain.standing(row)


@blueprint.route(f"{ROOT}/own/facts", methods=["GET"])
@access(Permission.READ_OWN)
@blueprint.arguments(shapes.FactQuery, location="query")
@blueprint.response(200, shapes.SupplierFactPage)
def own_facts(query: dict[str, Any]) -> dict[str, Any]:
    return _facts(current_actor().own_supplier_id(), query)


@blueprint.route(f"{ROOT}/own/facts/<uuid:own_fact_id>/objections/<uuid:new_fact_objection_id>", methods=["PUT"])
@access(Permission.OBJECT)
@blueprint.arguments(shapes.FactObjectionIn)
@blueprint.response(200, shapes.FactObjectionOut)
def object_to(data: dict[str, Any], own_fact_id: UUID, new_fact_objection_id: UUID) -> Any:
    """Object to a fact, under an id of the client's making. A file is added on the page."""
    return objecting.object_to(current_actor(), own_fact_id, new_fact_objection_id, data["reason"])


@blueprint.route(f"{ROOT}/own/objections/<uuid:own_fact_objection_id>/withdrawal", methods=["POST"])
@access(Permission.OBJECT)
@blueprint.response(200, shapes.FactObjectionOut)
def withdraw(own_fact_objection_id: UUID) -> Any:
    """Wants the version as If-Match."""
    return objecting.withdraw(current_actor(), own_fact_objection_id, seen_version())


# --- a school ---------------------------------------------------------------------------------------------------------


@blueprint.route(f"{ROOT}/school", methods=["GET"])
@access(Permission.READ_AT_SCHOOL)
@blueprint.response(200, shapes.SchoolSuppliersOut)
def at_school() -> dict[str, Any]:
    """The suppliers that deliver to the caller's school, with the district's score and the school's own counts."""
    return {"items": [plain.at_school(one) for one in reading.at_school(current_actor())]}


@blueprint.route(f"{ROOT}/school/<uuid:supplier_id>/facts", methods=["GET"])
@access(Permission.READ_AT_SCHOOL)
@blueprint.arguments(shapes.FactQuery, location="query")
@blueprint.response(200, shapes.SupplierFactPage)
def facts_at_school(query: dict[str, Any], supplier_id: UUID) -> dict[str, Any]:
    """Of this school alone."""
    reading.one_at_school(current_actor(), supplier_id)
    return _facts(supplier_id, query)


@blueprint.route(f"{ROOT}/fairness", methods=["GET"])
@access(Permission.READ_FAIRNESS)
@blueprint.response(200, shapes.DeliveryFairnessOut)
def compare() -> dict[str, Any]:
    """Each supplier's rural, small and town schools and zones against its others; a zone's supervisor within the zone."""
    return {"items": [plain.fairness(one) for one in fairness.report(current_actor()).suppliers]}
