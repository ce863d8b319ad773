"""The frame of the page under /fill/: the same for everybody, nobody's data, never stuck on an old state."""

import json
import re

import pytest

ADDRESSES = ("/fill/", "/fill/sw.js", "/fill/manifest.webmanifest")


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_needs_no_sign_in_and_is_asked_about_each_time(client_as, address):
    response = client_as(None).get(address)
    assert response.status_code == 200
    assert response.headers["Cache-Control"] == "no-cache"
    assert "Set-Cookie" not in response.headers


@pytest.mark.parametrize("address", ADDRESSES)
def test_it_is_the_same_whoever_asks(client_as, address):
    stranger, inspector = client_as(None).get(address), client_as("inspector").get(address)
    english = client_as(None).get(address, headers={"Accept-Language": "en"})
    assert stranger.data == inspector.data == english.data


def test_the_worker_keeps_what_the_page_loads(client_as):
    client = client_as(None)
    page = client.get("/fill/").get_data(as_text=True)
    worker = client.get("/fill/sw.js").get_data(as_text=True)
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+\.(?:js|css))"', page)
    assert len(loaded) == 2
    assert all(address in worker for address in loaded)
    assert "/api/" in worker


def test_it_can_be_installed(client_as):
    client = client_as(None)
    manifest = json.loads(client.get("/fill/manifest.webmanifest").data)
    assert (manifest["start_url"], manifest["scope"], manifest["display"]) == ("/fill/", "/fill/", "standalone")
    assert {icon["sizes"] for icon in manifest["icons"]} == {"192x192", "512x512"}
    for icon in manifest["icons"]:
        with client.get(icon["src"]) as picture:
            assert picture.status_code == 200
