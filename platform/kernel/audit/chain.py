"""The hash chain, pure: what an entry's hash covers, how a block is sealed, what a check finds.

Entry hash: SHA-256 of the canonical JSON of every column. Block hash: SHA-256 over the previous block's hash, the
block's number and its entries' hashes in order. Changing, removing or adding a sealed entry breaks the chain at its
block, and the stored entry hashes name the row.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

GENESIS = "0" * 64
# No transaction lasts this long, so an entry that is older than what was sealed before it was written later and
# dated back.
LATEST_COMMIT = timedelta(hours=1)


def entry_hash(row: Mapping[str, Any]) -> str:
    """`row`: column → value as the database gives it. Instants are taken in UTC, so a server's zone changes nothing."""
    canonical = json.dumps(
        {name: _plain(row[name]) for name in sorted(row)}, ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, UUID):
        return str(value)
    return value


def block_hash(previous: str, seq: int, hashes: Sequence[str]) -> str:
    return hashlib.sha256("\n".join([previous, str(seq), *hashes]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sealed:
    """A block as stored, with its entries in order: (entry id, stored hash)."""

    seq: int
    previous_hash: str
    hash: str
    entries: tuple[tuple[UUID, str], ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """`kind`: altered, removed, slipped_in (an entry), block (its own hash is wrong), chain (does not follow the one
    before), gap (a block is missing), head (is not the block that was noted elsewhere)."""

    kind: str
    seq: int
    entry_id: UUID | None = None


def verify_block(block: Sealed, expected_seq: int, previous: str, actual: Mapping[UUID, str]) -> list[Problem]:
    """`actual`: entry id → hash recomputed from the row as it is now; an id that is missing was removed."""
    problems = []
    if block.seq != expected_seq:
        problems.append(Problem("gap", expected_seq))
    if block.previous_hash != previous:
        problems.append(Problem("chain", block.seq))
    for entry_id, stored in block.entries:
        now = actual.get(entry_id)
        if now is None:
            problems.append(Problem("removed", block.seq, entry_id))
        elif now != stored:
            problems.append(Problem("altered", block.seq, entry_id))
    if block_hash(block.previous_hash, block.seq, [stored for _, stored in block.entries]) != block.hash:
        problems.append(Problem("block", block.seq))
    return problems


def slipped_in(seq: int, times: Mapping[UUID, datetime], newest_before: datetime | None) -> list[Problem]:
    """Entries dated back behind what was sealed before. `times`: of the entries of block `seq`, or of those that
    wait for it; `newest_before`: the latest time in any earlier block."""
    if newest_before is None:
        return []
    return [
        Problem("slipped_in", seq, entry_id) for entry_id, at in times.items() if at < newest_before - LATEST_COMMIT
    ]


def missing_anchors(anchors: Mapping[int, str], hashes: Mapping[int, str]) -> list[Problem]:
    """Block number → hash as noted outside the database against the hashes in it. Without such a note, cutting off
    the newest blocks together with their entries, or writing the whole chain anew, cannot be seen by anybody."""
    return [Problem("head", seq) for seq, digest in sorted(anchors.items()) if hashes.get(seq) != digest]
