import pytest

from kernel.database import new_id


@pytest.fixture(autouse=True)
def cheap_hashes(app, monkeypatch):
    monkeypatch.setitem(app.config, "ARGON2_MEMORY_KIB", 64)
    monkeypatch.setitem(app.config, "ARGON2_PASSES", 1)


@pytest.fixture
def join():
    """`join(client, "guard", "13900000001")`: the answer of the page that adds somebody."""

    def add(client, role="guard", mobile="13900000001", name="演示新人", **more):
        data = {"id": str(new_id()), "display_name": name, "mobile": mobile, "role": role}
        data.update({key: str(value) for key, value in more.items() if value is not None})
        return client.post("/people/new", data=data)

    return add


@pytest.fixture
def version_of(session):
    """The stored version of a person or a role."""
    from kernel.database.scope import IDENTITY, use_scope

    def read(model, key):
        session.commit()
        use_scope(session(), IDENTITY)
        from sqlalchemy import select

        return session.scalar(select(model.version).where(model.id == key))

    return read
