"""REST: traces, recalls, each school's part, suspected incidents."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from school.recall.permissions import Permission
from school.recall.schemas import (
    IncidentIn,
    IncidentOut,
    RecallEnd,
    RecallIn,
    RecallListOut,
    RecallOut,
    RecallPartOut,
    RecallQuery,
    SecureIn,
    TraceOut,
    TraceQuery,
)
from school.recall.service import answering, asking, reading, recalls
from school.recall.service.asking import Answer, ask
from school.recall.service.tracing import SchoolPart

blp = ApiBlueprint("recall", __name__, description="From a lot to every plate, and back")
PLACE = "/recalls/<uuid:recall_id>"


@blp.route("/recalls/trace", methods=["GET"])
@access(Permission.TRACE)
@blp.arguments(TraceQuery, location="query")
@blp.response(200, TraceOut)
def trace(query: dict[str, Any]) -> dict[str, Any]:
    """Suspect lots and all that they touch, within the caller's scope. Changes nothing."""
    return _answer(ask(current_actor(), query))


def _answer(answer: Answer) -> dict[str, Any]:
    return {
        "lots": [
            {
                **option.suspect.lot.as_json(), "digest": option.digest, "is_recorded": option.suspect.is_recorded,
                "is_chosen": option.is_chosen,
            }
            for option in answer.options
        ],
        "schools": [_school(part) for part in answer.trace.schools],
        "milliseconds": answer.trace.milliseconds,
    }  # fmt: skip


def _school(part: SchoolPart) -> dict[str, Any]:
    def words(found: dict[str, Decimal]) -> dict[str, str]:
        return {unit: format(quantity.normalize(), "f") for unit, quantity in found.items()}

    return {
        "school_id": part.school_id, "school_name": part.school_name, "came": words(part.came), "left": words(part.left),
        "used": words(part.used), "deliveries": part.deliveries, "transits": len(part.transits),
        "diners": part.diners, "samples": part.samples, "meals": part.meals,
    }  # fmt: skip


@blp.route("/recalls", methods=["GET"])
@access(Permission.READ)
@blp.arguments(RecallQuery, location="query")
@blp.response(200, RecallListOut)
def list_recalls(query: dict[str, Any]) -> dict[str, Any]:
    """Newest first."""
    page = reading.list_recalls(current_actor(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/recalls", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(RecallIn)
@blp.response(201, RecallOut)
def begin(data: dict[str, Any]) -> Any:
    """Trace and keep the answer under an id of the client's own. Nobody is told yet."""
    return asking.begin(current_actor(), data)


@blp.route(PLACE, methods=["GET"])
@access(Permission.READ)
@blp.response(200, RecallOut)
def show(recall_id: UUID) -> Any:
    return recalls.get_recall(current_actor(), recall_id)


@blp.route(f"{PLACE}/tell", methods=["POST"])
@access(Permission.MANAGE)
@blp.response(200, RecallOut)
def tell(recall_id: UUID) -> Any:
    """Freeze every batch and tell each school that is touched, in one transaction. Wants the version as If-Match."""
    return recalls.freeze_and_tell(current_actor(), recall_id, seen_version())


@blp.route(f"{PLACE}/end", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(RecallEnd)
@blp.response(200, RecallOut)
def end(data: dict[str, Any], recall_id: UUID) -> Any:
    """Lift (the stock is free again), close (what is left stays frozen) or drop. Wants the version as If-Match."""
    act = {"lift": recalls.lift, "close": recalls.close, "drop": recalls.drop}[data["event"]]
    return act(current_actor(), recall_id, seen_version(), data["reason"])


@blp.route(f"{PLACE}/part", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, RecallPartOut)
def own_part(recall_id: UUID) -> Any:
    """The school's own part."""
    return answering.own_part(current_actor(), recall_id)


@blp.route(f"{PLACE}/part", methods=["PUT"])
@access(Permission.SECURE)
@blp.arguments(SecureIn)
@blp.response(200, RecallPartOut)
def secure(data: dict[str, Any], recall_id: UUID) -> Any:
    """What the school counted and locked away. Wants the version as If-Match."""
    return answering.secure(current_actor(), recall_id, seen_version(), **data)


@blp.route("/incidents", methods=["POST"])
@access(Permission.REPORT)
@blp.arguments(IncidentIn)
@blp.response(201, IncidentOut)
def report_incident(data: dict[str, Any]) -> Any:
    """Pupils fell ill: reported by their school, told to the bureau at once."""
    return answering.report_incident(current_actor(), **data)
