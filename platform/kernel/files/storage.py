"""Bytes in a folder, addressed by their own SHA-256, apart per tenant: {bureau}/{owner}/{ab}/{abcd…}; owner: a school's
number, "supplier-" and its id, or "bureau"."""

import contextlib
import hashlib
import os
import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

DIGEST = re.compile(r"[0-9a-f]{64}")


class StorageDamaged(RuntimeError):
    """What lies under an address is not what the address says, or is gone."""


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@dataclass(frozen=True, slots=True)
class Folder:
    """Files are written once and never changed. `root` is ours alone; nobody else writes below it."""

    root: Path

    def path(self, bureau_id: int, owner: int | UUID | None, digest: str) -> Path:
        """Built from numbers and a checked digest only: no part of it is text that a person chose."""
        if DIGEST.fullmatch(digest) is None:
            raise ValueError("not a SHA-256 in hexadecimal")
        return self.root / _number(bureau_id) / _owner(owner) / digest[:2] / digest

    def put(self, bureau_id: int, owner: int | UUID | None, data: bytes) -> str:
        """Keep `data` and give its digest. All or nothing: a crash leaves no half file under an address."""
        digest = digest_of(data)
        path = self.path(bureau_id, owner, digest)
        if path.exists() and path.stat().st_size == len(data):
            return digest
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
        if self.root.resolve() not in path.parent.resolve().parents:
            raise StorageDamaged(f"{path.parent} leads out of the folder")
        part = path.parent / f".{uuid.uuid4().hex}.part"
        try:
            with open(part, "xb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
            part.chmod(0o440)
            with contextlib.suppress(FileExistsError):
                _settle(part, path)
            _sync_folder(path.parent)
        finally:
            part.unlink(missing_ok=True)
        if path.stat().st_size != len(data):
            raise StorageDamaged(f"{path} holds something else")
        return digest

    def read(self, bureau_id: int, owner: int | UUID | None, digest: str) -> bytes:
        """The bytes, proven to be those that were put."""
        path = self.path(bureau_id, owner, digest)
        try:
            data = path.read_bytes()
        except FileNotFoundError as error:
            raise StorageDamaged(f"{path} is gone") from error
        if digest_of(data) != digest:
            raise StorageDamaged(f"{path} was altered")
        return data

    def listed(self, bureau_id: int, owner: int | UUID | None) -> Iterator[tuple[str, Path]]:
        """Digest and path of every file of an owner, in no order."""
        root = self.root / _number(bureau_id) / _owner(owner)
        for path in root.glob("*/*"):
            if DIGEST.fullmatch(path.name):
                yield path.name, path

    def remove(self, bureau_id: int, owner: int | UUID | None, digest: str) -> None:
        """For whoever knows that nothing refers to the file any more."""
        path = self.path(bureau_id, owner, digest)
        path.unlink(missing_ok=True)
        if path.parent.exists():
            _sync_folder(path.parent)


def _settle(part: Path, path: Path) -> None:
    """Give the finished part its name, without replacing a file that is there already."""
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links. The name says the content, so a race replaces like with like.
        if path.exists():
            raise FileExistsError(path) from None
        os.rename(part, path)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _owner(owner: int | UUID | None) -> str:
    if owner is None:
        return "bureau"
    return f"supplier-{owner.hex}" if isinstance(owner, UUID) else _number(owner)


def _number(value: int) -> str:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("tenant ids are positive whole numbers")
    return str(value)
