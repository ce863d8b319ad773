"""Figures over REST."""

from typing import Any
from uuid import UUID

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.policy import service
from kernel.policy.permissions import Permission
from kernel.policy.rules import Figure, value_from_json
from kernel.policy.schemas import FigureOut, FiguresOut, FiguresQuery, OverrideOut, OverrideSchema

blueprint = ApiBlueprint("figures", __name__, description="Figures of law and local rule")


def _figure(figure: Figure) -> dict[str, Any]:
    return {name: getattr(figure, name) for name in ("level", "value", "citation", "valid_from", "valid_to")}


def _out(row: service.Row) -> dict[str, Any]:
    found = row.effective
    return {
        "key": row.key,
        "title": row.title,
        "unit": row.unit,
        "value": found.figure.value if found else None,
        "level": found.figure.level if found else None,
        "citation": found.figure.citation if found else None,
        "certainty": found.chain[0].certainty if found else None,
        "stricter": row.direction,
        "chain": [_figure(figure) for figure in found.chain] if found else [],
        "refused": [{**_figure(item.figure), "reason": item.reason} for item in found.refused] if found else [],
    }


@blueprint.route("/figures", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(FiguresQuery, location="query")
@blueprint.response(200, FiguresOut)
def list_figures(query: dict[str, Any]) -> dict[str, Any]:
    """Every figure as it holds for the caller's bureau or school; `group` is the first part of the key."""
    rows = service.list_figures(current_actor(), query["on"])
    group = query["group"]
    return {"items": [_out(row) for row in rows if not group or row.key.partition(".")[0] == group]}


@blueprint.route("/figures/<figure_key>", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(FiguresQuery, location="query")
@blueprint.response(200, FigureOut)
def get_figure(query: dict[str, Any], figure_key: str) -> dict[str, Any]:
    return _out(service.get_figure(current_actor(), figure_key, query["on"]))


@blueprint.route("/figure-overrides/<uuid:override_id>", methods=["PUT"])
@access(Permission.OVERRIDE)
@blueprint.arguments(OverrideSchema)
@blueprint.response(200, OverrideOut)
def put_override(data: dict[str, Any], override_id: UUID) -> dict[str, Any]:
    """A local figure under an id of the client's making; to change one, send the version seen as If-Match. A bureau
    writes its district's, a school its own."""
    override = service.save_override(current_actor(), override_id, seen_version(), **data)
    names = ("id", "school_id", "key", "citation", "valid_from", "valid_to", "version")
    return {**{name: getattr(override, name) for name in names}, "value": value_from_json(override.value)}
