"""REST: plans, visits, answers, submission, results, ranking."""

from typing import Any
from uuid import UUID

import orjson
from flask import Response

from bureau.inspections.permissions import Permission
from bureau.inspections.schemas import (
    AnswersIn,
    AssignmentIn,
    InspectionPhotoFile,
    InspectionPhotoOut,
    InspectionPhotoQuery,
    LostItemsOut,
    OwnResultsOut,
    PlanListOut,
    PlanOut,
    RankingOut,
    RankingQuery,
    ReasonOnly,
    ResultOut,
    SubmissionIn,
    VisitListOut,
    VisitOut,
    VisitWithFormOut,
)
from bureau.inspections.schemas_planning import CampaignIn, CampaignOut, plan_values
from bureau.inspections.service import answering, planning, results, submitting, visits
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.schemas import PageArguments
from scorecards import service as forms
from scorecards.form import decimal_text

blp = ApiBlueprint("inspections", __name__)


@blp.route("/inspection-plans", methods=["GET"])
@access(Permission.COMPARE)
@blp.response(200, PlanListOut)
def list_plans() -> dict[str, Any]:
    return {"items": [row["plan"] for row in planning.list_plans(current_actor())], "next_cursor": None}


@blp.route("/inspection-plans", methods=["POST"])
@access(Permission.PLAN)
@blp.arguments(CampaignIn)
@blp.response(201, CampaignOut)
def create_plan(data: dict[str, Any]) -> Any:
    return planning.create_plan(current_actor(), **plan_values(data))


@blp.route("/inspection-plans/<uuid:plan_id>", methods=["GET"])
@access(Permission.COMPARE)
@blp.response(200, CampaignOut)
def show_plan(plan_id: UUID) -> Any:
    return planning.get_plan(current_actor(), plan_id)


@blp.route("/inspection-plans/<uuid:plan_id>/closing", methods=["PUT"])
@access(Permission.PLAN)
@blp.response(200, PlanOut)
def close_plan(plan_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return planning.close_plan(current_actor(), plan_id, seen_version())


@blp.route("/inspection-plans/<uuid:plan_id>/visits", methods=["GET"])
@access(Permission.COMPARE)
@blp.response(200, VisitListOut)
def plan_visits(plan_id: UUID) -> dict[str, Any]:
    rows = results.plan_visits(current_actor(), plan_id)
    return {"items": [row.Inspection for row in rows], "next_cursor": None}


@blp.route("/inspection-plans/<uuid:plan_id>/visits", methods=["POST"])
@access(Permission.PLAN)
@blp.arguments(AssignmentIn)
@blp.response(200, VisitListOut)
def assign(data: dict[str, Any], plan_id: UUID) -> dict[str, Any]:
    return {"items": planning.assign(current_actor(), plan_id, **data), "next_cursor": None}


@blp.route("/inspection-plans/<uuid:plan_id>/ranking", methods=["GET"])
@access(Permission.COMPARE)
@blp.arguments(RankingQuery, location="query")
@blp.response(200, RankingOut)
def ranking(query: dict[str, Any], plan_id: UUID) -> Response:
    """A district has a thousand places: straight to JSON. A test holds the answer to RankingOut."""
    places = results.ranking(current_actor(), plan_id, **query)
    return Response(orjson.dumps({"items": places}, default=decimal_text), mimetype="application/json")


@blp.route("/inspection-plans/<uuid:plan_id>/lost-items", methods=["GET"])
@access(Permission.COMPARE)
@blp.response(200, LostItemsOut)
def lost_items(plan_id: UUID) -> dict[str, Any]:
    return {"items": results.lost_items(current_actor(), plan_id)}


@blp.route("/inspections/mine", methods=["GET"])
@access(Permission.FILL)
@blp.response(200, VisitListOut)
def mine() -> dict[str, Any]:
    return {"items": [visit for visit, _, _ in visits.my_visits(current_actor())], "next_cursor": None}


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, VisitWithFormOut)
def show(school_id: int, inspection_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    visit = visits.get_inspection(actor, school_id, inspection_id)
    rows = answering.answers_of(visit)
    return {
        **{name: getattr(visit, name) for name in VisitOut().fields},
        "form": forms.get_version(actor, visit.form_version_id).form,
        "answers": {code: row.answer for code, row in rows.items() if row.answer is not None},
        "remarks": {code: row.remark for code, row in rows.items() if row.remark},
    }


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/answers", methods=["PUT"])
@access(Permission.FILL)
@blp.arguments(AnswersIn)
@blp.response(200, VisitOut)
def save_answers(data: dict[str, Any], school_id: int, inspection_id: UUID) -> Any:
    return answering.save_answers(
        current_actor(), school_id, inspection_id, data.get("answers", {}), data.get("remarks", {})
    )


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/submission", methods=["PUT"])
@access(Permission.FILL)
@blp.arguments(SubmissionIn)
@blp.response(200, ResultOut)
def submit(data: dict[str, Any], school_id: int, inspection_id: UUID) -> Any:
    return submitting.submit(
        current_actor(),
        school_id,
        inspection_id,
        answers=data.get("answers"),
        remarks=data.get("remarks"),
        met_by=data["met_by"] or "",
        remark=data["remark"] or "",
    )


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/photos/<uuid:photo_id>", methods=["PUT"])
@access(Permission.FILL)
@blp.arguments(InspectionPhotoQuery, location="query")
@blp.arguments(InspectionPhotoFile, location="files", content_type="multipart/form-data")
@blp.response(200, InspectionPhotoOut)
def put_photo(query: dict[str, Any], files: dict[str, Any], school_id: int, inspection_id: UUID, photo_id: UUID) -> Any:
    return answering.add_photo(
        current_actor(),
        school_id,
        inspection_id,
        photo_id=photo_id,
        item_code=query["item_code"] or "",
        data=files["photo"].read(),
        name=files["photo"].filename or "",
        taken_at=query["taken_at"],
    )


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/photos/<uuid:photo_id>", methods=["DELETE"])
@access(Permission.FILL)
@blp.response(204)
def delete_photo(school_id: int, inspection_id: UUID, photo_id: UUID) -> None:
    answering.remove_photo(current_actor(), school_id, inspection_id, photo_id)


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/release", methods=["PUT"])
@access(Permission.PLAN)
@blp.response(200, VisitOut)
def release(school_id: int, inspection_id: UUID) -> Any:
    """Tell the school. Wants the version seen as If-Match."""
    return results.release(current_actor(), school_id, inspection_id, seen_version())


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/return", methods=["POST"])
@access(Permission.PLAN)
@blp.arguments(ReasonOnly)
@blp.response(200, VisitOut)
def send_back(data: dict[str, Any], school_id: int, inspection_id: UUID) -> Any:
    """退回补正. Wants the version seen as If-Match."""
    return results.send_back(current_actor(), school_id, inspection_id, data["reason"], seen_version())


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/cancellation", methods=["POST"])
@access(Permission.PLAN)
@blp.arguments(ReasonOnly)
@blp.response(200, VisitOut)
def cancel(data: dict[str, Any], school_id: int, inspection_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return planning.cancel(current_actor(), school_id, inspection_id, data["reason"], seen_version())


@blp.route("/schools/<int:school_id>/inspections/<uuid:inspection_id>/result", methods=["GET"])
@access(Permission.READ)
@blp.response(200, ResultOut)
def result(school_id: int, inspection_id: UUID) -> Any:
    return results.get_result(current_actor(), school_id, inspection_id)


@blp.route("/inspection-results", methods=["GET"])
@access(Permission.READ_OWN_RESULT)
@blp.arguments(PageArguments, location="query")
@blp.response(200, OwnResultsOut)
def own_results(query: dict[str, Any]) -> Any:
    return results.own_results(current_actor(), query["cursor"], query["limit"])


@blp.route("/inspection-results/<uuid:inspection_id>", methods=["GET"])
@access(Permission.READ_OWN_RESULT)
@blp.response(200, ResultOut)
def own_result(inspection_id: UUID) -> Any:
    actor = current_actor()
    return results.get_result(actor, actor.own_school_id(), inspection_id)
