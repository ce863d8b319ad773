"""REST for phones, see docs/fill-protocol.md."""

import re
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import request
from flask_babel import gettext as _

from bureau.fill.permissions import Permission
from bureau.fill.schemas import (
    FillBlobOut,
    FillBlobQuery,
    FillFinalisationIn,
    FillFormOut,
    FillKeptOut,
    FillPingOut,
    FillPingQuery,
    FillReceiptOut,
    FillSubmissionIn,
    FillSubmissionOut,
    FillTasksOut,
)
from bureau.fill.service import files, finalising, keeping, receipts, tasks
from kernel.access import PUBLIC
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.database import now
from kernel.errors import NotFound, TooLarge, Unsupported
from kernel.files.verbatim import MOST_BYTES

blp = ApiBlueprint("fill", __name__, description="Filling without a network: what phones fetch and hand in")
MOST_DOCUMENT = 2 * 1024 * 1024
DIGEST = re.compile(r"[0-9a-f]{64}")


def at_most(most: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Refuse a longer body before it is read; compressed ones too, whose length says nothing."""

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def limited(*args: Any, **kwargs: Any) -> Any:
            if request.headers.get("Content-Encoding", "identity").lower() != "identity":
                raise Unsupported(_("不接受压缩过的内容。"))
            if (request.content_length or 0) > most:
                raise TooLarge(_("内容超过 %(megabytes)s MB。", megabytes=most // (1024 * 1024)))
            request.max_content_length = most
            return view(*args, **kwargs)

        return limited

    return decorate


@blp.route("/ping", methods=["GET"])
@access(PUBLIC)
@blp.arguments(FillPingQuery, location="query")
@blp.response(200, FillPingOut)
def ping(query: dict[str, Any]) -> dict[str, Any]:
    """Only an answer that repeats the nonce proves that the service itself was reached."""
    return {"nonce": query["nonce"], "server_time": now().isoformat()}


@blp.route("/fill/tasks", methods=["GET"])
@access(Permission.FILL)
@blp.response(200, FillTasksOut)
def list_tasks() -> dict[str, Any]:
    return tasks.tasks(current_actor())


@blp.route("/fill/forms/<uuid:published_version_id>", methods=["GET"])
@access(Permission.FILL)
@blp.response(200, FillFormOut)
def show_form(published_version_id: UUID) -> dict[str, Any]:
    return tasks.form(current_actor(), published_version_id)


@blp.route("/fill/submissions/<uuid:submission_id>", methods=["PUT"])
@access(Permission.FILL)
@at_most(MOST_DOCUMENT)
@blp.arguments(FillSubmissionIn)
@blp.response(200, FillKeptOut)
@blp.alt_response(201, schema=FillKeptOut, description="Kept for the first time")
def put_submission(data: dict[str, Any], submission_id: UUID) -> Any:
    """Keep one inspector's work. Wants `If-None-Match: *` the first time, `If-Match` with the revision after it."""
    kept = keeping.keep(
        current_actor(), submission_id, data, request.get_json(),
        creates=request.headers.get("If-None-Match", "").strip() == "*", seen_rev=seen_version(),
    )  # fmt: skip
    return kept.as_json(), 201 if kept.is_new else 200


@blp.route("/fill/submissions/<uuid:submission_id>", methods=["GET"])
@access(Permission.FILL)
@blp.response(200, FillSubmissionOut)
def show_submission(submission_id: UUID) -> dict[str, Any]:
    kept, _ = keeping.show(current_actor(), submission_id)
    receipt = receipts.receipt_of(kept.submission)
    return {
        **kept.as_json(), "submission_id": str(submission_id), "state": kept.submission.state,
        "submission": kept.submission.document, "receipt": receipts.as_json(receipt) if receipt else None,
    }  # fmt: skip


BODY = {
    "requestBody": {
        "required": True,
        "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in ("image/jpeg", "image/png")},
    }
}


@blp.route("/fill/blobs/<sha256>", methods=["PUT"])
@access(Permission.FILL)
@at_most(MOST_BYTES)
@blp.doc(**BODY)
@blp.arguments(FillBlobQuery, location="query")
@blp.response(200, FillBlobOut)
@blp.alt_response(201, schema=FillBlobOut, description="Kept for the first time")
def put_blob(query: dict[str, Any], sha256: str) -> Any:
    """The bytes of one attachment that a submission of this person for this school names."""
    if DIGEST.fullmatch(sha256) is None:
        raise NotFound(_("没有登记这个文件，请先上传填报内容。"))
    is_new = files.receive(current_actor(), query["school_id"], sha256, request.get_data(cache=False))
    return {"sha256": sha256}, 201 if is_new else 200


@blp.route("/fill/submissions/<uuid:submission_id>/finalisation", methods=["POST"])
@access(Permission.FILL)
@at_most(MOST_DOCUMENT)
@blp.arguments(FillFinalisationIn)
@blp.response(200, FillReceiptOut)
def finalise(data: dict[str, Any], submission_id: UUID) -> dict[str, Any]:
    return finalising.finalise(current_actor(), submission_id, data["manifest_sha256"], data["rev"])
