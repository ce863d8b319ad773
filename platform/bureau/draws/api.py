"""REST: a plan's schools, draws, interests, the calendar, who answers what."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from bureau.draws.permissions import Permission
from bureau.draws.schemas import (
    CalendarOut,
    CalendarQuery,
    DrawDocumentOut,
    DrawReason,
    InterestIn,
    InterestListOut,
    InterestOut,
    PlanDrawIn,
    PlanDrawListOut,
    PlanDrawOut,
    PlanSchoolsOut,
    RevealIn,
    SchoolIdsIn,
    SectionShares,
)
from bureau.draws.service import campaign, drawing, interests
from bureau.draws.views.draws import settings_of
from bureau.inspections.permissions import Permission as Inspecting
from bureau.inspections.schemas import VisitOut
from bureau.inspections.service import calendars, planning, teams
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.web.dates import today

blp = ApiBlueprint("draws", __name__)


@blp.route("/inspection-plans/<uuid:plan_id>/schools", methods=["GET"])
@access(Inspecting.COMPARE)
@blp.response(200, PlanSchoolsOut)
def plan_schools(plan_id: UUID) -> dict[str, Any]:
    """The plan's fixed list with each school's risk."""
    actor = current_actor()
    return _schools(campaign.covered(actor, planning.get_plan(actor, plan_id)))


@blp.route("/inspection-plans/<uuid:plan_id>/schools", methods=["POST"])
@access(Inspecting.PLAN)
@blp.arguments(SchoolIdsIn)
@blp.response(200, PlanSchoolsOut)
def add_schools(data: dict[str, Any], plan_id: UUID) -> dict[str, Any]:
    """Adds to the list; those on it already stay as they are."""
    actor = current_actor()
    plan = planning.get_plan(actor, plan_id, lock=True)
    campaign.add_schools(actor, plan, data["school_ids"])
    return _schools(campaign.covered(actor, plan))


@blp.route("/inspection-plans/<uuid:plan_id>/schools/<int:school_id>", methods=["DELETE"])
@access(Inspecting.PLAN)
@blp.response(204)
def remove_school(plan_id: UUID, school_id: int) -> None:
    actor = current_actor()
    campaign.remove_school(actor, planning.get_plan(actor, plan_id, lock=True), school_id)


def _schools(rows: Iterable[campaign.SchoolAtRisk]) -> dict[str, Any]:
    items = [
        {
            "school_id": row.school.id, "name": row.school.name, "tier": row.risk.tier, "risk": row.risk.points,
            "risk_parts": row.risk.parts,
        }
        for row in rows
    ]  # fmt: skip
    return {"items": items, "next_cursor": None}


@blp.route("/inspection-plans/<uuid:plan_id>/draws", methods=["GET"])
@access(Permission.READ)
@blp.response(200, PlanDrawListOut)
def plan_draws(plan_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    planning.get_plan(actor, plan_id)
    return {"items": drawing.list_draws(actor, plan_id), "next_cursor": None}


@blp.route("/inspection-plans/<uuid:plan_id>/draws/<uuid:draw_id>", methods=["PUT"])
@access(Permission.RUN)
@blp.arguments(PlanDrawIn)
@blp.response(200, PlanDrawOut)
def commit(data: dict[str, Any], plan_id: UUID, draw_id: UUID) -> Any:
    """Fix pools, rules and seed, under an id that the client made. `high`, `medium`, `low`: how many schools of each
    tier of risk, a number or a share such as "50%"."""
    return drawing.commit(current_actor(), plan_id, draw_id, settings_of(data))


@blp.route("/draws/<uuid:draw_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, PlanDrawOut)
def show(draw_id: UUID) -> Any:
    return drawing.get_draw(current_actor(), draw_id)


@blp.route("/draws/<uuid:draw_id>/document", methods=["GET"])
@access(Permission.READ)
@blp.response(200, DrawDocumentOut)
def document(draw_id: UUID) -> Any:
    """What `houqin draw verify` reads."""
    return drawing.document_of(drawing.get_draw(current_actor(), draw_id))


@blp.route("/draws/<uuid:draw_id>/reveal", methods=["POST"])
@access(Permission.RUN)
@blp.arguments(RevealIn)
@blp.response(200, PlanDrawOut)
def reveal(data: dict[str, Any], draw_id: UUID) -> Any:
    """Draw, once. Wants the version seen as If-Match."""
    return drawing.reveal(current_actor(), draw_id, data["public_value"] or "", seen_version())


@blp.route("/draws/<uuid:draw_id>/publication", methods=["PUT"])
@access(Permission.RUN)
@blp.response(200, PlanDrawOut)
def publish(draw_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return drawing.publish(current_actor(), draw_id, seen_version())


@blp.route("/draws/<uuid:draw_id>/withdrawal", methods=["POST"])
@access(Permission.RUN)
@blp.arguments(DrawReason)
@blp.response(200, PlanDrawOut)
def withdraw(data: dict[str, Any], draw_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return drawing.withdraw(current_actor(), draw_id, data["reason"], seen_version())


@blp.route("/inspector-interests", methods=["GET"])
@access(Permission.MANAGE_INTERESTS)
@blp.response(200, InterestListOut)
def all_interests() -> dict[str, Any]:
    return _interests()


@blp.route("/inspector-interests/mine", methods=["GET"])
@access(Permission.DECLARE)
@blp.response(200, InterestListOut)
def my_interests() -> dict[str, Any]:
    return _interests()


def _interests() -> dict[str, Any]:
    return {"items": [row[0] for row in interests.list_interests(current_actor())], "next_cursor": None}


@blp.route("/inspector-interests/<uuid:interest_id>", methods=["PUT"])
@access(Permission.MANAGE_INTERESTS)
@blp.arguments(InterestIn)
@blp.response(200, InterestOut)
def enter(data: dict[str, Any], interest_id: UUID) -> Any:
    return interests.declare(current_actor(), id=interest_id, **{**data, "reason": data["reason"] or ""})


@blp.route("/inspector-interests/mine/<uuid:interest_id>", methods=["PUT"])
@access(Permission.DECLARE)
@blp.arguments(InterestIn)
@blp.response(200, InterestOut)
def declare(data: dict[str, Any], interest_id: UUID) -> Any:
    return interests.declare(current_actor(), id=interest_id, **{**data, "reason": data["reason"] or ""})


@blp.route("/inspector-interests/<uuid:interest_id>/withdrawal", methods=["PUT"])
@access(Permission.MANAGE_INTERESTS)
@blp.response(200, InterestOut)
def end(interest_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return interests.withdraw_interest(current_actor(), interest_id, seen_version())


@blp.route("/inspector-interests/mine/<uuid:interest_id>/withdrawal", methods=["PUT"])
@access(Permission.DECLARE)
@blp.response(200, InterestOut)
def take_back(interest_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return interests.withdraw_interest(current_actor(), interest_id, seen_version())


@blp.route("/inspections/calendar", methods=["GET"])
@access(Inspecting.READ)
@blp.arguments(CalendarQuery, location="query")
@blp.response(200, CalendarOut)
def calendar(query: dict[str, Any]) -> dict[str, Any]:
    """The month of `day` (today's without): one's own visits, or for an officer those of `person_id`."""
    actor = current_actor()
    first, last = calendars.month_of(query["day"] or today())
    rows = calendars.visits_of(actor, query["person_id"] or actor.account_id, first, last)
    items = [
        {
            "id": visit.id, "school_id": visit.school_id, "school_name": school, "plan_title": plan,
            "scheduled_on": visit.scheduled_on, "day_order": visit.day_order, "state": visit.state,
        }
        for visit, school, plan in rows
    ]  # fmt: skip
    return {"items": items, "next_cursor": None}


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/sections", methods=["PUT"])
@access(Inspecting.PLAN)
@blp.arguments(SectionShares)
@blp.response(200, VisitOut)
def share_sections(data: dict[str, Any], school_id: int, inspection_id: UUID) -> Any:
    """Who answers what. Wants the version seen as If-Match."""
    return teams.share_sections(current_actor(), school_id, inspection_id, data["sections"], seen_version())
