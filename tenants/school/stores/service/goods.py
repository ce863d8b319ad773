"""The school's list of goods: the catalogue's come in with their first receipt, its own are written down here."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from bureau.agreements.labels import quantity_text
from bureau.catalogue.models import CatalogueCategory, CatalogueItem
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, DomainError, Invalid, NotFound, RuleBroken
from school.stores.models import StoreGood, StoreStock
from school.stores.rules import GoodKind
from school.stores.service.places import Places, own_places

RULES = (
    "least_quantity", "most_quantity", "takers", "issue_weekdays", "old_for_new", "needs_approval", "most_per_request",
    "location_id", "is_active",
)  # fmt: skip
OWN = ("name", "specification", "kind", "base_unit")


def goods_of_items(actor: Actor, names: Mapping[UUID, tuple[str, str]]) -> dict[UUID, StoreGood]:
    """Catalogue item → the school's good, made where it has none yet. `names`: item → (name, base unit) as the receipt
    has them: a retired item may be hidden from the school by now."""
    found = _known(actor, names)
    missing = sorted(names.keys() - found.keys())
    if missing:
        places = own_places(actor)
        _add(actor, [_of_item(actor, places, one, names[one], facts) for one, facts in _facts(actor, missing)])
        found = _known(actor, names)
    return found


def _known(actor: Actor, item_ids: Iterable[UUID]) -> dict[UUID, StoreGood]:
    query = select(StoreGood).where(
        StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(),
        StoreGood.item_id.in_(set(item_ids)),
    )  # fmt: skip
    return {good.item_id: good for good in db.session.scalars(query) if good.item_id is not None}


def _facts(actor: Actor, item_ids: Sequence[UUID]) -> list[tuple[UUID, tuple[str, str, str]]]:
    """(specification, storage, subject) of each, in the order given: everybody adds goods in the order of items."""
    query = (
        select(CatalogueItem.id, CatalogueItem.specification, CatalogueItem.storage, CatalogueCategory.subject)
        .join(
            CatalogueCategory,
            (CatalogueCategory.bureau_id == CatalogueItem.bureau_id)
            & (CatalogueCategory.id == CatalogueItem.category_id),
        )
        .where(CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id.in_(item_ids))
    )
    known = {row[0]: (row[1], row[2], row[3]) for row in db.session.execute(query)}
    return [(item_id, known.get(item_id, ("", "ambient", "food"))) for item_id in item_ids]


def _of_item(
    actor: Actor, places: Places, item_id: UUID, names: tuple[str, str], facts: tuple[str, str, str]
) -> dict[str, Any]:
    specification, storage, subject = facts
    kind = GoodKind.FOOD if subject == "food" else GoodKind.CONSUMABLE
    return _row(
        actor, places, new_id(), kind=kind, name=names[0], base_unit=names[1], storage=storage,
        item_id=item_id, specification=specification,
    )  # fmt: skip


def _row(
    actor: Actor, places: Places, good_id: UUID, *, kind: str, name: str, base_unit: str, storage: str = "ambient",
    **values: Any,
) -> dict[str, Any]:  # fmt: skip
    return {
        "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": good_id, "item_id": None,
        "name": name, "search_name": name.lower(), "specification": "", "kind": str(kind), "base_unit": base_unit,
        "location_id": places.usual(kind, storage), "least_quantity": None, "most_quantity": None, "takers": [],
        "issue_weekdays": [], "old_for_new": False, "needs_approval": True, "most_per_request": None,
        "is_active": True, "created_at": now(), "created_by": actor.account_id, "version": 1, **values,
    }  # fmt: skip


def _add(actor: Actor, rows: Sequence[dict[str, Any]]) -> None:
    """Goods with their empty stocks. Another receipt may add the same item at the same moment: one of them does."""
    added = db.session.scalars(
        insert(StoreGood.__table__).on_conflict_do_nothing().returning(StoreGood.__table__.c.id), list(rows)
    ).all()
    stocks = [
        {
            "bureau_id": actor.bureau_id, "school_id": actor.own_school_id(), "id": good_id, "quantity": Decimal(0),
            "amount_fen": 0, "last_seq": 0,
        }
        for good_id in added
    ]  # fmt: skip
    if stocks:
        db.session.execute(insert(StoreStock.__table__), stocks)


def own_good(actor: Actor, good_id: UUID) -> StoreGood:
    good = db.session.scalars(
        select(StoreGood).where(
            StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(),
            StoreGood.id == good_id,
        )
    ).one_or_none()  # fmt: skip
    if good is None:
        raise NotFound(_("没有这种物品。"))
    return good


def own_goods(actor: Actor, good_ids: Iterable[UUID]) -> dict[UUID, StoreGood]:
    """Raises NotFound when one is not the school's."""
    wanted = set(good_ids)
    query = select(StoreGood).where(
        StoreGood.bureau_id == actor.bureau_id, StoreGood.school_id == actor.own_school_id(), StoreGood.id.in_(wanted)
    )
    found = {good.id: good for good in db.session.scalars(query)}
    if wanted - found.keys():
        raise NotFound(_("没有这种物品。"))
    return found


def add_good(actor: Actor, good_id: UUID, **values: Any) -> StoreGood:
    """A good of the school's own. `values`: OWN and, if wished, RULES. The same again is the same good."""
    places = own_places(actor)
    values = without_blank_place(values)
    existing = db.session.get(StoreGood, (actor.bureau_id, actor.own_school_id(), good_id))
    if existing is not None:
        if any(getattr(existing, name) != value for name, value in values.items()):
            raise Conflict(_("同一编号的物品已存在且内容不同。"))
        return existing
    _require_place(places, values.get("location_id"))
    good = StoreGood(**_row(actor, places, good_id, **values))
    db.session.add(good)
    flush(db.session(), _refusals())
    db.session.add(StoreStock(bureau_id=good.bureau_id, school_id=good.school_id, id=good.id))
    flush(db.session())
    return good


def without_blank_place(values: Mapping[str, Any]) -> dict[str, Any]:
    """No place chosen: the usual one of a new good, the present one of an old good."""
    return {name: value for name, value in values.items() if not (name == "location_id" and value is None)}


def edit_good(actor: Actor, good_id: UUID, seen_version: int | None, **values: Any) -> StoreGood:
    """Rules of a good; of the school's own also its words. Its kind and unit stand once anything of it has moved."""
    good = own_good(actor, good_id)
    require_version(good, seen_version)
    _require_place(own_places(actor), values.get("location_id", good.location_id))
    fixed = [name for name in OWN if name in values and values[name] != getattr(good, name)]
    if good.item_id is not None and set(fixed) - {"kind"}:
        raise Invalid({fixed[0]: [_("目录物品的名称、规格和单位以集中采购目录为准。")]})
    if fixed and _has_moved(actor, good_id):
        if "base_unit" in fixed:
            raise Invalid({"base_unit": [_("这种物品已有出入库记录，单位不能再改。")]})
        # Towards the stricter rules only: what was hazardous stays under two keepers.
        if "kind" in fixed and values["kind"] != GoodKind.HAZARDOUS:
            raise Invalid({"kind": [_("这种物品已有出入库记录，种类只能改为危险品。")]})
    for name, value in values.items():
        setattr(good, name, value)
    good.search_name = good.name.lower()
    flush(db.session(), _refusals())
    return good


def _refusals() -> dict[str, DomainError]:
    """What the table itself holds, in words."""
    return {
        "uq_store_goods_own": Invalid({"name": [_("已有同名、同单位的物品。")]}),
        "ck_store_goods_least_most": Invalid({"most_quantity": [_("上限不能小于下限。")]}),
    }


def _require_place(places: Places, location_id: UUID | None) -> None:
    if location_id is not None and location_id not in {place.id for place in places.physical if place.is_active}:
        raise Invalid({"location_id": [_("请选择在用的库位。")]})


def _has_moved(actor: Actor, good_id: UUID) -> bool:
    stock = db.session.get(StoreStock, (actor.bureau_id, actor.own_school_id(), good_id))
    return stock is not None and stock.last_seq > 0


def require_within_limit(good: StoreGood, quantity: Decimal) -> None:
    """Nobody takes more of a good at once than its rules allow."""
    if good.most_per_request is not None and quantity > good.most_per_request:
        text = _(
            "%(name)s每次最多领用 %(most)s %(unit)s。",
            name=good.name, most=quantity_text(good.most_per_request), unit=good.base_unit,
        )  # fmt: skip
        raise RuleBroken("store_limit", text)
