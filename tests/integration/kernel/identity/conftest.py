import pytest
from sqlalchemy import select

from kernel.database.scope import IDENTITY, use_scope
from kernel.identity import passwords
from kernel.identity.models import Account

PASSWORD = "Xk3-mvq7-pl"


@pytest.fixture(autouse=True)
def cheap_hashes(app, monkeypatch):
    monkeypatch.setitem(app.config, "ARGON2_MEMORY_KIB", 64)
    monkeypatch.setitem(app.config, "ARGON2_PASSES", 1)


@pytest.fixture
def identity(session):
    """From here on the test's own statements run in the identity scope."""
    session.commit()
    use_scope(session(), IDENTITY)
    return session


@pytest.fixture
def account(identity, world):
    """`account("guard", "a1", must_change_password=True)`: that person's account, with PASSWORD."""

    def prepare(role="storekeeper", place=None, **changes):
        row = identity.get_one(Account, world.person(role, place).account_id)
        row.password_hash = passwords.hash_password(PASSWORD)
        for name, value in changes.items():
            setattr(row, name, value)
        identity.commit()
        return row

    return prepare


@pytest.fixture
def stored(identity):
    """The account as the database has it now."""

    def read(row):
        identity.commit()
        use_scope(identity(), IDENTITY)
        return identity.scalar(select(Account).where(Account.id == row.id).execution_options(populate_existing=True))

    return read


@pytest.fixture
def enter(app):
    """`enter(name, password)`: (client, answer) of a sign-in on the page."""

    def sign_in(name, password=PASSWORD, client=None, **more):
        client = client or app.test_client()
        environ = {"REMOTE_ADDR": more.pop("address", "10.0.0.1")}
        answer = client.post("/sign-in", data={"name": name, "password": password, **more}, environ_base=environ)
        return client, answer

    return sign_in
