"""The demo catalogue: real foods, with prices that are the demo's own.

Standards are cited without a year, which means the edition in force; where it is uncertain which one applies, none is
named. 四季豆, 鲜黄花菜, wild mushrooms and other food that school canteens may not serve are left out.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path

from bureau.demo import MARK

ITEMS_FILE = Path(__file__).with_name("food_items.csv")
PRICE_NOTE = f"{MARK}参考价"

# Code → Chinese name, in the order in which a catalogue lists them.
CATEGORIES = {
    "grain": "谷物杂粮",
    "flour": "面粉",
    "oil": "食用油",
    "tuber": "薯类",
    "vegetable": "蔬菜",
    "mushroom": "食用菌",
    "fruit": "水果",
    "livestock": "畜肉",
    "poultry": "禽肉",
    "egg": "蛋",
    "aquatic": "水产",
    "soy": "豆制品",
    "dairy": "乳",
    "seasoning": "调味品",
    "frozen": "冷冻食品",
    "dried": "干货",
    "bakery": "糕点",
    "water": "饮用水",
}
STORAGE = {"常温": "ambient", "冷藏": "chilled", "冷冻": "frozen"}

PREPACKED = ("grain", "flour", "oil", "soy", "dairy", "seasoning", "frozen", "dried", "bakery", "water")
FARMED = ("tuber", "vegetable", "mushroom", "fruit", "egg", "aquatic")
SLAUGHTERED = ("livestock", "poultry")


@dataclass(frozen=True, slots=True)
class CertificateRule:
    """A paper that every delivery of the category comes with. `kind` as in bureau.catalogue.rules."""

    category: str
    kind: str
    name: str


@dataclass(frozen=True, slots=True)
class Pack:
    """One `unit` holds `factor` base units."""

    unit: str
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class FoodItem:
    """Prices in fen per base unit. `standard` is empty where none is certain."""

    code: str
    name: str
    category: str
    specification: str
    standard: str
    base_unit: str
    packs: tuple[Pack, ...]
    shelf_life_days: int
    storage: str
    price_low_fen: int
    price_high_fen: int


HEADERS = (
    "编码",
    "名称",
    "类别",
    "规格",
    "执行标准",
    "基本单位",
    "包装换算",
    "保质期(天)",
    "储存条件",
    "参考价下限(元)",
    "参考价上限(元)",
    "备注",
)
CERTIFICATE_HEADERS = ("类别", "凭证")


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsItem:
    """What schools buy together beside food. `sizes`: (label, base units) of a delivery."""

    code: str
    name: str
    category: str
    specification: str
    standard: str
    base_unit: str
    packs: tuple[Pack, ...] = ()
    sizes: tuple[tuple[str, str], ...] = ()
    requirement: str = ""


GOODS_CATEGORIES = {"uniform": "学生装", "exercise_book": "作业本"}
GOODS = (
    GoodsItem(
        code="UN01", name="夏季运动校服", category="uniform", specification="上衣和短裤一套，身高 110～185 cm",
        standard="GB/T 31888", base_unit="套", sizes=(("按班打包 50 套", "50"),),
        requirement="面料纤维含量和色牢度相当于或优于国标要求",
    ),
    GoodsItem(
        code="UN02", name="春秋运动校服", category="uniform", specification="外套和长裤一套，身高 110～185 cm",
        standard="GB/T 31888", base_unit="套", sizes=(("按班打包 50 套", "50"),),
    ),
    GoodsItem(
        code="UN03", name="冬季冲锋式校服", category="uniform", specification="外套带内胆，身高 110～185 cm",
        standard="GB/T 31888", base_unit="件",
    ),
    GoodsItem(
        code="EB01", name="田字格本", category="exercise_book", specification="16K，36 页，纸张亮度符合近视防控要求",
        standard="GB 40070", base_unit="本", packs=(Pack("包", Decimal(50)),), sizes=(("50 本/包", "50"),),
    ),
    GoodsItem(
        code="EB02", name="数学练习本", category="exercise_book", specification="16K，36 页", standard="GB 40070",
        base_unit="本", packs=(Pack("包", Decimal(50)),), sizes=(("50 本/包", "50"),),
    ),
    GoodsItem(
        code="EB03", name="英语练习本", category="exercise_book", specification="16K，36 页", standard="GB 40070",
        base_unit="本", packs=(Pack("包", Decimal(50)),), sizes=(("50 本/包", "50"),),
    ),
)  # fmt: skip


@cache
def food_items() -> tuple[FoodItem, ...]:
    with ITEMS_FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_item(row) for row in csv.DictReader(file))


@cache
def certificate_rules() -> tuple[CertificateRule, ...]:
    return tuple(_rules())


def required_certificates(category: str) -> tuple[CertificateRule, ...]:
    return tuple(rule for rule in certificate_rules() if rule.category == category)


def catalogue_rows() -> list[dict[str, str | int]]:
    """One dict per item under the sheet's Chinese headers; prices in yuan as text, packs as "袋=25；小袋=10"."""
    return [
        dict(
            zip(
                HEADERS,
                (
                    item.code,
                    item.name,
                    CATEGORIES[item.category],
                    item.specification,
                    item.standard,
                    item.base_unit,
                    "；".join(f"{pack.unit}={pack.factor}" for pack in item.packs),
                    item.shelf_life_days,
                    next(name for name, code in STORAGE.items() if code == item.storage),
                    yuan(item.price_low_fen),
                    yuan(item.price_high_fen),
                    PRICE_NOTE,
                ),
                strict=True,
            )
        )
        for item in food_items()
    ]


def certificate_rows() -> list[dict[str, str]]:
    return [
        dict(zip(CERTIFICATE_HEADERS, (CATEGORIES[rule.category], rule.name), strict=True))
        for rule in certificate_rules()
    ]


def yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}"


def _item(row: dict[str, str]) -> FoodItem:
    packs = (part.split("=") for part in row["packs"].split("|") if part)
    return FoodItem(
        code=row["code"],
        name=row["name"],
        category=row["category"],
        specification=row["specification"],
        standard=row["standard"],
        base_unit=row["base_unit"],
        packs=tuple(Pack(unit, Decimal(factor)) for unit, factor in packs),
        shelf_life_days=int(row["shelf_life_days"]),
        storage=STORAGE[row["storage"]],
        price_low_fen=int(row["price_low_fen"]),
        price_high_fen=int(row["price_high_fen"]),
    )


def _rules() -> Iterator[CertificateRule]:
    """索证索票: 食品安全法 第五十三条 asks for proof of quality, 动物防疫法 for the quarantine certificate,
    生猪屠宰管理条例 for that of the meat, 农产品质量安全法 for the farm's promise."""
    for category in CATEGORIES:
        yield CertificateRule(category, "purchase_voucher", "购货凭证")
        if category in PREPACKED:
            yield CertificateRule(category, "batch_report", "出厂检验报告")
        if category in FARMED:
            yield CertificateRule(category, "produce_conformity", "承诺达标合格证")
        if category in SLAUGHTERED:
            yield CertificateRule(category, "animal_quarantine", "动物检疫合格证明")
        if category == "livestock":
            yield CertificateRule(category, "meat_inspection", "肉品品质检验合格证")
        if category == "frozen":
            yield CertificateRule(category, "cold_chain_record", "冷链运输温度记录")
