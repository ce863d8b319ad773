"""API tokens: made on the page or by a device, narrow, expiring, revocable."""

from datetime import timedelta

import pyotp
import pytest
from sqlalchemy import select, text

from kernel.database import now
from kernel.database.scope import IDENTITY, Scope, use_scope
from kernel.identity import totp
from kernel.identity.loading import digest
from kernel.identity.models import ApiToken, Bureau
from tests.integration.kernel.identity.conftest import PASSWORD


def bearer(secret):
    return {"Authorization": f"Bearer {secret}"}


def make(client, scopes=("*",), days="30", name="演示设备"):
    return client.post("/account/tokens", data={"name": name, "scopes": list(scopes), "days": days})


def secret_of(answer):
    return answer.get_data(as_text=True).split('id="new-token">')[1].split("<")[0]


@pytest.fixture
def person(account, enter):
    row = account("storekeeper", "a1")
    client, _ = enter(row.username)
    return row, client


@pytest.fixture
def device(app):
    """`device(username=…)`: asks for a token without a browser."""

    def ask(username, password=PASSWORD, **more):
        body = {"username": username, "password": password, "name": "演示设备", "scopes": ["*"], **more}
        return app.test_client().post("/api/v1/tokens", json=body)

    return ask


def test_a_token_is_shown_once_and_kept_as_a_hash(person, app, identity, world):
    _, client = person
    answer = make(client)
    secret = secret_of(answer)
    assert secret.startswith("hq_")
    assert answer.headers["Cache-Control"] == "no-store"
    page = client.get("/account/tokens").get_data(as_text=True)
    assert "演示设备" in page
    assert secret not in page
    row = identity.scalar(select(ApiToken).where(ApiToken.token_hash == digest(secret)))
    assert row.expires_at - now() < timedelta(days=30)
    me = app.test_client().get("/api/v1/me", headers=bearer(secret)).get_json()
    assert (me["school_id"], me["roles"]) == (world.schools["a1"], ["storekeeper"])


@pytest.mark.parametrize(
    ("scopes", "days", "name"),
    [
        ([], "30", "x"),
        (["nothing:*"], "30", "x"),
        (["school"], "30", "x"),
        (["school:*", ":*"], "30", "x"),
        (["*"], "366", "x"),
        (["*"], "0", "x"),
        (["*"], "30", ""),
    ],
)
def test_what_cannot_be_a_token_is_refused_at_its_field(person, scopes, days, name, identity):
    _, client = person
    answer = make(client, scopes, days, name)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.get_data(as_text=True) or "invalid-feedback" in answer.get_data(as_text=True)
    assert identity.scalar(text("SELECT count(*) FROM api_tokens")) == 0


def test_a_token_opens_what_its_scopes_say(person, app):
    _, client = person
    narrow = bearer(secret_of(make(client, ["account:profile:read"])))
    fresh = app.test_client()
    assert fresh.get("/api/v1/me", headers=narrow).status_code == 200
    assert fresh.get("/api/v1/tokens", headers=narrow).status_code == 403
    assert fresh.get("/api/v1/sessions", headers=narrow).status_code == 403
    me = fresh.get("/api/v1/me", headers=narrow).get_json()
    assert me["permissions"] == ["account:profile:read"]
    wide = bearer(secret_of(make(client, ["account:*"])))
    assert fresh.get("/api/v1/tokens", headers=wide).status_code == 200
    assert len(fresh.get("/api/v1/tokens", headers=wide).get_json()["items"]) == 2


def test_an_expired_a_revoked_and_a_wrong_token_open_nothing(person, app, identity):
    _, client = person
    secret = secret_of(make(client))
    fresh = app.test_client()
    assert fresh.get("/api/v1/me", headers=bearer(secret)).status_code == 200
    assert fresh.get("/api/v1/me", headers=bearer(secret + "x")).status_code == 401
    assert fresh.get("/api/v1/me", headers={"Authorization": "Bearer "}).status_code == 401
    use_scope(identity(), IDENTITY)
    identity.execute(text("UPDATE api_tokens SET expires_at = now()"))
    identity.commit()
    assert fresh.get("/api/v1/me", headers=bearer(secret)).status_code == 401
    second = secret_of(make(client))
    use_scope(identity(), IDENTITY)
    token_id = identity.scalar(select(ApiToken.id).where(ApiToken.token_hash == digest(second)))
    assert client.post(f"/account/tokens/{token_id}/revoke").status_code == 302
    assert fresh.get("/api/v1/me", headers=bearer(second)).status_code == 401
    assert client.post(f"/account/tokens/{token_id}/revoke").status_code == 404


def test_nobody_revokes_another_persons_token(person, account, enter, app, identity):
    _, client = person
    secret = secret_of(make(client))
    token_id = identity.scalar(select(ApiToken.id).where(ApiToken.token_hash == digest(secret)))
    other, _ = enter(account("guard", "a1").username)
    assert other.post(f"/account/tokens/{token_id}/revoke").status_code == 404
    mine = bearer(secret_of(make(other)))
    assert app.test_client().delete(f"/api/v1/tokens/{token_id}", headers=mine).status_code == 404
    assert app.test_client().get("/api/v1/me", headers=bearer(secret)).status_code == 200


def test_a_token_manages_no_account_on_the_pages(person, app, identity):
    """A leaked token must not become a password."""
    _, client = person
    headers = bearer(secret_of(make(client)))
    fresh = app.test_client()
    for path in ("/account", "/account/password", "/account/second-factor", "/account/sessions", "/account/tokens"):
        assert fresh.get(path, headers=headers).status_code == 403, path
    data = {"password": PASSWORD, "new_password": "Another-1-good", "repeated": "Another-1-good"}
    assert fresh.post("/account/password", data=data, headers=headers).status_code == 403
    assert fresh.post("/account/tokens", data={"name": "x", "scopes": "*"}, headers=headers).status_code == 403
    assert fresh.post("/account/place/switch", data={"scope": "x"}, headers=headers).status_code == 403


def test_my_tokens_and_sessions_over_the_api(person, app):
    _, client = person
    headers = bearer(secret_of(make(client)))
    fresh = app.test_client()
    listed = fresh.get("/api/v1/tokens", headers=headers).get_json()["items"]
    assert [one["name"] for one in listed] == ["演示设备"]
    assert not {"token", "token_hash"} & set(listed[0])
    sessions = fresh.get("/api/v1/sessions", headers=headers).get_json()["items"]
    assert len(sessions) == 2  # the test world's and the one just made
    for one in sessions:
        assert fresh.delete(f"/api/v1/sessions/{one['id']}", headers=headers).status_code == 204
    assert client.get("/account").status_code == 302
    assert fresh.delete(f"/api/v1/tokens/{listed[0]['id']}", headers=headers).status_code == 204
    assert fresh.get("/api/v1/me", headers=headers).status_code == 401


def test_there_is_an_end_to_how_many(person, monkeypatch):
    from kernel.identity.service import tokens

    _, client = person
    monkeypatch.setattr(tokens, "MOST_LIVE", 2)
    assert make(client).status_code == 200
    assert make(client).status_code == 200
    answer = make(client)
    assert answer.status_code == 422
    assert "有效令牌已达 2 个" in answer.get_data(as_text=True)


# --- devices


def test_a_device_gets_a_token_for_name_and_password(account, device, app, world):
    row = account("storekeeper", "a1")
    answer = device(row.username, days=7)
    assert answer.status_code == 201
    secret = answer.get_json()["token"]
    assert app.test_client().get("/api/v1/me", headers=bearer(secret)).get_json()["school_id"] == world.schools["a1"]
    assert device(row.username, "wrong-1234x").status_code == 401
    assert device("nobody").status_code == 401
    assert device(row.username, scopes=["nothing:*"]).status_code == 422
    assert device(row.username, scopes=[]).status_code == 422
    assert device(row.username, days=1000).status_code == 422
    assert device(row.username, surprise=1).status_code == 422
    assert device(row.username, scope=f"school-{world.bureaus['a']}-{world.schools['a2']}").status_code == 422


def test_a_device_meets_the_same_lock_out(account, device, enter):
    row = account("storekeeper", "a1")
    for _ in range(3):
        assert device(row.username, "wrong-1234x").status_code == 401
    for _ in range(2):
        enter(row.username, "wrong-1234x")
    answer = device(row.username)
    assert answer.status_code == 429
    assert answer.mimetype == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    assert enter(row.username)[1].status_code == 429


def test_a_device_needs_the_second_factor_too(account, device, stored):
    secret = totp.new_secret()
    row = account("storekeeper", "a1", totp_secret=secret, totp_confirmed_at=now())
    assert device(row.username).status_code == 422
    assert device(row.username, code="000000").status_code == 422
    code = pyotp.TOTP(secret).now()
    assert device(row.username, code=code).status_code == 201
    assert device(row.username, code=code).status_code == 422, "a code is good once"


def test_steps_come_first(account, device, session, world):
    row = account("storekeeper", "a1", must_change_password=True)
    answer = device(row.username)
    assert (answer.status_code, answer.get_json()["rule"]) == (403, "change_password")
    row = account("guard", "a1")
    use_scope(session(), Scope("houqin_bureau", bureau_id=world.bureaus["a"]))
    session.get_one(Bureau, world.bureaus["a"]).settings = {"second_factor_roles": ["guard"]}
    session.commit()
    answer = device(row.username)
    assert (answer.status_code, answer.get_json()["rule"]) == (403, "enrol_second_factor")


def test_a_device_signs_itself_out_and_nothing_else(account, device, app):
    row = account("inspector", "a")
    one, other = (device(row.username, scopes=["bureau:inspection:fill"]).get_json()["token"] for _ in range(2))
    client = app.test_client()
    assert client.delete("/api/v1/tokens/current", headers=bearer(one)).status_code == 204
    assert client.get("/api/v1/fill/tasks", headers=bearer(one)).status_code == 401
    assert client.delete("/api/v1/tokens/current", headers=bearer(one)).status_code == 401
    assert client.get("/api/v1/fill/tasks", headers=bearer(other)).status_code == 200
    assert client.get("/api/v1/tokens", headers=bearer(other)).status_code == 403


def test_a_browser_has_no_token_to_end(person):
    _, client = person
    assert client.delete("/api/v1/tokens/current").status_code == 404
