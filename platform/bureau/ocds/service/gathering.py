"""From the rows of a tender to what is public of it now. A whitelist: what is not named here does not leave.

Runs in the bureau's scope. What comes after the opening is in `gathering_outcome`, behind its own gates.
"""

from collections.abc import Sequence
from datetime import datetime

from flask_babel import force_locale
from sqlalchemy import select

from bureau.catalogue.models import CatalogueItem
from bureau.ocds import addresses
from bureau.ocds.models import OcdsRelease
from bureau.ocds.rules.facts import Amendment, Criterion, Document, Item, Lot, Party, Process, Question
from bureau.ocds.service import gathering_outcome
from bureau.tendering import labels
from bureau.tendering.models import (
    Tender,
    TenderCriterion,
    TenderDocument,
    TenderItem,
    TenderLot,
    TenderNotice,
    TenderQuestion,
)
from bureau.tendering.rules.states import DRAFTING
from bureau.tendering.service.notices import notices_of
from kernel.database import db
from kernel.files.models import Attachment
from kernel.identity.models import Bureau
from kernel.web.dates import SHANGHAI

LANGUAGE = "zh_CN"
AMENDING = ("clarification", "extension", "resumption")
MOST_WORDS = 500


def process_of(bureau: Bureau, tender: Tender, ocid: str) -> Process | None:
    """None: nothing of this tender is public."""
    if not tender.is_public or tender.published_at is None or tender.bid_deadline is None or tender.state in DRAFTING:
        return None
    notices = notices_of(tender.bureau_id, tender.id)
    results = [one.published_at for one in notices if one.kind == "result"]
    outcome = gathering_outcome.outcome_of(tender, results)
    won = {award.lot_id for award in outcome.awards if award.is_active}
    with force_locale(LANGUAGE):
        rule_title = str(labels.RULE_PACKS[tender.rule_pack])
    return Process(
        id=str(tender.id), ocid=ocid, number=tender.number, title=tender.title, description=tender.requirements,
        state=_state(tender), bureau=Party(f"bureau-{bureau.id}", bureau.name, bureau.code, is_bureau=True),
        subject=tender.subject, method_details="公开招标", award_method=tender.award_method,
        price_form=tender.price_form, budget_fen=tender.budget_fen, is_framework=tender.is_framework,
        framework_from=tender.framework_from, framework_until=tender.framework_until,
        second_stage=tender.second_stage, winners_per_lot=tender.winners_per_lot, most_lots_bid=tender.most_lots_bid,
        most_lots_won=tender.most_lots_won, rule_title=rule_title, published_at=tender.published_at,
        questions_until=tender.questions_until, bid_deadline=tender.bid_deadline,
        award_until=results[-1].astimezone(SHANGHAI).date() if results else None, end_reason=tender.end_reason,
        lots=_lots(tender, won), items=_items(tender), criteria=_criteria(tender),
        documents=_documents(bureau, tender, tender.published_at, notices), questions=_questions(tender), amendments=_amendments(notices),
        suppliers=outcome.suppliers, bids=outcome.bids, unopened_bids=outcome.unopened_bids, awards=outcome.awards,
        contracts=outcome.contracts, former_ocid=_former(tender),
    )  # fmt: skip


def _state(tender: Tender) -> str:
    """What was decided is not known before it is announced."""
    return "award_decision" if tender.state == "award_notice" else tender.state


def _lots(tender: Tender, won: set[str]) -> list[Lot]:
    """A lot counts as awarded once its winner is public, not when the purchaser decides."""
    rows = db.session.scalars(
        select(TenderLot)
        .where(TenderLot.bureau_id == tender.bureau_id, TenderLot.tender_id == tender.id, TenderLot.is_public)
        .order_by(TenderLot.number)
    )
    found = []
    for row in rows:
        state = row.state
        if state == "awarded" and str(row.id) not in won:
            state = "active"
        found.append(Lot(str(row.id), row.number, row.title, state, row.ceiling_fen, row.fail_reason))
    return found


def _items(tender: Tender) -> list[Item]:
    rows = db.session.execute(
        select(TenderItem, CatalogueItem.code)
        .join(
            CatalogueItem,
            (CatalogueItem.bureau_id == TenderItem.bureau_id) & (CatalogueItem.id == TenderItem.item_id),
        )
        .where(TenderItem.bureau_id == tender.bureau_id, TenderItem.tender_id == tender.id, TenderItem.is_public)
        .order_by(TenderItem.lot_id, TenderItem.position)
    )
    return [
        Item(
            str(row.id), str(row.lot_id), code, row.name, row.specification, row.unit, row.quantity,
            row.ceiling_unit_price_fen,
        )
        for row, code in rows
    ]  # fmt: skip


def _criteria(tender: Tender) -> list[Criterion]:
    rows = db.session.scalars(
        select(TenderCriterion)
        .where(
            TenderCriterion.bureau_id == tender.bureau_id, TenderCriterion.tender_id == tender.id,
            TenderCriterion.is_public,
        )
        .order_by(TenderCriterion.position, TenderCriterion.id)
    )  # fmt: skip
    return [
        Criterion(
            str(row.id), str(row.lot_id) if row.lot_id else None, row.part, row.title, row.description, row.points
        )
        for row in rows
    ]


def _documents(
    bureau: Bureau, tender: Tender, published_at: datetime, notices: Sequence[TenderNotice]
) -> list[Document]:
    """The tender's files lead to its page: they are taken signed in, and who took them is secret."""
    rows = db.session.execute(
        select(TenderDocument, Attachment.media_type)
        .join(
            Attachment,
            (Attachment.bureau_id == TenderDocument.bureau_id) & (Attachment.id == TenderDocument.attachment_id),
        )
        .where(
            TenderDocument.bureau_id == tender.bureau_id, TenderDocument.tender_id == tender.id,
            TenderDocument.is_public, TenderDocument.kind.not_in(labels.INTERNAL_KINDS),
        )
        .order_by(TenderDocument.id)
    )  # fmt: skip
    page = addresses.tender_page(bureau.code, tender.id)
    # A file added before publication is published with the tender.
    files = [
        Document(str(row.id), row.title, row.kind, page, media_type, max(row.issued_at, published_at))
        for row, media_type in rows
    ]
    return files + [
        Document(
            str(one.id), one.title, one.kind, addresses.notice_page(bureau.code, one.id), "text/html", one.published_at
        )
        for one in notices
    ]


def _questions(tender: Tender) -> list[Question]:
    """In the order in which they were answered; the asker is not even read (row-level security hides the name)."""
    rows = db.session.scalars(
        select(TenderQuestion)
        .where(
            TenderQuestion.bureau_id == tender.bureau_id, TenderQuestion.tender_id == tender.id,
            TenderQuestion.is_public, TenderQuestion.answered_at.is_not(None),
        )
        .order_by(TenderQuestion.answered_at, TenderQuestion.id)
    )  # fmt: skip
    return [
        Question(
            str(row.id), str(row.lot_id) if row.lot_id else None, row.question, row.asked_at, row.answer or "",
            row.answered_at,
        )
        for row in rows
        if row.answered_at is not None
    ]  # fmt: skip


def _amendments(notices: Sequence[TenderNotice]) -> list[Amendment]:
    """Notices that may change what bidders go by; the end of a single lot is one of them."""
    return [
        Amendment(str(one.id), one.published_at, "\n".join(one.body.get("paragraphs", ()))[:MOST_WORDS] or one.title)
        for one in notices
        if one.kind in AMENDING or (one.kind == "termination" and one.body.get("lots"))
    ]


def _former(tender: Tender) -> str | None:
    """The process that this one repeats, where the world was told of it."""
    if tender.retender_of_id is None:
        return None
    return db.session.scalar(
        select(OcdsRelease.ocid).where(
            OcdsRelease.bureau_id == tender.bureau_id, OcdsRelease.tender_id == tender.retender_of_id,
            OcdsRelease.number == 1,
        )
    )  # fmt: skip
