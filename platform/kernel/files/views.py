"""Attachments: shown and fetched. Uploading belongs to the record that a file is for."""

from uuid import UUID

from flask import Blueprint, Response, request

from kernel.access import MEMBER
from kernel.access.edge import access, current_actor
from kernel.files import service
from kernel.files.models import Attachment
from kernel.files.sniffing import EXTENSIONS, MediaType
from kernel.web.downloads import disposition as named

blueprint = Blueprint("files", __name__, url_prefix="/files")


@blueprint.get("/<uuid:attachment_id>")
@access(MEMBER)
def download(attachment_id: UUID) -> Response:
    attachment = service.get_attachment(current_actor(), attachment_id)
    if _unchanged(attachment):
        return _answer(b"", attachment, 304)
    return _answer(service.content(attachment), attachment)


@blueprint.get("/<uuid:attachment_id>/thumbnail")
@access(MEMBER)
def thumbnail(attachment_id: UUID) -> Response:
    attachment = service.get_attachment(current_actor(), attachment_id)
    if _unchanged(attachment):
        return _answer(b"", attachment, 304)
    return _answer(service.thumbnail(attachment), attachment, kind=MediaType.JPEG)


def _unchanged(attachment: Attachment) -> bool:
    return attachment.sha256 in request.if_none_match


def _answer(body: bytes, attachment: Attachment, status: int = 200, kind: MediaType | None = None) -> Response:
    """Shown in place only if it is a picture; everything else is saved, so that nothing of a sender's runs here."""
    kind = kind or MediaType(attachment.media_type)
    response = Response(body, status=status, mimetype=kind)
    stem = attachment.original_name.rsplit(".", 1)[0] or "file"
    disposition = "inline" if kind in (MediaType.JPEG, MediaType.PNG) else "attachment"
    name = stem + EXTENSIONS[kind]
    response.headers["Content-Disposition"] = named(disposition, name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=3600"
    response.set_etag(attachment.sha256)
    return response
