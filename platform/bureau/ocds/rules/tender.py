"""The tender section of a release: lots, items, criteria, enquiries, techniques."""

from typing import Any

from bureau.ocds.rules.facts import Criterion, Item, Lot, Process
from bureau.ocds.rules.values import (
    BUREAU_SCHEME,
    DISCOUNT,
    first_moment,
    instant,
    last_moment,
    money,
    number,
    period,
    reference,
)

# Tender states of the service → tenderStatus (a closed codelist).
STATUS = {
    "draft": "planning", "review": "planned", "bidding": "active", "opening": "active",
    "qualification_review": "active", "evaluation": "active", "report": "active", "award_decision": "active",
    "suspended": "active", "award_notice": "complete", "challenge_window": "complete", "contracting": "complete",
    "complete": "complete", "terminated": "cancelled", "failed": "unsuccessful",
}  # fmt: skip
LOT_STATUS = {"active": "active", "failed": "unsuccessful", "awarded": "complete", "cancelled": "cancelled"}
CRITERION_TYPE = {"price": "price", "technical": "quality", "commercial": "quality"}
DOCUMENT_TYPE = {
    "tender_document": "biddingDocuments", "tender_notice": "tenderNotice", "clarification": "clarifications",
    "extension": "clarifications", "result": "awardNotice", "contract": "contractSigned",
}  # fmt: skip


def tender_of(process: Process) -> dict[str, Any]:
    tender: dict[str, Any] = {
        "id": process.number,
        "title": process.title,
        "status": STATUS[process.state],
        "procuringEntity": reference(process.bureau),
        "value": money(process.budget_fen),
        "procurementMethod": "open",
        "procurementMethodDetails": process.method_details,
        "mainProcurementCategory": process.subject,
        "awardCriteria": "ratedCriteria" if process.award_method == "comprehensive" else "priceOnly",
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": period(instant(process.published_at), instant(process.bid_deadline)),
        "hasEnquiries": bool(process.questions),
        "lots": [_lot(process, lot) for lot in process.lots],
        "items": [item_of(item) for item in process.items],
        "techniques": _techniques(process),
        "houqin_rulePack": process.rule_title,
    }
    if process.description:
        tender["description"] = process.description
    if process.questions_until:
        tender["enquiryPeriod"] = period(instant(process.published_at), instant(process.questions_until))
    if process.award_until and last_moment(process.award_until) > instant(process.bid_deadline):
        tender["awardPeriod"] = period(instant(process.bid_deadline), last_moment(process.award_until))
    limits = {
        "maximumLotsBidPerSupplier": process.most_lots_bid, "maximumLotsAwardedPerSupplier": process.most_lots_won
    }  # fmt: skip
    if given := {name: value for name, value in limits.items() if value is not None}:
        tender["lotDetails"] = given
    if criteria := _criteria(process):
        tender["criteria"] = criteria
    if process.questions:
        tender["enquiries"] = [_enquiry(process, index) for index in range(len(process.questions))]
    if process.documents:
        tender["documents"] = [
            {
                "id": document.id, "title": document.title, "url": document.url, "format": document.media_type,
                "datePublished": instant(document.published_at), "language": "zh",
                "documentType": DOCUMENT_TYPE.get(document.kind, "biddingDocuments"),
            }
            for document in process.documents
        ]  # fmt: skip
    if process.amendments:
        tender["amendments"] = [
            {"id": one.id, "date": instant(one.published_at), "rationale": one.rationale} for one in process.amendments
        ]
    if process.end_reason:
        tender["houqin_statusDetails"] = process.end_reason
    if process.bids is not None:
        bidders = {bid.supplier_id for bid in process.bids}
        tender["numberOfTenderers"] = len(bidders)
        tender["tenderers"] = [reference(party) for party in process.suppliers if party.id in bidders]
    return tender


def _lot(process: Process, lot: Lot) -> dict[str, Any]:
    found: dict[str, Any] = {"id": lot.id, "title": f"{lot.number}. {lot.title}", "status": LOT_STATUS[lot.state]}
    if lot.fail_reason:
        found["description"] = lot.fail_reason
    if lot.ceiling_fen is not None:
        found["value"] = money(lot.ceiling_fen)
    if process.framework_from and process.framework_until:
        found["contractPeriod"] = period(first_moment(process.framework_from), last_moment(process.framework_until))
    scored = [one for one in process.criteria if one.points > 0 and one.lot_id in (None, lot.id)]
    if scored:
        found["awardCriteria"] = {"criteria": [_award_criterion(one) for one in scored]}
    return found


def _award_criterion(criterion: Criterion) -> dict[str, Any]:
    found: dict[str, Any] = {
        "type": CRITERION_TYPE[criterion.part],
        "name": criterion.title,
        "numbers": [{"number": number(criterion.points), "weight": "pointsExact"}],
    }
    if criterion.description:
        found["description"] = criterion.description
    return found


def item_of(item: Item) -> dict[str, Any]:
    unit: dict[str, Any] = {"name": item.unit}
    if item.ceiling_unit_price_fen is not None:
        unit["value"] = money(item.ceiling_unit_price_fen)
    words = f"{item.name} {item.specification}".strip()
    return {
        "id": item.id,
        "description": words,
        "classification": {"scheme": BUREAU_SCHEME, "id": item.code, "description": item.name},
        "quantity": number(item.quantity),
        "unit": unit,
        "relatedLot": item.lot_id,
    }


def _techniques(process: Process) -> dict[str, Any]:
    found: dict[str, Any] = {"hasFrameworkAgreement": process.is_framework}
    if process.is_framework:
        reopened = process.second_stage == "mini_competition"
        agreement: dict[str, Any] = {
            "method": "withReopeningCompetition" if reopened else "withoutReopeningCompetition",
            "maximumParticipants": process.winners_per_lot,
            "buyerCategories": "本区学校",
        }
        if process.framework_from and process.framework_until:
            agreement["period"] = period(first_moment(process.framework_from), last_moment(process.framework_until))
        found["frameworkAgreement"] = agreement
    return found


def _criteria(process: Process) -> list[dict[str, Any]]:
    """What a bidder must meet, and, where the price is a discount, the discount itself."""
    found = []
    for criterion in process.criteria:
        if criterion.points > 0:
            continue
        one: dict[str, Any] = {
            "id": criterion.id,
            "title": criterion.title,
            "relatesToTenderer": criterion.part == "qualification",
            "requirementGroups": [
                {
                    "id": f"{criterion.id}-group",
                    "requirements": [
                        {"id": f"{criterion.id}-met", "title": criterion.title, "dataType": "boolean",
                         "expectedValue": True}
                    ],
                }
            ],
        }  # fmt: skip
        if criterion.description:
            one["description"] = criterion.description
        if criterion.lot_id:
            one["relatedLots"] = [criterion.lot_id]
        found.append(one)
    if process.price_form == "discount":
        requirement = {
            "id": DISCOUNT, "title": "下浮率（%）", "dataType": "number", "minValue": 0, "maxValue": 100
        }  # fmt: skip
        found.append(
            {
                "id": DISCOUNT, "title": "在价格目录基准价上的下浮率", "relatesToTenderer": False,
                "requirementGroups": [{"id": f"{DISCOUNT}-group", "requirements": [requirement]}],
            }
        )  # fmt: skip
    return found


def _enquiry(process: Process, index: int) -> dict[str, Any]:
    question = process.questions[index]
    found = {
        "id": question.id,
        "date": instant(question.asked_at),
        "title": f"提问 {index + 1}",
        "description": question.question,
        "answer": question.answer,
        "dateAnswered": instant(question.answered_at),
    }
    if question.lot_id:
        found["relatedLot"] = question.lot_id
    return found
