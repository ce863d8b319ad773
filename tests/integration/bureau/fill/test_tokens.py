"""The device's token: got once, good for nothing else, dead when it is revoked or the role ends."""

from sqlalchemy import update

from bureau.roles import Role
from kernel.database import db, now
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account, ApiToken, Membership
from kernel.identity.passwords import hash_password
from tests.support.world import PASSWORD


def test_a_phone_gets_its_token_for_thirty_days_with_name_and_password(scene):
    someone = scene.phone.someone
    use_scope(db.session(), IDENTITY)
    db.session.execute(
        update(Account).where(Account.id == someone.account_id).values(password_hash=hash_password(PASSWORD))
    )
    db.session.commit()
    made = scene.app.test_client().post(
        "/api/v1/tokens",
        json={"username": someone.username, "password": PASSWORD, "name": "演示手机", "days": 30,
              "scopes": ["bureau:inspection:fill"]},
    )  # fmt: skip
    assert made.status_code == 201, made.json
    scene.phone.token = made.json["token"]
    assert len(scene.phone.tasks()) == 1
    assert scene.phone.call("GET", "/schools").status_code == 403


def test_without_a_token_a_cookie_does_not_help_a_wrong_one(scene, client_as):
    assert scene.app.test_client().get("/api/v1/fill/tasks").status_code == 401
    scene.phone.token = "hq_unknown"
    assert scene.phone.call("GET", "/fill/tasks").status_code == 401


def test_a_revoked_token_is_refused_in_the_middle_and_the_work_goes_on_with_a_new_one(scene):
    scene.phone.answer("1", {"met": True})
    scene.phone.put()
    use_scope(db.session(), IDENTITY)
    db.session.execute(update(ApiToken).where(ApiToken.id == scene.phone.row.id).values(revoked_at=now()))
    db.session.commit()
    assert scene.phone.put().status_code == 401
    again = scene.new_phone()
    again.uuid, again.rev, again.answers = scene.phone.uuid, scene.phone.rev, scene.phone.answers
    assert again.put().status_code == 200


def test_a_person_whose_role_ended_is_refused(scene):
    use_scope(db.session(), IDENTITY)
    db.session.execute(
        update(Membership)
        .where(Membership.person_id == scene.phone.someone.account_id, Membership.role == str(Role.INSPECTOR))
        .values(ended_at=now())
    )
    db.session.commit()
    assert scene.phone.call("GET", "/fill/tasks").status_code == 403
    assert scene.phone.put().status_code == 403


def test_a_token_for_something_else_does_not_fill(scene):
    phone = scene.new_phone(scopes=("bureau:inspection:read",))
    assert phone.call("GET", "/fill/tasks").status_code == 403


def test_ping_repeats_the_nonce_to_anybody(scene):
    answer = scene.app.test_client().get("/api/v1/ping?nonce=abc")
    assert (answer.status_code, answer.json["nonce"]) == (200, "abc")
    assert answer.json["server_time"].endswith("+00:00")
