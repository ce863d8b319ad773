"""The monthly food budget: set by those who keep the money, seen by those who order."""

from typing import Any

from flask import render_template, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form
from school.orders.permissions import Permission
from school.orders.schemas import FoodBudgetForm
from school.orders.service import budgets
from school.orders.views.blueprint import blueprint
from school.orders.views.parts import carry_out


@blueprint.get("/budgets")
@access(Permission.READ)
def list_budgets() -> str:
    return _page(Form.blank(FoodBudgetForm(), {"id": str(new_id()), "month": today().strftime("%Y-%m")}))


def _page(form: Form) -> str:
    actor = current_actor()
    return render_template(
        "orders/budgets.html", form=form, months=budgets.months(actor, actor.own_school_id()), new_id=new_id
    )


@blueprint.post("/budgets")
@access(Permission.BUDGET)
def save_budget() -> Any:
    actor = current_actor()

    def act(data: dict[str, Any]) -> None:
        budgets.save_budget(actor, data.pop("id"), data.pop("version"), **data)

    return carry_out(FoodBudgetForm(), act, _("预算已保存。"), url_for("supply_orders.list_budgets"), _page)
