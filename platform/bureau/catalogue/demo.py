"""The demo catalogue, written through the services as the bureau's people would."""

from uuid import UUID

from flask import Flask

from bureau.catalogue.service.categories import save_category
from bureau.catalogue.service.items import publish_drafts, save_item
from bureau.demo.catalogue import CATEGORIES, food_items, required_certificates
from bureau.demo.context import DemoContext
from kernel.database import db, new_id
from kernel.database.scope import use_scope

COLD = {"frozen": "frozen", "livestock": "chilled", "poultry": "chilled", "aquatic": "chilled", "dairy": "chilled"}


def demo(app: Flask, demo: DemoContext) -> None:
    actor = demo.actor()
    use_scope(db.session(), actor.scope)
    categories: dict[str, UUID] = {}
    for code, name in CATEGORIES.items():
        requirements = [{"kind": rule.kind, "label": ""} for rule in required_certificates(code)]
        category = save_category(
            actor, new_id(), None, code=code, name=name, parent_id=None, storage=COLD.get(code, "ambient"),
            requirements=requirements,
        )  # fmt: skip
        categories[code] = category.id
    for item in food_items():
        save_item(
            actor, new_id(), None, code=item.code, name=item.name, category_id=categories[item.category],
            specification=item.specification, standard=item.standard, base_unit=item.base_unit,
            shelf_life_days=item.shelf_life_days, storage=item.storage,
            conversions=[{"unit": pack.unit, "factor": pack.factor} for pack in item.packs],
        )  # fmt: skip
    publish_drafts(actor)
    db.session.commit()
