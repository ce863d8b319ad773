"""What holds for every answer and every unsafe request, whatever the view does."""

import re

import pytest

import wsgi
from kernel.config import load_config
from kernel.web.security import CSP


def build(runtime_url, tmp_path, **environ):
    config = load_config(
        {
            "HOUQIN_ENVIRONMENT": "test",
            "DATABASE_URL": runtime_url,
            "SECRET_KEY": "security-only-" + "x" * 32,
            "HOUQIN_FILES_DIR": str(tmp_path),
            **environ,
        }
    )
    return wsgi.create_app(config)


@pytest.fixture
def strict(runtime_url, tmp_path, world):
    """As in production: no check is switched off for the tests' sake."""
    return build(runtime_url, tmp_path)


def signed_in(app, secret):
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
        cookie["_fresh"] = True
    return client


def test_every_page_form_refuses_a_request_without_its_token(strict, world):
    """Generated over the URL map: what another site could make this browser send is refused before it is read."""
    client = signed_in(strict, world.person("bureau_admin").secret)
    zero = "00000000-0000-7000-8000-000000000000"
    tried = 0
    for rule in strict.url_map.iter_rules():
        if rule.rule.startswith("/static"):
            continue
        path = re.sub(r"<uuid:[^>]+>", zero, re.sub(r"<int:[^>]+>", "1", re.sub(r"<[a-z_]+>", "x", rule.rule)))
        for method in rule.methods & {"POST", "PUT", "PATCH", "DELETE"}:
            response = client.open(path, method=method)
            assert response.status_code == 400, (method, rule.rule, response.status_code)
            tried += 1
    assert tried > 50


def test_a_cookie_of_ours_needs_the_token_on_the_api_too(strict, world):
    client = signed_in(strict, world.person("bureau_admin").secret)
    assert client.post("/api/v1/tokens", json={}).status_code == 400


def test_the_token_of_a_page_lets_its_form_through(strict, world):
    client = signed_in(strict, world.person("bureau_admin").secret)
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").get_data(as_text=True)).group(1)
    response = client.post("/language", data={"locale": "en", "csrf_token": token})
    assert response.status_code == 302
    assert client.post("/language", data={"locale": "en", "csrf_token": token[:-2] + "xx"}).status_code == 400


@pytest.mark.parametrize("path", ["/", "/sign-in", "/nothing-here", "/api/v1/me", "/healthz"])
def test_headers_stand_on_every_answer(strict, path):
    headers = strict.test_client().get(path).headers
    assert headers["Content-Security-Policy"] == CSP
    assert "unsafe-inline" not in CSP
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Strict-Transport-Security" not in headers


def test_behind_tls_cookies_are_secure_and_browsers_stay_on_tls(runtime_url, tmp_path, world):
    app = build(runtime_url, tmp_path, HOUQIN_BASE_URL="https://houqin.example.cn")
    response = app.test_client().get("/sign-in", base_url="https://houqin.example.cn")
    assert response.headers["Strict-Transport-Security"].startswith("max-age=")
    cookie = response.headers["Set-Cookie"]
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Lax"))


def test_a_request_that_is_too_large_is_told_so(runtime_url, tmp_path, world):
    app = build(runtime_url, tmp_path, HOUQIN_MAX_REQUEST_BYTES=str(1024 * 1024))
    client = app.test_client()
    too_large = b"x" * (1024 * 1024 + 1)
    page = client.post("/sign-in", data={"name": too_large.decode()})
    assert page.status_code == 413
    api = client.post("/api/v1/tokens", data=too_large, content_type="application/json")
    assert (api.status_code, api.mimetype) == (413, "application/problem+json")


@pytest.mark.parametrize("path", ["/nothing-here", "/schools/999999999", "/api/v1/nothing-here"])
def test_what_is_not_there_is_told_in_the_callers_form(strict, world, path):
    response = signed_in(strict, world.person("bureau_admin").secret).get(path)
    assert response.status_code == 404
    assert response.mimetype == ("application/problem+json" if path.startswith("/api/") else "text/html")


def test_an_unreachable_database_is_a_503_that_says_so(runtime_url, tmp_path):
    """Page and API alike: nothing was saved, try again later."""
    dead = re.sub(r"host=[^&]+", "host=%2Fnonexistent", runtime_url)
    assert dead != runtime_url
    client = build(dead, tmp_path).test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "whoever"
    page = client.get("/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "10")
    assert "没有保存" in page.get_data(as_text=True)
    api = client.get("/api/v1/me", headers={"Authorization": "Bearer hq_whatever"})
    assert (api.status_code, api.mimetype) == (503, "application/problem+json")
