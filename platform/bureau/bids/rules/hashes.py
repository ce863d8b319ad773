"""The list that is published at the deadline, and receipts: what proves later that nothing was exchanged."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any

from kernel.digests import digest

LIST_FORMAT = "houqin-bid-hashes-1"
RECEIPT_FORMAT = "houqin-receipt-1"
WITHDRAWAL_FORMAT = "houqin-withdrawal-1"


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def entry(receipt: Mapping[str, Any]) -> dict[str, Any]:
    """What the list says of one submission: nothing that tells whose it is."""
    return {
        "lot": receipt["lot_number"],
        "receipt_number": receipt["receipt_number"],
        "ciphertext_sha256": receipt["ciphertext_sha256"],
        "shares_sha256": receipt["shares_sha256"],
        "sealed_at": receipt["sealed_at"],
    }


def ordered(entries: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By lot and hash: the order tells nothing of who came first or when."""
    return sorted(
        (dict(one) for one in entries), key=lambda one: (one["lot"], one["ciphertext_sha256"], one["receipt_number"])
    )


def published(
    tender_id: str, tender_number: str, closed_at: str, entries: Iterable[Mapping[str, Any]]
) -> dict[str, Any]:
    """The whole document whose digest is published."""
    return {
        "format": LIST_FORMAT,
        "tender_id": tender_id,
        "tender_number": tender_number,
        "closed_at": closed_at,
        "bids": ordered(entries),
    }


def shares_digest(recipient: str, shares: Mapping[str, Mapping[str, str]]) -> str:
    """Over everything that is sent beside the ciphertext."""
    return digest({"recipient": recipient, "shares": {seat: dict(share) for seat, share in shares.items()}})
