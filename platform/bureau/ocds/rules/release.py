"""One release: the whole public state of a process at a moment, in the words of OCDS 1.1.5.

Extensions: lots, bids, enquiries, requirements, award criteria, techniques, contract suppliers. A discount on the price
book (下浮率) is a requirement with a numeric response, because a rate is no amount. What no extension has carries the
prefix `houqin_`.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from bureau.ocds.rules.facts import Award, AwardedItem, Bid, Contract, Criterion, Item, Lot, Party, Process

CURRENCY = "CNY"
SHANGHAI = timezone(timedelta(hours=8))  # the whole country, without summer time
BUREAU_SCHEME = "X-HOUQIN"  # codes of bureaus within this service
COMPANY_SCHEME = "CN-USCC"  # 统一社会信用代码
DISCOUNT = "discount-percent"

# Tender states of the service → tenderStatus (a closed codelist).
STATUS = {
    "draft": "planning", "review": "planned", "bidding": "active", "opening": "active",
    "qualification_review": "active", "evaluation": "active", "report": "active", "award_decision": "active",
    "suspended": "active", "award_notice": "complete", "challenge_window": "complete", "contracting": "complete",
    "complete": "complete", "terminated": "cancelled", "failed": "unsuccessful",
}  # fmt: skip
LOT_STATUS = {"active": "active", "failed": "unsuccessful", "awarded": "complete", "cancelled": "cancelled"}
BID_STATUS = {"disqualified": "disqualified", "invalid": "disqualified", "unopenable": "disqualified"}
CONTRACT_STATUS = {
    "pending": "pending", "signed": "pending", "active": "active", "suspended": "active", "terminated": "terminated",
    "expired": "terminated",
}  # fmt: skip
CRITERION_TYPE = {"price": "price", "technical": "quality", "commercial": "quality"}
DOCUMENT_TYPE = {
    "tender_document": "biddingDocuments", "tender_notice": "tenderNotice", "clarification": "clarifications",
    "extension": "clarifications", "result": "awardNotice", "contract": "contractSigned",
}  # fmt: skip
_EXTENSIONS = "https://raw.githubusercontent.com/open-contracting-extensions/"
EXTENSIONS = [
    f"{_EXTENSIONS}{name}/extension.json"
    for name in (
        "ocds_lots_extension/v1.1.5", "ocds_bid_extension/v1.1.5", "ocds_enquiry_extension/v1.1.5",
        "ocds_requirements_extension/master", "ocds_awardCriteria_extension/master", "ocds_techniques_extension/master",
        "ocds_contract_suppliers_extension/master",
    )
]  # fmt: skip


def build_release(process: Process, release_id: str, at: datetime, tags: Sequence[str]) -> dict[str, Any]:
    """`tags`: of releaseTag.csv. The same process gives the same release, whoever asks and when."""
    release: dict[str, Any] = {
        "ocid": process.ocid,
        "id": release_id,
        "date": instant(at),
        "tag": list(tags),
        "initiationType": "tender",
        "language": "zh",
        "parties": _parties(process),
        "buyer": _reference(process.bureau),
        "tender": _tender(process),
    }
    if process.bids is not None:
        release["bids"] = _bids(process, process.bids)
    if process.awards:
        release["awards"] = [_award(process, award) for award in process.awards]
    if process.contracts:
        release["contracts"] = [_contract(process, contract) for contract in process.contracts]
    if process.former_ocid:
        release["relatedProcesses"] = [
            {
                "id": "former", "relationship": ["unsuccessfulProcess"], "scheme": "ocid",
                "identifier": process.former_ocid,
            }
        ]  # fmt: skip
    return release


def release_package(releases: Sequence[dict[str, Any]], uri: str, publisher: Party, at: datetime) -> dict[str, Any]:
    return {**_package(uri, publisher, at), "releases": list(releases)}


def record_package(records: Sequence[dict[str, Any]], uri: str, publisher: Party, at: datetime) -> dict[str, Any]:
    return {**_package(uri, publisher, at), "records": list(records)}


def record(releases: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """All releases of one process in order. Each holds the whole state, so the last one is what they compile to."""
    last = releases[-1]
    return {
        "ocid": last["ocid"],
        "releases": list(releases),
        "compiledRelease": {**last, "tag": ["compiled"], "id": f"{last['id']}-compiled"},
    }


def instant(at: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _first_moment(day: date) -> str:
    return instant(datetime.combine(day, time(), SHANGHAI))


def _last_moment(day: date) -> str:
    return instant(datetime.combine(day, time(23, 59, 59), SHANGHAI))


def _money(fen: int) -> dict[str, Any]:
    return {"amount": number(Decimal(fen) / 100), "currency": CURRENCY}


def number(value: Decimal) -> int | float:
    """A JSON number. Two to four decimals of amounts below 10¹¹ survive the way through a double unchanged."""
    return int(value) if value == value.to_integral_value() else float(value)


def _package(uri: str, publisher: Party, at: datetime) -> dict[str, Any]:
    return {
        "uri": uri,
        "version": "1.1",
        "publishedDate": instant(at),
        "publisher": {"name": publisher.name, "scheme": BUREAU_SCHEME, "uid": publisher.identifier},
        "extensions": list(EXTENSIONS),
    }


def _reference(party: Party) -> dict[str, str]:
    return {"id": _party_id(party), "name": party.name}


def _party_id(party: Party) -> str:
    return f"{BUREAU_SCHEME if party.is_bureau else COMPANY_SCHEME}-{party.identifier}"


def _parties(process: Process) -> list[dict[str, Any]]:
    bidding = {bid.supplier_id for bid in process.bids or ()}
    winning = {award.supplier_id for award in process.awards if award.is_active}
    found = [_party(process.bureau, ["buyer", "procuringEntity"])]
    for supplier in process.suppliers:
        roles = [role for role, ids in (("tenderer", bidding), ("supplier", winning)) if supplier.id in ids]
        if roles:
            found.append(_party(supplier, roles))
    return found


def _party(party: Party, roles: list[str]) -> dict[str, Any]:
    scheme = BUREAU_SCHEME if party.is_bureau else COMPANY_SCHEME
    return {
        "id": _party_id(party),
        "name": party.name,
        "identifier": {"scheme": scheme, "id": party.identifier, "legalName": party.name},
        "roles": roles,
    }


def _tender(process: Process) -> dict[str, Any]:
    tender: dict[str, Any] = {
        "id": process.number,
        "title": process.title,
        "status": STATUS[process.state],
        "procuringEntity": _reference(process.bureau),
        "value": _money(process.budget_fen),
        "procurementMethod": "open",
        "procurementMethodDetails": process.method_details,
        "mainProcurementCategory": process.subject,
        "awardCriteria": "ratedCriteria" if process.award_method == "comprehensive" else "priceOnly",
        "submissionMethod": ["electronicSubmission"],
        "tenderPeriod": _period(instant(process.published_at), instant(process.bid_deadline)),
        "hasEnquiries": bool(process.questions),
        "lots": [_lot(process, lot) for lot in process.lots],
        "items": [_item(item) for item in process.items],
        "techniques": _techniques(process),
        "houqin_rulePack": process.rule_title,
    }
    if process.description:
        tender["description"] = process.description
    if process.questions_until:
        tender["enquiryPeriod"] = _period(instant(process.published_at), instant(process.questions_until))
    if process.award_until and _last_moment(process.award_until) > instant(process.bid_deadline):
        tender["awardPeriod"] = _period(instant(process.bid_deadline), _last_moment(process.award_until))
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
        tender["tenderers"] = [_reference(party) for party in process.suppliers if party.id in bidders]
    return tender


def _period(start: str, end: str) -> dict[str, str]:
    return {"startDate": start, "endDate": end}


def _lot(process: Process, lot: Lot) -> dict[str, Any]:
    found: dict[str, Any] = {"id": lot.id, "title": f"{lot.number}. {lot.title}", "status": LOT_STATUS[lot.state]}
    if lot.fail_reason:
        found["description"] = lot.fail_reason
    if lot.ceiling_fen is not None:
        found["value"] = _money(lot.ceiling_fen)
    if process.framework_from and process.framework_until:
        found["contractPeriod"] = _period(_first_moment(process.framework_from), _last_moment(process.framework_until))
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


def _item(item: Item) -> dict[str, Any]:
    unit: dict[str, Any] = {"name": item.unit}
    if item.ceiling_unit_price_fen is not None:
        unit["value"] = _money(item.ceiling_unit_price_fen)
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
            agreement["period"] = _period(_first_moment(process.framework_from), _last_moment(process.framework_until))
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


def _bids(process: Process, bids: Sequence[Bid]) -> dict[str, Any]:
    suppliers = {party.id: party for party in process.suppliers}
    statistics = []
    for lot in process.lots:
        own = [bid for bid in bids if bid.lot_id == lot.id]
        valid = [bid for bid in own if BID_STATUS.get(bid.state, "valid") == "valid"]
        statistics += [
            {"id": f"{lot.id}-bids", "measure": "bids", "value": len(own), "relatedLot": lot.id},
            {"id": f"{lot.id}-valid", "measure": "validBids", "value": len(valid), "relatedLot": lot.id},
        ]
    if process.unopened_bids:
        statistics.append({"id": "unopened", "measure": "houqin_unopenedBids", "value": process.unopened_bids})
    return {"statistics": statistics, "details": [_bid(bid, suppliers[bid.supplier_id]) for bid in bids]}


def _bid(bid: Bid, supplier: Party) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": bid.id,
        "date": instant(bid.sealed_at),
        "status": BID_STATUS.get(bid.state, "valid"),
        "tenderers": [_reference(supplier)],
        "relatedLots": [bid.lot_id],
    }
    if bid.total_fen is not None:
        found["value"] = _money(bid.total_fen)
    if bid.discount is not None:
        found["requirementResponses"] = [_discount(bid.id, bid.discount)]
    return found


def _discount(owner: str, discount: Decimal) -> dict[str, Any]:
    return {
        "id": f"{owner}-{DISCOUNT}",
        "title": "下浮率（%）",
        "value": number(discount),
        "requirement": {"id": DISCOUNT},
    }


def _award(process: Process, award: Award) -> dict[str, Any]:
    lot = next(lot for lot in process.lots if lot.id == award.lot_id)
    supplier = next(party for party in process.suppliers if party.id == award.supplier_id)
    found: dict[str, Any] = {
        "id": award.id,
        "title": f"{lot.number}. {lot.title}",
        "status": "active" if award.is_active else "cancelled",
        "date": instant(award.decided_at),
        "suppliers": [_reference(supplier)],
        "relatedLots": [award.lot_id],
        "relatedBid": award.bid_id,
    }
    if award.items:
        found["items"] = _won(process, award.items)
    if award.amount_fen is not None:
        found["value"] = _money(award.amount_fen)
    if award.discount is not None:
        found["houqin_discountPercent"] = number(award.discount)
    if award.reason:
        found["description"] = award.reason
    if process.framework_from and process.framework_until:
        found["contractPeriod"] = _period(_first_moment(process.framework_from), _last_moment(process.framework_until))
    return found


def _won(process: Process, items: Sequence[AwardedItem]) -> list[dict[str, Any]]:
    described = {item.id: item for item in process.items}
    found = []
    for won in items:
        one = _item(described[won.item_id])
        one["quantity"] = number(won.quantity)
        one["unit"] = {"name": described[won.item_id].unit}
        if won.unit_price_fen is not None:
            one["unit"]["value"] = _money(won.unit_price_fen)
        found.append(one)
    return found


def _contract(process: Process, contract: Contract) -> dict[str, Any]:
    supplier = next(party for party in process.suppliers if party.id == contract.supplier_id)
    found: dict[str, Any] = {
        "id": contract.id,
        "awardID": contract.award_id,
        "title": contract.title,
        "status": CONTRACT_STATUS[contract.state],
        "period": _period(_first_moment(contract.first_day), _last_moment(contract.last_day)),
        "dateSigned": _first_moment(contract.signed_on),
        "suppliers": [_reference(supplier)],
    }
    if contract.items:
        found["items"] = _won(process, contract.items)
    if contract.amount_fen is not None:
        found["value"] = _money(contract.amount_fen)
    return found
