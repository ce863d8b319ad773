"""A spreadsheet as the answer of a page."""

from flask import Response

from kernel.sheets import MEDIA_TYPE
from kernel.web.downloads import disposition


def download(content: bytes, filename: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", filename)
    return response
