"""The rush before a deadline counts only where nothing was lost, doubled or judged by another clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from benchmarks.client import Refused
from benchmarks.deadline import AIM, Attempt, Figures, Found, faults, met, report
from benchmarks.deadline_setting import Bid

DEADLINE = datetime(2026, 11, 22, 1, 30, tzinfo=UTC)
BEFORE, AFTER = (DEADLINE + timedelta(seconds=seconds) for seconds in (-1, 1))


def bid(number: int) -> Bid:
    return Bid("token", f"bid-{number}", f"version-{number}", b"x" * 1000, {"ciphertext_sha256": f"file-{number}"})


def sealed(number: int, at: datetime = BEFORE) -> Attempt:
    receipt = {"receipt_number": f"TB-{number}", "sealed_at": at.isoformat()}
    return Attempt(bid(number), 5.0, 0.1, 0.2, 0.3, receipt=receipt)


def refused(number: int, at: datetime = AFTER) -> Attempt:
    return Attempt(bid(number), 0.0, 0.1, 0.0, 0.1, refusal={"rule": "after_deadline", "server_time": at.isoformat()})


def stored(*attempts: Attempt) -> Found:
    return Found(
        bids={one.bid.bid_id: "sealed" for one in attempts},
        submissions={
            one.bid.submission_id: {"bid_id": one.bid.bid_id, "state": "current", "receipt": one.receipt}
            for one in attempts
        },
        traces=frozenset(one.bid.submission_id for one in attempts),
        listed=[{"receipt_number": one.receipt["receipt_number"]} for one in attempts if one.receipt],
        digest_holds=True,
        files={one.bid.body["ciphertext_sha256"]: True for one in attempts},
    )


WHOLE = stored(sealed(1), sealed(2))


def test_sealed_and_refused_and_all_of_it_there() -> None:
    attempts = [sealed(1), sealed(2), refused(3)]
    assert faults(attempts, WHOLE, DEADLINE) == []
    # The refused one's file may lie there: it harms nothing and is cleaned up.
    assert faults(attempts, replace(WHOLE, files={**WHOLE.files, "file-3": True}), DEADLINE) == []


@pytest.mark.parametrize(
    ("attempts", "words"),
    [
        ([sealed(1), sealed(2), refused(3, BEFORE)], "refused before the deadline"),
        ([sealed(1), sealed(2, AFTER)], "sealed after the deadline"),
        ([sealed(1), sealed(2), replace(refused(3), refusal=None)], "neither sealed nor refused"),
        ([sealed(1), sealed(2), replace(refused(3), refusal=None, failure="OSError")], "no answer"),
        ([sealed(1)], "2 versions are stored, 1 receipts were given"),
    ],
)
def test_what_an_answer_said_wrongly(attempts: list[Attempt], words: str) -> None:
    found = stored(*[one for one in attempts if one.receipt]) if len(attempts) > 1 else WHOLE
    assert any(words in fault for fault in faults(attempts, found, DEADLINE))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"bids": {"bid-1": "sealed"}}, "1 bids are stored for 2 receipts"),
        ({"bids": {"bid-1": "sealed", "bid-2": "withdrawn"}}, "not all are sealed"),
        ({"submissions": {}}, "a bid without a version"),
        ({"traces": frozenset()}, "0 traces for 2 versions"),
        ({"listed": WHOLE.listed[:1]}, "names 1 of 2"),
        ({"digest_holds": False}, "digest"),
        ({"files": {"file-1": True, "file-2": False}}, "1 files are not whole"),
        ({"files": {"file-1": True}}, "1 sealed files are missing"),
    ],
)
def test_what_is_not_as_it_was_answered(changed: dict[str, object], words: str) -> None:
    found = replace(WHOLE, **changed)  # type: ignore[arg-type]
    assert any(words in fault for fault in faults([sealed(1), sealed(2)], found, DEADLINE))


def test_a_run_with_a_fault_is_not_reported() -> None:
    attempts = [sealed(number) for number in range(20)] + [refused(20)]
    whole = Figures(attempts, 0.5, 0.03)
    assert met(whole)
    text = report(whole)
    assert "| sealed, each with its receipt | 20 |" in text
    assert "| refused, by the server's time at or after the deadline | 1 |" in text
    with pytest.raises(Refused, match="lost"):
        report(Figures(attempts, faults=["one was lost"]))
    slow = [replace(one, whole=AIM * 2) for one in attempts]
    assert not met(Figures(slow))
    assert "**missed**" in report(Figures(slow))
