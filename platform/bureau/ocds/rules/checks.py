"""What a schema validator does not see: references that lead nowhere, sums that do not agree, dates out of order, a
status that says one thing and the parts another, tags that do not match the content."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

Release = Mapping[str, Any]
SECTION_TAGS = {
    "award": "awards", "awardUpdate": "awards", "awardCancellation": "awards", "contract": "contracts",
    "contractUpdate": "contracts", "contractTermination": "contracts", "tender": "tender", "tenderUpdate": "tender",
    "tenderAmendment": "tender", "tenderCancellation": "tender",
}  # fmt: skip
SECRET_STATES = ("planning", "planned")


@dataclass(frozen=True, slots=True)
class Fault:
    """`code` stable, `path` where, `text` what is wrong, in English (as validators say it)."""

    code: str
    path: str
    text: str


def check_package(package: Mapping[str, Any]) -> list[Fault]:
    """A release package or a record package."""
    if "records" in package:
        faults: list[Fault] = []
        for index, one in enumerate(package["records"]):
            path = f"records/{index}"
            for place, release in enumerate(one.get("releases", ())):
                faults += _under(f"{path}/releases/{place}", check_release(release))
                if release.get("ocid") != one.get("ocid"):
                    faults.append(Fault("ocid", f"{path}/releases/{place}/ocid", "belongs to another process"))
            faults += _under(f"{path}/compiledRelease", check_release(one.get("compiledRelease") or {}))
        return faults
    releases = package.get("releases", ())
    faults = []
    seen = Counter((release.get("ocid"), release.get("id")) for release in releases)
    for key, count in seen.items():
        if count > 1:
            faults.append(Fault("duplicate_release", "releases", f"{key} appears {count} times"))
    for index, release in enumerate(releases):
        faults += _under(f"releases/{index}", check_release(release))
    return faults


def check_release(release: Release) -> list[Fault]:
    return [
        *_check_ids(release),
        *_check_references(release),
        *_check_sums(release),
        *_check_dates(release),
        *_check_status(release),
        *_check_tags(release),
    ]


def _under(path: str, faults: Iterable[Fault]) -> list[Fault]:
    return [Fault(fault.code, f"{path}/{fault.path}", fault.text) for fault in faults]


def _tender(release: Release) -> Mapping[str, Any]:
    found: Mapping[str, Any] = release.get("tender") or {}
    return found


def _bids(release: Release) -> Sequence[Mapping[str, Any]]:
    found: Sequence[Mapping[str, Any]] = (release.get("bids") or {}).get("details", ())
    return found


def _check_ids(release: Release) -> list[Fault]:
    tender = _tender(release)
    lists = {
        "parties": release.get("parties", ()), "tender/lots": tender.get("lots", ()),
        "tender/items": tender.get("items", ()), "tender/criteria": tender.get("criteria", ()),
        "tender/enquiries": tender.get("enquiries", ()), "bids/details": _bids(release),
        "bids/statistics": (release.get("bids") or {}).get("statistics", ()), "awards": release.get("awards", ()),
        "contracts": release.get("contracts", ()),
    }  # fmt: skip
    faults = []
    for path, rows in lists.items():
        for one, count in Counter(row.get("id") for row in rows).items():
            if count > 1:
                faults.append(Fault("duplicate_id", path, f"{one} appears {count} times"))
    return faults


def _check_references(release: Release) -> list[Fault]:
    tender = _tender(release)
    parties = {party.get("id"): party for party in release.get("parties", ())}
    lots = {lot.get("id") for lot in tender.get("lots", ())}
    bids = {bid.get("id"): bid for bid in _bids(release)}
    awards = {award.get("id"): award for award in release.get("awards", ())}
    faults: list[Fault] = []

    def organisation(path: str, reference: Mapping[str, Any] | None, role: str) -> None:
        if reference is None:
            return
        party = parties.get(reference.get("id"))
        if party is None:
            faults.append(Fault("no_party", path, f"{reference.get('id')} is not among the parties"))
        elif role not in party.get("roles", ()):
            faults.append(Fault("no_role", path, f"{reference.get('id')} has not the role {role}"))

    def lot(path: str, ids: Iterable[Any]) -> None:
        faults.extend(Fault("no_lot", path, f"{one} is no lot of the tender") for one in ids if one not in lots)

    organisation("buyer", release.get("buyer"), "buyer")
    organisation("tender/procuringEntity", tender.get("procuringEntity"), "procuringEntity")
    for index, reference in enumerate(tender.get("tenderers", ())):
        organisation(f"tender/tenderers/{index}", reference, "tenderer")
    for index, item in enumerate(tender.get("items", ())):
        if "relatedLot" in item:
            lot(f"tender/items/{index}/relatedLot", [item["relatedLot"]])
    for index, enquiry in enumerate(tender.get("enquiries", ())):
        if "relatedLot" in enquiry:
            lot(f"tender/enquiries/{index}/relatedLot", [enquiry["relatedLot"]])
        if "author" in enquiry:
            faults.append(Fault("asker_named", f"tender/enquiries/{index}/author", "who asked is not public"))
    requirements = {
        requirement.get("id")
        for criterion in tender.get("criteria", ())
        for group in criterion.get("requirementGroups", ())
        for requirement in group.get("requirements", ())
    }
    for index, bid in enumerate(_bids(release)):
        lot(f"bids/details/{index}/relatedLots", bid.get("relatedLots", ()))
        for place, reference in enumerate(bid.get("tenderers", ())):
            organisation(f"bids/details/{index}/tenderers/{place}", reference, "tenderer")
        for place, response in enumerate(bid.get("requirementResponses", ())):
            if (response.get("requirement") or {}).get("id") not in requirements:
                path = f"bids/details/{index}/requirementResponses/{place}"
                faults.append(Fault("no_requirement", path, "answers a requirement that the tender does not have"))
    for index, statistic in enumerate((release.get("bids") or {}).get("statistics", ())):
        if "relatedLot" in statistic:
            lot(f"bids/statistics/{index}/relatedLot", [statistic["relatedLot"]])
    for index, award in enumerate(release.get("awards", ())):
        path = f"awards/{index}"
        lot(f"{path}/relatedLots", award.get("relatedLots", ()))
        related = award.get("relatedBid")
        if related is not None:
            won = bids.get(related)
            if won is None:
                faults.append(Fault("no_bid", f"{path}/relatedBid", f"{related} is no bid"))
            elif {one.get("id") for one in won.get("tenderers", ())} != {one.get("id") for one in award["suppliers"]}:
                faults.append(Fault("other_bidder", f"{path}/suppliers", "the award's supplier did not make the bid"))
        for place, reference in enumerate(award.get("suppliers", ())):
            role = "supplier" if award.get("status") == "active" else "tenderer"
            organisation(f"{path}/suppliers/{place}", reference, role)
    for index, contract in enumerate(release.get("contracts", ())):
        if contract.get("awardID") not in awards:
            faults.append(Fault("no_award", f"contracts/{index}/awardID", f"{contract.get('awardID')} is no award"))
        elif contract.get("suppliers"):
            own = {one.get("id") for one in contract["suppliers"]}
            if own != {one.get("id") for one in awards[contract["awardID"]].get("suppliers", ())}:
                faults.append(Fault("other_supplier", f"contracts/{index}/suppliers", "another than the award's"))
    return faults


def _amount(thing: Mapping[str, Any]) -> Decimal | None:
    value = (thing.get("value") or {}).get("amount")
    return None if value is None else Decimal(str(value))


def _check_sums(release: Release) -> list[Fault]:
    """Amounts are those of bids, awards and contracts; what a priced list adds up to must be what its owner says."""
    faults = []
    for section in ("awards", "contracts"):
        for index, owner in enumerate(release.get(section, ())):
            total, items = _amount(owner), owner.get("items", ())
            prices = [(_amount(item.get("unit") or {}), item.get("quantity")) for item in items]
            if total is None or not prices or any(price is None or quantity is None for price, quantity in prices):
                continue
            lines = [(price or Decimal(0)) * Decimal(str(quantity)) for price, quantity in prices]
            added = sum((line.quantize(Decimal("0.01"), "ROUND_HALF_UP") for line in lines), Decimal(0))
            if added != total:
                faults.append(Fault("sum", f"{section}/{index}/value", f"{total} is not the items' sum {added}"))
    bids = {bid.get("id"): bid for bid in _bids(release)}
    contracts: dict[Any, Decimal] = {}
    for contract in release.get("contracts", ()):
        amount = _amount(contract)
        if amount is not None:
            contracts[contract.get("awardID")] = contracts.get(contract.get("awardID"), Decimal(0)) + amount
    for index, award in enumerate(release.get("awards", ())):
        agreed = contracts.get(award.get("id"))
        total = _amount(award)
        if agreed is not None and total is not None and agreed > total:
            faults.append(Fault("above_award", f"awards/{index}/value", f"contracts of {agreed} exceed it"))
        related = bids.get(award.get("relatedBid"))
        if related is not None and related.get("status") != "valid":
            faults.append(Fault("invalid_bid", f"awards/{index}/relatedBid", "won although it is not valid"))
    number, tenderers = _tender(release).get("numberOfTenderers"), _tender(release).get("tenderers")
    if number is not None and tenderers is not None and number != len(tenderers):
        faults.append(Fault("number_of_tenderers", "tender/numberOfTenderers", f"{number} is not {len(tenderers)}"))
    return faults


def _check_dates(release: Release) -> list[Fault]:
    """Instants are of one spelling (UTC, to the second), so they compare as text."""
    tender = _tender(release)
    faults = []
    periods = {f"tender/{name}": tender.get(name) for name in ("tenderPeriod", "enquiryPeriod", "awardPeriod")}
    periods |= {
        f"tender/lots/{i}/contractPeriod": lot.get("contractPeriod") for i, lot in enumerate(tender.get("lots", ()))
    }
    periods |= {f"contracts/{i}/period": one.get("period") for i, one in enumerate(release.get("contracts", ()))}
    for path, period in periods.items():
        if period and period.get("startDate", "") > period.get("endDate", "9"):
            faults.append(Fault("period", path, "ends before it begins"))
    deadline = (tender.get("tenderPeriod") or {}).get("endDate", "")
    enquiries = (tender.get("enquiryPeriod") or {}).get("endDate", "")
    if enquiries > deadline:
        faults.append(Fault("enquiries_after_deadline", "tender/enquiryPeriod/endDate", "after the bids' deadline"))
    for index, bid in enumerate(_bids(release)):
        if bid.get("date", "") >= deadline:
            faults.append(Fault("late_bid", f"bids/details/{index}/date", "not before the deadline"))
    decided = {award.get("id"): award.get("date", "") for award in release.get("awards", ())}
    for index, award in enumerate(release.get("awards", ())):
        if award.get("date", "9") < deadline:
            faults.append(Fault("early_award", f"awards/{index}/date", "before the bids' deadline"))
    for index, contract in enumerate(release.get("contracts", ())):
        # Signing is known by its day alone: compared as days of Shanghai.
        signed, awarded = contract.get("dateSigned"), decided.get(contract.get("awardID"))
        if signed and awarded and _shanghai_day(signed) < _shanghai_day(awarded):
            faults.append(Fault("early_contract", f"contracts/{index}/dateSigned", "signed before it was awarded"))
    return faults


def _shanghai_day(instant: str) -> str:
    """A day that begins in Shanghai begins at 16:00 of the former day in UTC."""
    return (datetime.fromisoformat(instant.replace("Z", "+00:00")) + timedelta(hours=8)).date().isoformat()


def _check_status(release: Release) -> list[Fault]:
    tender = _tender(release)
    status = tender.get("status")
    awards = [award for award in release.get("awards", ()) if award.get("status") == "active"]
    won = {lot for award in awards for lot in award.get("relatedLots", ())}
    faults = []
    for index, lot in enumerate(tender.get("lots", ())):
        if lot.get("status") == "complete" and release.get("awards") is not None and lot.get("id") not in won:
            faults.append(Fault("lot_without_award", f"tender/lots/{index}/status", "complete, and nobody won it"))
        if lot.get("status") in ("cancelled", "unsuccessful") and lot.get("id") in won:
            faults.append(Fault("lot_with_award", f"tender/lots/{index}/status", "has no result, and somebody won it"))
    if status in SECRET_STATES and (release.get("bids") or release.get("awards")):
        faults.append(Fault("too_early", "tender/status", "bids or awards of a tender that is not published"))
    if status == "unsuccessful" and awards:
        faults.append(Fault("unsuccessful_with_award", "tender/status", "unsuccessful, and somebody won"))
    active = {award.get("id") for award in awards}
    for index, contract in enumerate(release.get("contracts", ())):
        if contract.get("status") == "active" and contract.get("awardID") not in active:
            faults.append(Fault("contract_of_dead_award", f"contracts/{index}/status", "its award is not active"))
    return faults


def _check_tags(release: Release) -> list[Fault]:
    tags = release.get("tag", ())
    if tags in (["compiled"], ("compiled",)):
        return []
    faults = [
        Fault("tag", "tag", f"{tag} without {SECTION_TAGS[tag]}")
        for tag in tags
        if tag in SECTION_TAGS and not release.get(SECTION_TAGS[tag])
    ]
    if "tenderCancellation" in tags and _tender(release).get("status") not in ("cancelled", "unsuccessful"):
        faults.append(Fault("tag", "tag", "tenderCancellation of a tender that is not cancelled"))
    return faults
