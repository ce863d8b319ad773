"""A spreadsheet as the answer of a page."""

import io

from flask import Response, send_file

from kernel.sheets import MEDIA_TYPE


def download(content: bytes, filename: str) -> Response:
    """`filename` may be Chinese: it is spelt in the header as RFC 6266 asks."""
    return send_file(io.BytesIO(content), mimetype=MEDIA_TYPE, as_attachment=True, download_name=filename)
