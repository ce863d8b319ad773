"""Signing in, locking out, signing out, on the page."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from kernel.database import now
from kernel.database.scope import IDENTITY, Scope, use_scope
from kernel.identity import passwords
from kernel.identity.jobs import purge_identity
from kernel.identity.loading import digest
from kernel.identity.models import FailedSignIn, SignIn
from tests.integration.kernel.identity.conftest import PASSWORD


def failures(session):
    session.commit()
    use_scope(session(), IDENTITY)
    return session.scalar(select(func.count()).select_from(FailedSignIn))


def home_of(client):
    return client.get("/account")


def test_right_name_and_password_let_in_and_wrong_ones_do_not(account, enter):
    row = account("storekeeper", "a1")
    client, answer = enter(row.username)
    assert answer.status_code == 302
    assert home_of(client).status_code == 200
    client, answer = enter(row.username, "Xk3-mvq7-pL")
    assert answer.status_code == 422
    assert home_of(client).status_code == 302


def test_the_mobile_number_is_a_name_too_however_typed(account, enter):
    account("storekeeper", "a1", mobile="13900000001")
    for typed in ("13900000001", "+86 139 0000 0001", "１３９００００ 0001"):
        assert enter(typed)[1].status_code == 302
    assert enter("13900000002")[1].status_code == 422


def test_unknown_suspended_and_wrong_read_the_same(account, enter):
    right = account("storekeeper", "a1").username
    suspended = account("guard", "a1", state="suspended").username
    answers = [
        enter(name, password, address=f"10.0.1.{index}")[1]
        for index, (name, password) in enumerate(
            [(right, "wrong-1234x"), ("nobody-here", PASSWORD), (suspended, PASSWORD), (right + "\x00", PASSWORD)]
        )
    ]
    assert [answer.status_code for answer in answers] == [422] * 4
    pages = [answer.get_data(as_text=True) for answer in answers[:3]]
    assert all("用户名、手机号或口令不正确。" in page for page in pages)
    assert PASSWORD not in "".join(pages)


def test_empty_fields_are_told_at_the_fields_and_count_nothing(enter, session, world):
    _, answer = enter("", "")
    assert answer.status_code == 422
    assert "请填写此项" in answer.get_data(as_text=True)
    assert failures(session) == 0


def test_five_failures_lock_the_account_from_everywhere(account, enter, identity):
    name = account("storekeeper", "a1", mobile="13900000001").username
    for turn in range(5):
        # by either name and from any address: it is one account
        typed = name if turn % 2 else "13900000001"
        assert enter(typed, "wrong-1234x", address=f"10.0.2.{turn}")[1].status_code == 422
    _, answer = enter(name, address="10.0.2.99")
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 900
    assert "分钟后再试" in answer.get_data(as_text=True)
    # a refused attempt is not counted, or the owner could be kept out for ever
    assert failures(identity) == 5
    assert enter(account("guard", "a1").username, address="10.0.2.99")[1].status_code == 302


def test_the_lock_ends_after_fifteen_minutes(account, enter, identity):
    name = account("storekeeper", "a1").username
    for turn in range(5):
        enter(name, "wrong-1234x", address=f"10.0.2.{turn}")
    identity.execute(text("UPDATE failed_sign_ins SET at = at - interval '14 minutes'"))
    identity.commit()
    assert enter(name, address="10.0.3.1")[1].status_code == 429
    use_scope(identity(), IDENTITY)
    identity.execute(text("UPDATE failed_sign_ins SET at = at - interval '1 minute'"))
    identity.commit()
    assert enter(name, address="10.0.3.1")[1].status_code == 302


def test_five_failures_lock_the_address_for_every_account(account, enter):
    name = account("storekeeper", "a1").username
    for turn in range(5):
        assert enter(f"guess-{turn}", "wrong-1234x", address="10.0.4.1")[1].status_code == 422
    assert enter(name, address="10.0.4.1")[1].status_code == 429
    assert enter(name, address="10.0.4.2")[1].status_code == 302


def test_success_forgives_only_ones_own_slips_from_there(account, enter, identity):
    name = account("storekeeper", "a1").username
    other = account("guard", "a1").username
    for turn in range(4):
        enter(name, "wrong-1234x", address="10.0.5.9")
        enter(other, "wrong-1234x", address=f"10.0.6.{turn}")
    enter(name, "wrong-1234x", address="10.0.5.1")
    identity.execute(text("DELETE FROM failed_sign_ins WHERE address = '10.0.5.9' AND ctid IN "
                          "(SELECT ctid FROM failed_sign_ins WHERE address = '10.0.5.9' LIMIT 1)"))  # fmt: skip
    identity.commit()
    before = failures(identity)
    assert enter(name, address="10.0.5.1")[1].status_code == 302
    # the slip from 10.0.5.1 is gone; a guesser's from elsewhere and another account's still count
    assert failures(identity) == before - 1
    assert enter(name, "wrong-1234x", address="10.0.5.2")[1].status_code == 422
    assert enter(name, "wrong-1234x", address="10.0.5.3")[1].status_code == 422
    assert enter(name, address="10.0.5.4")[1].status_code == 429


def test_an_attempt_under_way_counts_for_its_account_but_not_for_its_address(account, enter, identity):
    row = account("storekeeper", "a1")
    other = account("guard", "a1")
    for _ in range(5):
        identity.add(FailedSignIn(account_key=digest(str(row.id)), address="10.0.7.1", is_open=True))
    identity.commit()
    assert enter(row.username, address="10.0.7.2")[1].status_code == 429
    assert enter(other.username, address="10.0.7.1")[1].status_code == 302


def test_the_name_tried_is_not_kept_in_plain(enter, identity):
    enter("my-password-typed-as-name")
    rows = identity.execute(text("SELECT account_key, address FROM failed_sign_ins")).all()
    assert len(rows) == 1
    assert "password" not in str(rows)


def test_the_secret_is_new_at_each_sign_in_and_nothing_of_before_lives_on(account, enter, app):
    row = account("storekeeper", "a1")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = "planted"
        cookie["planted"] = "yes"
    enter(row.username, client=client)
    with client.session_transaction() as cookie:
        first = cookie["_user_id"]
        assert "planted" not in cookie
    assert first != "planted"
    enter(row.username, client=client)
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != first
        cookie["_user_id"] = first
    assert home_of(client).status_code == 302, "the former sign-in of this browser has ended"


def test_only_the_hash_of_the_secret_is_kept(account, enter, identity):
    client, _ = enter(account("storekeeper", "a1").username)
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]
    assert len(secret) >= 43
    assert identity.scalar(select(SignIn.id).where(SignIn.token_hash == digest(secret)))
    assert not identity.scalar(select(SignIn.id).where(SignIn.token_hash == secret))


@pytest.mark.parametrize("remember", [True, False])
def test_a_remembered_sign_in_lasts_longer(account, enter, identity, remember):
    row = account("storekeeper", "a1")
    _, answer = enter(row.username, **({"remember": "1"} if remember else {}))
    assert ("Expires=" in answer.headers["Set-Cookie"]) is remember
    newest = identity.scalars(select(SignIn).where(SignIn.account_id == row.id).order_by(SignIn.id.desc())).first()
    assert (newest.expires_at - now() > timedelta(days=13)) is remember


@pytest.mark.parametrize(
    ("wanted", "place"),
    [("/account/sessions", "/account/sessions"), ("//evil.example/x", "/"), ("https://evil.example", "/"), ("", "/")],
)
def test_after_signing_in_one_stays_on_this_site(account, enter, wanted, place):
    client, answer = enter(account("storekeeper", "a1").username, next=wanted)
    assert answer.location == "/sign-in/onward"
    assert client.get("/sign-in/onward").location == place


def test_a_page_asked_for_before_signing_in_is_offered_after(app):
    answer = app.test_client().get("/account/sessions?x=1")
    assert answer.status_code == 302
    page = app.test_client().get(answer.location).get_data(as_text=True)
    assert 'name="next" value="/account/sessions?x=1"' in page


def test_signing_out_ends_the_sign_in_itself(account, enter):
    client, _ = enter(account("storekeeper", "a1").username)
    with client.session_transaction() as cookie:
        secret = cookie["_user_id"]
    assert client.post("/sign-out").status_code == 302
    with client.session_transaction() as cookie:
        cookie["_user_id"] = secret
    assert home_of(client).status_code == 302


def test_an_expired_sign_in_is_none(account, enter, identity):
    client, _ = enter(account("storekeeper", "a1").username)
    identity.execute(text("UPDATE sign_ins SET expires_at = now() - interval '1 second' WHERE user_agent <> 'test'"))
    identity.commit()
    assert home_of(client).status_code == 302


def test_an_old_hash_is_renewed_at_sign_in(account, enter, stored, app, monkeypatch):
    row = account("storekeeper", "a1")
    before = row.password_hash
    monkeypatch.setitem(app.config, "ARGON2_PASSES", 2)
    assert enter(row.username)[1].status_code == 302
    after = stored(row).password_hash
    assert after != before
    assert not passwords.is_outdated(after)
    assert enter(row.username)[1].status_code == 302


def test_forgery_is_refused(account, app, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_METHODS", {"POST"})
    name = account("storekeeper", "a1").username
    answer = app.test_client().post("/sign-in", data={"name": name, "password": PASSWORD})
    assert answer.status_code == 400


def test_what_no_longer_counts_is_forgotten(account, enter, identity, app, world):
    row = account("storekeeper", "a1")
    enter(row.username, "wrong-1234x")
    enter(row.username, address="10.0.9.9")
    identity.execute(text("UPDATE failed_sign_ins SET at = at - interval '2 hours'"))
    identity.execute(text("UPDATE sign_ins SET expires_at = now() - interval '91 days' WHERE user_agent <> 'test'"))
    identity.commit()
    from kernel.jobs import runner

    entry = runner.periodic_of(app)["identity.purge"]
    assert entry[1] is purge_identity
    use_scope(identity(), Scope("houqin_bureau", bureau_id=world.bureaus["a"]))
    assert purge_identity(world.bureaus["a"]) == {"failed_sign_ins": 1, "sign_ins": 1}
    assert purge_identity(world.bureaus["b"]) == {"failed_sign_ins": 0, "sign_ins": 0}


def test_the_bureau_finds_in_the_audit_what_happened_to_its_accounts(account, enter, identity, world):
    from kernel.audit.models import AuditEntry

    row = account("storekeeper", "a1")
    enter(row.username, "wrong-1234x")
    client, _ = enter(row.username)
    client.post("/account/password", data={"password": PASSWORD, "new_password": "Another-1-good", "repeated": "x"})
    good = {"password": PASSWORD, "new_password": "Another-1-good", "repeated": "Another-1-good"}
    client.post("/account/password", data=good)
    client.post("/account/tokens", data={"name": "x", "scopes": "*", "days": "5"})
    use_scope(identity(), Scope("houqin_bureau", bureau_id=world.bureaus["a"]))
    found = identity.scalars(select(AuditEntry).where(AuditEntry.actor_id == row.id).order_by(AuditEntry.id)).all()
    assert [entry.action for entry in found] == [
        "identity:sign_in:refused", "identity:sign_in:made", "identity:sessions:ended", "identity:password:changed",
        "identity:token:made",
    ]  # fmt: skip
    told = str([(entry.changes, entry.actor_name) for entry in found])
    assert "10.0.0.1" in told
    assert "Another" not in told
    assert "hq_" not in told
    use_scope(identity(), Scope("houqin_bureau", bureau_id=world.bureaus["b"]))
    assert identity.scalars(select(AuditEntry).where(AuditEntry.actor_id == row.id)).all() == []
