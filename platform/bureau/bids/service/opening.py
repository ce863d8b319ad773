"""The opening: two of three officers, each at their own browser, give what opens the bids; everything is recorded.

Each step may be repeated, broken off and gone on with: what was given stays given, what was opened stays opened.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.bids import labels
from bureau.bids.models import (
    SEATS,
    Bid,
    BidSubmission,
    OpenedBid,
    Opening,
    OpeningOfficer,
    OpeningPresence,
    OpeningShare,
)
from bureau.bids.service import absences, clock, closing, officers, sitting, unsealing
from bureau.suppliers.models import BureauSupplier
from bureau.suppliers.service.finding import names_of
from bureau.tendering.service import lots, reading
from bureau.tendering.service.moving import move
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken

SHARE = re.compile(r"[A-Za-z0-9+/]{40,400}={0,2}")
OPEN_SEATS = 2  # of three


def state_for(actor: Actor, tender_id: UUID) -> dict[str, Any]:
    """What an officer's browser needs, for their own seat. The others' shares are handed out only to an officer who has
    given their own: nobody opens alone what another has given."""
    officer = officers.own_seat(actor, tender_id)
    tender = reading.get_tender(actor, tender_id)
    opening = sitting.require_closed(tender)
    given = _shares(actor.bureau_id, tender_id)
    is_present = officer.seat in sitting.present(actor.bureau_id, tender_id)
    key = officers.seat_key(officer)
    submissions = []
    for submission, bid, lot in closing.to_open(actor.bureau_id, tender_id):
        seats = given.get(submission.id, {})
        others = {seat: row.share for seat, row in seats.items() if seat != officer.seat and row.share}
        submissions.append(
            {
                "submission_id": str(submission.id),
                "lot_number": lot.number,
                "receipt_number": submission.receipt_number,
                "recipient": submission.recipient,
                "state": bid.state if bid.state in ("sealed", "unopenable") else "opened",
                "share": submission.shares[officer.seat]["share"],
                "given": officer.seat in seats,
                "others": others if is_present and _has_given(submission, seats.get(officer.seat), others) else {},
                "seats": {seat: row.problem for seat, row in seats.items()},
            }
        )
    return {
        "state": opening.state,
        "server_time": clock.server_time().isoformat(),
        "seat": officer.seat,
        "identity_ciphertext": key.identity_ciphertext,
        "key_state": key.state,
        "present": list(sitting.present(actor.bureau_id, tender_id)),
        "is_present": is_present,
        "submissions": submissions,
    }


def _has_given(submission: BidSubmission, own: OpeningShare | None, others: Mapping[str, str]) -> bool:
    """Whether the officer's own share is the one that was sealed for them. Whoever gives nothing, or anything at all,
    and keeps the real one would with another's share read every bid alone. Where the bidder named a wrong hash, that it
    opens the bid with another's proves it as well."""
    if own is None or not own.share:
        return False
    return not own.problem or any(unsealing.would_open(submission, [own.share, other]) for other in others.values())


def give_shares(actor: Actor, tender_id: UUID, shares: Mapping[UUID, str], address: str = "") -> Opening:
    """The officer is present and gives the parts that their key opened; "" for one that it did not open."""
    officer = officers.own_seat(actor, tender_id)
    _tender, opening = sitting.locked(actor, tender_id)
    known = {submission.id: submission for submission, _bid, _lot in closing.to_open(actor.bureau_id, tender_id)}
    for submission_id, share in shares.items():
        if submission_id not in known:
            raise NotFound(_("没有这份待开启的投标。"))
        if share and SHARE.fullmatch(share) is None:
            raise Invalid({f"shares.{submission_id}": [_("密钥片段格式不正确。")]})
    _come(actor, officer, opening, address)
    given = _shares(actor.bureau_id, tender_id)
    for submission_id, share in shares.items():
        former = given.get(submission_id, {}).get(officer.seat)
        if former is not None:
            if former.share != share:
                raise Conflict(_("这个席位已经交出过另一个密钥片段。"))
            continue
        declared = known[submission_id].shares[officer.seat]["sha256"]
        is_same = hashlib.sha256(share.encode()).hexdigest() == declared
        problem = "broken" if not share else "" if is_same else "mismatch"
        if problem:
            sitting.record(
                opening, "problems", actor, {"submission": str(submission_id), "seat": officer.seat, "problem": problem}
            )
        db.session.add(
            OpeningShare(
                bureau_id=actor.bureau_id, id=new_id(), tender_id=tender_id, submission_id=submission_id,
                seat=officer.seat, share=share, problem=problem, given_at=now(),
            )
        )  # fmt: skip
    db.session.flush()
    return opening


def give_identity(actor: Actor, tender_id: UUID, submission_id: UUID, identity: str) -> Bid:
    """Open one bid with the key put together from two shares. A key that does not open it is refused and recorded; a bid
    that opens but cannot be read is set aside with its reason; neither keeps the others waiting."""
    officer = officers.own_seat(actor, tender_id)
    tender, opening = sitting.locked(actor, tender_id)
    found = next((row for row in closing.to_open(actor.bureau_id, tender_id) if row[0].id == submission_id), None)
    if found is None:
        raise NotFound(_("没有这份待开启的投标。"))
    submission, bid, _lot = found
    if bid.state != "sealed":
        return bid
    present = sitting.present(actor.bureau_id, tender_id)
    if officer.seat not in present or len(present) < OPEN_SEATS:
        raise RuleBroken("two_officers", _("需要三名开标人员中的两名到场并交出密钥片段才能开启。"), sitting.CITATION)
    given = _shares(actor.bureau_id, tender_id).get(submission.id, {})
    if sum(bool(row.share) for row in given.values()) < OPEN_SEATS:
        raise RuleBroken("two_shares", _("这份投标还没有两个密钥片段。"), sitting.CITATION)
    outcome = unsealing.unseal(actor, tender, submission, bid, identity)
    if outcome.is_wrong_key:
        sitting.record(
            opening, "attempts", actor,
            {"submission": str(submission.id), "receipt_number": submission.receipt_number, "seats": sorted(given)},
        )  # fmt: skip
        db.session.flush()
        return bid
    if outcome.reason:
        bid.state, bid.reason = "unopenable", outcome.reason
    else:
        bid.state = "opened"
    db.session.flush()
    opening.minutes = {
        **opening.minutes, "read_out": reading_out(actor, tender_id),
        "sizes": {**opening.minutes.get("sizes", {}), str(bid.id): _size_of(bid)},
    }  # fmt: skip
    db.session.flush()
    return bid


def _size_of(bid: Bid) -> str:
    """The size of the company as it stood when its bid was opened: a small firm's deduction rests on it, and an officer
    who has heard the prices could still write another one into the register."""
    size = select(BureauSupplier.size).where(
        BureauSupplier.bureau_id == bid.bureau_id, BureauSupplier.id == bid.supplier_id
    )
    return db.session.execute(size).scalar_one()


def conclude(actor: Actor, tender_id: UUID, remarks: str = "") -> Opening:
    """End the opening: the record is closed, the tender goes on, or fails where nothing could be opened. Bids that are
    still sealed may only be left so when no seat is left that could try."""
    tender, opening = sitting.locked(actor, tender_id, allow_done=True)
    if opening.state != "waiting":
        return opening
    rows = closing.to_open(actor.bureau_id, tender_id)
    waiting = [row for row in rows if row[1].state == "sealed"]
    if waiting:
        _set_aside(actor, opening, waiting)
    if remarks.strip():
        sitting.record(opening, "remarks", actor, {"text": remarks.strip()[:4000]})
    opened = {lot.id for _submission, bid, lot in rows if bid.state == "opened"}
    failed = [lot for lot in reading.lots_of(actor, tender_id) if lot.state == "active" and lot.id not in opened]
    opening.state, opening.opened_at = "opened", now()
    opening.minutes = {
        **opening.minutes, "read_out": reading_out(actor, tender_id), "concluded_by": actor.display_name,
        "failed_lots": [lot.number for lot in failed],
    }  # fmt: skip
    tender.opened_at = opening.opened_at
    db.session.flush()
    for lot in failed:
        lots.fail_lot(actor, lot, _("没有一份投标能够开启，本标包废标，应重新组织招标"))
    if not lots.end_if_empty(actor, tender, _("没有一份投标能够开启，应重新组织招标")):
        move(actor, tender, "open")
    db.session.flush()
    return opening


def reading_out(actor: Actor, tender_id: UUID) -> list[dict[str, Any]]:
    """开标一览表: what is read out of each bid, by lot, the cheapest first; then what could not be opened."""
    rows = closing.to_open(actor.bureau_id, tender_id)
    opened = {
        row.id: row
        for row in db.session.scalars(
            select(OpenedBid).where(OpenedBid.bureau_id == actor.bureau_id, OpenedBid.tender_id == tender_id)
        )
    }
    names = names_of(actor, [submission.supplier_id for submission, _bid, _lot in rows])
    lines = []
    for submission, bid, lot in rows:
        one = opened.get(bid.id)
        if one is None and bid.state == "sealed":
            continue
        lines.append(
            {
                "lot": lot.number,
                "lot_title": lot.title,
                "supplier": names.get(submission.supplier_id, ""),
                "receipt_number": submission.receipt_number,
                "ciphertext_sha256": submission.ciphertext_sha256,
                "sealed_at": submission.sealed_at.isoformat(),
                "total_fen": one.total_fen if one else None,
                "total_words": one.total_words if one else "",
                "discount": str(one.discount) if one and one.discount is not None else None,
                "reason": "" if one else bid.reason,
            }
        )
    return sorted(lines, key=_reading_order)


def _set_aside(actor: Actor, opening: Opening, waiting: Sequence[tuple[BidSubmission, Bid, Any]]) -> None:
    gone = absences.unavailable(opening)
    present = set(sitting.present(actor.bureau_id, opening.id))
    if len(set(SEATS) - present - gone) > 0:
        missing = "、".join(str(labels.SEATS[seat]) for seat in SEATS if seat not in present | gone)
        raise Conflict(
            _(
                "还有%(count)s份投标没有开启，“%(seats)s”尚未到场。请其到场，或先登记其不能到场及原因，并由另一人确认。",
                count=len(waiting), seats=missing,
            )
        )  # fmt: skip
    given = _shares(actor.bureau_id, opening.id)
    tried = {str(one["submission"]) for one in opening.minutes.get("attempts", [])}
    for submission, bid, _lot in waiting:
        usable = sum(not row.problem for row in given.get(submission.id, {}).values())
        if usable >= OPEN_SEATS and str(submission.id) not in tried:
            raise Conflict(_("还有投标尚未用已交出的密钥片段尝试开启，请先开启。"))
        # A wrong key sent in by one officer, on purpose or not, must not shut a bid that what was given opens.
        if unsealing.would_open(submission, [row.share for row in given.get(submission.id, {}).values()]):
            raise Conflict(
                _("投标 %(number)s 用已交出的密钥片段可以开启，请先开启。", number=submission.receipt_number)
            )
        enough = len(present) >= OPEN_SEATS
        bid.state, bid.reason = "unopenable", labels.malformed("no_key" if enough else "keys_lost")
    db.session.flush()


def _reading_order(line: Mapping[str, Any]) -> tuple[Any, ...]:
    if line["total_fen"] is not None:
        return (line["lot"], 0, line["total_fen"], line["receipt_number"])
    if line["discount"] is not None:
        return (line["lot"], 0, -float(line["discount"]), line["receipt_number"])
    return (line["lot"], 1, 0, line["receipt_number"])


def _shares(bureau_id: int, tender_id: UUID) -> dict[UUID, dict[str, OpeningShare]]:
    found: dict[UUID, dict[str, OpeningShare]] = {}
    rows = db.session.scalars(
        select(OpeningShare).where(OpeningShare.bureau_id == bureau_id, OpeningShare.tender_id == tender_id)
    )
    for row in rows:
        found.setdefault(row.submission_id, {})[row.seat] = row
    return found


def _come(actor: Actor, officer: OpeningOfficer, opening: Opening, address: str) -> None:
    if officer.seat in sitting.present(actor.bureau_id, opening.id):
        return
    db.session.add(
        OpeningPresence(
            bureau_id=actor.bureau_id, id=new_id(), tender_id=opening.id, seat=officer.seat, person_id=actor.account_id,
            at=now(), address=address[:100],
        )
    )  # fmt: skip
    sitting.record(opening, "present", actor, {"seat": officer.seat})
    db.session.flush()


def counts(bureau_id: int, tender_id: UUID) -> dict[str, int]:
    """State of a bid → how many, of those to be opened."""
    rows = db.session.execute(
        select(Bid.state, func.count())
        .where(Bid.bureau_id == bureau_id, Bid.tender_id == tender_id)
        .group_by(Bid.state)
    )
    return dict(rows)
