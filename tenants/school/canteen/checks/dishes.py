"""Checks of dishes: forbidden ones, a meal's set, meat in meat dishes, repetitions, allergens; and of the publication."""

from collections import Counter
from collections.abc import Iterable
from datetime import date

from school.canteen import rules
from school.canteen.checks.facts import COOKED_MEALS, Planned
from school.canteen.checks.results import Check, Finding, judged, not_applicable
from school.canteen.figures import DishFigures
from school.canteen.forbidden import NITRITE, screen
from school.canteen.limits import Words
from school.canteen.rules import DishKind

# What may stand on the table every day.
REPEATABLE = frozenset({DishKind.STAPLE, DishKind.FRUIT, DishKind.DAIRY})


def forbidden_food(planned: Planned) -> Check:
    return _screened(planned, "forbidden_food", planned.limits.words["canteen.forbidden_foods"])


def forbidden_style(planned: Planned) -> Check:
    return _screened(planned, "forbidden_style", planned.limits.words["canteen.forbidden_dishes"])


def nitrite(planned: Planned) -> Check:
    flag = planned.limits.flags["canteen.nitrite.forbidden"]
    if not flag.values:
        return not_applicable("nitrite")
    return _screened(planned, "nitrite", Words((NITRITE,), flag.citation, flag.certain))


def _screened(planned: Planned, code: str, words: Words) -> Check:
    """One finding per dish and word, at the first meal that has it."""
    seen: set[tuple[str, str]] = set()
    findings = []
    for day, meal, dish in _dishes(planned):
        recipe = dish.recipe
        has_meat = any(line.is_meat for line in recipe.lines)
        names = [(line.name, line.food_code) for line in recipe.lines]
        for hit in screen(words.values, recipe.name, recipe.style, has_meat, names):
            if (dish.key, hit.word) in seen:
                continue
            seen.add((dish.key, hit.word))
            values = {"dish": dish.name, "word": hit.word, "found": hit.found}
            findings.append(Finding(code, day, meal, values, is_unclear=not hit.certain))
    return judged(code, findings, words.citation, words.certain)


def published_ahead(planned: Planned) -> Check:
    limit = planned.limits.limit("menu.published.days_before")
    served = [day for day, dishes in planned.days.items() if dishes]
    if not served:
        return not_applicable("published_ahead")
    ahead = rules.days_ahead(planned.published_on, min(served))
    findings = []
    if ahead < limit.at_least:
        findings.append(Finding("published_late", values={"days": ahead, "least": limit.at_least}))
    return judged("published_ahead", findings, limit.citation, limit.certain)


def empty_meals(planned: Planned) -> Check:
    findings = [Finding("empty_meal", day, meal) for (day, meal), dishes in sorted(planned.week.items()) if not dishes]
    return judged("empty_meals", findings)


def meal_set(planned: Planned, *, applies: bool) -> Check:
    """两荤两素一汤, at each cooked meal. A half-meat dish counts as a meat dish where it holds as much meat as one."""
    if not applies:
        return not_applicable("meal_set")
    limits = planned.limits
    share = limits.limit("menu.meat.share_of_meat_dish").at_least
    asked = {
        "meat": limits.limit("menu.meat_dishes.per_meal"),
        "vegetable": limits.limit("menu.vegetable_dishes.per_meal"),
        "soup": limits.limit("menu.soups.per_meal"),
    }
    findings = []
    for (day, meal), dishes in sorted(planned.week.items()):
        if meal not in COOKED_MEALS or not dishes:
            continue
        counts = {
            "meat": sum(rules.counts_as_meat(dish.kind, dish.meat_share, share) for dish in dishes),
            "vegetable": sum(dish.kind == DishKind.VEGETABLE for dish in dishes),
            "soup": sum(dish.kind == DishKind.SOUP for dish in dishes),
        }
        for kind, limit in asked.items():
            if counts[kind] < limit.at_least:
                values = {"count": counts[kind], "least": limit.at_least}
                findings.append(Finding(f"too_few_{kind}", day, meal, values))
    citations = "；".join(dict.fromkeys(limit.citation for limit in asked.values()))
    return judged("meal_set", findings, citations, all(limit.certain for limit in asked.values()))


def meat_share(planned: Planned) -> Check:
    """Each meat dish once, however often it is served."""
    limit = planned.limits.limit("menu.meat.share_of_meat_dish")
    findings = []
    seen: set[str] = set()
    for day, meal, dish in _dishes(planned):
        if dish.kind != DishKind.MEAT or dish.key in seen:
            continue
        seen.add(dish.key)
        values = {"dish": dish.name, "least": limit.at_least}
        if dish.meat_share is None:
            findings.append(Finding("no_recipe", day, meal, values, is_unclear=True))
        elif dish.meat_share < limit.at_least:
            findings.append(Finding("little_meat", day, meal, {**values, "share": dish.meat_share}))
    return judged("meat_share", findings, limit.citation, limit.certain)


def repeated(planned: Planned) -> Check:
    limit = planned.limits.limit("menu.dish.times_per_week")
    times: Counter[str] = Counter()
    names: dict[str, str] = {}
    for _day, _meal, dish in _dishes(planned):
        if dish.kind not in REPEATABLE:
            times[dish.key] += 1
            names[dish.key] = dish.name
    findings = [
        Finding("repeated_dish", values={"dish": names[key], "times": count, "most": limit.most})
        for key, count in times.items()
        if limit.most is not None and count > limit.most
    ]
    return judged("repeated", findings, limit.citation, limit.certain)


def allergens(planned: Planned) -> Check:
    """Dishes that hold what pupils of this school must not eat: they need another dish. One finding per meal."""
    if not any(planned.school.allergic.values()):
        return not_applicable("allergens")
    findings = []
    for (day, meal), dishes in sorted(planned.week.items()):
        for allergen, pupils in sorted(planned.school.allergic.items()):
            holding = [dish.name for dish in dishes if allergen in dish.allergens]
            if pupils and holding:
                values = {"allergen": allergen, "pupils": pupils, "dishes": holding}
                findings.append(Finding("allergen", day, meal, values, is_unclear=True))
    return judged("allergens", findings)


def _dishes(planned: Planned) -> Iterable[tuple[date, str, DishFigures]]:
    for (day, meal), dishes in sorted(planned.week.items()):
        for dish in dishes:
            yield day, meal, dish
