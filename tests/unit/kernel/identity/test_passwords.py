import pytest
from flask import Flask

from kernel.identity import passwords
from kernel.identity.labels import device_label


@pytest.fixture
def cheap():
    app = Flask("test")
    app.config.update(ARGON2_MEMORY_KIB=64, ARGON2_PASSES=1)
    with app.app_context():
        yield app


def test_a_password_verifies_against_its_own_hash_only(cheap):
    stored = passwords.hash_password("Xk3-mvq7-pl")
    assert passwords.verify(stored, "Xk3-mvq7-pl")
    assert not passwords.verify(stored, "xk3-mvq7-pl")
    assert passwords.hash_password("Xk3-mvq7-pl") != stored


@pytest.mark.parametrize("stored", [None, "!", "", "$argon2id$broken"])
def test_what_is_no_hash_verifies_nothing(cheap, stored):
    assert not passwords.verify(stored, "")
    assert not passwords.verify(stored, "nobody has this password")


def test_an_unknown_account_costs_a_full_hash(cheap, monkeypatch):
    asked = []
    real = passwords._matches
    monkeypatch.setattr(passwords, "_matches", lambda *given: asked.append(given[1]) or real(*given))
    passwords.verify(None, "Xk3-mvq7-pl")
    assert len(asked) == 1
    passwords.verify(passwords.hash_password("another-1"), "Xk3-mvq7-pl")
    assert len(asked) == 2


def test_a_hash_of_another_cost_is_outdated(cheap):
    stored = passwords.hash_password("Xk3-mvq7-pl")
    assert not passwords.is_outdated(stored)
    cheap.config["ARGON2_PASSES"] = 2
    assert passwords.is_outdated(stored)
    assert passwords.verify(stored, "Xk3-mvq7-pl")


def test_random_passwords_are_hashed_cheaply_and_marked_so():
    stored = passwords.hash_random_password("abcd-efgh-jkmn")
    assert passwords.verify(stored, "abcd-efgh-jkmn")
    assert passwords.is_outdated(stored)


@pytest.mark.parametrize(
    ("agent", "label"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120.0", "Windows 电脑 · Edge"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0) MicroMessenger/8.0", "iPhone 手机 · 微信"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile Safari/537.36", "安卓设备 · Chrome"),
        ("scale/1.0", "scale/1.0"),
        ("", "未知设备"),
    ],
)
def test_devices_are_named_as_people_know_them(agent, label):
    from flask_babel import Babel

    app = Flask("test")
    Babel(app, default_locale="zh_CN")
    with app.test_request_context():
        assert device_label(agent) == label
