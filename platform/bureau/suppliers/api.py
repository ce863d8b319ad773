"""REST: the bureau's suppliers and their review; a company's own registration and licences."""

from typing import Any
from uuid import UUID

from bureau.suppliers import labels, schemas
from bureau.suppliers.permissions import Permission
from bureau.suppliers.service import own, reading, reviewing, standing
from bureau.suppliers.service.finding import get_supplier
from bureau.suppliers.views.bureau import as_filters
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("suppliers", __name__, description="Suppliers, their licences, what they may bid for")
FIELDS = (
    "id", "credit_code", "name", "kind", "size", "address", "business", "contact_name", "contact_mobile",
    "contact_email", "state", "state_reason", "return_notes", "submitted_at", "admitted_at", "version",
)  # fmt: skip


def _shown(one: standing.Standing, names: dict[UUID, str]) -> dict[str, Any]:
    problems = [
        {
            "code": problem.code, "category_id": category_id, "licence": problem.licence, "until": problem.until,
            "text": labels.problem(problem, names.get(category_id, "")),
        }
        for category_id, found in one.closed.items()
        for problem in found
    ]  # fmt: skip
    return {
        **{name: getattr(one.supplier, name) for name in FIELDS}, "is_suspended": one.is_suspended,
        "warnings": one.warnings, "next_expiry": one.next_expiry, "open_to": one.open_to, "problems": problems,
    }  # fmt: skip


def _detail(actor: Actor, supplier_id: UUID) -> dict[str, Any]:
    return {
        **_shown(standing.standing_of(actor, supplier_id), standing.category_names(actor)),
        "licences": own.licences_of(actor, supplier_id),
        "categories": own.choices_of(actor, supplier_id),
    }


@blp.route("/suppliers", methods=["GET"])
@access(Permission.READ)
@blp.arguments(schemas.SupplierQuery, location="query")
@blp.response(200, schemas.SupplierListOut)
def list_suppliers(query: dict[str, Any]) -> Any:
    """By name."""
    actor = current_actor()
    page = reading.list_suppliers(actor, as_filters(query), query["cursor"], query["limit"])
    names = standing.category_names(actor)
    return {"items": [_shown(one, names) for one in page.items], "next_cursor": page.next_cursor}


@blp.route("/suppliers/<uuid:supplier_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.SupplierDetailOut)
def get_one(supplier_id: UUID) -> Any:
    """With licences, categories, and what stands against each category today."""
    actor = current_actor()
    get_supplier(actor, supplier_id)
    return _detail(actor, supplier_id)


@blp.route("/suppliers/<uuid:supplier_id>/decision", methods=["PUT"])
@access(Permission.REVIEW)
@blp.arguments(schemas.SupplierDecision)
@blp.response(200, schemas.SupplierDetailOut)
def decide(data: dict[str, Any], supplier_id: UUID) -> Any:
    """Admit, return or refuse a registration; wants the version seen as If-Match."""
    actor = current_actor()
    reviewing.decide(actor, supplier_id, seen_version(), **data)
    return _detail(actor, supplier_id)


@blp.route("/suppliers/<uuid:supplier_id>/licences/<uuid:licence_id>/decision", methods=["PUT"])
@access(Permission.REVIEW)
@blp.arguments(schemas.LicenceDecision)
@blp.response(200, schemas.SupplierLicenceOut)
def decide_licence(data: dict[str, Any], supplier_id: UUID, licence_id: UUID) -> Any:
    """Wants the licence's version seen as If-Match."""
    return reviewing.decide_licence(current_actor(), supplier_id, licence_id, seen_version(), **data)


@blp.route("/suppliers/<uuid:supplier_id>/categories/<uuid:choice_id>/decision", methods=["PUT"])
@access(Permission.REVIEW)
@blp.arguments(schemas.CategoryDecision)
@blp.response(200, schemas.SupplierCategoryOut)
def decide_category(data: dict[str, Any], supplier_id: UUID, choice_id: UUID) -> Any:
    """Wants the choice's version seen as If-Match."""
    return reviewing.decide_category(current_actor(), supplier_id, choice_id, seen_version(), **data)


@blp.route("/company", methods=["GET"])
@access(Permission.READ_COMPANY)
@blp.response(200, schemas.SupplierDetailOut)
def my_company() -> Any:
    """The caller's company as this bureau knows it."""
    actor = current_actor()
    return _detail(actor, actor.own_supplier_id())


@blp.route("/company", methods=["PUT"])
@access(Permission.KEEP_COMPANY)
@blp.arguments(schemas.CompanyIn)
@blp.response(200, schemas.SupplierDetailOut)
def put_company(data: dict[str, Any]) -> Any:
    """Wants the version seen as If-Match."""
    actor = current_actor()
    own.edit(actor, seen_version(), data)
    return _detail(actor, actor.own_supplier_id())


@blp.route("/company/categories", methods=["PUT"])
@access(Permission.KEEP_COMPANY)
@blp.arguments(schemas.CategoriesIn)
@blp.response(200, schemas.SupplierDetailOut)
def put_categories(data: dict[str, Any]) -> Any:
    """Exactly these, from here on."""
    actor = current_actor()
    own.choose_categories(actor, data["categories"])
    return _detail(actor, actor.own_supplier_id())


@blp.route("/company/submission", methods=["PUT"])
@access(Permission.KEEP_COMPANY)
@blp.response(200, schemas.SupplierDetailOut)
def submit() -> Any:
    """Hand the registration in for review; wants the version seen as If-Match."""
    actor = current_actor()
    own.submit(actor, seen_version())
    return _detail(actor, actor.own_supplier_id())


@blp.route("/company/licences/<uuid:licence_id>", methods=["PUT"])
@access(Permission.KEEP_COMPANY)
@blp.arguments(schemas.LicenceQuery, location="form")
@blp.arguments(schemas.ScanFile, location="files", content_type="multipart/form-data")
@blp.response(200, schemas.SupplierLicenceOut)
def put_licence(data: dict[str, Any], files: dict[str, Any], licence_id: UUID) -> Any:
    """A licence with its scan (JPEG, PNG or PDF), under the client's id."""
    scan = files["scan"]
    return own.add_licence(current_actor(), licence_id, data, (scan.filename or "", scan.read()))
