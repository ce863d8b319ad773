"""Sums of nutrients: exact, additive, and never zero for what is not known."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from school.canteen.checks.nutrition import share_bounds
from school.canteen.foods import food_of, named
from school.canteen.nutrients import NOTHING, Amounts, Nutrient, amounts_of, energy_share, total

grams = st.decimals(min_value=0, max_value=500, places=2)
values = st.none() | st.decimals(min_value=0, max_value=900, places=3)
compositions = st.none() | st.fixed_dictionaries(dict.fromkeys(Nutrient, values))


def test_a_dish_by_hand():
    """番茄炒鸡蛋 of 100 g tomato, 50 g egg, 5 g soybean oil, with the figures of SR28: 18, 143 and 884 kcal, 0.88, 12.56
    and 0 g of protein, 13.7, 0 and 0 mg of vitamin C per 100 g: 18 + 71.5 + 44.2 kcal; 0.88 + 6.28 g; 13.7 mg."""
    parts = [
        amounts_of(Decimal(weight), named(name).per_100)  # type: ignore[union-attr]
        for name, weight in (("番茄", 100), ("鸡蛋", 50), ("大豆油", 5))
    ]
    whole = total(parts)
    assert whole.of(Nutrient.ENERGY) == Decimal("133.7")
    assert whole.of(Nutrient.PROTEIN) == Decimal("7.16")
    assert whole.of(Nutrient.VITAMIN_C) == Decimal("13.7")
    assert whole.grams == 155
    assert all(whole.unknown(one) == 0 for one in Nutrient)
    # Fat: 0.2 + 4.755 + 5 = 9.955 g, 89.595 of 133.7 kcal.
    assert round(energy_share(whole, Nutrient.FAT), 3) == Decimal("67.012")


def test_what_nobody_measured_is_unknown():
    rice = named("粳米")
    assert rice is not None
    assert rice.per_100[Nutrient.VITAMIN_A] is None
    whole = amounts_of(Decimal(100), rice.per_100) + amounts_of(Decimal(100), named("菠菜").per_100)  # type: ignore[union-attr]
    assert whole.of(Nutrient.VITAMIN_A) == 469
    assert whole.unknown(Nutrient.VITAMIN_A) == 100
    assert whole.unknown_percent(Nutrient.VITAMIN_A) == 50


def test_a_food_of_unknown_composition_is_wholly_unknown():
    dried = food_of("C007")
    assert dried is not None
    whole = amounts_of(Decimal(20), dried.per_100)
    assert whole.known == {}
    assert whole.unknown_grams == dict.fromkeys(Nutrient, Decimal(20))
    assert amounts_of(Decimal(20), None) == whole


@given(st.lists(st.tuples(grams, compositions), max_size=6))
def test_sums_do_not_depend_on_how_a_meal_is_cut(rows):
    parts = [amounts_of(weight, per_100) for weight, per_100 in rows]
    whole = total(parts)
    for cut in range(len(parts) + 1):
        other = total(parts[:cut]) + total(parts[cut:])
        assert other.grams == whole.grams
        for nutrient in Nutrient:
            assert other.of(nutrient) == whole.of(nutrient)
            assert other.unknown(nutrient) == whole.unknown(nutrient)
    assert total(reversed(parts)).grams == whole.grams


@given(grams, compositions, st.decimals(min_value=0, max_value=3, places=4))
def test_a_bigger_portion_holds_in_proportion(weight, per_100, factor):
    scaled = amounts_of(weight, per_100).times(factor)
    again = amounts_of(weight * factor, per_100)
    for nutrient in Nutrient:
        assert scaled.of(nutrient) == again.of(nutrient)
        assert scaled.unknown(nutrient) == again.unknown(nutrient)


@given(st.lists(st.tuples(grams, compositions), max_size=5))
def test_known_and_unknown_weight_is_the_whole_weight(rows):
    whole = total(amounts_of(weight, per_100) for weight, per_100 in rows)
    for nutrient in Nutrient:
        known = sum(weight for weight, per_100 in rows if per_100 is not None and per_100[nutrient] is not None)
        assert known + whole.unknown(nutrient) == whole.grams


@given(
    st.lists(st.tuples(grams, compositions), min_size=1, max_size=4),
    st.lists(st.decimals(min_value=0, max_value=1, places=3), min_size=4, max_size=4),
    st.sampled_from([Nutrient.PROTEIN, Nutrient.FAT, Nutrient.CARBOHYDRATE]),
)
def test_bounds_of_a_share_hold_whatever_the_unknown_food_is(rows, mixture, nutrient):
    """Every unknown gram is some mixture of protein, fat, carbohydrate and water; the share stays within the bounds."""
    rows = [
        (weight, None if per_100 is None or None in per_100.values() else _consistent(per_100))
        for weight, per_100 in rows
    ]
    whole = total(amounts_of(weight, per_100) for weight, per_100 in rows)
    bounds = share_bounds(whole, nutrient)
    parts = [value / (sum(mixture) or 1) for value in mixture]
    unknown = whole.unknown(nutrient)
    mixed = {Nutrient.PROTEIN: parts[0], Nutrient.FAT: parts[1], Nutrient.CARBOHYDRATE: parts[2]}
    energy = whole.of(Nutrient.ENERGY) + unknown * (
        mixed[Nutrient.PROTEIN] * 4 + mixed[Nutrient.FAT] * 9 + mixed[Nutrient.CARBOHYDRATE] * 4
    )
    if bounds is None or not energy:
        return
    kcal = 9 if nutrient == Nutrient.FAT else 4
    share = (whole.of(nutrient) + unknown * mixed[nutrient]) * kcal * 100 / energy
    tiny = Decimal("1e-15")
    assert bounds[0] - tiny <= share <= bounds[1] + tiny


def _consistent(per_100):
    """Energy as its parts give it: a table never has more of a nutrient's energy than energy."""
    parts = {one: min(per_100[one], Decimal(33)) for one in (Nutrient.PROTEIN, Nutrient.FAT, Nutrient.CARBOHYDRATE)}
    energy = parts[Nutrient.PROTEIN] * 4 + parts[Nutrient.FAT] * 9 + parts[Nutrient.CARBOHYDRATE] * 4
    return {**per_100, **parts, Nutrient.ENERGY: energy}


def test_nothing_is_neutral():
    some = Amounts(Decimal(1), {Nutrient.IRON: Decimal(2)}, {})
    assert some + NOTHING == some
