import hashlib
import threading
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.files.storage import Folder, StorageDamaged

DATA = "演示文件".encode()
DIGEST = hashlib.sha256(DATA).hexdigest()


def test_what_is_put_is_read_again_under_its_own_digest(tmp_path):
    folder = Folder(tmp_path)
    assert folder.put(1, 7, DATA) == DIGEST
    assert folder.path(1, 7, DIGEST) == tmp_path / "1" / "7" / DIGEST[:2] / DIGEST
    assert folder.read(1, 7, DIGEST) == DATA
    folder.put(1, None, DATA)
    assert (tmp_path / "1" / "bureau" / DIGEST[:2] / DIGEST).is_file()


def test_each_tenant_has_its_own_copy(tmp_path):
    folder = Folder(tmp_path)
    folder.put(1, 7, DATA)
    with pytest.raises(StorageDamaged, match="gone"):
        folder.read(2, 7, DIGEST)


def test_a_second_put_changes_nothing_and_leaves_no_part(tmp_path):
    folder = Folder(tmp_path)
    folder.put(1, 7, DATA)
    before = folder.path(1, 7, DIGEST).stat()
    folder.put(1, 7, DATA)
    after = folder.path(1, 7, DIGEST).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == [DIGEST]


def test_puts_at_the_same_moment_end_in_one_whole_file(tmp_path):
    folder, data = Folder(tmp_path), b"x" * 300_000
    threads = [threading.Thread(target=folder.put, args=(1, 7, data)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [path] = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.read_bytes() == data


def test_without_hard_links_it_still_works(tmp_path, monkeypatch):
    def refuse(*paths):
        raise PermissionError("no hard links here")

    monkeypatch.setattr("os.link", refuse)
    folder = Folder(tmp_path)
    folder.put(1, 7, DATA)
    folder.put(1, 7, DATA)
    assert folder.read(1, 7, DIGEST) == DATA


def test_an_altered_or_cut_file_is_noticed(tmp_path):
    folder = Folder(tmp_path)
    folder.put(1, 7, DATA)
    path = folder.path(1, 7, DIGEST)
    path.chmod(0o600)
    path.write_bytes(DATA[:-1] + b"!")
    with pytest.raises(StorageDamaged, match="altered"):
        folder.read(1, 7, DIGEST)
    path.write_bytes(b"")
    with pytest.raises(StorageDamaged, match="something else"):
        folder.put(1, 7, DATA)


def test_a_link_that_leads_out_is_refused(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "1").symlink_to(outside)
    with pytest.raises(StorageDamaged, match="leads out"):
        Folder(root).put(1, 7, DATA)
    assert [path for path in outside.rglob("*") if path.is_file()] == []


@given(st.text(max_size=80))
def test_only_a_digest_is_an_address(text):
    if len(text) == 64 and set(text) <= set("0123456789abcdef"):
        return
    with pytest.raises(ValueError, match="SHA-256"):
        Folder(None).path(1, 1, text)


@pytest.mark.parametrize("tenant", [0, -1, True, "1", "../1", 1.0, None])
def test_only_a_positive_number_is_a_bureau(tmp_path, tenant):
    with pytest.raises(ValueError, match="positive"):
        Folder(tmp_path).path(tenant, None, DIGEST)


def test_a_company_has_a_folder_of_its_own(tmp_path):
    folder, company = Folder(tmp_path), UUID("01a1fea4-82f1-7413-b592-674ad422e541")
    digest = folder.put(1, company, DATA)
    assert folder.path(1, company, digest).relative_to(tmp_path).parts[:2] == ("1", f"supplier-{company.hex}")
    assert folder.read(1, company, digest) == DATA
    with pytest.raises(StorageDamaged):
        folder.read(1, None, digest)


def test_an_owner_is_a_number_or_a_uuid_never_text(tmp_path):
    with pytest.raises(ValueError, match="whole numbers"):
        Folder(tmp_path).path(1, "../2", DIGEST)
