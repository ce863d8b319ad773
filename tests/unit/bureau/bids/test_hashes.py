from bureau.bids.rules import hashes

ONE = {"lot_number": 2, "receipt_number": "TB-1", "ciphertext_sha256": "b" * 64, "shares_sha256": "c" * 64,
       "sealed_at": "2026-01-01T00:00:00+00:00", "supplier": {"name": "演示"}}  # fmt: skip


def test_the_list_says_nothing_of_whose_a_bid_is():
    assert "supplier" not in hashes.entry(ONE)


def test_the_digest_does_not_depend_on_the_order_in_which_bids_came():
    other = {**ONE, "lot_number": 1, "receipt_number": "TB-2", "ciphertext_sha256": "a" * 64}
    entries = [hashes.entry(ONE), hashes.entry(other)]
    first = hashes.published("t", "ZB1", "now", entries)
    assert first == hashes.published("t", "ZB1", "now", reversed(entries))
    assert [one["lot"] for one in first["bids"]] == [1, 2]


def test_another_hash_is_another_digest():
    changed = {**ONE, "ciphertext_sha256": "d" * 64}
    assert hashes.digest(hashes.entry(ONE)) != hashes.digest(hashes.entry(changed))
