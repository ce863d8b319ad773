"""Pages of what the bureau watches."""

from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask_babel import gettext as _

from bureau.oversight import rules, service
from bureau.oversight.permissions import Permission
from bureau.oversight.schemas import UncertifiedQuery
from bureau.schools.service import school_names
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid, NotFound
from kernel.web.dates import today
from kernel.web.forms import Form

blueprint = Blueprint("oversight", __name__, url_prefix="/oversight")
MOST_BARS = 12
FILTERS = ("from_day", "until_day", "school_id", "zone_id", "category_id")


@blueprint.get("/uncertified-receipts")
@access(Permission.READ)
def uncertified_receipts() -> str:
    """无证收货: counts by school, zone and category, and the receipts behind them."""
    actor = current_actor()
    feed = service.uncertified_feed()
    if feed is None:
        raise NotFound
    form, query = _query()
    span = rules.bounded(query["from_day"], query["until_day"], today())
    form.values |= {"from_day": span.first, "until_day": span.last}
    picture = service.uncertified(actor, feed, span)
    confined = service.schools_of(actor, query["school_id"], query["zone_id"])
    page = feed.receipts(actor, span, confined, query["category_id"], query["cursor"], query["limit"])
    chosen: dict[str, Any] = {name: value for name, value in request.args.items() if name in FILTERS and value}
    endpoint = "oversight.uncertified_receipts"
    return render_template(
        "oversight/uncertified_receipts.html", form=form, span=span, picture=picture, page=page, chosen=chosen,
        names=school_names(actor, {row.school_id for row in page.items}), chart=_chart(picture),
        school_options=[(row.id, row.name) for row in sorted(picture.schools, key=lambda row: row.name)],
        zone_options=[(row.id, row.name) for row in picture.zones if row.name],
        category_options=[(one.category_id, one.category_name) for one in picture.categories],
        first_url=url_for(endpoint, **chosen) if query["cursor"] else None,
        next_url=url_for(endpoint, **chosen, cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


def _query() -> tuple[Form, dict[str, Any]]:
    """A mistyped address shows the default span with the message at its field."""
    form = Form.blank(UncertifiedQuery(), dict(request.args.items()))
    try:
        return form, form.load()
    except Invalid as error:
        form.reject(error)
        return form, UncertifiedQuery().load({})


def _chart(picture: service.Uncertified) -> dict[str, Any] | None:
    worst = [row for row in picture.schools if row.share.part][:MOST_BARS]
    if not worst:
        return None
    return {
        "type": "bar", "horizontal": True, "unit": _("张"), "categories": [row.name for row in worst],
        "series": [{"name": _("缺证收货单"), "values": [row.share.part for row in worst]}],
    }  # fmt: skip
