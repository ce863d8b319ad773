"""Whether the opened bids of a package are the sealed ones, from the package alone: no database, no server.

Decrypts and hashes everything again. What it cannot know is said by whoever holds it: the digest that was published at
the deadline, and the receipts that the bidders kept.
"""

import hashlib
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pyrage

from bureau.bids.rules.hashes import LIST_FORMAT, entry, shares_digest
from kernel.digests import canonical, digest

MOST_ENTRY = 64 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Difference:
    """`subject`: a receipt number, a hash or "list"."""

    subject: str
    text: str


class NotAPackage(ValueError):
    """The file is no opening package at all."""


def verify(path: Path, published_digest: str | None = None) -> tuple[int, list[Difference]]:
    """(bids decrypted again, differences). Raises NotAPackage."""
    try:
        with zipfile.ZipFile(path) as archive:
            listed_bytes = _read(archive, "list.json")
            listed = json.loads(listed_bytes)
            opening = json.loads(_read(archive, "opening.json"))
            if listed.get("format") != LIST_FORMAT:
                raise NotAPackage("list.json is no list of bid hashes")
            found = list(_list(listed, listed_bytes, opening, published_digest))
            opened = 0
            for one in listed["bids"]:
                differences, is_opened = _bid(archive, one)
                found.extend(differences)
                opened += is_opened
            found.extend(_superseded(archive, listed))
            found.extend(_strangers(archive, listed))
            return opened, found
    except (zipfile.BadZipFile, KeyError, TypeError, AttributeError, ValueError) as error:
        raise NotAPackage(str(error)) from error


def _list(listed: Any, raw: bytes, opening: Any, published: str | None) -> Iterator[Difference]:
    own = digest(listed)
    if hashlib.sha256(raw).hexdigest() != own:
        yield Difference("list", "list.json is not in its canonical form")
    if own != opening.get("list_sha256"):
        yield Difference("list", f"the list hashes to {own}, the opening says {opening.get('list_sha256')}")
    if published is not None and own != published:
        yield Difference("list", f"the list hashes to {own}, published was {published}")
    if listed.get("tender_id") != opening.get("tender_id"):
        yield Difference("list", "the list and the opening are of different tenders")


def _bid(archive: zipfile.ZipFile, one: dict[str, Any]) -> tuple[list[Difference], bool]:
    number = one["receipt_number"]
    found: list[Difference] = []

    def differs(text: str) -> None:
        found.append(Difference(number, text))

    receipt = _json(archive, f"receipts/{number}.json")
    if receipt is None:
        differs("its receipt is missing")
    elif entry(receipt) != one:
        differs("its receipt says something else than the published list")
    bid = _json(archive, f"bids/{number}.json")
    ciphertext = _bytes(archive, f"sealed/{one['ciphertext_sha256']}.age")
    if ciphertext is None:
        differs("its sealed file is missing")
    elif hashlib.sha256(ciphertext).hexdigest() != one["ciphertext_sha256"]:
        differs("its sealed file is not the one that was submitted")
    if bid is None:
        differs("its entry is missing")
        return found, False
    if shares_digest(bid["recipient"], bid["shares"]) != one["shares_sha256"]:
        differs("its key shares are not the ones that were submitted")
    if "identity" not in bid:
        if bid["state"] not in ("unopened", "unopenable"):
            differs(f"it is {bid['state']} but no key is given for it")
        return found, False
    if ciphertext is not None:
        found.extend(Difference(number, text) for text in _decrypted(ciphertext, bid))
    return found, True


def _decrypted(ciphertext: bytes, bid: dict[str, Any]) -> Iterator[str]:
    try:
        key = pyrage.x25519.Identity.from_str(bid["identity"])
        plaintext = bytes(pyrage.decrypt(ciphertext, [key]))
    except Exception as error:  # of pyrage's own classes
        yield f"its key does not open its sealed file ({error})"
        return
    if hashlib.sha256(plaintext).hexdigest() != bid["plaintext_sha256"]:
        yield "what comes out of the seal has another hash than was recorded"
    try:
        document = orjson.loads(plaintext)
    except orjson.JSONDecodeError:
        yield "what comes out of the seal is not JSON"
        return
    for file in document.get("files", []):
        file.pop("data", None)
    if canonical(document) != canonical(bid["package"]):
        names = sorted(name for name in {*document, *bid["package"]} if document.get(name) != bid["package"].get(name))
        yield f"the recorded bid differs from the sealed one in: {', '.join(names)}"
    price = document.get("price", {})
    if price.get("total_fen") != bid.get("total_fen"):
        yield f"the recorded total {bid.get('total_fen')} is not the sealed one {price.get('total_fen')}"
    sealed = price.get("discount_percent")
    recorded = bid.get("discount")
    if (None if sealed is None else Decimal(str(sealed))) != (None if recorded is None else Decimal(str(recorded))):
        yield f"the recorded discount {recorded} is not the sealed one {sealed}"


def _superseded(archive: zipfile.ZipFile, listed: Any) -> Iterator[Difference]:
    """Versions that did not stand at the deadline: whole, from before it, and each with the reason why it stands no
    more."""
    versions = {
        name.removeprefix("superseded/").removesuffix(".json"): _json(archive, name)
        for name in archive.namelist()
        if name.startswith("superseded/")
    }
    current = [_json(archive, f"receipts/{one['receipt_number']}.json") or {} for one in listed["bids"]]
    later = [one["receipt"] for one in versions.values()] + current
    on_list = {one["receipt_number"] for one in listed["bids"]}
    for number, one in versions.items():
        receipt = one["receipt"]
        ciphertext = _bytes(archive, f"sealed/{one['ciphertext_sha256']}.age")
        if ciphertext is None:
            yield Difference(number, "its sealed file is missing")
        elif hashlib.sha256(ciphertext).hexdigest() != receipt["ciphertext_sha256"]:
            yield Difference(number, "its sealed file is not the one of its receipt")
        if shares_digest(one["recipient"], one["shares"]) != receipt["shares_sha256"]:
            yield Difference(number, "its key shares are not the ones of its receipt")
        if number in on_list or receipt["receipt_number"] != number:
            yield Difference(
                number, "it is said to be superseded, and stands on the published list or under another number"
            )
        if datetime.fromisoformat(receipt["sealed_at"]) >= datetime.fromisoformat(listed["closed_at"]):
            yield Difference(number, "it was sealed after the deadline")
        if one["state"] == "withdrawn":
            if (one["withdrawal"] or {}).get("withdraws") != number:
                yield Difference(number, "it is said to be withdrawn, and no withdrawal names it")
        elif not any(
            other.get("bid_id") == receipt["bid_id"] and other["version"] > receipt["version"] for other in later
        ):
            yield Difference(number, "it is said to be replaced, and no later version is there")


def _strangers(archive: zipfile.ZipFile, listed: Any) -> Iterator[Difference]:
    """What lies in the package but was not on the list at the deadline."""
    numbers = {one["receipt_number"] for one in listed["bids"]}
    for name in archive.namelist():
        folder, _slash, rest = name.partition("/")
        if folder in ("bids", "receipts") and rest.removesuffix(".json") not in numbers:
            yield Difference(rest.removesuffix(".json"), f"{name} is not on the published list")


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    if archive.getinfo(name).file_size > MOST_ENTRY:
        raise NotAPackage(f"{name} is larger than any bid")
    return archive.read(name)


def _bytes(archive: zipfile.ZipFile, name: str) -> bytes | None:
    try:
        return _read(archive, name)
    except KeyError:
        return None


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    data = _bytes(archive, name)
    return None if data is None else json.loads(data)
