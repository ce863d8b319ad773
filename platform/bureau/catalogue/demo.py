"""The demo catalogue, written through the services as the bureau's people would."""

from uuid import UUID

from flask import Flask

from bureau.catalogue.service.category_changes import save_category
from bureau.catalogue.service.items import FIELDS, publish_drafts, published_items, save_item
from bureau.demo.catalogue import CATEGORIES, GOODS, GOODS_CATEGORIES, food_items, required_certificates
from bureau.demo.context import DemoContext
from kernel.actor import Actor
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
    _goods(actor)
    publish_drafts(actor)
    _second_version(actor)
    db.session.commit()


def _goods(actor: Actor) -> None:
    categories = {
        code: save_category(
            actor, new_id(), None, code=code, name=name, parent_id=None, storage="ambient", subject="goods",
            requirements=[{"kind": "batch_report", "label": "产品质量检验报告"}],
        ).id
        for code, name in GOODS_CATEGORIES.items()
    }  # fmt: skip
    for item in GOODS:
        save_item(
            actor, new_id(), None, code=item.code, name=item.name, category_id=categories[item.category],
            specification=item.specification, standard=item.standard, base_unit=item.base_unit, shelf_life_days=None,
            storage="ambient", brand_note=item.requirement,
            conversions=[{"unit": pack.unit, "factor": pack.factor} for pack in item.packs],
            pack_sizes=[{"label": label, "quantity": quantity} for label, quantity in item.sizes],
        )  # fmt: skip


def _second_version(actor: Actor) -> None:
    """One item was changed after its publication, so that its page of versions has something to show."""
    item = next(one for one in published_items(actor) if one.code == "GR01")
    values = {name: getattr(item, name) for name in FIELDS}
    save_item(
        actor, item.id, item.version, **{**values, "pack_sizes": [{"label": "25 kg/袋", "quantity": "25"}]},
        conversions=[{"unit": row.unit, "factor": row.factor} for row in item.conversions],
    )  # fmt: skip
