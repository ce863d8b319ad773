"""What the pages of one menu show: the grid, the checks by their standing, the costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import gettext as _

from kernel.actor import Actor
from kernel.web.forms import Form
from school.canteen import labels
from school.canteen.checks.results import Check, Verdict
from school.canteen.costs import Cost
from school.canteen.figures import by_day, cost_of, mean_day_cost
from school.canteen.models import Menu, MenuDish, MenuMeal
from school.canteen.rules import Band, MenuState
from school.canteen.schemas import MealQuery
from school.canteen.service import menus, publishing
from school.canteen.service.judging import Judged, judge
from school.canteen.standards import standard_on
from school.diners.labels import ALLERGENS, MEALS
from school.diners.rules import Meal

STANDING = (Verdict.FAILED, Verdict.UNCLEAR, Verdict.MET)


@dataclass(frozen=True)
class Shown:
    menu: Menu
    grid: menus.Grid
    judged: Judged

    @property
    def days(self) -> Sequence[date]:
        return self.grid.days

    @property
    def meals(self) -> list[Meal]:
        return self.grid.kinds_of_meals

    def cell(self, day: date, meal: str) -> MenuMeal | None:
        return self.grid.meal_at(day, meal)

    def dishes(self, row: MenuMeal) -> Sequence[MenuDish]:
        return self.grid.dishes[row.id]

    def allergens(self, dish: MenuDish) -> list[str]:
        for found in self.judged.week.values():
            for one in found:
                if one.key == str(dish.dish_id):
                    return [str(ALLERGENS[code]) for code in sorted(one.allergens)]  # type: ignore[index]
        return []

    @property
    def day_costs(self) -> Mapping[date, Cost]:
        return {day: cost_of(dishes) for day, dishes in by_day(self.judged.week).items()}

    @property
    def mean_cost(self) -> Cost:
        return mean_day_cost(self.judged.week)

    def checks(self) -> list[tuple[Verdict, list[Check]]]:
        """By standing, the worst first; what does not apply is left out."""
        return [(verdict, [one for one in self.judged.checks if one.verdict == verdict]) for verdict in STANDING]

    def band_words(self) -> str:
        """Of each age that the school has: its share of the base portion."""
        factors = standard_on(self.menu.monday).factors()
        shares = self.judged.ground.diners.mix.shares
        return "、".join(f"{labels.BANDS[band]} {labels.number(factors[band], 2)}" for band in Band if band in shares)

    @property
    def last_week(self) -> date:
        return self.menu.monday - timedelta(weeks=1)

    def shortfalls(self) -> list[str]:
        """What the proposer could not meet, in words; only beside the draft that it filled."""
        if self.menu.state != MenuState.DRAFT:
            return []
        return [shortfall_text(one) for one in self.menu.proposal.get("shortfalls", ())]


def shown(actor: Actor, menu: Menu) -> Shown:
    return Shown(menu, menus.grid_of(actor, menu), judge(actor, menu))


def shortfall_text(told: Mapping[str, Any]) -> str:
    """周三午餐 荤菜：差 1 个；这些菜品中没有更好的选择。"""
    name = labels.SETS.get(told["code"]) or labels.CHECKS.get(told["code"], told["code"])
    place = labels.place_text(date.fromisoformat(told["day"]) if told["day"] else None, told["meal"])
    unit = told["unit"]
    amount = labels.number(told["amount"] / 100 if unit == "fen" else told["amount"], 2)
    words = {"fen": _("元"), "": _("个")}.get(unit) or labels.UNITS.get(unit, unit)
    text = _("%(name)s：差 %(amount)s %(unit)s", name=f"{place} {name}".strip(), amount=amount, unit=words)
    if told["at_best"] > 0:
        best = labels.number(told["at_best"] / 100 if unit == "fen" else told["at_best"], 2)
        return _("%(text)s；用现有菜品至少也要差 %(best)s %(unit)s", text=text, best=best, unit=words)
    return text


def page_context(actor: Actor, menu: Menu) -> dict[str, Any]:
    return {
        "shown": shown(actor, menu), "plan": menu, "labels": labels, "meals": MEALS, "allergens": ALLERGENS,
        "publications": publishing.publications_of(actor, menu), "week_end": menu.monday + timedelta(days=6),
    }  # fmt: skip


def asked_meal(menu: Menu, grid: menus.Grid, args: Mapping[str, str]) -> dict[str, Any]:
    """Which meal of the menu an address asks for, with the words to look for; the first one where it does not say."""
    query = Form.blank(
        MealQuery(), {name: value for name, value in args.items() if name in ("on_day", "meal", "q")}
    ).load()
    first = next(iter(grid.meals), None)
    return {
        "on_day": query["on_day"] or (first.on_day if first else menu.monday),
        "meal": query["meal"] or (first.meal if first else Meal.LUNCH.value), "q": query["q"] or "",
    }  # fmt: skip
