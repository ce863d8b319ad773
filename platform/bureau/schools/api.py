"""The registry over REST: the same services as the pages."""

from typing import Any
from uuid import UUID

from bureau.schools import labels, schemas, service
from bureau.schools.models import School
from bureau.schools.permissions import Permission
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version

blueprint = ApiBlueprint("schools", __name__, description="Bureau, zones, schools and terms")


@blueprint.route("/bureau", methods=["GET"])
@access(Permission.BUREAU_PROFILE_READ)
@blueprint.response(200, schemas.BureauOut)
def get_bureau() -> Any:
    return service.get_bureau(current_actor())


@blueprint.route("/bureau", methods=["PUT"])
@access(Permission.BUREAU_PROFILE_EDIT)
@blueprint.arguments(schemas.BureauIn)
@blueprint.response(200, schemas.BureauOut)
def put_bureau(data: dict[str, Any]) -> Any:
    return service.edit_bureau(current_actor(), seen_version=seen_version(), **data)


@blueprint.route("/zones", methods=["GET"])
@access(Permission.ZONES_READ)
@blueprint.response(200, schemas.ZoneList)
def list_zones() -> Any:
    return {
        "items": [
            {
                "id": row.zone.id,
                "code": row.zone.code,
                "name": row.zone.name,
                "version": row.zone.version,
                "schools": row.schools,
                "boarding_schools": row.boarding_schools,
                "pupils": row.pupils,
                "boarders": row.boarders,
            }
            for row in service.zones_with_counts(current_actor())
        ]
    }


@blueprint.route("/zones", methods=["POST"])
@access(Permission.ZONES_MANAGE)
@blueprint.arguments(schemas.ZoneIn)
@blueprint.response(201, schemas.ZoneOut)
def post_zone(data: dict[str, Any]) -> Any:
    return service.create_zone(current_actor(), **data)


@blueprint.route("/zones/<int:zone_id>", methods=["PUT"])
@access(Permission.ZONES_MANAGE)
@blueprint.arguments(schemas.ZoneIn)
@blueprint.response(200, schemas.ZoneOut)
def put_zone(data: dict[str, Any], zone_id: int) -> Any:
    return service.edit_zone(current_actor(), zone_id, seen_version=seen_version(), **data)


@blueprint.route("/schools", methods=["GET"])
@access(Permission.SCHOOLS_LIST)
@blueprint.arguments(schemas.SchoolQuery, location="query")
@blueprint.response(200, schemas.SchoolList)
def list_schools(query: dict[str, Any]) -> Any:
    filters = service.SchoolFilters(**schemas.SchoolQuery().filters(query))
    return service.list_schools(current_actor(), filters, query["cursor"], query["limit"])


@blueprint.route("/schools", methods=["POST"])
@access(Permission.SCHOOLS_MANAGE)
@blueprint.arguments(schemas.SchoolIn)
@blueprint.response(201, schemas.SchoolShown)
def post_school(data: dict[str, Any]) -> Any:
    return _shown(service.create_school(current_actor(), data))


@blueprint.route("/schools/<int:school_id>", methods=["GET"])
@access(Permission.SCHOOL_READ)
@blueprint.response(200, schemas.SchoolShown)
def get_school(school_id: int) -> Any:
    return _shown(service.get_school(current_actor(), school_id))


@blueprint.route("/schools/<int:school_id>", methods=["PUT"])
@access(Permission.SCHOOLS_MANAGE)
@blueprint.arguments(schemas.SchoolIn)
@blueprint.response(200, schemas.SchoolShown)
def put_school(data: dict[str, Any], school_id: int) -> Any:
    """The whole profile. If-Match: the version seen."""
    return _shown(service.edit_school(current_actor(), school_id, seen_version=seen_version(), values=data))


@blueprint.route("/schools/<int:school_id>/numbers", methods=["PUT"])
@access(Permission.SCHOOL_EDIT)
@blueprint.arguments(schemas.SchoolNumbersIn)
@blueprint.response(200, schemas.SchoolShown)
def put_school_numbers(data: dict[str, Any], school_id: int) -> Any:
    """Counts and contacts, which a school keeps itself. If-Match: the version seen."""
    return _shown(service.edit_school(current_actor(), school_id, seen_version=seen_version(), values=data))


@blueprint.route("/schools/<int:school_id>/suspend", methods=["POST"])
@access(Permission.SCHOOLS_MANAGE)
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(200, schemas.SchoolShown)
def suspend_school(data: dict[str, Any], school_id: int) -> Any:
    return _shown(service.suspend_school(current_actor(), school_id, seen_version=seen_version(), **data))


@blueprint.route("/schools/<int:school_id>/reopen", methods=["POST"])
@access(Permission.SCHOOLS_MANAGE)
@blueprint.arguments(schemas.ReasonIn)
@blueprint.response(200, schemas.SchoolShown)
def reopen_school(data: dict[str, Any], school_id: int) -> Any:
    return _shown(service.reopen_school(current_actor(), school_id, seen_version=seen_version(), **data))


@blueprint.route("/schools/<int:school_id>/merge", methods=["POST"])
@access(Permission.SCHOOLS_MANAGE)
@blueprint.arguments(schemas.MergeIn)
@blueprint.response(200, schemas.SchoolShown)
def merge_school(data: dict[str, Any], school_id: int) -> Any:
    """The school becomes history of `target_id`; `staff`: carry_over | end."""
    return _shown(service.merge_school(current_actor(), school_id, seen_version=seen_version(), **data))


@blueprint.route("/schools/<int:school_id>/state-changes", methods=["GET"])
@access(Permission.SCHOOL_READ)
@blueprint.response(200, schemas.StateChangeList)
def list_state_changes(school_id: int) -> Any:
    return {"items": service.state_changes(current_actor(), school_id)}


@blueprint.route("/schools/<int:school_id>/merged-schools", methods=["GET"])
@access(Permission.SCHOOL_READ)
@blueprint.response(200, schemas.SchoolList)
def list_merged_schools(school_id: int) -> Any:
    """The schools that were merged into this one. To read their records, choose their scope."""
    return {"items": service.merged_schools(current_actor(), school_id), "next_cursor": None}


@blueprint.route("/terms", methods=["GET"])
@access(Permission.TERMS_READ)
@blueprint.response(200, schemas.TermList)
def list_terms() -> Any:
    return {"items": service.list_terms(current_actor())}


@blueprint.route("/terms/<uuid:term_id>", methods=["GET"])
@access(Permission.TERMS_READ)
@blueprint.response(200, schemas.TermOut)
def get_term(term_id: UUID) -> Any:
    return service.get_term(current_actor(), term_id)


@blueprint.route("/terms/<uuid:term_id>", methods=["PUT"])
@access(Permission.TERMS_MANAGE)
@blueprint.arguments(schemas.TermIn)
@blueprint.response(200, schemas.TermOut)
def put_term(data: dict[str, Any], term_id: UUID) -> Any:
    """Without If-Match: a new term under an id that the client made. With it: an edit of the version seen."""
    version = seen_version()
    if version is None:
        return service.create_term(current_actor(), id=term_id, **data)
    return service.edit_term(current_actor(), term_id, seen_version=version, **data)


@blueprint.route("/terms/<uuid:term_id>", methods=["DELETE"])
@access(Permission.TERMS_MANAGE)
@blueprint.response(204)
def delete_term(term_id: UUID) -> Any:
    service.delete_term(current_actor(), term_id, seen_version=seen_version())
    return ""


def _shown(school: School) -> dict[str, Any]:
    answer: dict[str, Any] = schemas.SchoolOut().dump(school)
    answer["warnings"] = [
        {"field": found.field, "code": found.code, "message": labels.problem_text(found)}
        for found in service.warnings_of(school)
    ]
    return answer
