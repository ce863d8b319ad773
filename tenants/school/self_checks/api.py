"""Self-checks over REST: a school its own, the bureau and zone supervisors what was submitted."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from bureau.schools.service import get_school
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.api import ApiBlueprint, seen_version
from kernel.web.dates import today
from school.self_checks import schemas
from school.self_checks.models import SelfCheck
from school.self_checks.permissions import Permission
from school.self_checks.service import comparing, due, filling, reading, schedules, submitting

blueprint = ApiBlueprint("self_checks", __name__, description="A school's own checks")


def _whole(check: SelfCheck) -> dict[str, Any]:
    rows = reading.answers_of(check)
    answers = {key: {"answer": row.answer, "remark": row.remark} for key, row in rows.items()}
    photos = [photo for group in reading.photos_of(check).values() for photo in group]
    names = [name for name in schemas.SelfCheckOut().fields if name not in ("answers", "photos")]
    return {**{name: getattr(check, name) for name in names}, "answers": answers, "photos": photos}


@blueprint.route("/self-checks", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.SelfCheckQuery, location="query")
@blueprint.response(200, schemas.SelfCheckPage)
def list_checks(query: dict[str, Any]) -> Any:
    """The school's checks, newest first."""
    actor = current_actor()
    return reading.list_checks(actor, actor.own_school_id(), **query)


@blueprint.route("/self-checks/<uuid:self_check_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.SelfCheckOut)
def get_check(self_check_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    return _whole(reading.get_check(actor, actor.own_school_id(), self_check_id))


@blueprint.route("/self-checks/<uuid:self_check_id>", methods=["PUT"])
@access(Permission.FILL)
@blueprint.arguments(schemas.SelfCheckStartIn)
@blueprint.response(200, schemas.SelfCheckOut, description="It was begun already")
@blueprint.alt_response(201, schema=schemas.SelfCheckOut, description="Begun")
def put_check(data: dict[str, Any], self_check_id: UUID) -> Any:
    """Begin a check under an id of the client's making; again it is the same. An occurrence that somebody else began
    answers 409 with that check's id."""
    check, is_new = filling.start(current_actor(), self_check_id, **data)
    return _whole(check), 201 if is_new else 200


@blueprint.route("/self-checks/<uuid:self_check_id>", methods=["DELETE"])
@access(Permission.FILL)
@blueprint.response(204)
def delete_check(self_check_id: UUID) -> None:
    """Throw a draft away; wants the version seen as If-Match."""
    filling.discard(current_actor(), self_check_id, seen_version())


@blueprint.route("/self-checks/<uuid:self_check_id>/answers", methods=["PUT"])
@access(Permission.FILL)
@blueprint.arguments(schemas.SelfCheckAnswersIn)
@blueprint.response(200, schemas.SelfCheckOut)
def put_answers(data: dict[str, Any], self_check_id: UUID) -> dict[str, Any]:
    """Store some answers and remarks; the others stay."""
    return _whole(filling.save_answers(current_actor(), self_check_id, data["answers"], data["remarks"]))


@blueprint.route("/self-checks/<uuid:self_check_id>/figures", methods=["PUT"])
@access(Permission.FILL)
@blueprint.arguments(schemas.SelfCheckFiguresIn)
@blueprint.response(200, schemas.SelfCheckOut)
def put_figures(data: dict[str, Any], self_check_id: UUID) -> dict[str, Any]:
    """The figures that the form asks for and the rooms or windows it repeats for; wants If-Match."""
    return _whole(filling.set_figures(current_actor(), self_check_id, seen_version(), **data))


@blueprint.route("/self-checks/<uuid:self_check_id>/submission", methods=["PUT"])
@access(Permission.FILL)
@blueprint.arguments(schemas.SelfCheckSubmissionIn)
@blueprint.response(200, schemas.SelfCheckOut)
def put_submission(data: dict[str, Any], self_check_id: UUID) -> dict[str, Any]:
    """Hand it in; again it stays as it was decided. 422 names what is still open."""
    return _whole(submitting.submit(current_actor(), self_check_id, data["remark"] or ""))


@blueprint.route("/self-checks/<uuid:self_check_id>/photos/<uuid:self_check_photo_id>", methods=["PUT"])
@access(Permission.FILL)
@blueprint.arguments(schemas.SelfCheckPhotoQuery, location="query")
@blueprint.arguments(schemas.SelfCheckPhotoFile, location="files", content_type="multipart/form-data")
@blueprint.response(200, schemas.SelfCheckPhotoOut)
def put_photo(query: dict[str, Any], files: dict[str, Any], self_check_id: UUID, self_check_photo_id: UUID) -> Any:
    file = files["file"]
    return filling.add_photo(
        current_actor(), self_check_id, photo_id=self_check_photo_id, item_code=query["key"], data=file.read(),
        name=file.filename or "",
    )  # fmt: skip


@blueprint.route("/self-checks/<uuid:self_check_id>/photos/<uuid:self_check_photo_id>", methods=["DELETE"])
@access(Permission.FILL)
@blueprint.response(204)
def delete_photo(self_check_id: UUID, self_check_photo_id: UUID) -> None:
    filling.remove_photo(current_actor(), self_check_id, self_check_photo_id)


@blueprint.route("/self-check-schedules", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.SelfCheckScheduleListOut)
def list_schedules() -> dict[str, Any]:
    actor = current_actor()
    return {"items": schedules.list_schedules(actor, actor.own_school_id())}


@blueprint.route("/self-check-schedules/<uuid:self_check_schedule_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.SelfCheckScheduleOut)
def get_schedule(self_check_schedule_id: UUID) -> Any:
    actor = current_actor()
    return schedules.get_schedule(actor, actor.own_school_id(), self_check_schedule_id)


@blueprint.route("/self-check-schedules/<uuid:self_check_schedule_id>", methods=["PUT"])
@access(Permission.SCHEDULE)
@blueprint.arguments(schemas.SelfCheckScheduleIn)
@blueprint.response(200, schemas.SelfCheckScheduleOut, description="It was there already, with the same content")
@blueprint.alt_response(201, schema=schemas.SelfCheckScheduleOut, description="Laid down")
def put_schedule(data: dict[str, Any], self_check_schedule_id: UUID) -> Any:
    """Lay down a schedule under an id of the client's making."""
    schedule, is_new = schedules.create_schedule(current_actor(), self_check_schedule_id, **data)
    return schedule, 201 if is_new else 200


@blueprint.route("/self-check-schedules/<uuid:self_check_schedule_id>", methods=["PATCH"])
@access(Permission.SCHEDULE)
@blueprint.arguments(schemas.SelfCheckScheduleEdit)
@blueprint.response(200, schemas.SelfCheckScheduleOut)
def patch_schedule(data: dict[str, Any], self_check_schedule_id: UUID) -> Any:
    """Its title, role and end; wants If-Match."""
    return schedules.edit_schedule(current_actor(), self_check_schedule_id, seen_version(), **data)


@blueprint.route("/self-check-occurrences", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(schemas.SelfCheckSpanQuery, location="query")
@blueprint.response(200, schemas.SelfCheckOccurrenceListOut)
def list_occurrences(query: dict[str, Any]) -> dict[str, Any]:
    """What the schedules ask for in a span of days, and how each stands."""
    actor = current_actor()
    return _occurrences(actor, actor.own_school_id(), query)


def _occurrences(actor: Actor, school_id: int, query: dict[str, Any]) -> dict[str, Any]:
    first: date = query["first"] or today().replace(day=1)
    last: date = query["last"] or (first + timedelta(days=30))
    return {"items": due.occurrences_of(actor, school_id, first, last)}


def _comparison(actor: Actor, school_id: int, inspection_id: UUID) -> Any:
    """Without a self-check: the result alone, and no items."""
    found = comparing.compare(actor, school_id, inspection_id)
    return found or {"result": {"id": inspection_id}, "difference": None, "pairs": []}


@blueprint.route("/self-checks/comparison/<uuid:inspection_id>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, schemas.SelfCheckComparisonOut)
def get_comparison(inspection_id: UUID) -> Any:
    """The self score beside the official result that the school was told."""
    actor = current_actor()
    return _comparison(actor, actor.own_school_id(), inspection_id)


@blueprint.route("/schools/<int:school_id>/self-checks", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.SelfCheckQuery, location="query")
@blueprint.response(200, schemas.SelfCheckPage)
def list_checks_of_school(query: dict[str, Any], school_id: int) -> Any:
    """What a school submitted, for the bureau and for its zone's supervisors."""
    actor = current_actor()
    return reading.list_checks(actor, get_school(actor, school_id).id, **query)


@blueprint.route("/schools/<int:school_id>/self-checks/<uuid:self_check_id>", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.response(200, schemas.SelfCheckOut)
def get_check_of_school(school_id: int, self_check_id: UUID) -> dict[str, Any]:
    return _whole(reading.get_check(current_actor(), school_id, self_check_id))


@blueprint.route("/schools/<int:school_id>/self-check-occurrences", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.arguments(schemas.SelfCheckSpanQuery, location="query")
@blueprint.response(200, schemas.SelfCheckOccurrenceListOut)
def list_occurrences_of_school(query: dict[str, Any], school_id: int) -> dict[str, Any]:
    actor = current_actor()
    return _occurrences(actor, get_school(actor, school_id).id, query)


@blueprint.route("/schools/<int:school_id>/self-checks/comparison/<uuid:inspection_id>", methods=["GET"])
@access(Permission.OVERSEE)
@blueprint.response(200, schemas.SelfCheckComparisonOut)
def get_comparison_of_school(school_id: int, inspection_id: UUID) -> Any:
    return _comparison(current_actor(), school_id, inspection_id)
