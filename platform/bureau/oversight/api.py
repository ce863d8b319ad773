"""What the bureau watches, over REST."""

from typing import Any

from bureau.oversight import rules, service
from bureau.oversight.feeds import UncertifiedReceipts
from bureau.oversight.permissions import Permission
from bureau.oversight.schemas import SpanQuery, UncertifiedQuery, UncertifiedReceiptPage, UncertifiedReceiptSummary
from bureau.schools.service import school_names
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint
from kernel.errors import NotFound
from kernel.web.dates import today

blueprint = ApiBlueprint("oversight", __name__, description="What the bureau watches over its schools")


def _feed() -> UncertifiedReceipts:
    feed = service.uncertified_feed()
    if feed is None:
        raise NotFound
    return feed


@blueprint.route("/oversight/uncertified-receipts", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(UncertifiedQuery, location="query")
@blueprint.response(200, UncertifiedReceiptPage)
def list_uncertified(query: dict[str, Any]) -> dict[str, Any]:
    """Receipts that lack certificates, newest first, over all schools that the actor looks after."""
    actor = current_actor()
    span = rules.bounded(query["from_day"], query["until_day"], today())
    confined = service.schools_of(actor, query["school_id"], query["zone_id"])
    page = _feed().receipts(actor, span, confined, query["category_id"], query["cursor"], query["limit"])
    names = school_names(actor, {row.school_id for row in page.items})
    columns = ("id", "school_id", "number", "received_at", "supplier_name", "received_by_name", "missing")
    return {
        "items": [
            {**{name: getattr(row, name) for name in columns}, "school_name": names.get(row.school_id, "")}
            for row in page.items
        ],
        "next_cursor": page.next_cursor,
    }


@blueprint.route("/oversight/uncertified-receipts/summary", methods=["GET"])
@access(Permission.READ)
@blueprint.arguments(SpanQuery, location="query")
@blueprint.response(200, UncertifiedReceiptSummary)
def summarise_uncertified(query: dict[str, Any]) -> dict[str, Any]:
    """Counts per school and per category."""
    span = rules.bounded(query["from_day"], query["until_day"], today())
    picture = service.uncertified(current_actor(), _feed(), span)
    return {
        "from_day": span.first,
        "until_day": span.last,
        "schools": [
            {
                "school_id": row.id, "school_name": row.name, "zone_name": row.zone, "received": row.share.whole,
                "uncertified": row.share.part,
            }
            for row in picture.schools
        ],
        "categories": picture.categories,
    }  # fmt: skip
