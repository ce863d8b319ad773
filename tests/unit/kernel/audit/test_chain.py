from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.audit.capture import plain
from kernel.audit.chain import (
    GENESIS,
    LATEST_COMMIT,
    Problem,
    Sealed,
    block_hash,
    entry_hash,
    missing_anchors,
    slipped_in,
    verify_block,
)

START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def entry(number, **values):
    defaults = {
        "bureau_id": 1, "id": UUID(int=number), "school_id": 3, "at": START + timedelta(minutes=number),
        "actor_id": UUID(int=99), "actor_name": "演示甲", "action": "school:receipt:record", "request_id": "r1",
        "changes": [{"table": "goods_receipts", "kind": "insert", "old": {}, "new": {"number": f"SH{number}"}}],
    }  # fmt: skip
    return {**defaults, **values}


def sealed(entries, size=3):
    """Blocks of `size` over the entries, as the sealing job makes them."""
    blocks, previous = [], GENESIS
    for seq, at in enumerate(range(0, len(entries), size), start=1):
        part = [(row["id"], entry_hash(row)) for row in entries[at : at + size]]
        digest = block_hash(previous, seq, [value for _, value in part])
        blocks.append(Sealed(seq, previous, digest, tuple(part)))
        previous = digest
    return blocks


def verify(entries, blocks):
    hashes = {row["id"]: entry_hash(row) for row in entries}
    problems, expected, previous = [], 1, GENESIS
    for block in blocks:
        problems += verify_block(block, expected, previous, hashes)
        expected, previous = block.seq + 1, block.hash
    return problems


ENTRIES = [entry(number) for number in range(1, 9)]
BLOCKS = sealed(ENTRIES)


def test_an_untouched_audit_has_no_problem():
    assert verify(ENTRIES, BLOCKS) == []


@pytest.mark.parametrize("column", sorted(entry(1)))
def test_every_column_is_covered(column):
    other = {"bureau_id": 2, "id": UUID(int=500), "school_id": None, "at": START, "changes": []}.get(column, "改")
    assert entry_hash(entry(1, **{column: other})) != entry_hash(entry(1))


def test_an_altered_and_a_missing_row_are_named():
    altered = [{**row, "action": "x"} if row["id"] == UUID(int=5) else row for row in ENTRIES]
    assert verify(altered, BLOCKS) == [Problem("altered", 2, UUID(int=5))]
    assert verify(ENTRIES[1:], BLOCKS) == [Problem("removed", 1, UUID(int=1))]


def test_changed_blocks_are_named():
    swapped = Sealed(2, BLOCKS[1].previous_hash, BLOCKS[1].hash, tuple(reversed(BLOCKS[1].entries)))
    assert verify(ENTRIES, [BLOCKS[0], swapped, BLOCKS[2]]) == [Problem("block", 2)]
    assert Problem("gap", 2) in verify(ENTRIES, [BLOCKS[0], BLOCKS[2]])


def test_a_row_altered_together_with_its_block_breaks_the_chain_behind():
    altered = [{**row, "action": "x"} if row["id"] == UUID(int=2) else row for row in ENTRIES]
    assert verify(altered, [*sealed(altered)[:1], *BLOCKS[1:]]) == [Problem("chain", 2)]


def test_a_row_dated_back_behind_what_was_sealed_is_named():
    newest = START + timedelta(days=1)
    times = {
        UUID(int=1): newest - LATEST_COMMIT - timedelta(seconds=1),
        UUID(int=2): newest - LATEST_COMMIT,
        UUID(int=3): newest + timedelta(days=9),
    }
    assert slipped_in(4, times, newest) == [Problem("slipped_in", 4, UUID(int=1))]
    assert slipped_in(1, times, None) == []


def test_a_chain_written_anew_or_cut_off_is_seen_by_a_hash_noted_elsewhere():
    noted = {3: BLOCKS[2].hash}
    assert missing_anchors(noted, {3: BLOCKS[2].hash}) == []
    assert missing_anchors(noted, {}) == [Problem("head", 3)]
    assert missing_anchors(noted, {3: BLOCKS[1].hash}) == [Problem("head", 3)]


def test_the_hash_does_not_depend_on_the_servers_time_zone_or_the_order_of_columns():
    east = entry(1)["at"].astimezone(timezone(timedelta(hours=8)))
    assert entry_hash(dict(reversed(entry(1, at=east).items()))) == entry_hash(entry(1))


@given(st.integers(1, 20), st.integers(1, 5), st.data())
def test_any_dropped_row_is_found(count, size, data):
    entries = [entry(number) for number in range(1, count + 1)]
    gone = data.draw(st.integers(0, count - 1))
    problems = verify(entries[:gone] + entries[gone + 1 :], sealed(entries, size))
    assert problems == [Problem("removed", gone // size + 1, entries[gone]["id"])]


@given(st.floats(), st.decimals(allow_nan=False), st.uuids(), st.datetimes())
def test_what_is_kept_of_a_change_has_one_spelling(number, decimal, uuid, instant):
    """Floats and the like are kept as text: what the database gives back hashes as what was written."""
    kept = plain({"a": [number, decimal], "b": (uuid, instant), 3: None})
    assert set(kept) == {"a", "b", "3"}
    assert all(isinstance(value, str) for value in [*kept["a"], *kept["b"]])
