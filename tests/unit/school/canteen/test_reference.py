"""The reference data: foods, standards, forbidden words, the starter dishes."""

import csv
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from school.canteen.foods import SOURCE, Group, food_of, foods, named, search
from school.canteen.forbidden import screen
from school.canteen.nutrients import Nutrient
from school.canteen.rules import Band, DishKind, Mix, proposed_kind
from school.canteen.standards import standard_on, standards
from school.canteen.starter import starter_dishes
from school.diners.rules import Allergen
from tests.support.menus import dish

BESIDE = Path(__file__).resolve().parents[5] / "shared" / "data"
COLUMNS = {
    "energy_kcal": "Energ_Kcal", "protein_g": "Protein_(g)", "fat_g": "Lipid_Tot_(g)",
    "carbohydrate_g": "Carbohydrt_(g)", "fibre_g": "Fiber_TD_(g)", "calcium_mg": "Calcium_(mg)", "iron_mg": "Iron_(mg)",
    "zinc_mg": "Zinc_(mg)", "vitamin_a_ug": "Vit_A_RAE", "vitamin_b1_mg": "Thiamin_(mg)",
    "vitamin_b2_mg": "Riboflavin_(mg)", "vitamin_c_mg": "Vit_C_(mg)", "sodium_mg": "Sodium_(mg)",
}  # fmt: skip
FORBIDDEN = ("四季豆", "鲜黄花菜", "野生蘑菇", "发芽土豆")
STYLES = ("冷荤类食品", "生食类食品", "裱花蛋糕")


def test_about_three_hundred_foods_each_with_its_source():
    assert len(foods()) >= 300
    sourced = [food for food in foods().values() if food.ndb]
    assert len(sourced) >= 300
    for food in foods().values():
        assert bool(food.ndb) == bool(food.description)
        assert food.ndb or set(food.per_100.values()) == {None}
        assert 0 < food.edible_percent <= 100
        assert food.allergens <= set(Allergen)
        assert not (food.is_liver and not food.is_meat)
        assert food.is_vegetable or not (food.is_dark or food.is_fresh)


def test_a_name_means_one_food():
    names = [name for food in foods().values() for name in food.names]
    assert len(names) == len(set(names))
    assert named("西红柿") is food_of("U11529")
    assert named("没有这种") is None
    assert search("猪肉")[0].name.startswith("猪肉") or "猪肉" in search("猪肉")[0].aliases


def test_figures_are_those_of_the_release():
    """Where the release lies beside the project every value is compared; elsewhere three that everybody can look up."""
    assert named("菠菜").per_100[Nutrient.VITAMIN_A] == 469  # type: ignore[union-attr]
    assert named("猪肝").per_100[Nutrient.IRON] == Decimal("23.3")  # type: ignore[union-attr]
    assert named("鸡蛋").per_100[Nutrient.PROTEIN] == Decimal("12.56")  # type: ignore[union-attr]
    release = BESIDE / "usda_sr28_abbrev.csv"
    if not release.exists():
        return
    with release.open(encoding="utf-8", newline="") as file:
        rows = {row["NDB_No"].zfill(5): row for row in csv.DictReader(file)}
    for food in foods().values():
        if not food.ndb:
            continue
        row = rows[food.ndb]
        for nutrient, value in food.per_100.items():
            given = row[COLUMNS[nutrient]]
            assert (value is None) == (given == ""), (food.name, nutrient)
            assert value is None or float(value) == float(given), (food.name, nutrient)


def test_standards_are_those_of_the_table():
    standard = standard_on(date(2026, 9, 1))
    assert standard.version == "WS/T 554-2017"
    need = standard.need(Band.AGE_12_14, Nutrient.ENERGY)
    assert need is not None
    assert (need.amount, need.certain) == (Decimal(2275), True)
    young = standard.need(Band.AGE_6_8, Nutrient.PROTEIN)
    assert young is not None
    assert not young.certain  # general knowledge: to be confirmed before anybody is told that it is law
    assert standard.need(Band.UNDER_6, Nutrient.FIBRE) is None
    table = BESIDE / "wst554.csv"
    if not table.exists():
        return
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["table"] == "1_daily_nutrient" and row["item"] == "铁"]
    for row in rows:
        given = standard.need(Band(row["age_band_years"].replace("-", "_")), Nutrient.IRON)
        assert given is not None
        assert given.amount == Decimal(row["min"])


def test_the_mean_need_is_weighted_by_heads_and_sexes():
    """By hand: 300 of 6 to 8 and 100 of 12 to 14, half boys: (3 × 1625 + 2275) / 4 = 1787.5; all boys: (3 × 1700 +
    2450) / 4 = 1887.5."""
    standard = standard_on(date(2026, 9, 1))
    mix = Mix({Band.AGE_6_8: 300, Band.AGE_12_14: 100})
    half = standard.mean_need(mix, Nutrient.ENERGY)
    boys = standard.mean_need(mix, Nutrient.ENERGY, {Band.AGE_6_8: Decimal(1), Band.AGE_12_14: Decimal(1)})
    assert half is not None
    assert boys is not None
    assert (half.amount, boys.amount) == (Decimal("1787.5"), Decimal("1887.5"))
    assert standard.mean_need(Mix({Band.UNDER_6: 1, Band.AGE_6_8: 1}), Nutrient.FIBRE) is None


def test_before_the_first_standard_the_first_one_is_used():
    assert standard_on(date(2000, 1, 1)) is standards()[0]


@pytest.mark.parametrize(
    ("name", "ingredients", "word", "certain"),
    [
        ("干煸四季豆", [], "四季豆", True),
        ("素炒时蔬", [("四季豆", "U11052")], "四季豆", True),
        ("素炒时蔬", [("时蔬", "U11052")], "四季豆", True),
        ("茄子豆角", [("豆角", "")], "四季豆", False),
        ("黄花菜炒肉", [("黄花菜", "")], "鲜黄花菜", False),
        ("凉拌鲜黄花菜", [], "鲜黄花菜", True),
        ("小炒野生菌", [], "野生蘑菇", True),
        ("红烧土豆", [("发芽 土豆", "")], "发芽土豆", True),
    ],
)
def test_forbidden_food_is_found_by_code_and_by_name(name, ingredients, word, certain):
    hits = screen(FORBIDDEN, name, "cooked", False, ingredients)
    assert [(hit.word, hit.certain) for hit in hits if hit.word == word] == [(word, certain)]


@pytest.mark.parametrize(
    ("name", "ingredients"),
    [
        ("青菜豆腐汤", []), ("清炒豇豆角", [("豇豆", "U11199")]), ("红芸豆粥", [("芸豆(干)", "")]),
        ("黄花菜木耳", [("干黄花菜", "C007")]), ("香菇青菜", [("鲜香菇", "U11238")]), ("土豆烧牛肉", [("土豆", "U11352")]),
    ],
)  # fmt: skip
def test_what_only_sounds_like_it_is_not_forbidden(name, ingredients):
    hits = screen(FORBIDDEN, name, "cooked", False, ingredients)
    assert [hit for hit in hits if hit.certain] == []


def test_a_cold_dish_with_meat_is_forbidden_and_one_without_is_asked_about():
    assert [hit.certain for hit in screen(STYLES, "拌耳丝", "cold", True, [])] == [True]
    assert [hit.certain for hit in screen(STYLES, "拌木耳", "cold", False, [])] == [False]
    assert [hit.certain for hit in screen(STYLES, "凉拌黄瓜", "cooked", False, [])] == [False]
    assert [hit.word for hit in screen(STYLES, "鱼生", "raw", True, [])] == ["生食类食品"]
    assert screen(STYLES, "红烧肉", "cooked", True, []) == []


def test_a_word_of_the_bureaus_own_is_matched_as_it_is():
    assert [hit.certain for hit in screen(["河豚"], "红烧河豚", "cooked", True, [])] == [True]


def test_starter_dishes_are_what_they_say():
    found = starter_dishes()
    assert len(found) >= 60
    assert len({one.name for one in found}) == len(found)
    for one in found:
        figures = dish(one.name, one.kind, *(f"{line.name} {line.net_grams}" for line in one.lines))
        if one.kind in (DishKind.MEAT, DishKind.VEGETABLE):
            assert proposed_kind(figures.meat_share, Decimal(50)) == one.kind, one.name
        hits = screen(
            (*FORBIDDEN, *STYLES), one.name, "cooked", True, [(line.name, line.food_code) for line in one.lines]
        )
        assert hits == [], one.name


def test_every_group_has_foods():
    assert {food.group for food in foods().values()} == set(Group)
    assert SOURCE.exists()
