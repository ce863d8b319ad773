"""A sealed bid arrives: kept whole or refused, by the server's clock, with a receipt."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select

from bureau.bids import labels
from bureau.bids.models import SEATS, Bid, BidSubmission, BidTrace
from bureau.bids.rules.hashes import RECEIPT_FORMAT, WITHDRAWAL_FORMAT, shares_digest
from bureau.bids.service import clock, keys, officers, uploading
from bureau.suppliers.models import BureauSupplier
from bureau.suppliers.service import standing
from bureau.tendering.models import Tender, TenderLot
from kernel.actor import Actor
from kernel.database import db
from kernel.database.writing import flush
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.identity.models import Bureau

CITATION_CHANGE = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第三十四条"
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"  # no letter that reads like a figure


@dataclass(frozen=True, slots=True)
class Sent:
    """One sealed version as the client sends it. `shares`: seat → {"recipient", "sha256", "share"}."""

    tender_id: UUID
    lot_id: UUID
    ciphertext_sha256: str
    size: int
    recipient: str
    shares: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Origin:
    """From where it came; read by nobody before the opening."""

    address: str = ""
    user_agent: str = ""
    device: str = ""


def submit(actor: Actor, bid_id: UUID, submission_id: UUID, sent: Sent, origin: Origin | None = None) -> BidSubmission:
    """Seal, or replace what is sealed. The same submission sent again gives the same receipt, whenever it comes."""
    supplier_id = actor.own_supplier_id()
    again = _sent_before(actor, bid_id, submission_id, sent)
    if again is not None:
        return again
    # Two windows of one company queue here, so that neither the limit on lots nor a number is passed twice.
    db.session.execute(select(func.pg_advisory_xact_lock(actor.bureau_id, _lock_key(sent.tender_id, supplier_id))))
    again = _sent_before(actor, bid_id, submission_id, sent)
    if again is not None:
        return again
    tender, at = clock.hold_tender(actor.bureau_id, sent.tender_id)
    uploading.require_open(tender, at)
    lot = _active_lot(actor, tender, sent.lot_id)
    standing.require_may_bid(actor, supplier_id, [lot.category_id] if lot.category_id else [])
    _check_sealed_for(actor, tender, sent)
    bid = _bid(actor, tender, lot, bid_id)
    number = _next_number(actor, bid)
    former = _current(actor, bid)
    if former is not None:
        former.state = "replaced"
        db.session.flush()
    submission = BidSubmission(
        bureau_id=actor.bureau_id, id=submission_id, tender_id=tender.id, lot_id=lot.id, bid_id=bid.id,
        supplier_id=supplier_id, number=number, receipt_number=_receipt_number(at), sealed_at=at,
        sealed_by=actor.account_id, ciphertext_sha256=sent.ciphertext_sha256, size=sent.size, recipient=sent.recipient,
        shares={seat: dict(share) for seat, share in sent.shares.items()},
        shares_sha256=shares_digest(sent.recipient, sent.shares), receipt={}, state="current", is_disclosed=False,
    )  # fmt: skip
    submission.receipt = _receipt(actor, tender, lot, submission)
    db.session.add(submission)
    flush(
        db.session(),
        {
            "uq_bids_live": Conflict(_("贵单位对这个标包已有一份投标，请在原投标上替换。")),
            "pk_bid_submissions": Conflict(_("这个编号已用于另一次提交。")),
            "pk_bids": Conflict(_("这个投标编号已被使用。")),
        },
    )
    trace = origin or Origin()
    db.session.add(
        BidTrace(
            bureau_id=actor.bureau_id, id=submission.id, supplier_id=supplier_id, tender_id=tender.id,
            address=trace.address[:100], user_agent=trace.user_agent[:400],
            device={"device": trace.device[:100], "account_id": str(actor.account_id), "sign_in": str(actor.sign_in_id or "")},
            is_disclosed=False,
        )
    )  # fmt: skip
    db.session.flush()
    return submission


def withdraw(actor: Actor, bid_id: UUID, reason: str = "") -> Bid:
    """Take a bid back before the deadline. Twice is once."""
    bid = get_own(actor, bid_id)
    if bid.state == "withdrawn":
        return bid
    tender, at = clock.hold_tender(actor.bureau_id, bid.tender_id)
    db.session.refresh(bid)
    if bid.state == "withdrawn":
        return bid
    uploading.require_open(tender, at, CITATION_CHANGE)
    current = _current(actor, bid)
    if current is not None:
        current.state = "withdrawn"
    bid.state, bid.reason = "withdrawn", reason.strip()
    bid.withdrawal = {
        "format": WITHDRAWAL_FORMAT,
        "receipt_number": _receipt_number(at),
        "tender_number": tender.number,
        "bid_id": str(bid.id),
        "withdraws": current.receipt_number if current else "",
        "withdrawn_at": at.isoformat(),
        "withdrawn_by": actor.display_name,
    }
    db.session.flush()
    return bid


def get_own(actor: Actor, bid_id: UUID) -> Bid:
    bid = db.session.scalar(
        select(Bid).where(
            Bid.bureau_id == actor.bureau_id, Bid.supplier_id == actor.own_supplier_id(), Bid.id == bid_id
        )
    )
    if bid is None:
        raise NotFound(_("没有这份投标。"))
    return bid


def own_bids(actor: Actor, tender_id: UUID | None = None) -> Sequence[Bid]:
    """Newest first."""
    query = select(Bid).where(Bid.bureau_id == actor.bureau_id, Bid.supplier_id == actor.own_supplier_id())
    if tender_id is not None:
        query = query.where(Bid.tender_id == tender_id)
    return db.session.scalars(query.order_by(Bid.id.desc()).limit(500)).all()


def submissions_of(actor: Actor, bid_ids: Sequence[UUID]) -> dict[UUID, list[BidSubmission]]:
    """Of the actor's own bids: newest version first."""
    rows = db.session.scalars(
        select(BidSubmission)
        .where(
            BidSubmission.bureau_id == actor.bureau_id, BidSubmission.supplier_id == actor.own_supplier_id(),
            BidSubmission.bid_id.in_(bid_ids),
        )
        .order_by(BidSubmission.number.desc())
    )  # fmt: skip
    found: dict[UUID, list[BidSubmission]] = {bid_id: [] for bid_id in bid_ids}
    for row in rows:
        found[row.bid_id].append(row)
    return found


def get_own_submission(actor: Actor, bid_id: UUID, submission_id: UUID) -> BidSubmission:
    row = db.session.scalar(
        select(BidSubmission).where(
            BidSubmission.bureau_id == actor.bureau_id, BidSubmission.supplier_id == actor.own_supplier_id(),
            BidSubmission.bid_id == bid_id, BidSubmission.id == submission_id,
        )
    )  # fmt: skip
    if row is None:
        raise NotFound(_("没有这次提交。"))
    return row


def require_lots_left(actor: Actor, tender: Tender, bid_id: UUID) -> None:
    if tender.most_lots_bid is None:
        return
    others = db.session.execute(
        select(func.count()).where(
            Bid.bureau_id == actor.bureau_id, Bid.supplier_id == actor.own_supplier_id(), Bid.tender_id == tender.id,
            Bid.state != "withdrawn", Bid.id != bid_id,
        )
    ).scalar_one()  # fmt: skip
    if others >= tender.most_lots_bid:
        raise RuleBroken(
            "most_lots_bid", _("本项目每家供应商最多可投 %(most)s 个标包，贵单位已投满。", most=tender.most_lots_bid)
        )


def _active_lot(actor: Actor, tender: Tender, lot_id: UUID) -> TenderLot:
    lot = db.session.scalar(
        select(TenderLot).where(
            TenderLot.bureau_id == actor.bureau_id, TenderLot.tender_id == tender.id, TenderLot.id == lot_id
        )
    )
    if lot is None:
        raise NotFound(_("没有这个标包。"))
    if lot.state != "active":
        raise RuleBroken("lot_closed", _("这个标包已不再招标。"))
    return lot


def _check_sealed_for(actor: Actor, tender: Tender, sent: Sent) -> None:
    """The file is here whole, and the key's parts are locked for exactly this tender's three officers."""
    wanted = officers.recipients(actor.bureau_id, tender.id)
    given = {seat: share.get("recipient") for seat, share in sent.shares.items()}
    if set(wanted) != set(SEATS) or given != wanted:
        raise RuleBroken(
            "other_officers", _("密钥片段不是为本项目现任三名开标人员加密的，请重新载入投标页面后再密封。")
        ).with_members(recipients=wanted)
    keys.require_recipient(sent.recipient, "recipient")
    for seat, share in sent.shares.items():
        if len(share["share"]) > keys.MOST_ARMOR or keys.ARMOR.fullmatch(share["share"]) is None:
            raise Invalid({f"shares.{seat}.share": [_("密钥片段不是 age 加密文本。")]})
    data = uploading.received(actor, sent.ciphertext_sha256)
    if len(data) != sent.size:
        raise Invalid({"size": [_("文件大小与声明的不一致。")]})


def _bid(actor: Actor, tender: Tender, lot: TenderLot, bid_id: UUID) -> Bid:
    bid = db.session.scalar(
        select(Bid).where(
            Bid.bureau_id == actor.bureau_id, Bid.supplier_id == actor.own_supplier_id(), Bid.id == bid_id
        )
    )
    if bid is not None:
        if (bid.tender_id, bid.lot_id) != (tender.id, lot.id):
            raise Conflict(_("这个投标编号属于另一个标包。"))
        if bid.state != "sealed":
            raise Conflict(_("这份投标已撤回，请建立新的投标。"), {"state": bid.state})
        return bid
    require_lots_left(actor, tender, bid_id)
    bid = Bid(
        bureau_id=actor.bureau_id, id=bid_id, tender_id=tender.id, lot_id=lot.id, supplier_id=actor.own_supplier_id(),
        state="sealed", is_disclosed=False, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(bid)
    flush(
        db.session(),
        {
            "uq_bids_live": Conflict(_("贵单位对这个标包已有一份投标，请在原投标上替换。")),
            "pk_bids": Conflict(_("这个投标编号已被使用。")),
        },
    )
    return bid


def _sent_before(actor: Actor, bid_id: UUID, submission_id: UUID, sent: Sent) -> BidSubmission | None:
    row = db.session.scalar(
        select(BidSubmission).where(
            BidSubmission.bureau_id == actor.bureau_id, BidSubmission.supplier_id == actor.own_supplier_id(),
            BidSubmission.id == submission_id,
        )
    )  # fmt: skip
    if row is None:
        return None
    same = (row.bid_id, row.lot_id, row.ciphertext_sha256, row.shares_sha256)
    if same != (bid_id, sent.lot_id, sent.ciphertext_sha256, shares_digest(sent.recipient, sent.shares)):
        raise Conflict(_("这个编号已用于另一次提交。"))
    return row


def _current(actor: Actor, bid: Bid) -> BidSubmission | None:
    return db.session.scalar(
        select(BidSubmission).where(
            BidSubmission.bureau_id == actor.bureau_id, BidSubmission.supplier_id == bid.supplier_id,
            BidSubmission.bid_id == bid.id, BidSubmission.state == "current",
        )
    )  # fmt: skip


def _next_number(actor: Actor, bid: Bid) -> int:
    most = select(func.max(BidSubmission.number)).where(
        BidSubmission.bureau_id == actor.bureau_id, BidSubmission.supplier_id == bid.supplier_id,
        BidSubmission.bid_id == bid.id,
    )  # fmt: skip
    return (db.session.execute(most).scalar_one() or 0) + 1


def _receipt(actor: Actor, tender: Tender, lot: TenderLot, submission: BidSubmission) -> dict[str, Any]:
    supplier = db.session.execute(
        select(BureauSupplier.name, BureauSupplier.credit_code).where(
            BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id == submission.supplier_id
        )
    ).one()
    return {
        "format": RECEIPT_FORMAT,
        "receipt_number": submission.receipt_number,
        "bureau": db.session.execute(select(Bureau.code).where(Bureau.id == actor.bureau_id)).scalar_one(),
        "tender_id": str(tender.id),
        "tender_number": tender.number,
        "tender_title": tender.title,
        "lot_id": str(lot.id),
        "lot_number": lot.number,
        "lot_title": lot.title,
        "bid_id": str(submission.bid_id),
        "submission_id": str(submission.id),
        "version": submission.number,
        "supplier": {"name": supplier.name, "credit_code": supplier.credit_code},
        "ciphertext_sha256": submission.ciphertext_sha256,
        "shares_sha256": submission.shares_sha256,
        "size": submission.size,
        "sealed_at": submission.sealed_at.isoformat(),
        "sealed_by": actor.display_name,
    }


def _receipt_number(at: datetime) -> str:
    """By chance, not by counting: a number that counts would tell how many bid already."""
    return f"TB{labels.shanghai_day(at)}-" + "".join(secrets.choice(ALPHABET) for _place in range(8))


def _lock_key(tender_id: UUID, supplier_id: UUID) -> int:
    return int.from_bytes((tender_id.int ^ supplier_id.int).to_bytes(16)[-4:]) - 2**31
