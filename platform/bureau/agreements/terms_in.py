"""Loaded input as the terms of an agreement."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from bureau.agreements.rules import AgreementTerms, ItemTerms, LotTerms
from bureau.catalogue.models import CatalogueItem
from kernel.errors import Invalid


def terms_from(data: Mapping[str, Any]) -> AgreementTerms:
    """`data`: of schemas.AgreementIn."""
    lots = [LotTerms(**{**lot, "items": [ItemTerms(**item) for item in lot["items"]]}) for lot in data["lots"]]
    names = ("supplier_id", "title", "first_day", "last_day", "second_stage")
    return AgreementTerms(**{name: data[name] for name in names}, lots=lots)


def older_terms(
    data: Mapping[str, Any], catalogue: Mapping[UUID, CatalogueItem], school_ids: Sequence[int]
) -> AgreementTerms:
    """`data`: of schemas.OlderAgreementForm, whose empty rows fall away; names and units come from the catalogue, prices
    from yuan to fen. `school_ids`: whom it covers, empty for all. Raises Invalid at a row that is not whole."""
    lines: dict[int, list[ItemTerms]] = {}
    named = {number for number, lot in enumerate(data["lots"], 1) if lot["title"]}
    for row, line in enumerate(data["lines"]):
        item = catalogue.get(line["item_id"])
        if line["item_id"] is None and line["price"] is None and line["quantity"] is None:
            continue
        if item is None:
            raise Invalid({f"lines.{row}.item_id": [_("第 %(row)s 行没有选择物品。", row=row + 1)]})
        if line["lot"] not in named:
            raise Invalid({f"lines.{row}.lot": [_("第 %(row)s 行的标包没有名称。", row=row + 1)]})
        lines.setdefault(line["lot"], []).append(
            ItemTerms(
                item_id=item.id, name=item.name, unit=line["unit"] or item.base_unit, specification=item.specification,
                price_fen=None if line["price"] is None else int(line["price"] * 100), quantity=line["quantity"],
            )
        )  # fmt: skip
    lots = [
        LotTerms(
            number=number, title=lot["title"], price_rule=lot["price_rule"], discount=lot["discount"],
            category_id=lot["category_id"], amount_fen=None if lot["amount"] is None else int(lot["amount"] * 100),
            items=lines.get(number, []), school_ids=school_ids,
        )
        for number, lot in enumerate(data["lots"], 1)
        if lot["title"]
    ]  # fmt: skip
    names = ("supplier_id", "title", "first_day", "last_day", "second_stage")
    return AgreementTerms(**{name: data[name] for name in names}, lots=lots)
