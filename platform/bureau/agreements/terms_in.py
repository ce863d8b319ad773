"""Loaded input as the terms of an agreement."""

from collections.abc import Mapping
from typing import Any

from bureau.agreements.rules import AgreementTerms, ItemTerms, LotTerms


def terms_from(data: Mapping[str, Any]) -> AgreementTerms:
    """`data`: of schemas.AgreementIn."""
    lots = [LotTerms(**{**lot, "items": [ItemTerms(**item) for item in lot["items"]]}) for lot in data["lots"]]
    names = ("supplier_id", "title", "first_day", "last_day", "second_stage")
    return AgreementTerms(**{name: data[name] for name in names}, lots=lots)
