"""Invented suppliers, each marked 演示; which catalogue categories each delivers."""

from dataclasses import dataclass

from bureau.demo import MARK


@dataclass(frozen=True, slots=True)
class Supplier:
    code: str
    name: str
    categories: tuple[str, ...]
    contact_phone: str


_LINES = (
    ("丰禾粮油贸易有限公司", ("grain", "flour", "oil")),
    ("谷满米面配送有限公司", ("grain", "flour", "dried")),
    ("绿野蔬菜专业合作社", ("vegetable", "tuber", "mushroom")),
    ("鲜达蔬果配送有限公司", ("vegetable", "tuber", "mushroom", "fruit")),
    ("果香果业有限公司", ("fruit",)),
    ("牧源肉类食品有限公司", ("livestock", "poultry")),
    ("禽旺禽蛋养殖合作社", ("poultry", "egg")),
    ("江鲜水产商行", ("aquatic",)),
    ("豆香豆制品加工厂", ("soy",)),
    ("晨乳乳品经销有限公司", ("dairy", "bakery")),
    ("味和调味品商贸有限公司", ("seasoning", "dried", "oil")),
    ("冰洲冷链食品有限公司", ("frozen", "aquatic")),
    ("清泉饮用水配送站", ("water",)),
    ("聚鲜食材集配中心", ("grain", "flour", "oil", "vegetable", "tuber", "livestock", "egg", "soy", "seasoning")),
)

SUPPLIERS = tuple(
    Supplier(f"GYS{number:02d}", f"{MARK}·{name}", categories, f"000-1000{number:04d}")
    for number, (name, categories) in enumerate(_LINES, 1)
)
