"""REST of the canteen's people and papers."""

from typing import Any
from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from school.canteen_staff import schemas
from school.canteen_staff.permissions import Permission
from school.canteen_staff.service import papers, people, training

blueprint = ApiBlueprint("canteen_staff", __name__, description="People and papers of the canteen")


def _told(person: people.Person) -> dict[str, Any]:
    fields = ("id", "version", *people.FIELDS)
    return {
        **{name: getattr(person.staff, name) for name in fields}, "papers": person.papers,
        "standings": person.standings, "refusal": person.refusal,
    }  # fmt: skip


def _listed(actor: Actor, school_id: int, query: dict[str, Any]) -> list[dict[str, Any]]:
    return [_told(person) for person in people.list_staff(actor, school_id, **query)]


@blueprint.route("/canteen-staff", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.CanteenStaffQuery, location="query")
@blueprint.response(200, schemas.CanteenStaffOut(many=True))
def list_staff(query: dict[str, Any]) -> Any:
    """Who works in the canteen, with their papers."""
    actor = current_actor()
    return _listed(actor, actor.own_school_id(), query)


@blueprint.route("/schools/<int:school_id>/canteen-staff", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.CanteenStaffQuery, location="query")
@blueprint.response(200, schemas.CanteenStaffOut(many=True))
def list_staff_of_school(query: dict[str, Any], school_id: int) -> Any:
    actor = current_actor()
    return _listed(actor, get_school(actor, school_id).id, query)


@blueprint.route("/canteen-staff/<uuid:canteen_staff_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.CanteenStaffIn)
@blueprint.response(200, schemas.CanteenStaffOut)
@blueprint.alt_response(201, schema=schemas.CanteenStaffOut, description="Added")
def put_staff(data: dict[str, Any], canteen_staff_id: UUID) -> Any:
    """Add a person under an id of the client's making, or change one with If-Match."""
    actor = current_actor()
    if data["joined_on"] is None:
        del data["joined_on"]
    staff, is_new = people.save_staff(actor, canteen_staff_id, data, seen_version())
    person = people.get_staff(actor, staff.school_id, staff.id)
    return _told(person), 201 if is_new else 200


@blueprint.route("/canteen-staff/<uuid:canteen_staff_id>/papers/<uuid:canteen_paper_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.CanteenPaperIn)
@blueprint.response(200, schemas.CanteenPaperOut)
@blueprint.alt_response(201, schema=schemas.CanteenPaperOut, description="Recorded")
def put_paper(data: dict[str, Any], canteen_staff_id: UUID, canteen_paper_id: UUID) -> Any:
    """Record a certificate of a person under an id of the client's making. It never changes: void it, record anew."""
    paper, is_new = papers.add_paper(current_actor(), canteen_paper_id, staff_id=canteen_staff_id, **data)
    return paper, 201 if is_new else 200


@blueprint.route("/canteen-papers/<uuid:canteen_paper_id>/void", methods=["POST"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.PaperVoidIn)
@blueprint.response(200, schemas.CanteenPaperOut)
def void_paper(data: dict[str, Any], canteen_paper_id: UUID) -> Any:
    """Needs If-Match with the version seen."""
    return papers.void_paper(current_actor(), canteen_paper_id, seen_version(), data["reason"])


@blueprint.route("/canteen-licences", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.CanteenLicenceOut(many=True))
def list_licences() -> Any:
    actor = current_actor()
    return papers.list_licences(actor, actor.own_school_id())


@blueprint.route("/canteen-licences/<uuid:canteen_licence_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.CanteenLicenceIn)
@blueprint.response(200, schemas.CanteenLicenceOut)
@blueprint.alt_response(201, schema=schemas.CanteenLicenceOut, description="Recorded")
def put_licence(data: dict[str, Any], canteen_licence_id: UUID) -> Any:
    """Record a licence under an id of the client's making. It never changes: void it, record anew."""
    licence, is_new = papers.add_licence(current_actor(), canteen_licence_id, **data)
    return licence, 201 if is_new else 200


@blueprint.route("/canteen-licences/<uuid:canteen_licence_id>/void", methods=["POST"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.PaperVoidIn)
@blueprint.response(200, schemas.CanteenLicenceOut)
def void_licence(data: dict[str, Any], canteen_licence_id: UUID) -> Any:
    """Needs If-Match with the version seen."""
    return papers.void_licence(current_actor(), canteen_licence_id, seen_version(), data["reason"])


@blueprint.route("/canteen-trainings", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.CanteenTrainingQuery, location="query")
@blueprint.response(200, schemas.CanteenTrainingPage)
def list_sessions(query: dict[str, Any]) -> Any:
    actor = current_actor()
    page = training.list_sessions(actor, actor.own_school_id(), **query)
    return {"items": page.items, "next_cursor": page.next_cursor}


@blueprint.route("/canteen-trainings/<uuid:canteen_training_id>", methods=["PUT"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.CanteenTrainingIn)
@blueprint.response(200, schemas.CanteenTrainingOut)
@blueprint.alt_response(201, schema=schemas.CanteenTrainingOut, description="Recorded")
def put_session(data: dict[str, Any], canteen_training_id: UUID) -> Any:
    """Record a session with who was there, under an id of the client's making."""
    session, is_new = training.record_session(current_actor(), canteen_training_id, **data)
    return session, 201 if is_new else 200


@blueprint.route("/canteen-trainings/<uuid:canteen_training_id>/void", methods=["POST"])
@access(Permission.KEEP)
@blueprint.arguments(schemas.PaperVoidIn)
@blueprint.response(200, schemas.CanteenTrainingOut)
def void_session(data: dict[str, Any], canteen_training_id: UUID) -> Any:
    """Needs If-Match with the version seen."""
    return training.void_session(current_actor(), canteen_training_id, seen_version(), data["reason"])
