"""Questions of suppliers: anonymous to everybody, answered to all."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import TenderAsker, TenderQuestion
from bureau.tendering.rules import wording
from bureau.tendering.service import documents, reading
from bureau.tendering.service.changing import bidding, tell_change
from bureau.tendering.service.moving import note
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken


def ask(
    actor: Actor, tender_id: UUID, question_id: UUID, *, question: str, lot_id: UUID | None = None, anyway: bool = False
) -> TenderAsker:
    """Ask as a company that took the documents. A text that names the company is refused once, with the reason: whoever
    reads the question would know who bids; `anyway` sends it all the same. The same id again is the same question."""
    tender = reading.get_tender(actor, tender_id)
    mine = own_question(actor, question_id)
    if mine is not None:
        if mine.question != question or mine.tender_id != tender.id:
            raise Conflict(_("同一编号的提问已存在且内容不同。"))
        return mine
    if tender.state != "bidding" or tender.questions_until is None or now() > tender.questions_until:
        raise RuleBroken("questions_closed", _("提问时间已过。"))
    if not documents.has_taken(actor, tender.id):
        raise RuleBroken("documents_not_taken", _("请先获取招标文件。"), documents.TAKING)
    if lot_id is not None:
        reading.get_lot(actor, tender.id, lot_id)
    if not anyway and wording.names(question, _company(actor)):
        raise Invalid({"question": [_("提问中出现了贵公司的名称，公布后他人会知道是谁提的，请删去后再提交。")]})
    instant = now()
    db.session.add(
        TenderQuestion(
            bureau_id=actor.bureau_id, id=question_id, tender_id=tender.id, lot_id=lot_id, question=question,
            asked_at=instant, affects_bids=False, is_public=False,
        )
    )  # fmt: skip
    flush(db.session(), {"pk_tender_questions": Conflict(_("同一编号的提问已存在且内容不同。"))})
    asked = TenderAsker(
        bureau_id=actor.bureau_id, id=question_id, tender_id=tender.id, supplier_id=actor.own_supplier_id(),
        question=question, asked_at=instant, asked_by=actor.account_id,
    )  # fmt: skip
    db.session.add(asked)
    db.session.flush()
    return asked


def _company(actor: Actor) -> str:
    return (
        db.session.scalar(
            select(BureauSupplier.name).where(
                BureauSupplier.bureau_id == actor.bureau_id, BureauSupplier.id == actor.own_supplier_id()
            )
        )
        or ""
    )


def own_question(actor: Actor, question_id: UUID) -> TenderAsker | None:
    return db.session.scalar(
        select(TenderAsker).where(
            TenderAsker.bureau_id == actor.bureau_id,
            TenderAsker.id == question_id,
            TenderAsker.supplier_id == actor.own_supplier_id(),
        )
    )


def own_questions(actor: Actor, tender_id: UUID) -> Sequence[TenderAsker]:
    return db.session.scalars(
        select(TenderAsker)
        .where(
            TenderAsker.bureau_id == actor.bureau_id,
            TenderAsker.tender_id == tender_id,
            TenderAsker.supplier_id == actor.own_supplier_id(),
        )
        .order_by(TenderAsker.asked_at)
    ).all()


def questions_of(actor: Actor, tender_id: UUID) -> Sequence[TenderQuestion]:
    """For the bureau every one, for others those that were answered. Never who asked."""
    query = select(TenderQuestion).where(
        TenderQuestion.bureau_id == actor.bureau_id, TenderQuestion.tender_id == tender_id
    )
    if actor.level != "bureau":
        query = query.where(TenderQuestion.is_public)
    return db.session.scalars(query.order_by(TenderQuestion.id)).all()


def get_question(actor: Actor, tender_id: UUID, question_id: UUID) -> TenderQuestion:
    question = db.session.scalar(
        select(TenderQuestion).where(
            TenderQuestion.bureau_id == actor.bureau_id,
            TenderQuestion.tender_id == tender_id,
            TenderQuestion.id == question_id,
        )
    )
    if question is None or (actor.level != "bureau" and not question.is_public):
        raise NotFound(_("没有这个提问。"))
    return question


def answer(
    actor: Actor,
    tender_id: UUID,
    question_id: UUID,
    seen_version: int | None,
    *,
    answer: str,
    affects_bids: bool = False,
) -> TenderQuestion:
    """Answer to everybody. `affects_bids`: it changes how a bid is made, so the deadline moves by itself where too little
    time is left. Sent twice it is answered once."""
    question = get_question(actor, tender_id, question_id)
    if question.answered_at is not None:
        if question.answer == answer and question.affects_bids == affects_bids:
            return question
        raise Conflict(_("这个提问已经答复。"), {"version": question.version, "answer": question.answer})
    tender = bidding(actor, tender_id)
    require_version(question, seen_version)
    if not answer.strip():
        raise Invalid({"answer": [_("请填写答复。")]})
    question.answer, question.affects_bids = answer, affects_bids
    question.answered_at, question.answered_by, question.is_public = now(), actor.account_id, True
    db.session.flush()
    note(actor, tender, "answer", tender.state)
    table = {"title": _("提问和答复"), "columns": [_("提问"), _("答复")], "rows": [[question.question, answer]]}
    tell_change(actor, tender, [_("就供应商的提问答复如下。")], [table], affects=affects_bids)
    return question


def waiting(actor: Actor, tender_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Tender → how many questions wait for an answer."""
    found: dict[UUID, int] = {}
    if tender_ids:
        open_ones = select(TenderQuestion.tender_id).where(
            TenderQuestion.bureau_id == actor.bureau_id,
            TenderQuestion.tender_id.in_(list(tender_ids)),
            TenderQuestion.answered_at.is_(None),
        )
        for tender_id in db.session.scalars(open_ones):
            found[tender_id] = found.get(tender_id, 0) + 1
    return found
