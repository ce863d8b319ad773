"""Duties over REST: a school's own, ticks, excuses; the board for bureau and zones."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from duties import schemas
from duties.permissions import Permission
from duties.service import board, excusing, reading, ticking
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.errors import Invalid
from kernel.web.dates import today

blueprint = ApiBlueprint("duties", __name__, description="What schools owe, by when, and what fulfilled it")
MOST_SPAN = timedelta(days=92)


@blueprint.route("/duties", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.DutySpanQuery, location="query")
@blueprint.response(200, schemas.DutyListOut)
def list_duties(query: dict[str, Any]) -> dict[str, Any]:
    """What is due at the own school on first..last (three months at most; today by default), by due time."""
    actor = current_actor()
    return {"items": _between(actor.own_school_id(), query)}


def _between(school_id: int, query: dict[str, Any]) -> list[reading.Shown]:
    first = query["first"] or today()
    last = query["last"] or first
    if last < first or last - first > MOST_SPAN:
        raise Invalid({"last": [_("起止日期应先后相接，且不超过三个月。")]})
    return reading.between(current_actor(), school_id, first, last)


@blueprint.route("/duties/now", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.DutyListOut)
def list_now() -> dict[str, Any]:
    """What waits for oneself: late, due today, or open and due within three days."""
    actor = current_actor()
    return {"items": reading.mine(actor, reading.owed_now(actor))}


@blueprint.route("/schools/<int:school_id>/duties", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.DutySpanQuery, location="query")
@blueprint.response(200, schemas.DutyListOut)
def list_of_school(query: dict[str, Any], school_id: int) -> dict[str, Any]:
    board.school_facts(current_actor(), school_id)
    return {"items": _between(school_id, query)}


@blueprint.route("/duty-board", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.DutyBoardQuery, location="query")
@blueprint.response(200, schemas.DutyBoardOut)
def get_board(query: dict[str, Any]) -> dict[str, Any]:
    """Who is late with what since when, right now."""
    found = board.board(current_actor(), zone_id=query["zone_id"], kind=query["kind"])
    late = [
        {
            "school_id": one.school.id, "school": one.school.name, "zone": one.zone, "count": one.count,
            "since": one.since, "kinds": one.kinds,
        }
        for one in found.late
    ]  # fmt: skip
    return {"at": found.at, "schools": found.schools, "total": found.total, "late": late}


@blueprint.route("/duty-ticks/<uuid:duty_tick_id>", methods=["PUT"])
@access(Permission.TICK)
@blueprint.arguments(schemas.DutyTickIn)
@blueprint.response(200, schemas.DutyTickOut)
def put_tick(data: dict[str, Any], duty_tick_id: UUID) -> Any:
    """Done now, under an id of the client's making; again it is the same. Kinds that want a photo are done on the page."""
    return ticking.tick(current_actor(), duty_tick_id, data["duty_id"], note=data["note"])


@blueprint.route("/duty-ticks/<uuid:duty_tick_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.DutyTickOut)
def get_tick(duty_tick_id: UUID) -> Any:
    actor = current_actor()
    return ticking.get_tick(actor, actor.own_school_id(), duty_tick_id)


@blueprint.route("/duty-ticks/<uuid:duty_tick_id>/void", methods=["PUT"])
@access(Permission.TICK)
@blueprint.arguments(schemas.DutyVoidIn)
@blueprint.response(200, schemas.DutyTickOut)
def void_tick(data: dict[str, Any], duty_tick_id: UUID) -> Any:
    """What it fulfilled is owed again; wants the version seen as If-Match."""
    return ticking.void_tick(current_actor(), duty_tick_id, seen_version(), data["reason"])


@blueprint.route("/duty-excuses", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.DutyExcuseQuery, location="query")
@blueprint.response(200, schemas.DutyExcusePage)
def list_excuses(query: dict[str, Any]) -> Any:
    """The own school's, newest first."""
    return excusing.list_excuses(current_actor(), **query)


@blueprint.route("/duty-excuses/<uuid:duty_excuse_id>", methods=["PUT"])
@access(Permission.EXCUSE)
@blueprint.arguments(schemas.DutyExcuseIn)
@blueprint.response(200, schemas.DutyExcuseOut)
def put_excuse(data: dict[str, Any], duty_excuse_id: UUID) -> Any:
    return excusing.ask(current_actor(), duty_excuse_id, **data)


@blueprint.route("/schools/<int:school_id>/duty-excuses/<uuid:duty_excuse_id>/decision", methods=["PUT"])
@access(Permission.DECIDE)
@blueprint.arguments(schemas.DutyDecisionIn)
@blueprint.response(200, schemas.DutyExcuseOut)
def decide_excuse(data: dict[str, Any], school_id: int, duty_excuse_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    actor = current_actor()
    board.school_facts(actor, school_id)
    return excusing.decide(actor, school_id, duty_excuse_id, seen_version(), data["event"], data["why"])
