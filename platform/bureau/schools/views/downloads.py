"""A spreadsheet as the answer of a page."""

from flask import Response

from kernel.sheets import MEDIA_TYPE


def download(content: bytes, filename: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers.set("Content-Disposition", "attachment", filename=filename)
    return response
