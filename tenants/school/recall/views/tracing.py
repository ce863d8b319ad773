"""The question and its answer: from a lot, a paper, a dish or a meal to all that it touches."""

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id, now
from kernel.errors import Invalid
from kernel.web.downloads import disposition
from kernel.web.forms import Form
from school.canteen.service.reading import meals_on
from school.diners.labels import MEALS
from school.recall import labels
from school.recall.permissions import Permission
from school.recall.schemas import TraceQuery
from school.recall.service.asking import Answer, ask
from school.recall.service.tracing import details
from school.recall.sheets import trace_xlsx
from school.recall.views.blueprint import blueprint

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/trace")
@access(Permission.TRACE)
def trace() -> Any:
    form = Form.blank(TraceQuery(), _typed())
    answer = None
    if _is_asked():
        try:
            asked = form.load()
            answer = ask(current_actor(), asked)
        except Invalid as error:
            form.reject(error)
    return trace_page(form, answer), 200 if not form.errors else 422


def _typed() -> dict[str, Any]:
    values: dict[str, Any] = {name: value for name, value in request.args.items() if name != "lot" and value != ""}
    return {**values, "lot": request.args.getlist("lot")}


def _is_asked() -> bool:
    return any(request.args.get(name) for name in ("batch_no", "number", "on_day", "dish_id"))


def trace_page(form: Form, answer: Answer | None, recall_form: Form | None = None) -> str:
    actor = current_actor()
    begun_at = form.value("begun_at") or now().isoformat()
    return render_template(
        "recall/trace.html", form=form, answer=answer, labels=labels, meals=MEALS, begun_at=begun_at,
        schools=_school_options(actor), dishes=_dishes(actor, form), recall_form=recall_form, new_id=str(new_id()),
        query={key: value for key, value in form.values.items() if key != "lot" and value},
    )  # fmt: skip


def _school_options(actor: Actor) -> list[tuple[int, str]]:
    if actor.level == "school":
        return []
    return [(row.id, row.name) for row in schools.all_schools(actor) if row.state == "active"]


def _dishes(actor: Actor, form: Form) -> list[tuple[str, str]]:
    """The dishes of the chosen day's menu, to go on from a meal to one of its dishes."""
    try:
        asked = TraceQuery(partial=True).load(
            {name: form.value(name) for name in ("school_id", "on_day", "meal") if form.value(name)}, partial=True
        )
    except Exception:
        return []
    school_id = actor.school_id if actor.level == "school" else asked.get("school_id")
    if not school_id or not asked.get("on_day"):
        return []
    found = [
        (str(dish.dish_id), dish.name)
        for meal in meals_on(actor, school_id, asked["on_day"])
        if not asked.get("meal") or meal.meal == asked["meal"]
        for dish in meal.dishes
    ]
    return list(dict.fromkeys(found))


@blueprint.get("/trace.xlsx")
@access(Permission.TRACE)
def trace_sheet() -> Response:
    """Every delivery, stock and meal of the answer, one row each."""
    asked = Form.blank(TraceQuery(), _typed()).load()
    answer = ask(current_actor(), asked)
    name = _("追溯结果") + ".xlsx"
    return Response(
        trace_xlsx(answer.trace, details(current_actor(), answer.chosen)),
        mimetype=XLSX,
        headers={"Content-Disposition": disposition("attachment", name)},
    )


def address_of(query: dict[str, Any], lots: list[str]) -> str:
    return url_for("recall.trace", **query, lot=lots)
