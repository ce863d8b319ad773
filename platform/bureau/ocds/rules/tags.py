"""What a new release is tagged with: from what changed since the last one."""

from collections.abc import Mapping
from typing import Any

VARYING = ("id", "date", "tag")  # of every release another, whatever it says
# What bidders go by: a change of it is an amendment, anything else of the tender an update.
DEMANDS = ("tenderPeriod", "enquiryPeriod", "items", "criteria", "value", "lotDetails", "description")
LOT_DEMANDS = ("value", "awardCriteria", "contractPeriod")
ENDED = ("cancelled", "unsuccessful")


def content_of(release: Mapping[str, Any]) -> dict[str, Any]:
    """What two releases are compared by."""
    return {name: value for name, value in release.items() if name not in VARYING}


def tags_of(former: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    """`former` None: the first release. Never empty where the contents differ."""
    tags = [*_tender_tags(former, new), *_award_tags(former or {}, new), *_contract_tags(former or {}, new)]
    return tags or ["tenderUpdate"]  # parties or bids alone


def _tender_tags(former: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[str]:
    tender = new["tender"]
    if former is None:
        return ["tender", *(["tenderCancellation"] if tender["status"] in ENDED else [])]
    before = former["tender"]
    if before == tender:
        return []
    if tender["status"] in ENDED and before["status"] not in ENDED:
        return ["tenderCancellation"]
    told = {one["id"] for one in tender.get("amendments", ())} - {one["id"] for one in before.get("amendments", ())}
    return ["tenderAmendment"] if told and _demands(before) != _demands(tender) else ["tenderUpdate"]


def _demands(tender: Mapping[str, Any]) -> list[Any]:
    lots = {
        lot["id"]: [lot["status"] in ("cancelled", "unsuccessful"), *(lot.get(name) for name in LOT_DEMANDS)]
        for lot in tender.get("lots", ())
    }
    return [lots, *(tender.get(name) for name in DEMANDS)]


def _award_tags(former: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    before, after = _by_id(former, "awards"), _by_id(new, "awards")
    changed = {one: award for one, award in after.items() if one in before and before[one] != award}
    dead = {one for one, award in changed.items() if award["status"] == "cancelled" != before[one]["status"]}
    return [
        *(["award"] if after.keys() - before.keys() else []),
        *(["awardUpdate"] if changed.keys() - dead or before.keys() - after.keys() else []),
        *(["awardCancellation"] if dead else []),
    ]


def _contract_tags(former: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    before, after = _by_id(former, "contracts"), _by_id(new, "contracts")
    changed = {one: contract for one, contract in after.items() if one in before and before[one] != contract}
    over = {one for one, contract in changed.items() if contract["status"] == "terminated" != before[one]["status"]}
    return [
        *(["contract"] if after.keys() - before.keys() else []),
        *(["contractUpdate"] if changed.keys() - over else []),
        *(["contractTermination"] if over else []),
    ]


def _by_id(release: Mapping[str, Any], section: str) -> dict[str, Mapping[str, Any]]:
    return {one["id"]: one for one in release.get(section, ())}
