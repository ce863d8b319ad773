"""Working days over REST."""

from datetime import date
from typing import Any

from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint
from kernel.errors import Invalid, NotFound
from kernel.web.dates import today
from kernel.workdays import service
from kernel.workdays.permissions import Permission
from kernel.workdays.schemas import CountOut, CountQuery, DayIn, DayOut, DeadlineOut, ReckonQuery, YearOut, YearQuery

blueprint = ApiBlueprint("workdays", __name__, description="Working days")


@blueprint.route("/workdays", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(YearQuery(only=("year",)), location="query")
@blueprint.response(200, YearOut)
def list_days(query: dict[str, Any]) -> dict[str, Any]:
    """The days of a year (default: this one) that are not what their weekday says."""
    actor, year = current_actor(), query["year"] or today().year
    days = service.special_days(actor, date(year, 1, 1), date(year, 12, 31))
    return {"year": year, "is_known": service.has_arrangement(actor, year), "items": days}


@blueprint.route("/workdays/deadline", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(ReckonQuery, location="query")
@blueprint.response(200, DeadlineOut)
def deadline(query: dict[str, Any]) -> dict[str, Any]:
    """The last day of a term of `count` working days that begins after `start`."""
    found = service.add_workdays(current_actor(), query["start"], query["count"])
    return {"day": found.value, "unknown_years": found.unknown_years}


@blueprint.route("/workdays/count", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(CountQuery, location="query")
@blueprint.response(200, CountOut)
def count(query: dict[str, Any]) -> dict[str, Any]:
    """Working days after `start` up to and including `end`."""
    found = service.workdays_between(current_actor(), query["start"], query["end"])
    return {"workdays": found.value, "unknown_years": found.unknown_years}


@blueprint.route("/workdays/own/<day>", methods=["PUT"])
@access(Permission.MANAGE)
@blueprint.arguments(DayIn)
@blueprint.response(200, DayOut)
def put_day(data: dict[str, Any], day: str) -> Any:
    """Say what a day is in this bureau."""
    row = service.set_day(current_actor(), _day(day), **data)
    return service.SpecialDay(row.day, row.is_workday, row.name, is_own=True)


@blueprint.route("/workdays/own/<day>", methods=["DELETE"])
@access(Permission.MANAGE)
@blueprint.response(204)
def delete_day(day: str) -> None:
    """Take the bureau's own word back."""
    try:
        service.remove_day(current_actor(), _day(day))
    except Invalid as error:
        raise NotFound(_("没有这一天。")) from error


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Invalid({"day": [_("请填写日期，例如 2026-09-01。")]}) from None
    if not 1900 <= day.year <= 2200:
        raise Invalid({"day": [_("日期超出合理范围。")]})
    return day
