"""The checks of a week: each by a menu that just meets it and one that just does not."""

from datetime import timedelta
from decimal import Decimal

from school.canteen.checks import check_week, refusals
from school.canteen.checks.facts import Planned
from school.canteen.checks.results import Verdict, in_range
from school.canteen.figures import Week
from school.canteen.limits import Limits, Words
from school.canteen.nutrients import Nutrient
from school.canteen.rules import Band, Mix
from tests.support.menus import JUNIOR, MONDAY, PRIMARY, dish, national_limits, school_facts

ONE = Mix({Band.AGE_9_11: 1})
RICE = dish("米饭", "staple", "籼米 100", mix=ONE)
PORK = dish("肉片", "meat", "猪肉丝 30", "青椒 30", mix=ONE)
THIN = dish("瘦身肉片", "meat", "猪肉丝 29.9", "青椒 30", mix=ONE)
CHICKEN = dish("鸡丁", "meat", "鸡胸肉 30", "花生仁 5", mix=ONE)
HALF = dish("芹菜肉丝", "half_meat", "猪肉丝 20", "芹菜 40", mix=ONE)
RICH_HALF = dish("芹菜肉丝多肉", "half_meat", "猪肉丝 40", "芹菜 40", mix=ONE)
SPINACH = dish("菠菜", "vegetable", "菠菜 80", "大豆油 4", mix=ONE)
CABBAGE = dish("包菜", "vegetable", "结球甘蓝 80", "大豆油 4", mix=ONE)
SOUP = dish("汤", "soup", "番茄 25", "鸡蛋 8", mix=ONE)
FULL = [RICE, PORK, CHICKEN, SPINACH, CABBAGE, SOUP]


def week(*meals, meal="lunch") -> Week:
    return {(MONDAY + timedelta(days=number), meal): list(dishes) for number, dishes in enumerate(meals)}


def checked(found: Week, stage="primary", mix=ONE, ahead=10, allergic=None, limits: Limits | None = None):
    facts = school_facts(mix, stage, allergic)
    planned = Planned(found, facts, limits or national_limits(), MONDAY - timedelta(days=ahead))
    return {one.code: one for one in check_week(planned)}, planned


def verdict(found, code, **facts):
    return checked(found, **facts)[0][code].verdict


def test_every_check_has_its_source():
    checks, _planned = checked(week(FULL), allergic={"peanuts": 1})
    for code, check in checks.items():
        assert check.citation or code in ("empty_meals", "allergens"), code


def test_seven_days_ahead_is_in_time_and_six_are_late():
    assert verdict(week(FULL), "published_ahead", ahead=7) == Verdict.MET
    checks, _planned = checked(week(FULL), ahead=6)
    assert checks["published_ahead"].verdict == Verdict.FAILED
    assert checks["published_ahead"].findings[0].values == {"days": 6, "least": 7}
    assert not checks["published_ahead"].certain  # a local custom, not law


def test_days_ahead_count_to_the_first_meal_not_to_monday():
    later = {(MONDAY + timedelta(days=2), "lunch"): FULL, (MONDAY, "lunch"): []}
    assert verdict(later, "published_ahead", ahead=5) == Verdict.MET


def test_two_meat_two_vegetables_and_a_soup():
    assert verdict(week(FULL), "meal_set") == Verdict.MET
    for missing, code in ((CHICKEN, "too_few_meat"), (CABBAGE, "too_few_vegetable"), (SOUP, "too_few_soup")):
        checks, _planned = checked(week([one for one in FULL if one is not missing]))
        assert [one.code for one in checks["meal_set"].findings] == [code]


def test_a_half_meat_dish_counts_when_it_holds_as_much_meat_as_one():
    without = [one for one in FULL if one is not CHICKEN]
    assert verdict(week([*without, HALF]), "meal_set") == Verdict.FAILED
    assert verdict(week([*without, RICH_HALF]), "meal_set") == Verdict.MET


def test_the_set_is_not_asked_of_breakfast_nor_of_a_kindergarten():
    assert verdict(week([RICE], meal="breakfast"), "meal_set") == Verdict.MET
    assert verdict(week([RICE]), "meal_set", stage="kindergarten") == Verdict.NOT_APPLICABLE


def test_half_of_a_meat_dish_is_meat_by_raw_weight_without_oil_and_salt():
    assert PORK.meat_share == 50
    assert verdict(week([PORK]), "meat_share") == Verdict.MET
    assert verdict(week([THIN]), "meat_share") == Verdict.FAILED
    oily = dish("多油", "meat", "猪肉丝 30", "青椒 30", "大豆油 40", "食用盐 3", "生姜 5")
    assert oily.meat_share == 50


def test_a_meat_dish_without_a_recipe_is_unclear_not_wrong():
    assert verdict(week([dish("神秘荤菜", "meat")]), "meat_share") == Verdict.UNCLEAR


def test_forbidden_food_refuses_and_what_sounds_like_it_is_asked_about():
    beans = dish("干煸四季豆", "vegetable", "四季豆 80")
    checks, planned = checked(week([*FULL, beans]))
    assert [one.code for one in refusals(planned, list(checks.values()))] == ["forbidden_food"]
    assert "第45号令" in checks["forbidden_food"].citation
    perhaps = dish("炒豆角丝", "vegetable", "小青豆角 80")
    checks, planned = checked(week([*FULL, perhaps]))
    assert checks["forbidden_food"].verdict == Verdict.UNCLEAR
    assert refusals(planned, list(checks.values())) == []


def test_the_bureau_may_let_other_checks_refuse():
    limits = national_limits()
    strict = Limits(
        limits.limits, {**limits.words, "menu.publication.refused_by": Words(("meal_set",), "本局")}, limits.flags
    )
    checks, planned = checked(week([RICE]), limits=strict)
    assert "meal_set" in [one.code for one in refusals(planned, list(checks.values()))]


def test_nitrite_and_cold_meat_refuse():
    cured = dish("腊味", "meat", "猪肉丝 30", "亚硝酸钠 0.01")
    cold = dish("拌牛肉", "meat", "牛腿肉 30", style="cold")
    checks, planned = checked(week([*FULL, cured, cold]))
    assert {one.code for one in refusals(planned, list(checks.values()))} == {"nitrite", "forbidden_style"}


def test_a_dish_is_served_twice_a_week_but_rice_every_day():
    assert verdict(week(FULL, FULL), "repeated") == Verdict.MET
    checks, _planned = checked(week(FULL, FULL, FULL))
    assert {one.values["dish"] for one in checks["repeated"].findings} == {"肉片", "鸡丁", "菠菜", "包菜", "汤"}


def test_kinds_of_food_are_counted_without_oil_salt_and_by_what_they_are():
    pork_twice = [dish("一", "meat", "猪五花肉 20", "大豆油 5"), dish("二", "meat", "猪里脊 20", "食用盐 1")]
    checks, _planned = checked(week(pork_twice))
    assert checks["kinds_per_day"].findings[0].values["kinds"] == 1
    many = dish("大杂烩", "other", *(f"{name} 10" for name in (
        "籼米", "小米", "菠菜", "番茄", "黄瓜", "猪里脊", "鸡胸肉", "鸡蛋", "北豆腐", "鲜香菇", "苹果",
    )))  # fmt: skip
    assert verdict(week([many]), "kinds_per_day") == Verdict.FAILED
    twelve = dish("再加一种", "other", "土豆 10")
    assert verdict(week([many, twelve]), "kinds_per_day") == Verdict.MET
    perhaps = dish("不知名", "other", "地方野菜 10")
    assert verdict(week([many, perhaps]), "kinds_per_day") == Verdict.UNCLEAR


def test_three_fresh_vegetables_and_half_of_them_dark():
    two = dish("两样", "vegetable", "菠菜 50", "结球甘蓝 50")
    assert verdict(week([two]), "fresh_vegetables") == Verdict.FAILED
    assert verdict(week([two]), "dark_vegetables") == Verdict.MET
    three = dish("三样", "vegetable", "菠菜 50", "结球甘蓝 50", "黄瓜 1")
    assert verdict(week([three]), "fresh_vegetables") == Verdict.MET
    assert verdict(week([three]), "dark_vegetables") == Verdict.FAILED
    dried = dish("干货", "vegetable", "菠菜 50", "西兰花 50", "干香菇 5")
    assert verdict(week([dried]), "fresh_vegetables") == Verdict.FAILED


def test_liver_twenty_to_twenty_five_grams_a_week():
    for grams, expected in (("19.9", "failed"), ("20", "met"), ("25", "met"), ("25.1", "failed")):
        liver = dish("猪肝", "meat", f"猪肝 {grams}", mix=ONE)
        assert verdict(week([liver], FULL), "liver") == expected
    two = dish("一半", "meat", "猪肝 10", mix=ONE)
    assert verdict(week([two], [two]), "liver") == Verdict.MET


def energy_dish(kcal: Decimal):
    """So much rapeseed oil (8.84 kcal a gram) and nothing else."""
    return dish("能量", "other", f"菜籽油 {kcal / Decimal('8.84')}", mix=ONE)


def test_energy_is_ninety_to_a_hundred_and_ten_percent_of_the_meals_share():
    """Lunch gives 35 to 40 % of 2000 kcal, with 90 and 110 %: 630 to 880 kcal."""
    for kcal, expected in ((629, "failed"), (631, "met"), (879, "met"), (881, "failed")):
        assert verdict(week([energy_dish(Decimal(kcal))]), "energy") == expected, kcal


def test_three_meals_are_the_whole_day():
    """1800 to 2200 kcal."""
    for kcal, expected in ((1799, "failed"), (1801, "met"), (2199, "met"), (2201, "failed")):
        day = {(MONDAY, meal): [energy_dish(Decimal(kcal) / 3)] for meal in ("breakfast", "lunch", "dinner")}
        assert verdict(day, "energy") == expected, kcal


def test_protein_is_eighty_to_a_hundred_and_twenty_percent():
    """Lunch: 35 to 40 % of 50 g, with 80 and 120 %: 14 to 24 g. Chicken breast has 22.5 %."""
    for grams, expected in (("13.9", "failed"), ("14.1", "met"), ("23.9", "met"), ("24.1", "failed")):
        chicken = dish("鸡", "meat", f"鸡胸肉 {Decimal(grams) / Decimal('0.225')}", mix=ONE)
        assert verdict(week([chicken]), "protein") == expected, grams


def test_an_ingredient_without_composition_leaves_open_what_it_may_be():
    """631 kcal known is enough; 20 g of anything may bring up to 180 kcal more, which 880 still allows; 40 g may not."""
    for unknown, expected in (("20", "met"), ("40", "unclear")):
        meal = [energy_dish(Decimal(631)), dish("未知", "other", f"地方特产 {unknown}", mix=ONE)]
        assert verdict(week(meal), "energy") == expected
    short = [energy_dish(Decimal(600)), dish("未知", "other", "地方特产 5", mix=ONE)]
    assert verdict(week(short), "energy") == Verdict.UNCLEAR
    hopeless = [energy_dish(Decimal(500)), dish("未知", "other", "地方特产 5", mix=ONE)]
    assert verdict(week(hopeless), "energy") == Verdict.FAILED


def test_micronutrients_count_by_the_week_and_by_what_is_known():
    """Lunch: 35 % of 550 μg vitamin A is 192.5 a day; spinach has 469 per 100 g."""
    rich, poor = dish("菠菜", "vegetable", "菠菜 82.1", mix=ONE), dish("白菜", "vegetable", "结球甘蓝 1", mix=ONE)
    checks, _planned = checked(week([rich], [poor]))
    found = {one.code: one for one in checks["micronutrients"].measures}
    assert found["vitamin_a_ug"].verdict == Verdict.MET
    assert found["vitamin_a_ug"].least == Decimal("192.5")
    poorer = dish("菠菜", "vegetable", "菠菜 82", mix=ONE)
    checks, _planned = checked(week([poorer], [poor]))
    assert {one.code: one for one in checks["micronutrients"].measures}["vitamin_a_ug"].verdict == Verdict.FAILED
    unknown = dish("米饭", "staple", "粳米 100", mix=ONE)
    checks, _planned = checked(week([poorer, unknown], [poor]))
    measure = {one.code: one for one in checks["micronutrients"].measures}["vitamin_a_ug"]
    assert measure.verdict == Verdict.UNCLEAR
    assert round(measure.unknown_percent, 2) == Decimal("54.64")


def test_needs_follow_the_ages_of_the_school():
    young = checked(week(FULL), mix=PRIMARY)[0]["micronutrients"]
    old = checked(week(FULL), mix=JUNIOR)[0]["micronutrients"]
    calcium = [next(one.least for one in found.measures if one.code == "calcium_mg") for found in (young, old)]
    assert calcium[1] == Decimal("332.5")  # 35 % of 950 mg
    assert calcium[0] is not None
    assert calcium[0] < calcium[1]


def test_allergens_come_from_the_ingredients_and_are_told_by_meal():
    checks, _planned = checked(week(FULL, [RICE]), allergic={"peanuts": 3, "fish": 1})
    finding = checks["allergens"].findings
    assert [(one.meal, one.values["allergen"], one.values["pupils"], one.values["dishes"]) for one in finding] == [
        ("lunch", "peanuts", 3, ["鸡丁"])
    ]
    assert checks["allergens"].verdict == Verdict.UNCLEAR
    assert verdict(week(FULL), "allergens") == Verdict.NOT_APPLICABLE


def test_kindergartens_have_their_own_rules():
    small = Mix({Band.UNDER_6: 100})
    day = {(MONDAY, meal): FULL for meal in ("morning_snack", "lunch", "afternoon_snack")}
    checks, _planned = checked(day, stage="kindergarten", mix=small)
    assert "micronutrients" not in checks
    assert checks["liver"].verdict == Verdict.NOT_APPLICABLE
    assert checks["quality_protein"].verdict == Verdict.MET
    # 25 + 35 + 10 % of a day, of which 80 % at least: 56 % of (1300 + 1250) / 2 kcal.
    assert checks["energy"].measures[0].least == Decimal("714")
    assert not checks["energy"].certain


def test_kindergarten_percent_by_meals_and_snacks():
    from school.canteen.checks.kindergarten import KEY, SPLIT, least_percent

    limits = {name: national_limits().limit(f"{KEY}energy.{name}") for name in ("full", "partial")}
    limits |= {meal: national_limits().limit(f"{KEY}{meal}.energy_share") for meal in SPLIT}
    three, two = ["breakfast", "lunch", "dinner"], ["lunch", "dinner"]
    assert least_percent([*three, "morning_snack", "afternoon_snack"], limits) == (90, "full")
    assert least_percent([*three, "afternoon_snack"], limits) == (80, "partial")
    assert least_percent([*two, "afternoon_snack"], limits) == (80, "partial")
    assert least_percent(["lunch"], limits) == (28, "partial")


def test_an_empty_meal_is_told():
    checks, _planned = checked({(MONDAY, "lunch"): FULL, (MONDAY, "dinner"): []})
    assert [(one.day, one.meal) for one in checks["empty_meals"].findings] == [(MONDAY, "dinner")]


def test_ranges():
    for lower, upper, expected in (
        (5, 5, "met"),
        (4, 4, "failed"),
        (7, 7, "failed"),
        (4, 6, "unclear"),
        (6, 8, "unclear"),
    ):
        assert in_range(Decimal(lower), Decimal(upper), Decimal(5), Decimal(6)) == expected
    assert in_range(Decimal(5), None, Decimal(5), None) == Verdict.MET
    assert in_range(Decimal(4), None, Decimal(5), None) == Verdict.UNCLEAR


def test_figures_of_a_dish_by_hand():
    """菠菜 80 g, oil 4 g of a 9 to 11 year old: 23 × 0.8 + 884 × 0.04 kcal."""
    assert SPINACH.nutrition.of(Nutrient.ENERGY) == Decimal("53.76")
    assert (SPINACH.vegetable_grams, SPINACH.dark_grams) == (80, 80)
    assert CHICKEN.allergens == {"peanuts"}
