"""The bytes of a sealed bid, before a bid names them: taken until the deadline, within what one company may send."""

from datetime import datetime
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from bureau.bids import labels
from bureau.bids.models import BidSubmission, BidUpload
from bureau.bids.rules.hashes import sha256
from bureau.bids.rules.package import AGE_HEADER, HASH, MOST_CIPHERTEXT
from bureau.bids.service import clock
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender
from bureau.tendering.rules.states import accepts_bids
from kernel.actor import Actor, system_actor
from kernel.database import db, new_id
from kernel.database.scope import within
from kernel.errors import Invalid, NotFound, RuleBroken, TooLarge
from kernel.files.service import folder
from kernel.files.storage import StorageDamaged
from kernel.policy.service import effective_figures

CITATION = "《政府采购货物和服务招标投标管理办法》（财政部令第87号）第三十三条"
MEGABYTES, COUNT = "tender.bid_uploads.megabytes", "tender.bid_uploads.count"
MEGABYTE = 1024 * 1024


def keep_ciphertext(actor: Actor, tender_id: UUID, claimed: str, data: bytes) -> str:
    """The same file again is the same file. One that no bid ever names is cleaned up after the deadline."""
    if HASH.fullmatch(claimed) is None:
        raise NotFound(_("地址中的 SHA-256 格式不正确。"))
    tender, at = clock.hold_tender(actor.bureau_id, tender_id)
    require_open(tender, at)
    _require_registered(actor)
    if len(data) > MOST_CIPHERTEXT:
        raise TooLarge(_("密封后的投标文件超过 %(megabytes)s MB。", megabytes=MOST_CIPHERTEXT // MEGABYTE))
    _require_sealed(data)
    if sha256(data) != claimed:
        raise Invalid({"sha256": [_("收到的文件与声明的 SHA-256 不一致，可能在传输中损坏，请重新上传。")]})
    _require_room(actor, tender, claimed, len(data))
    hold_file(actor.bureau_id, claimed)
    db.session.execute(
        insert(BidUpload)
        .values(
            bureau_id=actor.bureau_id, id=new_id(), tender_id=tender.id, supplier_id=actor.own_supplier_id(),
            sha256=claimed, size=len(data), at=at,
        )
        .on_conflict_do_nothing(index_elements=["bureau_id", "tender_id", "supplier_id", "sha256"])
    )  # fmt: skip
    # The bureau's folder, not the supplier's: even the folder's names do not tell who bids.
    return folder().put(actor.bureau_id, None, data)


def received(actor: Actor, digest: str) -> bytes:
    """The whole file of a bid that is being submitted; held, so that it is not cleaned up meanwhile."""
    hold_file(actor.bureau_id, digest)
    try:
        data = folder().read(actor.bureau_id, None, digest)
    except StorageDamaged as error:
        raise Invalid({"ciphertext_sha256": [_("服务器没有收到这个投标文件，请先上传。")]}) from error
    _require_sealed(data)
    return data


def hold_file(bureau_id: int, digest: str, *, alone: bool = False) -> None:
    """Until the transaction ends nobody removes the file; `alone`: nobody puts or names it either."""
    lock = func.pg_advisory_xact_lock if alone else func.pg_advisory_xact_lock_shared
    db.session.execute(select(lock(bureau_id, int(digest[:8], 16) - 2**31)))


def ciphertext(submission: BidSubmission) -> bytes:
    """Raises StorageDamaged where the file is gone or altered."""
    return folder().read(submission.bureau_id, None, submission.ciphertext_sha256)


def require_open(tender: Tender, at: datetime, citation: str = CITATION) -> None:
    if accepts_bids(tender.state, tender.bid_deadline, at):
        return
    facts = {
        "server_time": at.isoformat(),
        "bid_deadline": tender.bid_deadline.isoformat() if tender.bid_deadline else None,
    }
    if tender.state == "suspended":
        raise RuleBroken("tender_suspended", _("项目已暂停，暂不接收投标文件。")).with_members(**facts)
    if tender.state == "terminated":
        raise RuleBroken("tender_terminated", _("项目已终止，不再接收投标文件。")).with_members(**facts)
    raise RuleBroken(
        "after_deadline",
        _(
            "投标已截止：截止时间 %(deadline)s，服务器收到时间 %(time)s（均为北京时间，以服务器时钟为准）。截止后送达的投标文件一律拒收。",
            deadline=labels.instant(tender.bid_deadline), time=labels.instant(at),
        ),
        citation,
    ).with_members(**facts)  # fmt: skip


def _require_room(actor: Actor, tender: Tender, digest: str, size: int) -> None:
    """What one company sent for one tender, replaced versions included. Two uploads at the same instant may pass the
    limit together by one file: it keeps the disk from being filled, it decides nothing."""
    with within(db.session(), system_actor(actor.bureau_id).scope):
        most = effective_figures(actor.bureau_id, (MEGABYTES, COUNT))
    sent = db.session.execute(
        select(func.count(), func.coalesce(func.sum(BidUpload.size), 0)).where(
            BidUpload.bureau_id == actor.bureau_id, BidUpload.tender_id == tender.id,
            BidUpload.supplier_id == actor.own_supplier_id(), BidUpload.sha256 != digest,
        )
    ).one()  # fmt: skip
    count, total = int(sent[0]), int(sent[1])
    if count < most[COUNT].number and total + size <= most[MEGABYTES].number * MEGABYTE:
        return
    raise RuleBroken(
        "bid_upload_quota",
        _(
            "贵单位为本项目已上传 %(count)s 个密封文件，共 %(total)s MB；每家供应商每个项目最多 %(most)s 个、%(megabytes)s MB，"
            "这个文件没有接收。已提交的投标不受影响；如需再替换，请与采购人联系。",
            count=count, total=-(-total // MEGABYTE), most=int(most[COUNT].number),
            megabytes=int(most[MEGABYTES].number),
        ),
        most[MEGABYTES].citation,
    )  # fmt: skip


def _require_registered(actor: Actor) -> None:
    """Whoever may not bid at all does not fill the disk either; for which lot is asked when the bid is submitted."""
    state = db.session.scalar(
        select(BureauSupplier.state).where(
            BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id == actor.own_supplier_id()
        )
    )
    if state != "active":
        raise RuleBroken("supplier_not_active", _("贵公司在本局的登记还没有通过或已终止，不能投标。"))


def _require_sealed(data: bytes) -> None:
    if not data.startswith(AGE_HEADER):
        raise Invalid({"file": [_("这不是加密的投标文件（age 格式）。请在投标页面或按接口说明加密后再提交。")]})
