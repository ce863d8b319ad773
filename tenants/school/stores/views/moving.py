"""Goods come in by hand and go out: picked with a tap, the amount and the batch are proposed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.agreements.labels import quantity_text
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid, NotFound
from kernel.web.dates import SHANGHAI, today
from kernel.web.forms import Form
from school.diners.labels import MEALS
from school.diners.rules import Meal
from school.stores import labels, rules, schemas
from school.stores.permissions import Permission
from school.stores.rules import DocumentKind
from school.stores.service import confirming, goods, issuing, picking, places, receiving
from school.stores.views.blueprint import blueprint

# Until when which meal is the next one: most food is issued for it.
NEXT_MEAL = ((time(8, 30), Meal.BREAKFAST), (time(13), Meal.LUNCH), (time(20), Meal.DINNER))


def picked_lines(form: Form) -> bool:
    """The buttons that only change the page when no script does: look for goods, add one, take one away."""
    lines: list[Any] = form.values.setdefault("lines", [])
    if "add_good" in request.form and len(lines) < schemas.MOST_LINES:
        lines.append({"good_id": request.form["add_good"]})
    elif "remove_line" in request.form:
        position = request.form["remove_line"]
        if position.isdecimal() and int(position) < len(lines):
            del lines[int(position)]
    else:
        return "look_up" in request.form
    return True


def known_goods(actor: Actor, form: Form) -> Mapping[str, picking.Pickable]:
    """Of the form's lines, by the text of their key; what is not the school's is missing."""
    wanted = []
    for line in form.value("lines") or []:
        try:
            wanted.append(UUID(str(line.get("good_id"))))
        except (ValueError, AttributeError):
            continue
    return {str(good_id): good for good_id, good in picking.pickables(actor, wanted).items()}


@blueprint.get("/stock/pick")
@access(Permission.READ_REQUESTS)
def pick() -> str:
    """The goods that match, as buttons that add a line."""
    wanted = {name: request.args.get(name, "") for name in ("q", "purpose")}
    query = Form.blank(schemas.StorePickQuery(), wanted).load()
    text = (query["q"] or "").strip()
    hits = picking.hits(current_actor(), query["purpose"], text)
    return render_template("stores/_hits.html", hits=hits, purpose=query["purpose"], text=text)


@blueprint.get("/stock/line")
@access(Permission.READ_REQUESTS)
def line() -> str:
    """One more line of a form."""
    actor = current_actor()
    wanted = {name: request.args.get(name, "") for name in ("good_id", "next_line", "purpose")}
    query = Form.blank(schemas.StoreLineQuery(), wanted).load()
    good = picking.pickables(actor, [query["good_id"]]).get(query["good_id"])
    if good is None:
        raise NotFound
    index: int = query["next_line"]
    purpose: str = query["purpose"]
    row = {"good_id": str(good.id), **first_values(purpose, good)}
    form = Form.blank(SCHEMAS[purpose](), {"lines": [*({} for _ in range(index)), row]})
    return render_template(
        "stores/_line_added.html", form=form, index=index, good=good, purpose=purpose, places=own_options(actor),
        labels=labels,
    )  # fmt: skip


def first_values(purpose: str, good: picking.Pickable) -> dict[str, Any]:
    """What is most likely: as much as last time."""
    if purpose == "issue" and good.usual_quantity:
        return {
            "quantity": quantity_text(min(good.usual_quantity, good.usable) if good.usable else good.usual_quantity)
        }
    return {}


@blueprint.get("/stock/removed")
@access(Permission.READ_REQUESTS)
def removed() -> str:
    """What stands where a line was taken away: nothing."""
    return ""


# Of the forms that goods are picked for, by schemas.PICK_PURPOSES.
SCHEMAS: dict[str, Any] = {
    "issue": schemas.StoreIssueForm, "receive": schemas.StoreReceiptForm, "request": schemas.StoreRequisitionForm,
}  # fmt: skip


def own_options(actor: Actor) -> Sequence[tuple[str, str]]:
    return places.physical_names(places.own_places(actor))


def form_page(template: str, form: Form, purpose: str, **context: Any) -> str:
    actor = current_actor()
    known = known_goods(actor, form)
    lines = [(index, known.get(str(line.get("good_id")))) for index, line in enumerate(form.value("lines") or [])]
    text = request.form.get("q", "")[:60].strip()
    return render_template(
        template, form=form, lines=lines, purpose=purpose, hits=picking.hits(actor, purpose, text), text=text, labels=labels,
        places=own_options(actor), today=today(), **context,
    )  # fmt: skip


# --- coming in --------------------------------------------------------------------------------------------------------


@blueprint.get("/stock/receive")
@access(Permission.KEEP)
def receive() -> str:
    form = Form.blank(schemas.StoreReceiptForm(), {"id": str(new_id()), "lines": _first_line()})
    return form_page("stores/receive.html", form, "receive")


@blueprint.post("/stock/receive")
@access(Permission.KEEP)
def create_receipt() -> Any:
    actor = current_actor()
    form = Form.submitted(schemas.StoreReceiptForm())
    if picked_lines(form):
        return form_page("stores/receive.html", form, "receive")
    with form.catching():
        values = form.load()
        document = receiving.receive_by_hand(
            actor, values["id"], [receiving.ByHand(**line) for line in values["lines"]],
            is_opening=values["is_opening"], reason=values["reason"], on=values["on_day"],
        )  # fmt: skip
        flash(_("已入库，单号 %(number)s。", number=document.number), "success")
        return redirect(url_for("stores.show_document", store_document_id=document.id))
    return form_page("stores/receive.html", form, "receive"), form.refusal_status


def _first_line() -> list[dict[str, Any]]:
    good_id = request.args.get("good_id", "")
    return [{"good_id": good_id}] if good_id else []


# --- going out --------------------------------------------------------------------------------------------------------


@blueprint.get("/stock/issue")
@access(Permission.KEEP)
def issue() -> str:
    now = datetime.now(SHANGHAI).time()
    meal = next((meal for until, meal in NEXT_MEAL if now < until), Meal.DINNER)
    lines = _first_line()
    actor = current_actor()
    values = {"id": str(new_id()), "lines": lines, "meal": meal.value, "day": today().isoformat()}
    form = Form.blank(schemas.StoreIssueForm(), values)
    for row in lines:
        good = known_goods(actor, form).get(row["good_id"])
        if good is not None:
            row.update(first_values("issue", good))
            if good.kind != rules.GoodKind.FOOD:
                values["meal"] = ""
    return form_page("stores/issue.html", Form.blank(schemas.StoreIssueForm(), values), "issue", **_issue_choices())


def _issue_choices() -> dict[str, Any]:
    actor = current_actor()
    return {"meals": [(str(meal), name) for meal, name in MEALS.items()], "takers": picking.recent_takers(actor)}


@blueprint.post("/stock/issue")
@access(Permission.KEEP)
def create_issue() -> Any:
    actor = current_actor()
    form = Form.submitted(schemas.StoreIssueForm())
    if picked_lines(form):
        return form_page("stores/issue.html", form, "issue", **_issue_choices())
    with form.catching():
        return _issued(actor, form.load())
    return form_page("stores/issue.html", form, "issue", **_issue_choices()), form.refusal_status


def _issued(actor: Actor, values: dict[str, Any]) -> Any:
    asked = [_asked(line) for line in values["lines"]]
    known = goods.own_goods(actor, [one.good_id for one in asked])
    if any(good.kind == rules.GoodKind.HAZARDOUS for good in known.values()):
        return _prepared(actor, values, asked)
    meal = values["meal"]
    use = issuing.Use(
        day=(values["day"] or today()) if meal else None, meal=meal, taker_name=values["taker_name"],
        department=values["department"], reason=values["reason"],
    )  # fmt: skip
    document = issuing.issue_goods(actor, values["id"], asked, use)
    flash(_("已出库，单号 %(number)s。", number=document.number), "success")
    return redirect(url_for("stores.show_document", store_document_id=document.id))


def _prepared(actor: Actor, values: dict[str, Any], asked: Sequence[issuing.Asked]) -> Any:
    """Hazardous goods: the second keeper signs on their own phone."""
    found = confirming.find(actor, values["id"])
    takes = confirming.takes_of(found) if found is not None else issuing.takes_for(actor, asked)
    row = confirming.propose(
        actor, values["id"], kind=DocumentKind.ISSUE, takes=takes, taker_name=values["taker_name"],
        department=values["department"], reason=values["reason"],
    )  # fmt: skip
    flash(_("已备好，等第二名保管人员确认后出库。"), "info")
    return redirect(url_for("stores.show_confirmation", store_confirmation_id=row.id))


def _asked(line: Mapping[str, Any]) -> issuing.Asked:
    """`lot` is "batch:location", or empty."""
    batch, _colon, place = line["lot"].partition(":")
    try:
        return issuing.Asked(
            line["good_id"], line["quantity"], UUID(batch) if batch else None, UUID(place) if batch else None
        )
    except ValueError:
        raise Invalid({"lines": [_("请从列出的批次中选择。")]}) from None
