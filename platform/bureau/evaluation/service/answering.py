"""A supplier answers on its own bid: confirms a correction, explains a low price. It sees nothing else."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.evaluation.models import AbnormalReview, AbnormalReviewFile, PriceCorrection
from bureau.evaluation.service import facts, pricing
from bureau.evaluation.service.sealing import for_bureau
from bureau.tendering.service.moving import locked
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.files.models import Attachment
from kernel.files.service import store

MOST_FILES = 10


def own_corrections(actor: Actor) -> list[PriceCorrection]:
    query = select(PriceCorrection).where(
        PriceCorrection.bureau_id == actor.bureau_id, PriceCorrection.supplier_id == actor.own_supplier_id()
    )
    return list(db.session.scalars(query.order_by(PriceCorrection.id.desc())))


def own_explanations(actor: Actor) -> list[AbnormalReview]:
    query = select(AbnormalReview).where(
        AbnormalReview.bureau_id == actor.bureau_id, AbnormalReview.supplier_id == actor.own_supplier_id()
    )
    return list(db.session.scalars(query.order_by(AbnormalReview.id.desc())))


def own_correction(actor: Actor, correction_id: UUID) -> PriceCorrection:
    row = db.session.scalar(
        select(PriceCorrection)
        .where(
            PriceCorrection.bureau_id == actor.bureau_id, PriceCorrection.supplier_id == actor.own_supplier_id(),
            PriceCorrection.id == correction_id,
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if row is None:
        raise NotFound(_("没有这项报价修正。"))
    return row


def answer_correction(
    actor: Actor, correction_id: UUID, seen: int | None, *, accepts: bool, answer: str = ""
) -> PriceCorrection:  # fmt: skip
    """Confirm or refuse, in time, once. The same answer again is the same answer."""
    row = own_correction(actor, correction_id)
    with for_bureau(actor.bureau_id) as system:
        tender = locked(system, row.tender_id)
        facts.committee_of(system, tender.id, lock=True)
    row = own_correction(actor, correction_id)
    state = "confirmed" if accepts else "refused"
    if row.state == state:
        return row
    if row.state != "asked":
        raise RuleBroken("correction_answered", _("这项报价修正已经答复或已过期，不能更改。"))
    require_version(row, seen)
    _require_running(tender.state)
    if now() >= row.deadline:
        raise RuleBroken("too_late", _("确认的时限已过，逾期未确认的投标无效。"))
    row.state, row.answered_at, row.answered_by, row.answer = state, now(), actor.account_id, answer.strip()
    flush(db.session())
    with for_bureau(actor.bureau_id) as system:
        pricing.advance(system, tender)
        pricing.watch(system, tender)
    return own_correction(actor, correction_id)


def own_explanation(actor: Actor, review_id: UUID) -> AbnormalReview:
    row = db.session.scalar(
        select(AbnormalReview)
        .where(
            AbnormalReview.bureau_id == actor.bureau_id, AbnormalReview.supplier_id == actor.own_supplier_id(),
            AbnormalReview.id == review_id,
        )
        .execution_options(populate_existing=True)
    )  # fmt: skip
    if row is None:
        raise NotFound(_("没有这项报价说明。"))
    return row


def files_of(bureau_id: int, review_id: UUID) -> list[Attachment]:
    query = (
        select(Attachment)
        .join(
            AbnormalReviewFile,
            (AbnormalReviewFile.bureau_id == Attachment.bureau_id)
            & (AbnormalReviewFile.attachment_id == Attachment.id),
        )
        .where(AbnormalReviewFile.bureau_id == bureau_id, AbnormalReviewFile.review_id == review_id)
        .order_by(AbnormalReviewFile.id)
    )
    return list(db.session.scalars(query))


def explain(
    actor: Actor, review_id: UUID, seen: int | None, *, explanation: str, files: Sequence[tuple[UUID, bytes, str]] = ()
) -> AbnormalReview:
    """The written explanation with its proofs (id, content, name), until the deadline; written again it replaces the
    former one, files are added. The committee decides on what stands at the deadline."""
    row = own_explanation(actor, review_id)
    with for_bureau(actor.bureau_id) as system:
        tender = locked(system, row.tender_id)
    row = own_explanation(actor, review_id)
    if not explanation.strip():
        raise Invalid({"explanation": [_("请填写说明。")]})
    if row.state not in ("asked", "explained") or now() >= row.deadline:
        raise RuleBroken("too_late", _("说明的时限已过，或评标委员会已经作出决定。"))
    _require_running(tender.state)
    if row.explanation != explanation.strip():
        require_version(row, seen)
        row.state, row.explanation = "explained", explanation.strip()
        row.explained_at, row.explained_by = now(), actor.account_id
        flush(db.session())
    held = {file.id for file in files_of(actor.bureau_id, row.id)}
    for attachment_id, data, name in files:
        if attachment_id in held:
            continue
        if len(held) >= MOST_FILES:
            raise Invalid({"files": [_("最多 %(most)s 个附件。", most=MOST_FILES)]})
        attachment = store(
            actor, data, name=name, purpose="price_explanation", attachment_id=attachment_id, field="files"
        )
        db.session.add(
            AbnormalReviewFile(
                bureau_id=actor.bureau_id, id=new_id(), review_id=row.id, supplier_id=row.supplier_id,
                attachment_id=attachment.id, added_at=now(), added_by=actor.account_id,
            )
        )  # fmt: skip
        held.add(attachment.id)
        flush(db.session())
    return row


def _require_running(state: str) -> None:
    if state != "evaluation":
        raise Conflict(_("评标现在不在这一步。"), {"state": state})
