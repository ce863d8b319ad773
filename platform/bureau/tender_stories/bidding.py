"""From a published tender to its opened bids: sealed as a browser seals them, opened by two officers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from bureau.bids import sealing as browser
from bureau.bids.service import kit, opening, sealing, uploading
from bureau.demo import MARK
from bureau.evaluation.rules.amounts import capital
from bureau.tender_stories.cast import Cast, decrypt, on_stage
from bureau.tendering.service.documents import take_documents
from kernel.database import new_id, now


@dataclass(frozen=True, slots=True)
class Offer:
    """A company and its price in percent of each item's ceiling. `account`: from which its bond comes, "" its own."""

    company: str
    percent: int
    account: str = ""


def take(cast: Cast, tender_id: UUID, offers: Sequence[Offer]) -> None:
    for offer in offers:
        take_documents(cast.company(offer.company), tender_id)


def seal_and_submit(cast: Cast, tender_id: UUID, offers: Sequence[Offer]) -> None:
    """Every company bids for every lot. One call of the browser's code seals them all."""
    packages: list[dict[str, Any]] = []
    for offer in offers:
        found = kit.kit(cast.company(offer.company), tender_id)
        packages += [_package(found, lot, offer) for lot in found["lots"]]
    recipients = kit.kit(cast.company(offers[0].company), tender_id)["recipients"]
    for package, sealed in zip(packages, browser.seal(packages, recipients), strict=True):
        company = cast.company(package.pop("_company"))
        # Each by an account of its own: that one account sealed several companies' bids is a sign of collusion.
        company = replace(company, account_id=company.own_supplier_id())
        uploading.keep_ciphertext(company, tender_id, sealed.ciphertext_sha256, sealed.ciphertext)
        sent = sealing.Sent(
            tender_id, UUID(package["lot_id"]), sealed.ciphertext_sha256, sealed.size, sealed.recipient, sealed.shares
        )
        sealing.submit(company, UUID(package["bid_id"]), new_id(), sent)


def _package(found: dict[str, Any], lot: dict[str, Any], offer: Offer) -> dict[str, Any]:
    lines = []
    for item in lot["items"]:
        ceiling = item["ceiling_unit_price_fen"] or 1000
        price = max(1, ceiling * (offer.percent * 10 + _own(offer, item["position"])) // 1000)
        amount = (Decimal(item["quantity"]) * price).quantize(Decimal(1), ROUND_HALF_UP)
        lines.append(
            {
                "tender_item_id": item["id"], "unit_price_fen": price, "quantity": item["quantity"],
                "amount_fen": int(amount), "brand": f"{MARK}{offer.company}", "origin": f"{MARK}产地",
            }
        )  # fmt: skip
    total = sum(line["amount_fen"] for line in lines)
    answers = {"qualification": "持有在有效期内的许可证，随附声明。", "technical": "每日配送，随货提供批次检测报告。"}
    return {
        "_company": offer.company,
        "format": found["format"],
        "bureau": found["bureau"],
        "tender_id": found["tender"]["id"],
        "lot_id": lot["id"],
        "bid_id": str(new_id()),
        "supplier": {"credit_code": found["supplier"]["credit_code"], "name": found["supplier"]["name"]},
        "price": {"form": "fixed", "total_fen": total, "total_words": capital(total), "items": lines},
        "qualification": [_answer(one, answers) for one in lot["criteria"] if one["part"] == "qualification"],
        "technical": [_answer(one, answers) for one in lot["criteria"] if one["part"] != "qualification"],
        "declarations": _declared(found, offer),
        "files": [],
        "made_at": now().isoformat(),
        "program": "houqin-demo",
    }


def _own(offer: Offer, position: int) -> int:
    """What a company takes one item dearer or cheaper than its others, in thousandths: bids whose totals rise in equal
    steps would look agreed upon."""
    return (int(offer.company.removeprefix("GYS")) * 37 + position * 23) % 31 - 15


def _declared(found: dict[str, Any], offer: Offer) -> dict[str, str]:
    """What the tender asks for; numbers made from the company's code, so that each has its own."""
    number = int(offer.company.removeprefix("GYS"))
    known = found["known"]
    given = {
        **known, "address": f"{known['address']}（{MARK}）{number} 栋 {number}01 室",
        "legal_representative": f"{MARK}法人{number}", "manager_name": f"{MARK}经理{number}",
        "manager_mobile": f"138000001{number:02d}", "manager_id_tail": f"{number:02d}1X", "bond_form": "transfer",
        "bond_bank": f"{MARK}银行", "bond_account": offer.account or f"6222 0000 0000 00{number:02d}",
    }  # fmt: skip
    codes = [field["code"] for group in found["asked"] for field in group["fields"]]
    return {code: given[code] for code in codes if given.get(code)}


def _answer(criterion: dict[str, Any], answers: dict[str, str]) -> dict[str, Any]:
    words = answers.get(criterion["part"], answers["technical"])
    return {"criterion": criterion["code"], "statement": f"{MARK}：{words}", "files": []}


def open_bids(cast: Cast, tender_id: UUID, seats: Sequence[str] = ("procurement", "supervision")) -> None:
    """Two officers come, give their shares; the second puts the keys together."""
    for seat in seats:
        officer = on_stage(cast.officers[seat])
        waiting = opening.state_for(officer, tender_id)["submissions"]
        shares = {UUID(one["submission_id"]): decrypt(cast, seat, one["share"]) for one in waiting}
        opening.give_shares(officer, tender_id, shares, "127.0.0.1")
    last = on_stage(cast.officers[seats[-1]])
    pairs, ids = [], []
    for one in opening.state_for(last, tender_id)["submissions"]:
        if one["state"] == "sealed" and one["others"]:
            pairs.append((decrypt(cast, seats[-1], one["share"]), next(iter(one["others"].values()))))
            ids.append(UUID(one["submission_id"]))
    for submission_id, identity in zip(ids, browser.combine(pairs), strict=True):
        opening.give_identity(last, tender_id, submission_id, identity)
    opening.conclude(last, tender_id, f"{MARK}：两名开标人员到场，投标人未提出异议。")


__all__ = ["Offer", "open_bids", "seal_and_submit", "take"]
