"""REST: the committee meets again."""

from typing import Any
from uuid import UUID

from bureau.evaluation import re_evaluation_schemas as schemas
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import re_evaluating, viewing
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blp = ApiBlueprint("re_evaluation", __name__, description="A new evaluation over a reported result (Order 87, Art. 64)")


@blp.route("/evaluations/<uuid:judged_tender_id>/re-evaluations", methods=["GET"])
@access(Permission.READ)
@blp.response(200, schemas.ReEvaluationListOut)
def list_re_evaluations(judged_tender_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    tender = viewing.require_bids(actor, judged_tender_id)
    return {"items": re_evaluating.of_tender(actor, tender.id), "next_cursor": None}


@blp.route("/evaluations/<uuid:judged_tender_id>/re-evaluations/<uuid:re_evaluation_id>", methods=["PUT"])
@access(Permission.RE_EVALUATE)
@blp.arguments(schemas.ReEvaluationIn)
@blp.response(200, schemas.ReEvaluationOut)
def ask(data: dict[str, Any], judged_tender_id: UUID, re_evaluation_id: UUID) -> Any:
    """Under the client's id; wants the tender's version as If-Match. Begins at once where no award was decided."""
    return re_evaluating.ask(current_actor(), judged_tender_id, re_evaluation_id, seen_version(), **data)


@blp.route("/re-evaluations/<uuid:re_evaluation_id>", methods=["DELETE"])
@access(Permission.RE_EVALUATE)
@blp.response(200, schemas.ReEvaluationOut)
def take_back(re_evaluation_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return re_evaluating.take_back(current_actor(), re_evaluation_id, seen_version())


@blp.route("/re-evaluations/<uuid:re_evaluation_id>/confirmation", methods=["PUT"])
@access(Permission.RE_EVALUATE)
@blp.response(200, schemas.ReEvaluationOut)
def confirm(re_evaluation_id: UUID) -> Any:
    """By another officer than the one who asked. Wants the version seen as If-Match."""
    return re_evaluating.confirm(current_actor(), re_evaluation_id, seen_version())


@blp.route("/re-evaluations/<uuid:re_evaluation_id>/finance-report", methods=["PUT"])
@access(Permission.RE_EVALUATE)
@blp.arguments(schemas.FinanceReportIn)
@blp.response(200, schemas.ReEvaluationOut)
def report_to_finance(data: dict[str, Any], re_evaluation_id: UUID) -> Any:
    """A changed result was reported in writing. Wants the version seen as If-Match."""
    return re_evaluating.report_to_finance(
        current_actor(), re_evaluation_id, seen_version(), reported_on=data["reported_on"],
        reference=data["reference"] or "",
    )  # fmt: skip
