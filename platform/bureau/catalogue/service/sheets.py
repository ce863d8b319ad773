"""The catalogue from and to Excel. All or nothing: one wrong cell and nothing is changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from bureau.catalogue import labels
from bureau.catalogue.models import CatalogueCategory, CatalogueItem
from bureau.catalogue.rules import ItemEvent, ItemState, conversion_problems, next_state
from bureau.catalogue.schemas import MOST_PACKS, MOST_SHELF_LIFE, MOST_UNITS
from bureau.catalogue.service.categories import list_categories
from bureau.catalogue.service.category_changes import save_category
from bureau.catalogue.service.items import OPTIONAL, fill, new_item, with_optional
from bureau.catalogue.service.versions import settle
from kernel.actor import Actor
from kernel.database import db, new_id
from kernel.errors import Invalid
from kernel.sheets import Column, Parsed, Problem, SheetSpec

SEPARATORS = re.compile(r"[；;、,，\n|]+")
PACK = re.compile(r"^(?:1\s*)?(?P<unit>[^=＝\d]{1,20}?)\s*[=＝:：]\s*(?P<factor>\d{1,7}(?:\.\d{1,6})?)\s*\D*$")

ITEMS = SheetSpec(
    _l("采购目录"),
    (
        Column("code", _l("编码"), required=True, kind="code", most=20, example="GR01"),
        Column("name", _l("名称"), required=True, most=60, example="粳米"),
        Column("category", _l("类别"), required=True, most=60, help=_l("已建立的类别的名称或编码"), example="谷物杂粮"),
        Column("specification", _l("规格"), most=200, width=24, example="一级"),
        Column("standard", _l("执行标准"), most=100, example="GB/T 1354"),
        Column("base_unit", _l("基本单位"), required=True, most=20, example="kg"),
        Column(
            "packs", _l("包装换算"), most=500, width=24, example="袋=25；小袋=10",
            help=_l("每个包装单位等于多少基本单位，多个用分号隔开"),
        ),
        Column(
            "shelf_life_days", _l("保质期(天)"), kind="integer", least=1, greatest=MOST_SHELF_LIFE, example="365",
            aliases=("保质期", "保质期（天）"),
        ),
        Column("storage", _l("储存条件"), kind="choice", choices=labels.STORAGE, help=_l("不填则与类别相同")),
        Column(
            "pack_sizes", _l("供货规格"), most=500, width=24, example="25 kg 大袋=25；10 kg 小袋=10",
            help=_l("供货时的包装大小，等号后是所含的基本单位数，多个用分号隔开"),
        ),
        Column("ingredient", _l("食物成分编码"), most=40, help=_l("食物成分表中的编码，可不填")),
        Column(
            "brand_note", _l("核心产品要求"), most=200, width=24,
            help=_l("写明应达到的水平，例如“相当于或优于国标一级”，不得指定品牌"),
        ),
    ),
)  # fmt: skip
CATEGORIES = SheetSpec(
    _l("目录类别"),
    (
        Column("code", _l("编码"), required=True, kind="code", most=20, example="grain"),
        Column("name", _l("名称"), required=True, most=60, example="谷物杂粮"),
        Column("parent", _l("上级类别"), most=60, help=_l("上级类别的编码；一级类别不填")),
        Column("storage", _l("储存条件"), kind="choice", choices=labels.STORAGE),
        Column("subject", _l("种类"), kind="choice", choices=labels.SUBJECTS, help=_l("不填则为食品")),
        Column(
            "certificates", _l("必备证明"), most=500, width=40, example="购货凭证；出厂检验报告",
            help=_l("收货时必须随货提供的证明，多个用分号隔开"),
        ),
    ),
)  # fmt: skip
EXPORTED = SheetSpec(
    ITEMS.name,
    (
        *ITEMS.columns, Column("state", _l("状态"), kind="choice", choices=labels.STATES),
        Column("current_version", _l("版本"), kind="integer"),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """`problems` not empty: nothing was changed."""

    added: int = 0
    changed: int = 0
    problems: Sequence[Problem] = ()


def import_items(actor: Actor, parsed: Parsed, *, publish: bool) -> Imported:
    """Items by code: known ones are changed, others added as drafts, or published at once with `publish`."""
    if parsed.problems:
        return Imported(problems=parsed.problems)
    categories = list_categories(actor)
    by_word = {word: category for category in categories for word in (category.name, category.code)}
    known = {
        item.code: item
        for item in db.session.scalars(select(CatalogueItem).where(CatalogueItem.bureau_id == actor.bureau_id))
    }
    problems: list[Problem] = []
    wanted: list[tuple[CatalogueItem | None, dict[str, Any], dict[str, Decimal]]] = []
    seen: set[str] = set()
    for row in parsed.rows:
        values = dict(row.values)
        item = known.get(values["code"])
        found = _item_problems(values, item, by_word, seen)
        units, pack_problem = read_packs(values.pop("packs") or "", values["base_unit"])
        if pack_problem:
            found["packs"] = pack_problem
        values["pack_sizes"], size_problem = read_pack_sizes(values["pack_sizes"] or "")
        if size_problem:
            found["pack_sizes"] = size_problem
        problems += [Problem("refused", row.number, key, text=text) for key, text in found.items()]
        if not found:
            category = by_word[values.pop("category")]
            values["category_id"] = category.id
            values["storage"] = values["storage"] or (item.storage if item else category.storage)
            values["specification"] = values["specification"] or ""
            values["standard"] = values["standard"] or ""
            for name in OPTIONAL:
                # A sheet of before these columns were there says nothing of them; an empty cell says "none".
                if name not in parsed.grid.places:
                    del values[name]
                else:
                    values[name] = values[name] or OPTIONAL[name]
            wanted.append((item, values, units))
    if problems:
        return Imported(problems=problems)
    return _write_items(actor, wanted, publish)


def _item_problems(
    values: Mapping[str, Any], item: CatalogueItem | None, categories: Mapping[str, CatalogueCategory], seen: set[str]
) -> dict[str, str]:
    problems: dict[str, str] = {}
    if values["code"] in seen:
        problems["code"] = _("这个编码在表中出现了两次。")
    seen.add(values["code"])
    if values["category"] not in categories:
        problems["category"] = _("没有这个类别，请先建立或导入类别。")
    if item is not None and item.state != ItemState.DRAFT and item.base_unit != values["base_unit"]:
        problems["base_unit"] = _("已发布过的物品不能更改基本单位，请下架后另建物品。")
    return problems


def _write_items(
    actor: Actor, wanted: Sequence[tuple[CatalogueItem | None, dict[str, Any], dict[str, Decimal]]], publish: bool
) -> Imported:
    added = changed = 0
    touched: list[CatalogueItem] = []
    for item, values, units in wanted:
        if item is None:
            added += 1
            item = new_item(actor, new_id())
            fill(item, with_optional(None, values), units)
        else:
            changed += fill(item, with_optional(item, values), units)
        if publish and item.state == ItemState.DRAFT:
            item.state = next_state(item.state, ItemEvent.PUBLISH).value
        touched.append(item)
    settle(actor, touched)
    return Imported(added, changed)


def read_packs(text: str, base_unit: str) -> tuple[dict[str, Decimal], str]:
    """ "袋=25；小袋=10" → {"袋": 25, "小袋": 10} and what is wrong with it, "" when nothing is."""
    units: list[tuple[str, Decimal]] = []
    for part in filter(None, (part.strip() for part in SEPARATORS.split(text))):
        match = PACK.match(part)
        if match is None:
            return {}, _("看不懂“%(part)s”，请写成“袋=25”。", part=part)
        try:
            factor = Decimal(match["factor"])
        except InvalidOperation:
            factor = Decimal(0)
        if not 0 < factor <= 1_000_000:
            return {}, _("“%(part)s”的数值应大于 0，且不超过一百万。", part=part)
        units.append((match["unit"].strip(), factor))
    wrong = conversion_problems(base_unit, [unit for unit, _factor in units])
    if "is_base" in wrong.values():
        return {}, _("基本单位无需换算。")
    if wrong:
        return {}, _("同一单位填写了两次。")
    if len(units) > MOST_UNITS:
        return {}, _("单位过多。")
    return dict(units), ""


PACK_SIZE = re.compile(r"^(?P<label>.{1,40}?)\s*[=＝]\s*(?P<quantity>\d{1,7}(?:\.\d{1,6})?)$")


def read_pack_sizes(text: str) -> tuple[list[dict[str, Any]], str]:
    """ "25 kg 大袋=25；10 kg 小袋=10" → the pack sizes and what is wrong with them, "" when nothing is."""
    found: list[dict[str, Any]] = []
    for part in filter(None, (part.strip() for part in re.split(r"[；;\n|]+", text))):
        match = PACK_SIZE.match(part)
        if match is None:
            return [], _("看不懂“%(part)s”，请写成“25 kg 大袋=25”。", part=part)
        quantity = Decimal(match["quantity"])
        if not 0 < quantity <= 1_000_000:
            return [], _("“%(part)s”的数值应大于 0，且不超过一百万。", part=part)
        found.append({"label": match["label"].strip(), "quantity": quantity})
    if len(found) > MOST_PACKS:
        return [], _("供货规格过多。")
    return found, ""


def import_categories(actor: Actor, parsed: Parsed) -> Imported:
    """Categories by code; a parent may stand anywhere in the same sheet."""
    if parsed.problems:
        return Imported(problems=parsed.problems)
    known = {category.code: category for category in list_categories(actor)}
    ids: dict[str, UUID] = {code: category.id for code, category in known.items()}
    problems: list[Problem] = []
    seen: set[str] = set()
    for row in parsed.rows:
        code = row.values["code"]
        if code in seen:
            problems.append(Problem("refused", row.number, "code", text=_("这个编码在表中出现了两次。")))
        seen.add(code)
        ids.setdefault(code, new_id())
    kinds = certificate_words()
    added = changed = 0
    # Parents first: a child's row may come before its parent's.
    for row in sorted(parsed.rows, key=lambda row: row.values["parent"] is not None):
        values = row.values
        names = [part.strip() for part in SEPARATORS.split(values["certificates"] or "") if part.strip()]
        unknown = [name for name in names if name not in kinds]
        if unknown:
            text = _("没有“%(name)s”这种证明，可选：%(all)s。", name=unknown[0], all="、".join(shown_certificates()))
            problems.append(Problem("refused", row.number, "certificates", text=text))
        if values["parent"] and values["parent"] not in ids:
            problems.append(Problem("refused", row.number, "parent", text=_("没有这个上级类别。")))
        if problems:
            continue
        category = known.get(values["code"])
        before = category.version if category else None
        try:
            saved = save_category(
                actor, ids[values["code"]], before, code=values["code"], name=values["name"],
                parent_id=ids[values["parent"]] if values["parent"] else None,
                storage=values["storage"] or (category.storage if category else "ambient"),
                subject=values["subject"] or (category.subject if category else "food"),
                requirements=[{"kind": kind, "label": ""} for kind in dict.fromkeys(kinds[name] for name in names)],
            )  # fmt: skip
        except Invalid as error:
            for field, texts in error.fields.items():
                key = {"parent_id": "parent"}.get(field, field)
                problems += [Problem("refused", row.number, key, text=text) for text in texts]
            continue
        added += category is None
        changed += category is not None and saved.version != before
    return Imported(problems=problems) if problems else Imported(added, changed)


def shown_certificates() -> list[str]:
    return [str(label) for label in labels.CERTIFICATES.values()]


def certificate_words() -> dict[str, str]:
    """Every way to write a kind of certificate → the kind: its name as shown now, its name in Chinese, its code."""
    words: dict[str, str] = {}
    for kind, label in labels.CERTIFICATES.items():
        for word in (str(kind), str(label), *(str(text) for text in getattr(label, "_args", ())[:1])):
            words[word] = str(kind)
    return words


def exported_items(actor: Actor) -> list[dict[str, Any]]:
    """All items that the actor sees, as rows of EXPORTED: changed and imported again, it is the same catalogue."""
    query = select(CatalogueItem).where(CatalogueItem.bureau_id == actor.bureau_id).order_by(CatalogueItem.code)
    if actor.level not in ("bureau", "zone"):
        query = query.where(CatalogueItem.state == ItemState.PUBLISHED.value)
    names = {category.id: category.name for category in list_categories(actor)}
    return [
        {
            "code": item.code, "name": item.name, "category": names[item.category_id],
            "specification": item.specification, "standard": item.standard, "base_unit": item.base_unit,
            "packs": "；".join(f"{row.unit}={format(row.factor.normalize(), 'f')}" for row in item.conversions),
            "shelf_life_days": item.shelf_life_days, "storage": item.storage, "state": item.state,
            "pack_sizes": "；".join(f"{row['label']}={row['quantity']}" for row in item.pack_sizes),
            "ingredient": item.ingredient, "brand_note": item.brand_note,
            "current_version": item.current_version or None,
        }
        for item in db.session.scalars(query)
    ]  # fmt: skip
