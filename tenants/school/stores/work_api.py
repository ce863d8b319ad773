"""Requests, stocktakes and month ends over REST."""

from typing import Any
from uuid import UUID

from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from school.stores import out_schemas as out
from school.stores import schemas
from school.stores.api import paged
from school.stores.permissions import Permission
from school.stores.service import closing, counting, requesting, worklists
from school.stores.service.giving import give_out_goods
from school.stores.service.steps import steps_of
from school.stores.work_models import StoreMonth, StoreRequisition, StoreStocktake

blueprint = ApiBlueprint("store_work", __name__, description="Requests for goods, stocktakes, month ends")


def sees_all_requests() -> bool:
    return may(Permission.DECIDE) or may(Permission.KEEP)


def _requisition(actor: Actor, row: StoreRequisition) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in out.StoreRequisitionRow().fields}
    lines = requesting.lines_of(actor, row.school_id, row.id)
    return {**shown, "lines": lines, "steps": steps_of(actor, row.school_id, row.id)}


@blueprint.route("/store-requisitions", methods=["GET"])
@access(Permission.READ_REQUESTS)
@blueprint.arguments(schemas.StoreRequisitionQuery, location="query")
@blueprint.response(200, out.StoreRequisitionPage)
def list_requisitions(query: dict[str, Any]) -> dict[str, Any]:
    """Newest first; one's own, or all for whoever keeps stock or decides."""
    actor = current_actor()
    own = query.pop("mine") or not sees_all_requests()
    requester = actor.account_id if own else None
    return paged(worklists.list_requisitions(actor, actor.own_school_id(), requester_id=requester, **query))


@blueprint.route("/store-requisitions/<uuid:store_requisition_id>", methods=["GET"])
@access(Permission.READ_REQUESTS)
@blueprint.response(200, out.StoreRequisitionOut)
def get_requisition(store_requisition_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    row = worklists.get_requisition(actor, actor.own_school_id(), store_requisition_id, sees_all=sees_all_requests())
    return _requisition(actor, row)


@blueprint.route("/store-requisitions/<uuid:store_requisition_id>", methods=["PUT"])
@access(Permission.REQUEST)
@blueprint.arguments(schemas.StoreRequisitionIn)
@blueprint.response(200, out.StoreRequisitionOut)
def put_requisition(data: dict[str, Any], store_requisition_id: UUID) -> dict[str, Any]:
    """Ask for goods; sent again it is asked for once."""
    actor = current_actor()
    lines = [requesting.Wanted(**line) for line in data.pop("lines")]
    return _requisition(actor, requesting.submit(actor, store_requisition_id, lines, **data))


@blueprint.route("/store-requisitions/<uuid:store_requisition_id>/decision", methods=["POST"])
@access(Permission.DECIDE)
@blueprint.arguments(schemas.StoreDecisionIn)
@blueprint.response(200, out.StoreRequisitionOut)
def post_requisition_decision(data: dict[str, Any], store_requisition_id: UUID) -> dict[str, Any]:
    """Approve or refuse; needs If-Match."""
    actor = current_actor()
    return _requisition(actor, requesting.decide(actor, store_requisition_id, seen_version(), **data))


@blueprint.route("/store-requisitions/<uuid:store_requisition_id>/cancel", methods=["POST"])
@access(Permission.REQUEST)
@blueprint.response(200, out.StoreRequisitionOut)
def post_requisition_cancel(store_requisition_id: UUID) -> dict[str, Any]:
    """The requester takes it back; needs If-Match."""
    actor = current_actor()
    return _requisition(actor, requesting.cancel(actor, store_requisition_id, seen_version()))


@blueprint.route("/store-requisitions/<uuid:store_requisition_id>/issue", methods=["POST"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreGivingIn)
@blueprint.response(200, out.StoreRequisitionOut)
def post_requisition_issue(data: dict[str, Any], store_requisition_id: UUID) -> dict[str, Any]:
    """Give out what was approved, or less; needs If-Match."""
    actor = current_actor()
    row = give_out_goods(actor, store_requisition_id, seen_version(), data["document_id"], data["lines"])
    return _requisition(actor, row)


# --- stocktakes -------------------------------------------------------------------------------------------------------


def _stocktake(actor: Actor, row: StoreStocktake) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in out.StoreStocktakeRow().fields}
    lines = counting.shown_lines(actor, row)
    return {**shown, "lines": lines, "steps": steps_of(actor, row.school_id, row.id)}


@blueprint.route("/stocktakes", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.PageArguments, location="query")
@blueprint.response(200, out.StoreStocktakePage)
def list_stocktakes(query: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    return paged(worklists.list_stocktakes(actor, actor.own_school_id(), **query))


@blueprint.route("/stocktakes/<uuid:stocktake_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out.StoreStocktakeOut)
def get_stocktake(stocktake_id: UUID) -> dict[str, Any]:
    """While anybody is still counting, without what the books say."""
    actor = current_actor()
    return _stocktake(actor, counting.get(actor, actor.own_school_id(), stocktake_id))


@blueprint.route("/stocktakes/<uuid:stocktake_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreStocktakeIn)
@blueprint.response(200, out.StoreStocktakeOut)
def put_stocktake(data: dict[str, Any], stocktake_id: UUID) -> dict[str, Any]:
    """Begin a count: the sheet lists what lies there now."""
    actor = current_actor()
    return _stocktake(actor, counting.start(actor, stocktake_id, **data))


@blueprint.route("/stocktakes/<uuid:stocktake_id>/counts", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreCountsIn)
@blueprint.response(200, out.StoreCountedOut)
def put_counts(data: dict[str, Any], stocktake_id: UUID) -> dict[str, int]:
    """What was counted of some lines; counted again it is corrected, until the sheet is handed in."""
    counted = {line["id"]: line["counted_quantity"] for line in data["lines"]}
    reasons = {line["id"]: line["reason"] for line in data["lines"] if line["reason"]}
    return {"left": counting.count(current_actor(), stocktake_id, counted, reasons)}


@blueprint.route("/stocktakes/<uuid:stocktake_id>/found/<uuid:stocktake_line_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreFoundIn)
@blueprint.response(200, out.StoreStocktakeLineOut)
def put_found(data: dict[str, Any], stocktake_id: UUID, stocktake_line_id: UUID) -> Any:
    """Goods that lie there but are not on the sheet."""
    actor = current_actor()
    line = counting.add_found(actor, stocktake_id, stocktake_line_id, counting.Found(**data))
    return counting.blind(line)


@blueprint.route("/stocktakes/<uuid:stocktake_id>/finish", methods=["POST"])
@access(Permission.KEEP)
@blueprint.response(200, out.StoreStocktakeOut)
def post_finish(stocktake_id: UUID) -> dict[str, Any]:
    """Hand the sheet in; needs If-Match."""
    actor = current_actor()
    return _stocktake(actor, counting.finish(actor, stocktake_id, seen_version()))


@blueprint.route("/stocktakes/<uuid:stocktake_id>/decision", methods=["POST"])
@access(Permission.DECIDE)
@blueprint.arguments(schemas.StoreDecisionIn)
@blueprint.response(200, out.StoreStocktakeOut)
def post_stocktake_decision(data: dict[str, Any], stocktake_id: UUID) -> dict[str, Any]:
    """Take the differences into the books, or have it counted again; needs If-Match."""
    actor = current_actor()
    decide = counting.approve if data["is_approved"] else counting.send_back
    return _stocktake(actor, decide(actor, stocktake_id, seen_version(), data["reason"]))


@blueprint.route("/stocktakes/<uuid:stocktake_id>/cancel", methods=["POST"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.StoreReasonIn)
@blueprint.response(200, out.StoreStocktakeOut)
def post_stocktake_cancel(data: dict[str, Any], stocktake_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    return _stocktake(actor, counting.cancel(actor, stocktake_id, seen_version(), data["reason"]))


# --- month ends -------------------------------------------------------------------------------------------------------


def _month(actor: Actor, row: StoreMonth) -> dict[str, Any]:
    shown = {name: getattr(row, name) for name in out.StoreMonthOut().fields}
    lines = closing.statement(actor, row.school_id, row)
    return {**shown, "lines": lines, "steps": steps_of(actor, row.school_id, row.id)}


@blueprint.route("/stock/months", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.PageArguments, location="query")
@blueprint.response(200, out.StoreMonthPage)
def list_months(query: dict[str, Any]) -> dict[str, Any]:
    actor = current_actor()
    return paged(closing.list_months(actor, actor.own_school_id(), **query))


@blueprint.route("/stock/months/<uuid:store_month_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, out.StoreMonthStatementOut)
def get_month(store_month_id: UUID) -> dict[str, Any]:
    """With the statement of its newest closing."""
    actor = current_actor()
    return _month(actor, closing.get_month(actor, actor.own_school_id(), store_month_id))


@blueprint.route("/stock/months", methods=["POST"])
@access(Permission.CLOSE)
@blueprint.arguments(schemas.StoreClosingIn)
@blueprint.response(200, out.StoreMonthStatementOut)
def post_closing(data: dict[str, Any]) -> dict[str, Any]:
    """Close a month that is over; earlier ones first. From then on it takes no document."""
    actor = current_actor()
    return _month(actor, closing.close(actor, data["month"], seen_version()))


@blueprint.route("/stock/months/<uuid:store_month_id>/reopen", methods=["POST"])
@access(Permission.REOPEN)
@blueprint.arguments(schemas.StoreReasonIn)
@blueprint.response(200, out.StoreMonthStatementOut)
def post_reopen(data: dict[str, Any], store_month_id: UUID) -> dict[str, Any]:
    """Open the newest closed month again, with the reason; needs If-Match."""
    actor = current_actor()
    return _month(actor, closing.reopen(actor, store_month_id, seen_version(), data["reason"]))
