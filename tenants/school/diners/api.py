"""Classes, pupils and counts of diners over REST."""

from datetime import date
from typing import Any
from uuid import UUID

from marshmallow import ValidationError

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.errors import Invalid
from kernel.schemas import Day
from school.diners.models import Pupil, SchoolClass
from school.diners.permissions import Permission
from school.diners.rules import Meal
from school.diners.schemas import (
    DayCountsOut,
    DinerCountsSchema,
    PupilOut,
    PupilPage,
    PupilQuery,
    PupilSchema,
    SchoolClassOut,
    SchoolClassSchema,
)
from school.diners.service import classes, counting, meals, pupils
from school.diners.service.pupils import PupilFilters

blueprint = ApiBlueprint("api_diners", __name__, description="Classes, pupils and how many eat")


def day_in(text: str) -> date:
    """The day that an address names, ISO 8601; Invalid for anything else."""
    try:
        found: Any = Day().deserialize(text)
    except ValidationError as error:
        raise Invalid({"day": [str(message) for message in error.messages]}) from error
    day: date = found
    return day


@blueprint.route("/diners/<string:diner_day>", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, DayCountsOut)
def get_counts(diner_day: str) -> dict[str, Any]:
    """How many eat at each meal of a day (ISO 8601), class by class."""
    actor, day = current_actor(), day_in(diner_day)
    settings = meals.settings(actor, actor.own_school_id())
    expected = counting.expected(actor, actor.own_school_id(), [day])
    return {
        "on_day": day,
        "meals": [
            {
                "meal": setting.meal.value, "expected": expected[day, setting.meal],
                "deadline": setting.deadline(day),
                "classes": counting.class_counts(actor, actor.own_school_id(), day, setting.meal),
            }
            for setting in settings.values()
            if setting.is_served
        ],
    }  # fmt: skip


@blueprint.route("/diners/<string:diner_day>/planned", methods=["PUT"])
@access(Permission.REPORT)
@blueprint.arguments(DinerCountsSchema)
@blueprint.response(204)
def put_planned(data: dict[str, Any], diner_day: str) -> None:
    """Say how many eat; said again it replaces. After the meal's deadline only the canteen may (422, count_late)."""
    counting.report(current_actor(), day_in(diner_day), _places(data))


@blueprint.route("/diners/<string:diner_day>/served", methods=["PUT"])
@access(Permission.REPORT)
@blueprint.arguments(DinerCountsSchema)
@blueprint.response(204)
def put_served(data: dict[str, Any], diner_day: str) -> None:
    """How many were there when the meal was served."""
    counting.count_served(current_actor(), day_in(diner_day), _places(data))


def _places(data: dict[str, Any]) -> dict[tuple[Meal, UUID | None], int]:
    return {(Meal(row["meal"]), row["class_id"]): row["number"] for row in data["counts"]}


@blueprint.route("/classes", methods=["GET"])
@access(Permission.READ)
@blueprint.response(200, SchoolClassOut(many=True))
def list_classes() -> list[SchoolClass]:
    """Those in use first, in the order of the grades."""
    actor = current_actor()
    return classes.all_classes(actor, actor.own_school_id())


@blueprint.route("/classes/<uuid:class_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(SchoolClassSchema)
@blueprint.response(200, SchoolClassOut)
def put_class(data: dict[str, Any], class_id: UUID) -> SchoolClass:
    """Open a class under an id of the client's making; sent again it is the same class."""
    count = data.pop("pupil_count")
    row = classes.open_class(current_actor(), class_id, data)
    if count and not row.pupil_count:
        row.pupil_count = count
    return row


@blueprint.route("/classes/<uuid:class_id>", methods=["PATCH"])
@access(Permission.MANAGE)
@blueprint.arguments(SchoolClassSchema)
@blueprint.response(200, SchoolClassOut)
def patch_class(data: dict[str, Any], class_id: UUID) -> SchoolClass:
    """Needs If-Match with the version seen."""
    return classes.edit_class(current_actor(), class_id, seen_version(), data)


@blueprint.route("/pupils", methods=["GET"])
@access(Permission.READ_PUPILS)
@blueprint.arguments(PupilQuery, location="query")
@blueprint.response(200, PupilPage)
def list_pupils(query: dict[str, Any]) -> Any:
    """By number. Only within their own school."""
    cursor, limit = query.pop("cursor"), query.pop("limit")
    return pupils.list_pupils(current_actor(), PupilFilters(**query), cursor=cursor, limit=limit)


@blueprint.route("/pupils/<uuid:pupil_id>", methods=["GET"])
@access(Permission.READ_PUPILS)
@blueprint.response(200, PupilOut)
def get_pupil(pupil_id: UUID) -> Pupil:
    actor = current_actor()
    return pupils.get_pupil(actor, actor.own_school_id(), pupil_id)


@blueprint.route("/pupils/<uuid:pupil_id>", methods=["PUT"])
@access(Permission.MANAGE_PUPILS)
@blueprint.arguments(PupilSchema)
@blueprint.response(200, PupilOut)
def put_pupil(data: dict[str, Any], pupil_id: UUID) -> Pupil:
    """Enter a pupil under an id of the client's making; sent again with the same content it is the same pupil."""
    return pupils.add_pupil(current_actor(), pupil_id, data)


@blueprint.route("/pupils/<uuid:pupil_id>", methods=["PATCH"])
@access(Permission.MANAGE_PUPILS)
@blueprint.arguments(PupilSchema)
@blueprint.response(200, PupilOut)
def patch_pupil(data: dict[str, Any], pupil_id: UUID) -> Pupil:
    """Needs If-Match with the version seen."""
    return pupils.edit_pupil(current_actor(), pupil_id, seen_version(), data)
