"""For anybody, without signing in: what was submitted until the deadline, as hashes, and whether a file is one of them."""

from uuid import UUID

from flask import Response, render_template

from bureau.bids import labels
from bureau.bids.service import publishing
from bureau.bids.views.blueprint import blueprint
from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.digests import canonical
from kernel.errors import NotFound


@blueprint.get("/public/tenders/<int:bureau_id>/<uuid:tender_id>/bids")
@access(PUBLIC)
def verify(bureau_id: int, tender_id: UUID) -> str:
    tender, opening, bureau = publishing.public(bureau_id, tender_id)
    text = canonical(publishing.listed(tender, opening)).decode() if opening else ""
    return render_template(
        "bids/verify.html", tender=tender, opening=opening, bureau=bureau, canonical=text, labels=labels
    )


@blueprint.get("/public/tenders/<int:bureau_id>/<uuid:tender_id>/bids.json")
@access(PUBLIC)
def hash_list(bureau_id: int, tender_id: UUID) -> Response:
    """The published list byte for byte: its SHA-256 is the digest."""
    tender, opening, _bureau = publishing.public(bureau_id, tender_id)
    if opening is None:
        raise NotFound("")
    response = Response(canonical(publishing.listed(tender, opening)), mimetype="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{tender.number}-bids.json"'
    return response
