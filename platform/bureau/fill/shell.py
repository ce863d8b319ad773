"""The installable page under /fill/: a static frame, its service worker, its manifest. None of them knows who asks, for
they are kept on phones that several people use."""

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, make_response, render_template, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from kernel.access import PUBLIC
from kernel.access.edge import access
from kernel.web.assets import asset_url

blueprint = Blueprint("fill_shell", __name__, url_prefix="/fill")


def _fresh(answer: Any) -> Response:
    """Kept, but asked about each time: a phone must never be stuck on an old page."""
    response = make_response(answer)
    response.headers["Cache-Control"] = "no-cache"
    return response


@blueprint.get("/")
@access(PUBLIC)
def shell() -> Response:
    with force_locale("zh_CN"):  # one page for everybody; the phone chooses its language by itself
        return _fresh(render_template("fill/shell.html"))


@blueprint.get("/sw.js")
@access(PUBLIC)
def worker() -> Response:
    """Served from here, because a worker governs the folder that it comes from."""
    file = Path(str(current_app.static_folder)) / Path(asset_url("fill-sw.js")).name
    response = _fresh(file.read_bytes())
    response.mimetype = "text/javascript"
    return response


@blueprint.get("/manifest.webmanifest")
@access(PUBLIC)
def manifest() -> Response:
    start = url_for("fill_shell.shell")
    with force_locale("zh_CN"):
        response = _fresh(
            jsonify(
                id=start, start_url=start, scope=start, name=_("现场登记"), short_name=_("现场登记"), lang="zh-CN",
                display="standalone", background_color="#0d3c45", theme_color="#0d3c45",
                icons=[
                    {"src": asset_url("fill-192.png"), "sizes": "192x192", "type": "image/png"},
                    {"src": asset_url("fill-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "any"},
                    {"src": asset_url("fill-512.png"), "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
                ],
            )
        )  # fmt: skip
    response.mimetype = "application/manifest+json"
    return response
