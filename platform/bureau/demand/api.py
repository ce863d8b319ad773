"""REST: rounds of demand, a school's sheet, lots."""

from typing import Any
from uuid import UUID

from bureau.demand.permissions import Permission
from bureau.demand.schemas import (
    DemandCountOut,
    DemandLinesOut,
    DemandLotsOut,
    DemandNormsIn,
    DemandProgressOut,
    DemandReason,
    DemandReopen,
    DemandRoundIn,
    DemandRoundListOut,
    DemandRoundOut,
    DemandRoundQuery,
    DemandRowsIn,
    DemandScopesIn,
    DemandSharesOut,
    DemandSheetOut,
    DemandWords,
)
from bureau.demand.service import lots, moving, progress, proposals, rounds, sheets
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("demand", __name__, description="What schools need, round by round, and the lots it adds up to")
CHOICE = ("stages", "zone_ids", "canteen_modes", "school_ids")


@blp.route("/demand-rounds", methods=["GET"])
@access(Permission.READ)
@blp.arguments(DemandRoundQuery, location="query")
@blp.response(200, DemandRoundListOut)
def list_rounds(query: dict[str, Any]) -> dict[str, Any]:
    page = rounds.list_rounds(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/demand-rounds", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(DemandRoundIn)
@blp.response(201, DemandRoundOut)
def open_round(data: dict[str, Any]) -> Any:
    """Under an id of the client's own. The schools are named, or chosen by stage, zone and canteen mode."""
    choice = rounds.SchoolChoice(**{name: data.pop(name) for name in CHOICE})
    return rounds.open_round(current_actor(), schools=choice, **data)


@blp.route("/demand-rounds/<uuid:demand_round_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, DemandRoundOut)
def show_round(demand_round_id: UUID) -> Any:
    return moving.get_round(current_actor(), demand_round_id)


@blp.route("/demand-rounds/<uuid:demand_round_id>/progress", methods=["GET"])
@access(Permission.READ)
@blp.response(200, DemandProgressOut)
def show_progress(demand_round_id: UUID) -> dict[str, Any]:
    """The schools of the round by zone, and how far each is."""
    actor = current_actor()
    return {"zones": progress.progress(actor, moving.get_round(actor, demand_round_id))}


@blp.route("/demand-rounds/<uuid:demand_round_id>/reminders", methods=["POST"])
@access(Permission.MANAGE)
@blp.response(200, DemandCountOut)
def remind(demand_round_id: UUID) -> dict[str, int]:
    """Remind the schools that have not handed in; how many were told."""
    return {"count": progress.remind(current_actor(), demand_round_id)}


@blp.route("/demand-rounds/<uuid:demand_round_id>/closing", methods=["POST"])
@access(Permission.MANAGE)
@blp.response(200, DemandRoundOut)
def close_round(demand_round_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return rounds.close_round(current_actor(), demand_round_id, seen_version())


@blp.route("/demand-rounds/<uuid:demand_round_id>/reopening", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(DemandReopen)
@blp.response(200, DemandRoundOut)
def reopen_round(data: dict[str, Any], demand_round_id: UUID) -> Any:
    """With a new deadline and the reason. Wants the version seen as If-Match."""
    return rounds.reopen_round(current_actor(), demand_round_id, seen_version(), data["deadline"], data["reason"])


@blp.route("/demand-rounds/<uuid:demand_round_id>/norms", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(DemandNormsIn)
@blp.response(200, DemandRoundOut)
def set_norms(data: dict[str, Any], demand_round_id: UUID) -> Any:
    """What one diner needs of an item in a month. Wants the version seen as If-Match."""
    norms = {one["item_id"]: one["norm"] for one in data["norms"]}
    return rounds.set_norms(current_actor(), demand_round_id, norms, seen_version())


@blp.route("/demand-rounds/<uuid:demand_round_id>/scopes", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(DemandScopesIn)
@blp.response(200, DemandRoundOut)
def set_scopes(data: dict[str, Any], demand_round_id: UUID) -> Any:
    """Which categories are one lot of the district, which one lot of each zone. Wants the version seen as If-Match."""
    scopes = {one["category_id"]: one["scope"] for one in data["scopes"]}
    return lots.set_scopes(current_actor(), demand_round_id, scopes, seen_version())


@blp.route("/demand-rounds/<uuid:demand_round_id>/aggregation", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(DemandReason)
@blp.response(200, DemandLotsOut)
def aggregate(data: dict[str, Any], demand_round_id: UUID) -> dict[str, Any]:
    """Gather the approved sheets into lots, again where need be. Wants the round's version seen as If-Match."""
    actor = current_actor()
    lots.aggregate(actor, demand_round_id, seen_version(), data["reason"])
    return {"lots": lots.lots_of(actor, demand_round_id)}


@blp.route("/demand-rounds/<uuid:demand_round_id>/lots", methods=["GET"])
@access(Permission.READ)
@blp.response(200, DemandLotsOut)
def show_lots(demand_round_id: UUID) -> dict[str, Any]:
    """The lots that hold now."""
    return {"lots": lots.lots_of(current_actor(), demand_round_id)}


@blp.route("/demand-lots/<uuid:demand_lot_id>/schools", methods=["GET"])
@access(Permission.READ)
@blp.response(200, DemandSharesOut)
def show_shares(demand_lot_id: UUID) -> dict[str, Any]:
    """The schools behind a lot's sums."""
    actor = current_actor()
    return {"shares": lots.shares_of(actor, lots.get_lot(actor, demand_lot_id))}


@blp.route("/schools/<int:school_id>/demand-sheets/<uuid:demand_round_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, DemandLinesOut)
def show_sheet(school_id: int, demand_round_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    sheet = moving.get_sheet(actor, school_id, demand_round_id)
    return {"sheet": sheet, "lines": list(sheets.lines_of(actor, sheet).values())}


@blp.route("/schools/<int:school_id>/demand-sheets/<uuid:demand_round_id>/approval", methods=["POST"])
@access(Permission.APPROVE)
@blp.arguments(DemandWords)
@blp.response(200, DemandSheetOut)
def approve(data: dict[str, Any], school_id: int, demand_round_id: UUID) -> Any:
    """Wants the sheet's version seen as If-Match."""
    return sheets.approve(current_actor(), school_id, demand_round_id, seen_version(), data["words"])


@blp.route("/schools/<int:school_id>/demand-sheets/<uuid:demand_round_id>/return", methods=["POST"])
@access(Permission.APPROVE)
@blp.arguments(DemandWords)
@blp.response(200, DemandSheetOut)
def send_back(data: dict[str, Any], school_id: int, demand_round_id: UUID) -> Any:
    """With the reason. Lots that hold the sheet hold no more. Wants the sheet's version seen as If-Match."""
    return sheets.send_back(current_actor(), school_id, demand_round_id, seen_version(), data["words"])


@blp.route("/own/demand-sheets/<uuid:demand_round_id>", methods=["GET"])
@access(Permission.OWN_READ)
@blp.response(200, DemandLinesOut)
def show_own(demand_round_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    sheet = moving.get_sheet(actor, actor.own_school_id(), demand_round_id)
    return {"sheet": sheet, "lines": list(sheets.lines_of(actor, sheet).values())}


@blp.route("/own/demand-sheets/<uuid:demand_round_id>/rows", methods=["PUT"])
@access(Permission.FILL)
@blp.arguments(DemandRowsIn)
@blp.response(200, DemandLinesOut)
def save_own(data: dict[str, Any], demand_round_id: UUID) -> dict[str, Any]:
    """Each row with the version of the line it replaces, 0 for none; the lines as written."""
    actor = current_actor()
    changes = [sheets.RowChange(**one) for one in data["rows"]]
    lines = sheets.save_rows(actor, demand_round_id, changes)
    return {"sheet": moving.get_sheet(actor, actor.own_school_id(), demand_round_id), "lines": lines}


@blp.route("/own/demand-sheets/<uuid:demand_round_id>/proposals", methods=["POST"])
@access(Permission.FILL)
@blp.response(200, DemandCountOut)
def take_proposals(demand_round_id: UUID) -> dict[str, int]:
    """Write what is proposed for every item that has nothing yet; how many items."""
    return {"count": proposals.take_proposals(current_actor(), demand_round_id)}


@blp.route("/own/demand-sheets/<uuid:demand_round_id>/submission", methods=["POST"])
@access(Permission.SUBMIT)
@blp.arguments(DemandWords)
@blp.response(200, DemandSheetOut)
def submit(data: dict[str, Any], demand_round_id: UUID) -> Any:
    """Wants the sheet's version seen as If-Match."""
    return sheets.submit(current_actor(), demand_round_id, seen_version(), data["words"])


@blp.route("/own/demand-sheets/<uuid:demand_round_id>/withdrawal", methods=["POST"])
@access(Permission.SUBMIT)
@blp.arguments(DemandWords)
@blp.response(200, DemandSheetOut)
def withdraw(data: dict[str, Any], demand_round_id: UUID) -> Any:
    """Wants the sheet's version seen as If-Match."""
    return sheets.withdraw(current_actor(), demand_round_id, seen_version(), data["words"])
