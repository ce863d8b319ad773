"""A small catalogue for tests: two categories with requirements, three items, in a bureau of the test world."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from bureau.catalogue.rules import ItemEvent
from bureau.catalogue.service.category_changes import save_category
from bureau.catalogue.service.items import change_state, save_item
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.database.scope import use_scope

RICE = {
    "code": "GR01", "name": "粳米", "specification": "一级", "standard": "GB/T 1354", "base_unit": "kg",
    "shelf_life_days": 365, "storage": "ambient", "conversions": [{"unit": "袋", "factor": Decimal(25)}],
}  # fmt: skip
PORK = {
    "code": "ME01", "name": "猪前腿肉", "specification": "", "standard": "", "base_unit": "kg", "shelf_life_days": 3,
    "storage": "chilled", "conversions": [{"unit": "斤", "factor": Decimal("0.5")}],
}  # fmt: skip
SALT = {
    "code": "SE01", "name": "食盐", "specification": "加碘", "standard": "", "base_unit": "kg", "shelf_life_days": None,
    "storage": "ambient", "conversions": [],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Stocked:
    """Ids. Grain asks for a batch report, meat for quarantine and inspection certificates, seasoning for nothing."""

    grain: UUID
    meat: UUID
    seasoning: UUID
    rice: UUID
    pork: UUID
    salt: UUID


def stock(actor: Actor, *, prefix: str = "") -> Stocked:
    """Publish the catalogue as `actor` (at a bureau). `prefix` keeps the codes of several catalogues apart."""
    use_scope(db.session(), actor.scope)
    grain = category(actor, f"{prefix}grain", "谷物", ["batch_report"])
    meat = category(actor, f"{prefix}meat", "畜肉", ["animal_quarantine", "meat_inspection"])
    seasoning = category(actor, f"{prefix}seasoning", "调味品", [])
    return Stocked(
        grain, meat, seasoning, item(actor, grain, RICE, prefix), item(actor, meat, PORK, prefix),
        item(actor, seasoning, SALT, prefix),
    )  # fmt: skip


def category(actor: Actor, code: str, name: str, kinds: list[str]) -> UUID:
    requirements = [{"kind": kind, "label": ""} for kind in kinds]
    return save_category(
        actor, new_id(), None, code=code, name=name, parent_id=None, storage="ambient", requirements=requirements
    ).id


def item(actor: Actor, category_id: UUID, values: dict[str, Any], prefix: str = "", *, publish: bool = True) -> UUID:
    values = {**values, "code": prefix + values["code"], "category_id": category_id}
    made = save_item(actor, new_id(), None, **values)
    if publish:
        change_state(actor, made.id, ItemEvent.PUBLISH, made.version)
    return made.id
