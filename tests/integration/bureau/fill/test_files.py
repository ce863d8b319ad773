"""Attachments: the bytes as they were taken, only where they are expected, once."""

import gzip
import io
import struct
import zlib

import pytest
from PIL import Image
from sqlalchemy import func, select

from bureau.fill.models import FillFile
from bureau.inspections.models import Inspection, InspectionPhoto
from bureau.roles import Role
from kernel.database import db
from kernel.files import service as files
from kernel.files import verbatim
from kernel.files.models import Attachment
from tests.support import inspections
from tests.support.phones import sha256, signature
from tests.support.pictures import jpeg


def count(model, *where):
    return db.session.scalar(select(func.count()).select_from(model).where(*where))


def named(scene, data, **more):
    found = scene.phone.attach(data, **more)
    assert scene.phone.put().status_code in (200, 201)
    return found


def test_the_bytes_are_kept_as_they_are(scene):
    data = jpeg("as taken", (1600, 1200))
    found = named(scene, data, key="1")
    assert scene.phone.put_blob(found, data).status_code == 201
    scene.as_bureau()
    kept = db.session.scalars(select(Attachment).where(Attachment.sha256 == found)).one()
    assert (files.content(kept), kept.size, kept.width, kept.hidden_from_school) == (data, len(data), 1600, True)
    assert Image.open(io.BytesIO(files.thumbnail(kept))).size == (320, 240)


def test_a_signature_is_a_picture_but_no_photo_of_the_visit(scene):
    scene.phone.sign("school")
    scene.phone.put()
    assert scene.phone.upload() == [201]
    scene.as_bureau()
    assert (count(InspectionPhoto), count(Attachment, Attachment.purpose == "inspection_signature")) == (0, 1)
    kept = db.session.scalars(select(Attachment)).one()
    assert kept.media_type == "image/png"
    assert files.thumbnail(kept)[:2] == b"\xff\xd8"


def test_one_picture_for_two_items_is_sent_once(scene):
    data = jpeg("two")
    scene.phone.attach(data, "1")
    scene.phone.attach(data, "2")
    assert scene.phone.put().json["missing"] == [sha256(data)]
    assert scene.phone.upload() == [201]
    scene.as_bureau()
    assert (count(Attachment), count(InspectionPhoto)) == (1, 2)
    scene.phone.attach(data, "3")
    assert scene.phone.put().json["missing"] == []
    scene.as_bureau()
    assert count(InspectionPhoto) == 3


def test_a_photo_that_is_no_longer_named_leaves_the_visit_but_not_the_store(scene):
    scene.phone.photo("1")
    keep = scene.phone.photo("2")
    scene.phone.put()
    scene.phone.upload()
    scene.phone.files = [file for file in scene.phone.files if file["sha256"] == keep]
    scene.phone.put()
    scene.as_bureau()
    assert db.session.scalars(select(InspectionPhoto.sha256)).all() == [keep]
    assert (count(Attachment), count(FillFile)) == (2, 1)


def test_only_what_this_persons_submission_for_this_school_names_is_taken(scene):
    data = jpeg("named")
    assert scene.phone.put_blob(sha256(data), data).status_code == 404
    found = named(scene, data)
    assert scene.phone.put_blob(found, data, scene.world.schools["a2"]).status_code == 404
    assert scene.phone.put_blob(found, data, scene.world.schools["b1"]).status_code == 404
    stranger = scene.new_phone(place="b")
    assert stranger.put_blob(found, data).status_code == 404
    assert scene.phone.put_blob("x" * 64, data).status_code == 404
    assert scene.phone.put_blob(found, data).status_code == 201
    assert stranger.put_blob(found, data).status_code == 404  # also once it is here: no way to ask who has what
    assert scene.new_phone(Role.CANTEEN_OFFICER).put_blob(found, data).status_code == 403


def marked(word):
    """A picture whose bytes differ in a comment only, of the same length for words of the same length."""
    plain = jpeg("marked")
    return plain[:2] + b"\xff\xfe" + (len(word) + 2).to_bytes(2, "big") + word + plain[2:]


def test_other_bytes_than_the_hash_says_are_refused(scene):
    right = marked(b"right")
    found = named(scene, right)
    for wrong in (marked(b"wrong"), right[:-20], b""):
        assert scene.phone.put_blob(found, wrong).status_code == 422
    scene.as_bureau()
    assert count(Attachment) == 0


def png_with(chunk, data):
    plain = signature()
    block = struct.pack(">I", len(data)) + chunk + data + struct.pack(">I", zlib.crc32(chunk + data))
    return plain[:33] + block + plain[33:]


def with_exif(tags):
    target = io.BytesIO()
    exif = Image.Exif()
    for tag, value in tags.items():
        exif[tag] = value
    Image.new("RGB", (40, 30)).save(target, "JPEG", exif=exif)
    return target.getvalue()


def bomb():
    target = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(target, "PNG")
    return target.getvalue()


REFUSED = {
    "text": b"no picture at all",
    "a page in a picture's clothes": b"\xff\xd8\xff<script>",
    "cut off": jpeg("cut", (400, 300))[:-400],
    "something behind the end": jpeg("tail") + b"PK\x03\x04 and more",
    "a place in the metadata": with_exif({verbatim.GPS_TAG: {1: "N"}}),
    "a large block": png_with(b"zzZz", b"x" * 40_000),
    "too many pixels": bomb(),
    "webp": b"RIFF\x00\x00\x00\x00WEBPVP8 ",
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_not_a_plain_picture_is_refused(scene, data):
    found = named(scene, data)
    refused = scene.phone.put_blob(found, data)
    assert refused.status_code == 422, refused.json
    assert refused.json["errors"]
    scene.as_bureau()
    assert count(Attachment) == 0


def test_what_browsers_write_beside_the_picture_is_taken(scene):
    for data in (with_exif({0x0112: 1, 0xA002: 40}), png_with(b"sRGB", b"\x00")):
        assert scene.phone.put_blob(named(scene, data), data).status_code == 201


def test_another_kind_or_size_than_was_named_is_refused(scene):
    data = jpeg("kind")
    assert scene.phone.put_blob(named(scene, data, mime="image/png"), data).status_code == 422
    data = jpeg("size")
    assert scene.phone.put_blob(named(scene, data, size=5), data).status_code == 422


def test_compressed_and_oversized_bodies_are_refused_before_they_are_read(scene):
    data = jpeg("zip")
    found = named(scene, data)
    packed = gzip.compress(b"\0" * 10_000_000)
    assert scene.phone.put_blob(found, packed, headers={"Content-Encoding": "gzip"}).status_code == 415
    assert scene.phone.put_blob(found, b"\0" * (6 * 1024 * 1024 + 1)).status_code == 413
    body = scene.phone.body() | {"remark": "x" * (2 * 1024 * 1024)}
    assert scene.phone.put(body).status_code == 413


def test_bytes_stored_before_a_crash_are_taken_over(scene):
    """The file was written, the transaction never came: the address exists, the row does not."""
    data = jpeg("crash")
    found = named(scene, data)
    with scene.app.app_context():
        files.folder().put(scene.visit.bureau_id, scene.visit.school_id, data)
    assert scene.phone.put_blob(found, data).status_code == 201
    assert scene.phone.put_blob(found, data).status_code == 200


def test_photos_of_a_visit_that_was_handed_in_meanwhile_are_refused_in_words(scene):
    found = scene.phone.photo("1", seed="late")
    scene.phone.put()
    scene.as_bureau()
    inspections.submit(scene.world, db.session.merge(scene.visit))
    db.session.commit()
    assert db.session.scalar(select(Inspection.state).where(Inspection.id == scene.visit.id)) == "released"
    late = scene.phone.put_blob(found, scene.phone.blobs[found])
    assert (late.status_code, "已提交" in late.json["detail"]) == (409, True)
