"""The auditors' package: all of an opening in one file, which is checked without a server."""

import hashlib
import io
import json
import os
import tracemalloc
import zipfile

import pytest
from click.testing import CliRunner

from bureau.bids import sealing as browser
from bureau.bids.commands import bids as command
from bureau.bids.service import export, sealing, uploading
from kernel.files.service import folder
from tests.support import bids


def exported(tendered, clients, role="procurement_officer"):
    answer = clients(role).get(f"/openings/{tendered.tender_id}/package.zip")
    answer.get_data()
    answer.close()  # as a server does, and with it the temporary file goes
    return answer


def entries_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(tmp_path, entries):
    path = tmp_path / "package.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return path


def verified(path, *more):
    return CliRunner().invoke(command, ["verify", str(path), *more])


def test_the_package_is_given_to_two_offices_and_holds_offline(tendered, clients, tmp_path):
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders])
    tendered.close()
    assert exported(tendered, clients).status_code == 409  # nothing is given before the opening has ended
    bids.open_all(tendered.world, tendered.tender_id)
    listed = clients().get(f"/public/tenders/{tendered.made.bureau_id}/{tendered.tender_id}/bids.json")
    digest = hashlib.sha256(listed.data).hexdigest()
    answer = exported(tendered, clients, "discipline_supervisor")
    assert answer.status_code == 200
    assert (int(answer.headers["Content-Length"]), answer.mimetype) == (len(answer.data), "application/zip")
    assert exported(tendered, clients, "canteen_officer").status_code == 403
    path = tmp_path / "package.zip"
    path.write_bytes(answer.data)
    run = verified(path, "--digest", digest)
    assert (run.exit_code, "4 bids decrypted again; every one" in run.output) == (0, True), run.output
    assert verified(path, "--digest", "0" * 64).exit_code == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("price", "the recorded bid differs from the sealed one in: price"),
        ("ciphertext", "its sealed file is not the one"),
        ("key", "its key does not open"),
        ("shares", "its key shares are not the ones"),
        ("receipt", "its receipt says something else"),
        ("missing", "its sealed file is missing"),
        ("stranger", "is not on the published list"),
        ("list", "the list hashes to"),
    ],
)
def test_whatever_is_changed_in_a_package_is_named(tendered, clients, tmp_path, change, words):
    rows = bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[:3]])
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    entries = entries_of(exported(tendered, clients).data)
    number, sha256 = rows[0].receipt_number, rows[0].ciphertext_sha256
    bid = json.loads(entries[f"bids/{number}.json"])
    receipt = json.loads(entries[f"receipts/{number}.json"])
    if change == "price":
        bid["package"]["price"]["total_fen"] -= 1
    elif change == "ciphertext":
        entries[f"sealed/{sha256}.age"] = entries[f"sealed/{sha256}.age"][:-1] + b"x"
    elif change == "key":
        other = json.loads(entries[f"bids/{rows[1].receipt_number}.json"])
        bid["identity"] = other["identity"]
    elif change == "shares":
        bid["shares"]["escrow"]["sha256"] = "0" * 64
    elif change == "receipt":
        receipt["sealed_at"] = "2020-01-01T00:00:00+00:00"
    elif change == "missing":
        del entries[f"sealed/{sha256}.age"]
    elif change == "stranger":
        entries["bids/TB-OTHER.json"] = entries[f"bids/{number}.json"]
    elif change == "list":
        listed = json.loads(entries["list.json"])
        listed["bids"].pop()
        entries["list.json"] = json.dumps(listed).encode()
    entries[f"bids/{number}.json"] = json.dumps(bid).encode()
    entries[f"receipts/{number}.json"] = json.dumps(receipt).encode()
    run = verified(packed(tmp_path, entries))
    assert run.exit_code == 1
    assert words in run.output


def test_what_is_no_package_is_said_plainly(tmp_path):
    path = tmp_path / "x.zip"
    path.write_bytes(b"no zip")
    run = CliRunner().invoke(command, ["verify", str(path)])
    assert (run.exit_code, "not an opening package" in run.output) == (1, True)


# ---- versions that stand no more ----


def with_superseded(tendered):
    """Three bids that stand, one of them in its second version, and one that was taken back."""
    lot = tendered.lots[0]
    rows = bids.submit_all(lot, [(one, 2000) for one in tendered.bidders])
    tendered.as_bidder(0)
    better = browser.seal([bids.package(tendered.bidders[0], lot, rows[0].bid_id, 1900)], bids.recipients())[0]
    new = bids.send(tendered.bidders[0], lot, better, rows[0].bid_id)
    sealing.withdraw(tendered.as_bidder(3), rows[3].bid_id, "演示撤回")
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id)
    return rows, new


def test_replaced_and_withdrawn_versions_are_in_it(tendered, clients, tmp_path):
    rows, new = with_superseded(tendered)
    data = exported(tendered, clients).data
    entries = entries_of(data)
    found = {name: json.loads(text) for name, text in entries.items() if name.startswith("superseded/")}
    assert {(name, one["state"]) for name, one in found.items()} == {
        (f"superseded/{rows[0].receipt_number}.json", "replaced"),
        (f"superseded/{rows[3].receipt_number}.json", "withdrawn"),
    }
    assert found[f"superseded/{rows[3].receipt_number}.json"]["withdrawal"]["withdraws"] == rows[3].receipt_number
    for row in (*rows, new):
        sealed = entries[f"sealed/{row.ciphertext_sha256}.age"]
        assert hashlib.sha256(sealed).hexdigest() == row.ciphertext_sha256
    run = verified(packed(tmp_path, entries))
    assert (run.exit_code, "3 bids decrypted again; every one" in run.output) == (0, True), run.output


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("file", "its sealed file is not the one of its receipt"),
        ("gone", "its sealed file is missing"),
        ("shares", "its key shares are not the ones of its receipt"),
        ("late", "it was sealed after the deadline"),
        ("alone", "no later version is there"),
        ("taken back", "no withdrawal names it"),
        ("listed", "stands on the published list"),
    ],
)
def test_whatever_is_changed_in_a_superseded_version_is_named(tendered, clients, tmp_path, change, words):
    rows, new = with_superseded(tendered)
    entries = entries_of(exported(tendered, clients).data)
    name = f"superseded/{rows[3 if change == 'taken back' else 0].receipt_number}.json"
    one = json.loads(entries[name])
    sealed = f"sealed/{one['ciphertext_sha256']}.age"
    if change == "file":
        entries[sealed] = entries[sealed][:-1] + b"x"
    elif change == "gone":
        del entries[sealed]
    elif change == "shares":
        one["shares"]["escrow"]["sha256"] = "0" * 64
    elif change == "late":
        one["receipt"]["sealed_at"] = "2999-01-01T00:00:00+00:00"
    elif change == "alone":
        one["receipt"]["version"] = 9
    elif change == "taken back":
        one["withdrawal"] = None
    elif change == "listed":
        name = f"superseded/{new.receipt_number}.json"
    entries[name] = json.dumps(one).encode()
    run = verified(packed(tmp_path, entries))
    assert run.exit_code == 1
    assert words in run.output


def test_the_package_is_not_held_in_memory(tendered, monkeypatch):
    with_superseded(tendered)
    megabytes = 8
    monkeypatch.setattr(uploading, "ciphertext", lambda row: os.urandom(megabytes * 2**20))
    actor = tendered.as_officer("procurement")
    tracemalloc.start()
    try:
        _tender, file, size = export.package(actor, tendered.tender_id)
        _now, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    with file:
        assert size > 5 * megabytes * 2**20
        assert peak < 2.5 * megabytes * 2**20, peak
        assert zipfile.ZipFile(file).testzip() is None


def test_a_file_that_is_gone_is_left_out_for_the_verification_to_find(tendered, clients, tmp_path):
    rows, _new = with_superseded(tendered)
    folder().remove(tendered.made.bureau_id, None, rows[1].ciphertext_sha256)
    run = verified(packed(tmp_path, entries_of(exported(tendered, clients).data)))
    assert (run.exit_code, f"DIFFERS  {rows[1].receipt_number}: its sealed file is missing" in run.output) == (1, True)
