"""The public data, without signing in. Answers carry an ETag and may be kept for a while."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
from flask import Response, request

from bureau.ocds import addresses, schemas
from bureau.ocds.models import OcdsRelease
from bureau.ocds.service import exporting, reading
from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.api import ApiBlueprint

blp = ApiBlueprint("ocds", __name__, description="Open contracting data (OCDS 1.1.5), for anybody")
KEEP_SECONDS = 300


@blp.route("/public/<bureau_code>/ocds/processes", methods=["GET"])
@access(PUBLIC)
@blp.arguments(schemas.OcdsQuery(exclude=("tender",)), location="query")
@blp.response(200, schemas.OcdsProcessListOut)
def list_processes(query: dict[str, Any], bureau_code: str) -> Any:
    """Published processes, newest first."""
    bureau = reading.open_bureau(bureau_code)
    page = reading.processes(bureau.id, query["cursor"], query["limit"])
    items = [
        {
            "ocid": one.ocid, "tender_id": one.tender_id, "title": one.last.body["tender"]["title"],
            "status": one.last.body["tender"]["status"], "releases": one.last.number,
            "released_at": one.last.released_at,
        }
        for one in page.items
    ]  # fmt: skip
    return {"items": items, "next_cursor": page.next_cursor}


@blp.route("/public/<bureau_code>/ocds/release-package", methods=["GET"])
@access(PUBLIC)
@blp.arguments(schemas.OcdsQuery, location="query")
@blp.response(200, content_type="application/json")
@blp.alt_response(304, description="Not changed since the ETag that was sent")
def get_release_package(query: dict[str, Any], bureau_code: str) -> Any:
    """A release package: all releases of `tender`, or a page of the newest of all with `links.next`."""
    bureau = reading.open_bureau(bureau_code)
    uri = addresses.packages(bureau.code)
    if query["tender"] is not None:
        rows = reading.of_tender(bureau.id, query["tender"])
        own = f"{uri}?tender={query['tender']}"
        return _cached(rows, own, lambda: exporting.release_package(bureau, rows, own))
    page = reading.newest(bureau.id, query["cursor"], query["limit"])
    asked = {"limit": query["limit"], **({"cursor": query["cursor"]} if query["cursor"] else {})}
    own = f"{uri}?{urlencode(asked)}"

    def made() -> dict[str, Any]:
        package = exporting.release_package(bureau, page.items, own)
        if page.next_cursor:
            following = urlencode({"limit": query["limit"], "cursor": page.next_cursor})
            package["links"] = {"next": f"{uri}?{following}"}
        return package

    return _cached(page.items, f"{own} {page.next_cursor}", made)


@blp.route("/public/<bureau_code>/ocds/records/<ocid>", methods=["GET"])
@access(PUBLIC)
@blp.response(200, content_type="application/json")
@blp.alt_response(304, description="Not changed since the ETag that was sent")
def get_record(bureau_code: str, ocid: str) -> Any:
    """A record package: every release of one process and what they compile to."""
    bureau = reading.open_bureau(bureau_code)
    rows = reading.of_ocid(bureau.id, ocid)
    uri = addresses.record(bureau.code, ocid)
    return _cached(rows, uri, lambda: exporting.record_package(bureau, rows, uri))


def _cached(rows: Sequence[OcdsRelease], uri: str, made: Callable[[], dict[str, Any]]) -> Response:
    """Releases never change, so their ids are the package's fingerprint; who has it already gets 304 and no body."""
    seen = "\n".join([uri, *(f"{row.id} {row.sha256}" for row in rows)])
    response = Response(mimetype="application/json")
    response.set_etag(hashlib.sha256(seen.encode()).hexdigest())
    response.headers["Cache-Control"] = f"public, max-age={KEEP_SECONDS}"
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.make_conditional(request)
    if response.status_code == 200:
        response.set_data(orjson.dumps(made()))
    return response
