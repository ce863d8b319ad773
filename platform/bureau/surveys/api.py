"""REST: surveys and what came of them. Answers come through the public page."""

from typing import Any
from uuid import UUID

from bureau.surveys.permissions import Permission
from bureau.surveys.schemas import SurveyIn, SurveyListOut, SurveyOut, SurveyQuery, SurveyTallyOut
from bureau.surveys.service import keeping
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("surveys", __name__, description="Surveys by link, without an account")


@blp.route("/surveys", methods=["GET"])
@access(Permission.READ)
@blp.arguments(SurveyQuery, location="query")
@blp.response(200, SurveyListOut)
def list_surveys(query: dict[str, Any]) -> dict[str, Any]:
    page = keeping.list_surveys(current_actor(), **query)
    return {"items": [row[0] for row in page.items], "next_cursor": page.next_cursor}


@blp.route("/surveys", methods=["POST"])
@access(Permission.OPEN)
@blp.arguments(SurveyIn)
@blp.response(201, SurveyListOut)
def open_surveys(data: dict[str, Any]) -> dict[str, Any]:
    """One per school. Sent again with the same `batch`, they are the same surveys."""
    return {"items": keeping.open_surveys(current_actor(), **data), "next_cursor": None}


@blp.route("/schools/<int:school_id>/surveys/<uuid:survey_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, SurveyOut)
def show(school_id: int, survey_id: UUID) -> Any:
    return keeping.get_survey(current_actor(), school_id, survey_id)


@blp.route("/schools/<int:school_id>/surveys/<uuid:survey_id>/closing", methods=["PUT"])
@access(Permission.OPEN)
@blp.response(200, SurveyOut)
def close(school_id: int, survey_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return keeping.close(current_actor(), school_id, survey_id, seen_version())


@blp.route("/schools/<int:school_id>/surveys/<uuid:survey_id>/tally", methods=["GET"])
@access(Permission.READ)
@blp.response(200, SurveyTallyOut)
def tally(school_id: int, survey_id: UUID) -> Any:
    """Counts by item and the mean percent; empty while fewer than five answers count."""
    actor = current_actor()
    return keeping.tally_of(actor, keeping.get_survey(actor, school_id, survey_id))
