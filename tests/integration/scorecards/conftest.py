from io import BytesIO

import pytest
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from kernel.actor import system_actor
from kernel.database import new_id
from kernel.database.scope import Scope, use_scope
from scorecards import service
from scorecards.form import (
    AllOrNothing,
    Band,
    CountDeduction,
    Form,
    Item,
    Judged,
    ListedDeductions,
    Section,
)
from scorecards.models import FormTemplate, FormVersion
from tests.unit.scorecards.forms import D, entries


def sound_form(**more):
    """Ten points, nothing open: publishable as it stands."""
    items = (
        Item(code="1", no="1", text="后厨地面干净", points=D(5), rule=AllOrNothing(), rule_text="不符合扣5分"),
        Item(code="2", no="2", text="垃圾桶加盖", points=D(3), rule=CountDeduction(D(1)), rule_text="每处扣1分"),
        Item(code="3", no="3", text="留样规范", points=D(2), rule=ListedDeductions(entries(1, 1)), method="查资料"),
    )
    values = {
        "title": "演示食堂评分表", "kind": "canteen", "total": D(10),
        "sections": (Section(code="1", title="后厨", points=D(10), items=items),),
        "bands": (Band("合格", D(6)), Band("不合格", D(0))),
    }  # fmt: skip
    return Form(**{**values, **more})


def open_form():
    """Item 1 waits to be confirmed, item 2 to be decided, and its points do not add up."""
    items = (
        Item(
            code="1",
            no="1",
            text="后厨地面干净",
            points=D(5),
            rule=AllOrNothing(),
            rule_text="不符合的扣分",
            review="confirm",
        ),
        Item(code="2", no="2", text="垃圾桶加盖", points=D(3), rule=Judged(), rule_text="参照细则", review="decide"),
    )
    return sound_form(sections=(Section(code="1", title="后厨", points=D(8), items=items),))


@pytest.fixture
def draft(session, world):
    """`draft()`: the id of a committed draft of bureau a; `draft(form, bureau="b")` of another form or bureau."""

    def make(form=None, bureau="a", **more):
        session.commit()
        use_scope(session(), Scope("houqin_bureau", world.bureaus[bureau]))
        version = service.import_form(system_actor(world.bureaus[bureau]), form or sound_form(), **more)
        session.commit()
        return version.id

    return make


@pytest.fixture
def stored(session, world):
    """`stored(version_id)`: the version as the database has it now."""

    def read(version_id, bureau="a", model=FormVersion):
        session.commit()
        use_scope(session(), Scope("houqin_bureau", world.bureaus[bureau]))
        query = select(model).where(model.id == version_id).execution_options(populate_existing=True)
        return session.scalar(query)

    return read


@pytest.fixture
def stored_template(stored):
    return lambda template_id: stored(template_id, model=FormTemplate)


@pytest.fixture
def published(draft, session, world):
    def make(form=None, bureau="a"):
        version_id = draft(form, bureau)
        use_scope(session(), Scope("houqin_bureau", world.bureaus[bureau]))
        service.publish(system_actor(world.bureaus[bureau]), version_id, 1)
        session.commit()
        return version_id

    return make


@pytest.fixture
def upload():
    """`upload(client, b"…")`: the answer of the import page."""

    def send(client, content, name="form.yaml", template_id=None, **fields):
        path = f"/forms/{template_id}/import" if template_id else "/forms/import"
        file = FileStorage(BytesIO(content), name, "file")
        # Encoded here: the test client would leave a temporary file open behind a large one.
        boundary, body = encode_multipart({"id": str(new_id()), **fields, "file": file})
        return client.post(path, data=body, content_type=f"multipart/form-data; boundary={boundary}")

    return send


def id_of(response):
    """The version that a page redirects to."""
    assert response.status_code == 302, response.get_data(as_text=True)[-2000:]
    return response.location.rsplit("/", 1)[-1].partition("#")[0]
