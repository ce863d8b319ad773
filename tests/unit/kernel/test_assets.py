"""Addresses, icons and serving of the built front end, on a build made for the test."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from kernel.web import assets

SCRIPT = b"export const answer = 42;\n"


@pytest.fixture
def static(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    folder.mkdir()
    (folder / "main-ABCDEFGH.js").write_bytes(SCRIPT)
    (folder / "main-ABCDEFGH.js.gz").write_bytes(gzip.compress(SCRIPT))
    (folder / "plain.txt").write_text("plain", encoding="utf-8")
    files = {"main.js": "main-ABCDEFGH.js", "icons.svg": "icons-12345678.svg"}
    (folder / "manifest.json").write_text(
        json.dumps({"files": files, "icons": ["school", "star/filled"]}), encoding="utf-8"
    )
    return folder


@pytest.fixture
def app(static: Path) -> Iterator[Flask]:
    app = Flask("test", static_folder=str(static))
    app.testing = True
    assets.register(app)
    with app.test_request_context():
        yield app


def test_logical_name_becomes_hashed_address(app: Flask) -> None:
    assert assets.asset_url("main.js") == "/static/main-ABCDEFGH.js"


def test_unknown_name_says_what_to_run(app: Flask) -> None:
    with pytest.raises(assets.AssetMissing, match=r"'other\.js'.*frontend/build\.mjs"):
        assets.asset_url("other.js")


def test_missing_build_says_what_to_run(app: Flask, static: Path) -> None:
    (static / "manifest.json").unlink()
    with pytest.raises(assets.AssetMissing, match=r"not built.*frontend/build\.mjs"):
        assets.asset_url("main.js")


def test_new_build_is_noticed(app: Flask, static: Path) -> None:
    assert assets.asset_url("main.js").endswith("ABCDEFGH.js")
    manifest = static / "manifest.json"
    manifest.write_text(json.dumps({"files": {"main.js": "main-ZZZZZZZZ.js"}, "icons": []}), encoding="utf-8")
    assert assets.asset_url("main.js") == "/static/main-ZZZZZZZZ.js"


def test_icon_without_label_is_hidden_from_screen_readers(app: Flask) -> None:
    assert assets.icon("school") == (
        '<svg class="icon" aria-hidden="true"><use href="/static/icons-12345678.svg#school"></use></svg>'
    )


def test_icon_with_label_is_named_and_escaped(app: Flask) -> None:
    drawn = assets.icon("star/filled", label='"><script>', css="chevron")
    assert 'role="img" aria-label="&#34;&gt;&lt;script&gt;"' in drawn
    assert 'class="icon chevron"' in drawn
    assert "#star-filled" in drawn


def test_unknown_icon_fails_for_developers_only(app: Flask) -> None:
    with pytest.raises(assets.AssetMissing, match="unheard-of"):
        assets.icon("unheard-of")
    app.testing = False
    assert assets.icon("unheard-of") == ""


def test_hashed_file_is_kept_forever_and_sent_compressed(app: Flask) -> None:
    answer = app.test_client().get("/static/main-ABCDEFGH.js", headers={"Accept-Encoding": "gzip, br"}, buffered=True)
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Encoding"] == "gzip"
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.mimetype.endswith("javascript")
    assert gzip.decompress(answer.data) == SCRIPT


@pytest.mark.parametrize("accepted", ["", "br", "gzip;q=0"])
def test_client_that_cannot_unpack_gets_the_plain_file(app: Flask, accepted: str) -> None:
    answer = app.test_client().get("/static/main-ABCDEFGH.js", headers={"Accept-Encoding": accepted}, buffered=True)
    assert "Content-Encoding" not in answer.headers
    assert answer.data == SCRIPT


def test_unhashed_file_is_asked_for_again(app: Flask) -> None:
    assert "immutable" not in app.test_client().get("/static/plain.txt", buffered=True).headers.get("Cache-Control", "")


@pytest.mark.parametrize("path", ["../secret.txt", "..%2fsecret.txt", "%2e%2e/secret", "nothing.js"])
def test_nothing_outside_the_folder_is_served(app: Flask, static: Path, path: str) -> None:
    (static.parent / "secret.txt").write_text("secret", encoding="utf-8")
    (static.parent / "secret.txt.gz").write_bytes(gzip.compress(b"secret"))
    assert app.test_client().get(f"/static/{path}", headers={"Accept-Encoding": "gzip"}).status_code == 404
