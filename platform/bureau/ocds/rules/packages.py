"""What releases travel in: release packages, records with what they compile to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from bureau.ocds.rules.facts import Party
from bureau.ocds.rules.values import BUREAU_SCHEME, instant

_EXTENSIONS = "https://raw.githubusercontent.com/open-contracting-extensions/"
EXTENSIONS = [
    f"{_EXTENSIONS}{name}/extension.json"
    for name in (
        "ocds_lots_extension/v1.1.5", "ocds_bid_extension/v1.1.5", "ocds_enquiry_extension/v1.1.5",
        "ocds_requirements_extension/master", "ocds_awardCriteria_extension/master", "ocds_techniques_extension/master",
        "ocds_contract_suppliers_extension/master",
    )
]  # fmt: skip


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


def _package(uri: str, publisher: Party, at: datetime) -> dict[str, Any]:
    return {
        "uri": uri,
        "version": "1.1",
        "publishedDate": instant(at),
        "publisher": {"name": publisher.name, "scheme": BUREAU_SCHEME, "uid": publisher.identifier},
        "extensions": list(EXTENSIONS),
    }
