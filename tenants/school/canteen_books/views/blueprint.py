from datetime import date
from typing import Any

from flask import Blueprint, redirect, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from duties.schemas import Month
from kernel.actor import Actor
from kernel.errors import NotFound
from school.canteen_books.models import BookMonth
from school.canteen_books.money import percent_of
from school.canteen_books.service.months import newest_months

blueprint = Blueprint("canteen_books", __name__)


def month_in(text: str) -> date:
    """The month that an address names, 2026-09; NotFound for anything else."""
    try:
        found: Any = Month().deserialize(text)
    except ValidationError as error:
        raise NotFound(_("没有这个月份。")) from error
    month: date = found
    return month


def current_month(actor: Actor) -> BookMonth | None:
    """The month that is worked on: the oldest that is not closed, else the newest. None: no books yet."""
    months = newest_months(actor, actor.own_school_id())
    waiting = [month for month in months if month.state != "closed"]
    return waiting[-1] if waiting else months[0] if months else None


def back_to_month(month: date) -> Any:
    return redirect(url_for("canteen_books.month", book_month=f"{month:%Y-%m}"))


@blueprint.app_template_filter("share_of")
def share_of(part: int, whole: int) -> str:
    """12.34%, or a dash where there is no whole."""
    found = percent_of(part, whole)
    return "—" if found is None else f"{found:.2f}%"
