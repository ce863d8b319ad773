"""Password, second factor, sessions, profile: what a person does with their own account."""

from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy import select, text

from kernel.database.scope import Scope, use_scope
from kernel.identity import passwords
from kernel.identity.models import Account, Bureau, SignIn
from kernel.identity.service import accounts
from tests.integration.kernel.identity.conftest import PASSWORD

NEW = "Another-1-good"


def change(client, old=PASSWORD, new=NEW, repeated=None):
    data = {"password": old, "new_password": new, "repeated": repeated or new}
    return client.post("/account/password", data=data)


def onward(client):
    return client.get("/sign-in/onward").location


# --- password


def test_a_one_time_password_must_be_changed_before_anything_else(account, enter, stored, session):
    row = account("storekeeper", "a1")
    one_time = accounts.reset_password(session(), row.id)
    session.commit()
    assert enter(row.username)[1].status_code == 422
    client, _ = enter(row.username, one_time)
    assert onward(client) == "/account/password"
    assert client.get("/").location == "/account/password"
    assert "一次性口令" in client.get("/account/password").get_data(as_text=True)
    assert client.post("/account/tokens", data={"name": "x", "scopes": "*"}).location == "/account/password"
    assert change(client, one_time).status_code == 302
    assert onward(client) == "/"
    assert stored(row).must_change_password is False
    assert enter(row.username, NEW)[1].status_code == 302
    assert enter(row.username, one_time)[1].status_code == 422


def test_changing_the_password_ends_all_other_sign_ins_and_renews_this_one(account, enter):
    row = account("storekeeper", "a1")
    here, _ = enter(row.username)
    elsewhere, _ = enter(row.username)
    with here.session_transaction() as cookie:
        before = cookie["_user_id"]
    assert change(here).status_code == 302
    assert here.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 302
    with here.session_transaction() as cookie:
        assert cookie["_user_id"] != before


@pytest.mark.parametrize(
    ("old", "new", "repeated", "said"),
    [
        (PASSWORD, "short-1", None, "至少 10 个字符"),
        (PASSWORD, "onlyletters", None, "同时包含字母和数字"),
        (PASSWORD, "storekeeper@a1-77", None, "不能含有用户名"),
        (PASSWORD, "password123", None, "太常见"),
        (PASSWORD, PASSWORD, None, "不能与原口令相同"),
        (PASSWORD, NEW, NEW + "x", "两次输入的新口令不一致"),
        ("wrong-1234x", NEW, None, "当前口令不正确"),
        ("", NEW, None, "请填写此项"),
    ],
)
def test_what_is_wrong_with_a_new_password_is_told_at_its_field(account, enter, stored, old, new, repeated, said):
    row = account("storekeeper", "a1")
    client, _ = enter(row.username)
    answer = change(client, old, new, repeated)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert passwords.verify(stored(row).password_hash, PASSWORD)


def test_guessing_the_present_password_locks_out_too(account, enter):
    client, _ = enter(account("storekeeper", "a1").username)
    for _ in range(5):
        assert change(client, "wrong-1234x").status_code == 422
    assert change(client).status_code == 429


# --- second factor


def enrol(client):
    assert client.post("/account/second-factor/start").status_code == 302
    page = client.get("/account/second-factor").get_data(as_text=True)
    secret = page.split('<code class="text-break">')[1].split("<")[0]
    answer = client.post("/account/second-factor", data={"code": pyotp.TOTP(secret).now()})
    codes = [part.split("</code>")[0] for part in answer.get_data(as_text=True).split("<code>")[1:]]
    return secret, codes


def later(seconds):
    """A code of a coming step: those up to now were used by the test."""
    return datetime.now() + timedelta(seconds=seconds)


@pytest.fixture
def enrolled(account, enter):
    """(account, secret, recovery codes) of a person who has set up the second factor."""
    row = account("storekeeper", "a1")
    client, _ = enter(row.username)
    secret, codes = enrol(client)
    client.post("/sign-out")
    return row, secret, codes


def test_setting_up_shows_a_picture_then_codes_once(account, enter, stored):
    row = account("storekeeper", "a1")
    client, _ = enter(row.username)
    assert client.get("/account/second-factor/picture.svg").status_code == 409
    assert client.post("/account/second-factor", data={"code": "123456"}).status_code == 422
    client.post("/account/second-factor/start")
    picture = client.get("/account/second-factor/picture.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.data.startswith(b"<?xml")
    assert client.post("/account/second-factor", data={"code": "000000"}).status_code == 422
    assert stored(row).totp_confirmed_at is None
    secret, codes = enrol(client)
    assert len(codes) == 10
    assert codes[0] not in client.get("/account/second-factor").get_data(as_text=True)
    after = stored(row)
    assert after.totp_secret == secret
    assert not set(codes) & set(after.recovery_hashes)
    assert client.get("/account/second-factor/picture.svg").status_code == 409, "the secret is shown no more"
    assert client.post("/account/second-factor/start").status_code == 409
    assert client.get("/account").status_code == 200, "this sign-in has just proven the second factor"


def test_then_every_sign_in_asks_for_a_code(enrolled, enter):
    row, secret, _ = enrolled
    client, _ = enter(row.username)
    assert onward(client) == "/sign-in/second-factor"
    with client.session_transaction() as cookie:
        before = cookie["_user_id"]
    assert client.post("/sign-in/second-factor", data={"code": "000000"}).status_code == 422
    answer = client.post("/sign-in/second-factor", data={"code": pyotp.TOTP(secret).at(later(30))})
    assert answer.status_code == 302
    assert client.get("/account").status_code == 200
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != before


def test_a_code_is_good_once(enrolled, enter):
    row, secret, _ = enrolled
    code = pyotp.TOTP(secret).at(later(30))
    first, _ = enter(row.username)
    second, _ = enter(row.username)
    assert first.post("/sign-in/second-factor", data={"code": code}).status_code == 302
    assert second.post("/sign-in/second-factor", data={"code": code}).status_code == 422


def test_a_recovery_code_is_good_once(enrolled, enter, stored):
    row, _, codes = enrolled
    first, _ = enter(row.username)
    second, _ = enter(row.username)
    assert first.post("/sign-in/second-factor", data={"code": codes[3].upper()}).status_code == 302
    assert second.post("/sign-in/second-factor", data={"code": codes[3]}).status_code == 422
    assert len(stored(row).recovery_hashes) == 9


def test_guessing_codes_locks_out_and_signing_in_again_does_not_help(enrolled, enter):
    row, secret, _ = enrolled
    for turn in range(5):
        client, _ = enter(row.username, address=f"10.0.8.{turn}")
        answer = client.post("/sign-in/second-factor", data={"code": f"00000{turn}"},
                             environ_base={"REMOTE_ADDR": f"10.0.8.{turn}"})  # fmt: skip
        assert answer.status_code == 422
    client, answer = enter(row.username, address="10.0.8.50")
    assert answer.status_code == 302
    code = pyotp.TOTP(secret).at(later(30))
    answer = client.post("/sign-in/second-factor", data={"code": code}, environ_base={"REMOTE_ADDR": "10.0.8.50"})
    assert answer.status_code == 429


def test_the_password_alone_opens_nothing_of_the_account(enrolled, enter, app, stored):
    """Else whoever has the password would switch the second factor off, or make a token past it."""
    row, _, _ = enrolled
    client, _ = enter(row.username)
    allowed = {"identity.second_factor", "identity.sign_out", "identity.onward", "identity.sign_in"}
    tried = 0
    for rule in app.url_map.iter_rules():
        if not rule.endpoint.startswith("identity.") or rule.endpoint in allowed:
            continue
        path = rule.rule.replace("<uuid:session_id>", str(row.id)).replace("<uuid:token_id>", str(row.id))
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            data = {"password": PASSWORD, "new_password": NEW, "repeated": NEW}
            answer = client.open(path, method=method, data=data if method == "POST" else None)
            assert (answer.status_code, answer.location) == (302, "/sign-in/second-factor"), (method, path)
            tried += 1
    assert tried >= 18
    assert stored(row).totp_confirmed_at is not None
    assert passwords.verify(stored(row).password_hash, PASSWORD)


def test_switching_off_needs_the_password(enrolled, enter, stored):
    row, secret, _ = enrolled
    client, _ = enter(row.username)
    client.post("/sign-in/second-factor", data={"code": pyotp.TOTP(secret).at(later(30))})
    assert client.post("/account/second-factor/disable", data={"password": "wrong-1234x"}).status_code == 422
    assert stored(row).totp_confirmed_at is not None
    assert client.post("/account/second-factor/disable", data={"password": PASSWORD}).status_code == 302
    after = stored(row)
    assert (after.totp_secret, after.totp_confirmed_at, after.recovery_hashes) == (None, None, [])


def test_new_recovery_codes_void_the_old_ones(enrolled, enter):
    row, secret, codes = enrolled
    client, _ = enter(row.username)
    client.post("/sign-in/second-factor", data={"code": pyotp.TOTP(secret).at(later(30))})
    assert client.post("/account/second-factor/recovery-codes", data={"password": "x"}).status_code == 422
    page = client.post("/account/second-factor/recovery-codes", data={"password": PASSWORD}).get_data(as_text=True)
    fresh = [part.split("</code>")[0] for part in page.split("<code>")[1:]]
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    other, _ = enter(row.username)
    assert other.post("/sign-in/second-factor", data={"code": codes[0]}).status_code == 422
    assert other.post("/sign-in/second-factor", data={"code": fresh[0]}).status_code == 302


def test_a_bureau_demands_it_of_a_role(account, enter, world, session):
    row = account("storekeeper", "a1")
    other = account("guard", "a1").username
    use_scope(session(), Scope("houqin_bureau", bureau_id=world.bureaus["a"]))
    session.get_one(Bureau, world.bureaus["a"]).settings = {"second_factor_roles": ["storekeeper"]}
    session.commit()
    client, _ = enter(row.username)
    assert client.get("/").location == "/account/second-factor"
    assert "教育局要求您的岗位" in client.get("/account/second-factor").get_data(as_text=True)
    enrol(client)
    assert onward(client) == "/"
    assert onward(enter(other)[0]) == "/"


# --- sessions


def test_sign_ins_are_listed_and_ended_one_by_one(account, enter, identity):
    row = account("storekeeper", "a1")
    here, _ = enter(row.username)
    there, _ = enter(row.username, address="10.9.9.9")
    page = here.get("/account/sessions").get_data(as_text=True)
    assert "10.9.9.9" in page
    assert "本机" in page
    other = identity.scalar(select(SignIn).where(SignIn.address == "10.9.9.9", SignIn.account_id == row.id))
    assert here.post(f"/account/sessions/{other.id}/end").status_code == 302
    assert there.get("/account").status_code == 302
    assert here.get("/account").status_code == 200
    assert here.post(f"/account/sessions/{other.id}/end").status_code == 404


def test_nobody_ends_another_persons_sign_in(account, enter, world, client_as):
    client, _ = enter(account("storekeeper", "a1").username)
    victim = world.person("guard", "a1")
    assert client.post(f"/account/sessions/{victim.actor.sign_in_id}/end").status_code == 404
    assert client_as("guard", "a1").get("/account").status_code == 200


def test_all_others_and_all(account, enter):
    name = account("storekeeper", "a1").username
    here, _ = enter(name)
    there, _ = enter(name)
    here.post("/account/sessions/end-others")
    assert (here.get("/account").status_code, there.get("/account").status_code) == (200, 302)
    there, _ = enter(name)
    assert there.post("/account/sessions/end-all").status_code == 302
    assert (here.get("/account").status_code, there.get("/account").status_code) == (302, 302)


# --- profile


def test_language_and_mail_are_ones_own_to_choose(account, enter, stored):
    row = account("storekeeper", "a1")
    client, _ = enter(row.username)
    assert client.post("/account", data={"email": "not-mail", "locale": "zh_CN"}).status_code == 422
    assert client.post("/account", data={"email": "a@b.example", "locale": "fr"}).status_code == 422
    answer = client.post("/account", data={"email": "a@b.example", "locale": "en"})
    assert answer.status_code == 302
    assert "houqin_locale=en" in "".join(answer.headers.getlist("Set-Cookie"))
    after = stored(row)
    assert (after.email, after.locale) == ("a@b.example", "en")
    assert '<html lang="en">' in client.get("/account").get_data(as_text=True)
    assert client.post("/account", data={"email": "", "locale": "zh_CN"}).status_code == 302
    assert stored(row).email is None


# --- accounts as such


def test_an_account_made_has_a_one_time_password_that_works(session, enter, identity):
    new = accounts.create_account(session(), display_name="演示新人", mobile="139 0000 0009")
    session.commit()
    client, answer = enter("13900000009", new.one_time_password)
    assert answer.status_code == 302
    assert onward(client) == "/account/password"
    change(client, new.one_time_password)
    assert onward(client) == "/account/place", "an account without a membership may go nowhere"
    assert "您目前没有可用的岗位" in client.get("/account/place").get_data(as_text=True)


def test_taken_names_are_conflicts(session, identity, account):
    from kernel.errors import Conflict, Invalid

    row = account("storekeeper", "a1", username="zhangsan", mobile="13900000001")
    for names in ({"username": " ZhangSan"}, {"mobile": "+8613900000001"}):
        with pytest.raises(Conflict):
            accounts.create_account(session(), display_name="演示", **names)
        session.rollback()
    for names in ({"username": "13900000001"}, {"mobile": "12345"}, {"username": "x"}):
        with pytest.raises(Invalid):
            accounts.create_account(session(), display_name="演示", **names)
    assert row.id


def test_a_reset_ends_sign_ins_and_tokens(account, enter, session, identity):
    row = account("storekeeper", "a1")
    client, _ = enter(row.username)
    client.post("/account/tokens", data={"name": "x", "scopes": "*", "days": "5"})
    accounts.reset_password(session(), row.id, clear_second_factor=True)
    session.commit()
    assert client.get("/account").status_code == 302
    assert identity.scalar(text("SELECT count(*) FROM api_tokens WHERE revoked_at IS NULL")) == 0
    assert isinstance(identity.get(Account, row.id).password_changed_at, datetime)
