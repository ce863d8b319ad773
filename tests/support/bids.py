"""Bids sealed as a browser seals them, and officers who can open them. Keys are made by pyrage (quick); only what needs
the browser's own code (sealing, putting shares together) runs Node, once for many bids.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any
from uuid import UUID

import pyrage

from bureau.bids import sealing as browser
from bureau.bids.models import SEATS, BidSubmission, OfficerKey, OpeningOfficer
from bureau.bids.service import opening, sealing, uploading
from bureau.roles import Role
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import TenderItem, TenderLot
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import use_scope
from kernel.identity.models import Bureau
from tests.support import companies
from tests.support.companies import Company

ROLES = {
    "procurement": Role.PROCUREMENT_OFFICER,
    "supervision": Role.DISCIPLINE_SUPERVISOR,
    "escrow": Role.CANTEEN_OFFICER,
}
WRAPPED = "-----BEGIN AGE ENCRYPTED FILE-----\nYWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCA=\n-----END AGE ENCRYPTED FILE-----\n"


@cache
def identity(seat: str) -> Any:
    return pyrage.x25519.Identity.generate()


def officer(world: Any, seat: str, place: str = "a") -> Actor:
    actor = world.actor(ROLES[seat], place)
    use_scope(db.session(), actor.scope)
    return actor


def appoint(world: Any, tender_id: UUID, place: str = "a", *, is_public: bool = False) -> None:
    """Three confirmed officers, whose identities are `identity(seat)`."""
    for seat, role in ROLES.items():
        actor = world.actor(role, place)
        use_scope(db.session(), actor.scope)
        key = db.session.query(OfficerKey).filter_by(
            bureau_id=actor.bureau_id, person_id=actor.account_id, state="active"
        ).one_or_none()  # fmt: skip
        if key is None:
            key = OfficerKey(
                bureau_id=actor.bureau_id, id=new_id(), person_id=actor.account_id,
                recipient=str(identity(seat).to_public()), identity_ciphertext=WRAPPED, state="active",
                confirmed_at=now(), created_by=actor.account_id,
            )  # fmt: skip
            db.session.add(key)
            db.session.flush()
        db.session.add(
            OpeningOfficer(
                bureau_id=actor.bureau_id, id=new_id(), tender_id=tender_id, seat=seat, person_id=actor.account_id,
                officer_key_id=key.id, recipient=key.recipient, confirmed_at=now(), is_public=is_public,
            )
        )  # fmt: skip
        db.session.flush()


def recipients() -> dict[str, str]:
    return {seat: str(identity(seat).to_public()) for seat in SEATS}


def bidder(world: Any, place: str = "a") -> Company:
    actor = world.actor(Role.SUPPLIER_USER, place)
    use_scope(db.session(), actor.scope)
    row = db.session.get(BureauSupplier, (actor.bureau_id, actor.own_supplier_id()))
    assert row is not None
    return Company(actor, row.credit_code, row.name)


def more_bidders(world: Any, count: int, place: str = "a") -> list[Company]:
    return [companies.make(world.bureaus[place]) for _one in range(count)]


def admit(bidders: Sequence[Company], category_ids: Sequence[UUID]) -> None:
    for one in bidders:
        companies.admit(one.actor.bureau_id, [one.actor.own_supplier_id()], category_ids)


def package(bidder: Company, lot: TenderLot, bid_id: UUID, unit_price_fen: int = 2000, **given: Any) -> dict[str, Any]:
    """A whole bid at one unit price for all items of the lot (the session must see them)."""
    items = db.session.query(TenderItem).filter_by(bureau_id=lot.bureau_id, lot_id=lot.id).all()
    lines = [
        {
            "tender_item_id": str(item.id), "unit_price_fen": unit_price_fen,
            "quantity": format(item.quantity.normalize(), "f"), "amount_fen": int(unit_price_fen * item.quantity),
            "brand": "演示品牌", "origin": "演示产地",
        }
        for item in items
    ]  # fmt: skip
    bureau = db.session.get(Bureau, lot.bureau_id)
    document = {
        "format": "houqin-bid-2", "bureau": bureau.code if bureau else "", "tender_id": str(lot.tender_id),
        "lot_id": str(lot.id), "bid_id": str(bid_id),
        "supplier": {"credit_code": bidder.credit_code, "name": bidder.name},
        "price": {
            "form": "fixed", "total_fen": sum(line["amount_fen"] for line in lines), "total_words": "演示大写",
            "items": lines,
        },
        "qualification": [{"criterion": "Q1", "statement": "持有有效许可证", "files": []}],
        "technical": [{"criterion": "T1", "statement": "每日配送", "files": []}],
        "declarations": {}, "files": [], "made_at": now().isoformat(), "program": "houqin-tests",
    }  # fmt: skip
    return {**document, **given}


def sent_of(lot: TenderLot, sealed: browser.Sealed) -> sealing.Sent:
    return sealing.Sent(lot.tender_id, lot.id, sealed.ciphertext_sha256, sealed.size, sealed.recipient, sealed.shares)


def send(
    bidder: Company, lot: TenderLot, sealed: browser.Sealed, bid_id: UUID, submission_id: UUID | None = None
) -> BidSubmission:  # fmt: skip
    """Upload and submit, as a supplier's program does it in two requests."""
    use_scope(db.session(), bidder.actor.scope)
    uploading.keep_ciphertext(bidder.actor, lot.tender_id, sealed.ciphertext_sha256, sealed.ciphertext)
    return sealing.submit(bidder.actor, bid_id, submission_id or new_id(), sent_of(lot, sealed))


def submit_all(lot: TenderLot, bids: Sequence[tuple[Company, int]]) -> list[BidSubmission]:
    """(bidder, unit price in fen) each with a bid of its own; sealed in one call."""
    ids = [new_id() for _one in bids]
    documents = []
    for bid_id, (one, price) in zip(ids, bids, strict=True):
        use_scope(db.session(), one.actor.scope)
        documents.append(package(one, lot, bid_id, price))
    sealed = browser.seal(documents, recipients())
    return [send(one, lot, file, bid_id) for (one, _price), file, bid_id in zip(bids, sealed, ids, strict=True)]


def open_share(submission_shares: Mapping[str, Any], seat: str) -> str:
    armored = submission_shares[seat]["share"].encode()
    return bytes(pyrage.decrypt(armored, [identity(seat)])).decode()


def attend(world: Any, tender_id: UUID, seat: str, place: str = "a") -> dict[str, Any]:
    """The officer comes and gives every share; what their browser then knows."""
    actor = officer(world, seat, place)
    state = opening.state_for(actor, tender_id)
    shares = {
        UUID(one["submission_id"]): bytes(pyrage.decrypt(one["share"].encode(), [identity(seat)])).decode()
        for one in state["submissions"]
    }
    opening.give_shares(actor, tender_id, shares, "127.0.0.1")
    return opening.state_for(actor, tender_id)


def identities(world: Any, tender_id: UUID, seat: str, place: str = "a") -> dict[UUID, str]:
    """Submission → its key, put together by the officer of `seat` from own and another's shares."""
    actor = officer(world, seat, place)
    state = opening.state_for(actor, tender_id)
    pairs, ids = [], []
    for one in state["submissions"]:
        if one["state"] == "sealed" and one["others"]:
            mine = bytes(pyrage.decrypt(one["share"].encode(), [identity(seat)])).decode()
            pairs.append((mine, next(iter(one["others"].values()))))
            ids.append(UUID(one["submission_id"]))
    return dict(zip(ids, browser.combine(pairs), strict=True)) if pairs else {}


def open_all(
    world: Any, tender_id: UUID, place: str = "a", seats: Sequence[str] = ("procurement", "supervision")
) -> None:
    """The whole opening by two officers, concluded."""
    for seat in seats:
        attend(world, tender_id, seat, place)
    last = officer(world, seats[-1], place)
    for submission_id, key in identities(world, tender_id, seats[-1], place).items():
        opening.give_identity(last, tender_id, submission_id, key)
    opening.conclude(last, tender_id)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
