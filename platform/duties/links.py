"""Where a duty is done."""

from flask import url_for
from werkzeug.routing import BuildError

from duties.service.reading import Shown


def address(one: Shown) -> str:
    """The record's page, with one tap; else the duty's own with its tick. Needs a request."""
    published = one.kind.published if one.kind is not None else None
    if published is not None and published.endpoint:
        try:
            return url_for(published.endpoint, **published.values(one.first_day, one.meal))
        except BuildError:
            pass  # the module that knows the page is not part of this deployment
    return url_for("duties.show", duty_id=one.id) if one.id is not None else url_for("duties.calendar")
