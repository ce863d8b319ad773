"""Bids that are wrong inside: each is set aside with its reason or kept as it is, the others are not delayed."""

import base64
import hashlib
import io
import json

import pytest
from PIL import Image
from sqlalchemy import select

from bureau.bids import sealing as browser
from bureau.bids.models import OpenedBidFile
from bureau.bids.service import closing, unsealing
from kernel.database import db, new_id
from kernel.files.service import folder
from tests.integration.bureau.bids.openings import prices, sealed_by_program, standing
from tests.support import bids


def _other_supplier(document):
    document["supplier"]["credit_code"] = "91000000000000901R"


def _unknown_item(document):
    document["price"]["items"][0]["tender_item_id"] = str(new_id())


def _float_price(document):
    document["price"]["total_fen"] = 1.5


def _bad_file(document):
    document["files"] = [
        {"id": "f1", "name": "a.pdf", "media_type": "application/pdf", "sha256": "0" * 64, "data": "AAAA"}
    ]


def _other_lot(document):
    document["lot_id"] = str(new_id())


@pytest.mark.parametrize(
    ("change", "plaintext", "words"),
    [
        (_other_supplier, None, "供应商不一致"),
        (_unknown_item, None, "不属于本标包"),
        (_float_price, None, "报价数字无法读取"),
        (_bad_file, None, "附件已损坏"),
        (_other_lot, None, "另一个标包"),
        (None, b"\xff\xfe not JSON", "不是 JSON"),
        (None, b'{"format": "something else"}', "不是本平台的投标文件"),
    ],
)  # fmt: skip
def test_a_wrong_file_is_set_aside_with_its_reason_and_the_others_open(tendered, change, plaintext, words):
    lot = tendered.lots[0]
    bad = sealed_by_program(tendered, 0, lot, change, plaintext)
    bids.submit_all(lot, [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    found = standing(tendered)
    assert found[bad.bid_id].state == "unopenable"
    assert words in found[bad.bid_id].reason
    assert sorted(row.state for row in found.values()) == ["opened", "opened", "opened", "unopenable"]
    record = closing.opening_of(tendered.made.bureau_id, tendered.tender_id)
    assert words in record.minutes["read_out"][-1]["reason"]


def test_a_ciphertext_altered_on_the_disk_is_named_and_holds_up_nobody(tendered):
    rows = prices(tendered, given=(2000, 1900, 2100, 2200))
    path = folder().path(tendered.made.bureau_id, None, rows[0].ciphertext_sha256)
    path.chmod(0o640)
    path.write_bytes(path.read_bytes()[:-3] + b"xyz")
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    found = standing(tendered)
    assert found[rows[0].bid_id].state == "unopenable"
    assert "与投标时登记的 SHA-256 不一致" in found[rows[0].bid_id].reason
    assert {found[row.bid_id].state for row in rows[1:]} == {"opened"}


def test_a_ciphertext_that_its_own_key_does_not_open_is_the_bidders_fault(tendered):
    lot, one = tendered.lots[0], tendered.bidders[0]
    tendered.as_bidder(0)
    bid_id = new_id()
    sealed = browser.seal([bids.package(one, lot, bid_id)], bids.recipients())[0]
    broken = sealed.ciphertext[:-3] + b"xyz"
    digest = hashlib.sha256(broken).hexdigest()
    damaged = browser.Sealed(broken, digest, len(broken), sealed.recipient, sealed.shares)
    row = bids.send(one, lot, damaged, bid_id)
    bids.submit_all(lot, [(other, 2000) for other in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    assert "密封文件已损坏" in standing(tendered)[row.bid_id].reason


def _deep(document):
    document["declarations"] = {"deep": json.loads("[" * 300 + "]" * 300)}


def _zero_without_end(document):
    document["price"]["items"][0]["quantity"] = "0E+99999999"


@pytest.mark.parametrize("change", [_deep, _zero_without_end])
def test_a_bid_made_to_stop_its_opening_is_set_aside(tendered, change):
    bad = sealed_by_program(tendered, 0, tendered.lots[0], change)
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    assert standing(tendered)[bad.bid_id].state == "unopenable"
    assert sorted(row.state for row in standing(tendered).values()) == ["opened", "opened", "opened", "unopenable"]


def test_files_are_kept_for_viewing_with_what_they_say_of_their_making(tendered):
    pdf = b"%PDF-1.4\n1 0 obj<</Author (\xfe\xff\x5f\x20\x4e\x09)/Producer (Demo Writer 1.0)>>endobj\nxref\n0 1\ntrailer<</Size 1>>\nstartxref\n9\n%%EOF\n"
    other = b"PK\x03\x04 nothing we keep"

    def with_files(document):
        document["files"] = [
            {"id": f"f{number}", "name": name, "media_type": "application/pdf", "sha256": hashlib.sha256(data).hexdigest(),
             "data": base64.b64encode(data).decode()}
            for number, (name, data) in enumerate((("资质.pdf", pdf), ("假的.pdf", other)))
        ]  # fmt: skip
        document["qualification"][0]["files"] = ["f0"]

    lot = tendered.lots[0]
    row = sealed_by_program(tendered, 0, lot, with_files)
    bids.submit_all(lot, [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    actor = tendered.as_officer("procurement")
    found = unsealing.files_of(actor, row.bid_id)
    assert [(file.name, file.attachment_id is not None) for file in found] == [("资质.pdf", True), ("假的.pdf", False)]
    assert (
        found[0].metadata_found == {"author": "张三", "producer": "Demo Writer 1.0"}
        or found[0].metadata_found["producer"] == "Demo Writer 1.0"
    )
    assert "data" not in unsealing.opened_bid(actor, row.bid_id).package["files"][0]
    assert db.session.scalars(select(OpenedBidFile.sha256).where(OpenedBidFile.bid_id == row.bid_id)).all()


def test_a_bid_of_vast_pictures_opens_all_the_same(tendered, monkeypatch):
    """Sixty of them would take a worker longer than it is given, again and again, and the opening would never end."""
    box = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(box, "PNG")
    monkeypatch.setattr(unsealing, "PICTURE_SECONDS", -1.0)

    def with_pictures(document):
        document["files"] = [
            {"id": f"f{number}", "name": f"{number}.png", "media_type": "image/png", "sha256": hashlib.sha256(box.getvalue()).hexdigest(),
             "data": base64.b64encode(box.getvalue()).decode()}
            for number in range(3)
        ]  # fmt: skip

    row = sealed_by_program(tendered, 0, tendered.lots[0], with_pictures)
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[1:]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    assert standing(tendered)[row.bid_id].state == "opened"
    files = unsealing.files_of(tendered.as_officer("procurement"), row.bid_id)
    assert [(file.attachment_id, file.sha256) for file in files] == [
        (None, hashlib.sha256(box.getvalue()).hexdigest())
    ] * 3
