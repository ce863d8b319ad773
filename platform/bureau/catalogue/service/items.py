"""Items: list, read, save, publish and retire."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.attributes import flag_modified

from bureau.catalogue.models import CatalogueCategory, CatalogueItem, UnitConversion
from bureau.catalogue.rules import (
    ItemEvent,
    ItemState,
    conversion_problems,
    next_state,
    plain_text,
    searchable,
)
from bureau.catalogue.service.versions import Step, history, settle
from kernel.actor import Actor
from kernel.database import db
from kernel.database.paging import Page, paginate
from kernel.database.writing import require_version
from kernel.errors import Conflict, Invalid, NotFound
from kernel.states import NoTransition

CODE = "uq_catalogue_items_bureau_id_code"
FIELDS = (
    "code", "name", "category_id", "specification", "standard", "base_unit", "shelf_life_days", "storage",
    "pack_sizes", "ingredient", "brand_note",
)  # fmt: skip
# What a caller may leave out: a new item has none of it, a known one keeps its own.
OPTIONAL: Mapping[str, Any] = {"pack_sizes": [], "ingredient": "", "brand_note": ""}


def _visible(actor: Actor) -> Any:
    query = select(CatalogueItem).where(CatalogueItem.bureau_id == actor.bureau_id)
    return query if actor.level in ("bureau", "zone") else query.where(CatalogueItem.state == ItemState.PUBLISHED)


def list_items(
    actor: Actor, *, q: str | None = None, category_id: UUID | None = None, state: str | None = None,
    cursor: str | None = None, limit: int = 50,
) -> Page[CatalogueItem]:  # fmt: skip
    """By code. `q` is part of name, specification or code; a category brings its sub-categories."""
    query = _visible(actor).options(joinedload(CatalogueItem.category))
    if q:
        query = query.where(func.strpos(CatalogueItem.search_name, q.lower()) > 0)
    if category_id:
        below = select(CatalogueCategory.id).where(
            CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.parent_id == category_id
        )
        query = query.where(CatalogueItem.category_id.in_([category_id, *db.session.scalars(below)]))
    if state:
        query = query.where(CatalogueItem.state == state)
    return paginate(db.session(), query, [CatalogueItem.code], cursor, limit, ascending=True)


def published_items(actor: Actor) -> Sequence[CatalogueItem]:
    """All that are published, by code: some hundreds."""
    query = select(CatalogueItem).where(
        CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.state == ItemState.PUBLISHED.value
    )
    return db.session.scalars(query.order_by(CatalogueItem.code)).all()


def count_by_state(actor: Actor) -> dict[str, int]:
    query = select(CatalogueItem.state, func.count()).where(CatalogueItem.bureau_id == actor.bureau_id)
    return dict(db.session.execute(query.group_by(CatalogueItem.state)).all())


def get_item(actor: Actor, item_id: UUID) -> CatalogueItem:
    query = _visible(actor).options(joinedload(CatalogueItem.category)).where(CatalogueItem.id == item_id)
    item: CatalogueItem | None = db.session.scalars(query).one_or_none()
    if item is None:
        raise NotFound
    return item


def item_history(actor: Actor, item_id: UUID) -> list[Step]:
    """Newest first. A school may read it of a retired item too: its receipts and orders keep those versions."""
    steps = history(actor.bureau_id, item_id)
    if not steps:
        get_item(actor, item_id)  # NotFound unless it is a draft that the bureau has
    return steps


def save_item(
    actor: Actor, item_id: UUID, seen_version: int | None, *, conversions: Sequence[Mapping[str, Any]], **values: Any
) -> CatalogueItem:
    """Create a draft under the client's id, or change the item (`seen_version` then being the one seen).

    `values`: every one of FIELDS but the OPTIONAL ones. Once published, the base unit stands: receipts count in it.
    What a published item changes is its next version.
    """
    wanted: dict[str, Decimal] = {row["unit"]: row["factor"] for row in conversions}
    _check(actor, values, [row["unit"] for row in conversions])
    item = db.session.get(CatalogueItem, (actor.bureau_id, item_id))
    values = with_optional(item, values)
    if item is None:
        item = new_item(actor, item_id)
    elif seen_version is None:
        if {name: getattr(item, name) for name in FIELDS} != values or _factors(item) != wanted:
            raise Conflict(_("同一编号的物品已存在且内容不同。"), {"version": item.version})
        return item
    else:
        require_version(item, seen_version)
        if item.state != ItemState.DRAFT and item.base_unit != values["base_unit"]:
            raise Invalid({"base_unit": [_("已发布过的物品不能更改基本单位，请下架后另建物品。")]})
    fill(item, values, wanted)
    settle(actor, [item], {CODE: Invalid({"code": [_("该编码已被使用。")]})})
    return item


def new_item(actor: Actor, item_id: UUID) -> CatalogueItem:
    item = CatalogueItem(
        bureau_id=actor.bureau_id, id=item_id, created_by=actor.account_id, state=ItemState.DRAFT.value,
        current_version=0,
    )  # fmt: skip
    db.session.add(item)
    return item


def with_optional(item: CatalogueItem | None, values: Mapping[str, Any]) -> dict[str, Any]:
    kept = OPTIONAL if item is None else {name: getattr(item, name) for name in OPTIONAL}
    whole = {**kept, **values}
    packs = [{"label": row["label"], "quantity": plain_text(Decimal(row["quantity"]))} for row in whole["pack_sizes"]]
    return {**whole, "pack_sizes": packs}


def change_state(actor: Actor, item_id: UUID, event: ItemEvent, seen_version: int | None) -> CatalogueItem:
    item = db.session.get(CatalogueItem, (actor.bureau_id, item_id))
    if item is None:
        raise NotFound
    require_version(item, seen_version)
    try:
        item.state = next_state(item.state, event).value
    except NoTransition:
        raise Conflict(_("物品的当前状态不允许这样操作。"), {"state": item.state, "version": item.version}) from None
    settle(actor, [item])
    return item


def publish_drafts(actor: Actor) -> int:
    """Publish every draft at once, e.g. after an import; how many there were."""
    query = select(CatalogueItem).where(
        CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.state == ItemState.DRAFT.value
    )
    drafts = db.session.scalars(query).all()
    for item in drafts:
        item.state = next_state(item.state, ItemEvent.PUBLISH).value
    settle(actor, drafts)
    return len(drafts)


@dataclass(frozen=True, slots=True)
class ReceivableItem:
    """What a record takes over of a published item; `factors`: unit → base units, the base unit first."""

    id: UUID
    version: int
    code: str
    name: str
    specification: str
    storage: str
    category_id: UUID
    category_name: str
    base_unit: str
    shelf_life_days: int | None
    factors: dict[str, Decimal]


# In the order of ReceivableItem's fields.
RECEIVABLE = (
    CatalogueItem.id, CatalogueItem.version, CatalogueItem.code, CatalogueItem.name, CatalogueItem.specification,
    CatalogueItem.storage, CatalogueItem.category_id, CatalogueCategory.name.label("category_name"),
    CatalogueItem.base_unit, CatalogueItem.shelf_life_days,
)  # fmt: skip


def receivable_items(actor: Actor, item_ids: Sequence[UUID]) -> dict[UUID, ReceivableItem]:
    """The published ones among `item_ids`. One query, columns only: this is on the path of every receipt."""
    ids = list(set(item_ids))
    if not ids:
        return {}
    rows = db.session.execute(
        select(*RECEIVABLE, UnitConversion.unit, UnitConversion.factor)
        .join(
            CatalogueCategory,
            (CatalogueCategory.bureau_id == CatalogueItem.bureau_id)
            & (CatalogueCategory.id == CatalogueItem.category_id),
        )
        .outerjoin(
            UnitConversion,
            (UnitConversion.bureau_id == CatalogueItem.bureau_id) & (UnitConversion.item_id == CatalogueItem.id),
        )
        .where(
            CatalogueItem.bureau_id == actor.bureau_id, CatalogueItem.id.in_(ids),
            CatalogueItem.state == ItemState.PUBLISHED.value,
        )
        .order_by(CatalogueItem.id, UnitConversion.factor)
    )  # fmt: skip
    found: dict[UUID, ReceivableItem] = {}
    for row in rows:
        item = found.get(row.id)
        if item is None:
            values: list[Any] = [*row[:-2], {row.base_unit: Decimal(1)}]
            item = found[row.id] = ReceivableItem(*values)
        if row.unit is not None:
            item.factors[row.unit] = row.factor
    return found


def _factors(item: CatalogueItem) -> dict[str, Decimal]:
    return {row.unit: row.factor for row in item.conversions}


def fill(item: CatalogueItem, values: Mapping[str, Any], conversions: Mapping[str, Decimal]) -> bool:
    """Set every one of FIELDS and the conversions; whether anything is different from before."""
    before = None if item.version is None else ({name: getattr(item, name) for name in FIELDS}, _factors(item))
    if before == (dict(values), dict(conversions)):
        return False
    for name in FIELDS:
        setattr(item, name, values[name])
    item.search_name = searchable(item.name, item.specification, item.code)
    _set_conversions(item, conversions)
    if before is not None and before[1] != dict(conversions):
        # The version must move although only conversions changed, or a stale edit would overwrite them unseen.
        flag_modified(item, "name")
    return True


def _set_conversions(item: CatalogueItem, wanted: Mapping[str, Decimal]) -> None:
    kept = [row for row in item.conversions if row.unit in wanted]
    for row in kept:
        row.factor = wanted[row.unit]
    known = {row.unit for row in kept}
    item.conversions = [
        *kept,
        *(
            UnitConversion(bureau_id=item.bureau_id, unit=unit, factor=factor)
            for unit, factor in wanted.items()
            if unit not in known
        ),
    ]


def _check(actor: Actor, values: Mapping[str, Any], units: Sequence[str]) -> None:
    problems: dict[str, list[str]] = {}
    messages = {"is_base": _("基本单位无需换算。"), "twice": _("同一单位填写了两次。")}
    for position, code in conversion_problems(values["base_unit"], units).items():
        problems[f"conversions.{position}.unit"] = [messages[code]]
    if db.session.get(CatalogueCategory, (actor.bureau_id, values["category_id"])) is None:
        problems["category_id"] = [_("请从列出的类别中选择。")]
    if problems:
        raise Invalid(problems)
