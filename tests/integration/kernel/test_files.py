"""Attachments: kept per tenant, shown within it, never as something that runs."""

import io
from uuid import uuid4

import pytest
from PIL import Image

from kernel.database import db
from kernel.errors import Conflict, Invalid, NotFound
from kernel.files import service
from tests.support.pictures import jpeg


def keep(actor, data=None, **options):
    return service.store(actor, data or jpeg("a"), name="演示 照片.JPG", purpose="demo", **options)


def test_a_picture_is_kept_and_given_back(session, acting, world, client_as):
    attachment = keep(acting(world.actor("storekeeper")))
    session.commit()
    assert attachment.school_id == world.schools["a1"]
    response = client_as("storekeeper").get(f"/files/{attachment.id}")
    assert (response.status_code, response.mimetype) == (200, "image/jpeg")
    assert Image.open(io.BytesIO(response.data)).size == (64, 48)
    assert "sandbox" in response.headers["Content-Security-Policy"]
    again = client_as("storekeeper").get(f"/files/{attachment.id}", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_thumbnail_is_small(session, acting, world, client_as):
    attachment = keep(acting(world.actor("storekeeper")), jpeg("b", (1200, 900)))
    session.commit()
    response = client_as("storekeeper").get(f"/files/{attachment.id}/thumbnail")
    assert max(Image.open(io.BytesIO(response.data)).size) == service.THUMB_PIXELS


@pytest.mark.parametrize(("role", "place"), [("principal", "a2"), ("principal", "b1"), ("bureau_admin", "b")])
def test_another_tenant_does_not_get_it(session, acting, world, client_as, role, place):
    attachment = keep(acting(world.actor("storekeeper")))
    session.commit()
    assert client_as(role, place).get(f"/files/{attachment.id}").status_code == 404


def test_what_is_hidden_from_the_school_is_hidden_by_the_database_too(session, acting, world, client_as):
    attachment = keep(acting(world.actor("inspector")), school_id=world.schools["a1"], hidden_from_school=True)
    session.commit()
    assert client_as("bureau_admin").get(f"/files/{attachment.id}").status_code == 200
    assert client_as("principal").get(f"/files/{attachment.id}").status_code == 404
    acting(world.actor("principal"))
    assert db.session.get(type(attachment), (attachment.bureau_id, attachment.id), populate_existing=True) is None


def test_the_same_id_twice_is_one_attachment_or_a_conflict(session, acting, world):
    actor, same = acting(world.actor("storekeeper")), uuid4()
    assert keep(actor, attachment_id=same).id == keep(actor, attachment_id=same).id
    with pytest.raises(Conflict):
        keep(actor, jpeg("other"), attachment_id=same)


@pytest.mark.parametrize("data", [b"<script>alert(1)</script>", b"\xff\xd8\xff nothing more", b"MZ\x90", b""])
def test_what_is_not_a_known_file_is_refused_at_its_field(session, acting, world, data):
    with pytest.raises(Invalid) as refused:
        service.store(acting(world.actor("storekeeper")), data, name="x.jpg", purpose="demo", field="photo")
    assert list(refused.value.fields) == ["photo"]


def test_too_many_files_are_refused_whole(session, acting, world):
    actor = acting(world.actor("storekeeper"))
    with pytest.raises(Invalid):
        service.store_uploads(actor, [None] * (service.MOST_FILES + 1), purpose="demo")


def test_a_file_that_lost_its_row_is_nobodys(session, acting, world):
    with pytest.raises(NotFound):
        service.get_attachment(acting(world.actor("storekeeper")), uuid4())
