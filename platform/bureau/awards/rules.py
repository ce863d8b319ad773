"""Terms of an award and what a letter says. Pure: no Flask, no database. Figures come in as policy has them.

Articles are of 《政府采购货物和服务招标投标管理办法》 (Order 87) unless said otherwise.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from kernel.workdays.rules import Calendar, Reckoned, add_workdays

LetterKind = Literal["award", "loss", "invalid", "unopened"]
# Names of figures in bureau.tendering.rules.packs.
DECISION = "decision"  # Art. 68
RESULT_NOTICE = "result_notice"  # Art. 69
NOTICE_STANDS = "result_notice_period"  # Art. 69
CHALLENGE = "challenge"  # 政府采购法 52
CONTRACT = "contract"  # Art. 71
# Why a ranked bid may be passed over; anything else would set the order aside (Art. 68).
RE_EVALUATED = "re_evaluated"  # an award that fell because the committee met again
PASSING_CODES = ("lot_limit", "gave_up", "found_ineligible", "force_majeure")


@dataclass(frozen=True, slots=True)
class Terms:
    """Last days of what follows the publication, and the years that were counted without an official arrangement."""

    notice_ends_on: date
    challenge_until: date
    sign_by: date
    unknown_years: tuple[int, ...]


def decide_by(received_on: date, workdays: int, calendar: Calendar) -> Reckoned[date]:
    """The purchaser decides within so many working days of the report (Art. 68); the first day is not counted (85)."""
    return add_workdays(received_on, workdays, calendar)


def publish_by(decided_on: date, workdays: int, calendar: Calendar) -> Reckoned[date]:
    """The result is announced within so many working days of the decision (Art. 69)."""
    return add_workdays(decided_on, workdays, calendar)


def after_publication(published_on: date, figures: Mapping[str, int], calendar: Calendar) -> Terms:
    """The notice stands for its working days; a challenge of the result may come within its working days after the
    notice ended (政府采购法 52, 实施条例 53); the contract is signed within its days of the letter, which goes out
    with the notice (Art. 69, 71), and a last day that is free moves to the next working day (Art. 85)."""
    notice = add_workdays(published_on, figures[NOTICE_STANDS], calendar)
    challenge = add_workdays(notice.value, figures[CHALLENGE], calendar)
    last = published_on + timedelta(days=figures[CONTRACT])
    signing = add_workdays(last, 0, calendar)
    years = {*notice.unknown_years, *challenge.unknown_years, *signing.unknown_years}
    return Terms(notice.value, challenge.value, signing.value, tuple(sorted(years)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """A valid bid of a lot by its rank (1 is best)."""

    bid_id: str
    supplier_id: str
    rank: int


def follows_the_order(candidates: Sequence[Candidate], chosen: Sequence[str], passed_over: Sequence[str]) -> list[str]:
    """The bids that stand before a chosen one without having been passed over for a reason; empty: all is well.

    `chosen`, `passed_over`: bid ids. Art. 68: the winner is the first in the order of the candidates.
    """
    wanted, excused = set(chosen), set(passed_over)
    skipped: list[str] = []
    waiting: list[str] = []
    for candidate in sorted(candidates, key=lambda one: one.rank):
        if candidate.bid_id in wanted:
            skipped += waiting
            waiting = []
        elif candidate.bid_id not in excused:
            waiting.append(candidate.bid_id)
    return skipped


def letter_kind(state: str, has_won: bool) -> LetterKind:
    """What a bidder is told. `state`: of the bid, see bureau.bids.models.BID_STATES."""
    if has_won:
        return "award"
    if state == "unopened":
        return "unopened"
    return "invalid" if state in ("disqualified", "invalid", "unopenable") else "loss"


def letter_body(
    kind: LetterKind, common: Mapping[str, Any], own: Mapping[str, Any], reason: Mapping[str, str] | None
) -> dict[str, Any]:
    """What a letter holds: the tender and lot, and the bidder's own figures. A letter never names another bidder's
    score; a loser learns its own score and rank, or why and by which article it was out (Art. 69)."""
    body: dict[str, Any] = {"kind": kind, **common}
    if kind in ("award", "loss"):
        body["own"] = dict(own)
    if kind in ("invalid", "unopened"):
        body["reason"] = dict(reason or {})
    elif reason:
        body["reason"] = dict(reason)  # a ranked bid that was passed over
    return body
