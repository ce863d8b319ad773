"""One release: the whole public state of a process at a moment, in the words of OCDS 1.1.5.

Extensions: lots, bids, enquiries, requirements, award criteria, techniques, contract suppliers. A discount on the price
book (下浮率) is a requirement with a numeric response, because a rate is no amount. What no extension has carries the
prefix `houqin_`.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bureau.ocds.rules.facts import Party, Process
from bureau.ocds.rules.outcome import award_of, bids_of, contract_of
from bureau.ocds.rules.tender import tender_of
from bureau.ocds.rules.values import BUREAU_SCHEME, COMPANY_SCHEME, instant, party_id, reference


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
        "buyer": reference(process.bureau),
        "tender": tender_of(process),
    }
    if process.bids is not None:
        release["bids"] = bids_of(process, process.bids)
    if process.awards:
        release["awards"] = [award_of(process, award) for award in process.awards]
    if process.contracts:
        release["contracts"] = [contract_of(process, contract) for contract in process.contracts]
    if process.former_ocid:
        release["relatedProcesses"] = [
            {
                "id": "former", "relationship": ["unsuccessfulProcess"], "scheme": "ocid",
                "identifier": process.former_ocid,
            }
        ]  # fmt: skip
    return release


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
        "id": party_id(party),
        "name": party.name,
        "identifier": {"scheme": scheme, "id": party.identifier, "legalName": party.name},
        "roles": roles,
    }
