"""The page on which a receipt is written down: goods are picked, each brings its units and its certificates.

Picking works with the script (parts of the page are fetched) and without it (the page comes back as typed).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields

from bureau.catalogue import labels as catalogue_labels
from bureau.catalogue.rules import CertificateKind
from bureau.catalogue.service.items import ReceivableItem, list_items, receivable_items
from kernel.access.edge import access, current_actor
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid, NotFound
from kernel.schemas import BaseSchema, Day, Identifier, Text, Whole
from kernel.web.dates import SHANGHAI
from kernel.web.forms import Form
from school.supply import rules
from school.supply.permissions import Permission
from school.supply.schemas import MOST_LINES, ReceiptForm
from school.supply.service import reading
from school.supply.service.certificates import required_for
from school.supply.service.figures import Limits
from school.supply.service.recording import record_receipt
from school.supply.views.blueprint import blueprint
from school.supply.views.uploads import certificates_of, photos_of, row_numbers

MOST_HITS = 20
# Numbers of rows on the page. The slot whose kind is chosen comes last, whatever is fetched in between.
FIRST_FETCHED_SLOT = 100
LAST_ROW = 9000
LOCAL = "%Y-%m-%dT%H:%M"  # what an input of type datetime-local understands


class LikeQuery(BaseSchema):
    """`like`: a receipt to start from; `correct`: it was a mistake, take over everything."""

    like = Identifier(load_default=None, allow_none=True)
    correct = fields.Boolean(load_default=False)


class PickQuery(BaseSchema):
    q = Text(60, load_default="", allow_none=True)


class LineQuery(BaseSchema):
    item_id = Identifier(required=True)
    next_line = Whole(0, LAST_ROW - 1, required=True)


class ExpiryQuery(BaseSchema):
    item_id = Identifier(required=True)
    index = Whole(0, LAST_ROW - 1, required=True)
    production_date = Day(load_default=None, allow_none=True)


@blueprint.app_template_filter("unit_options")
def unit_options(item: ReceivableItem) -> list[tuple[str, str]]:
    """The units that a quantity may be given in, with what each is worth: 袋（25 kg）."""
    return [
        (unit, unit if unit == item.base_unit else f"{unit}（{format(factor.normalize(), 'f')} {item.base_unit}）")
        for unit, factor in item.factors.items()
    ]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place to photograph one kind of certificate. `label` "": the kind is chosen."""

    index: int
    kind: str
    label: str
    is_required: bool


@blueprint.get("/goods-receipts/new")
@access(Permission.RECORD)
def new() -> Any:
    actor = current_actor()
    query = Form.blank(LikeQuery(), dict(request.args.items())).load()
    values: dict[str, Any] = {"id": new_id(), "received_at": datetime.now(SHANGHAI).strftime(LOCAL), "lines": []}
    if query["like"]:
        view = reading.get_receipt(actor, actor.own_school_id(), query["like"])
        values |= reading.prefill(view, whole=query["correct"])
        if isinstance(values["received_at"], datetime):
            values["received_at"] = values["received_at"].astimezone(SHANGHAI).strftime(LOCAL)
        _drop_retired(actor, values)
    return _page(Form.blank(ReceiptForm(), values))


@blueprint.post("/goods-receipts/new")
@access(Permission.RECORD)
def create() -> Any:
    actor = current_actor()
    form = Form.submitted(ReceiptForm())
    form.values.setdefault("lines", [])
    if _without_script(form):
        return _page(form, hits=_hits(actor, request.form.get("q", "")[:60]))
    with form.catching():
        _drop_blank_slot(form)
        values = form.load()
        values["certificates"] = certificates_of(values["certificates"])
        view, is_new = record_receipt(actor, values.pop("id"), **values)
        if is_new:
            flash(_("已登记，单号 %(number)s。", number=view.receipt.number), "success")
        return redirect(url_for("supply.show", receipt_id=view.receipt.id))
    return _page(form), form.refusal_status


def _without_script(form: Form) -> bool:
    """The buttons that only change the page when no script does: look for goods, add one, take one away."""
    lines: list[Any] = form.values["lines"]
    if "add_item" in request.form and len(lines) < MOST_LINES:
        lines.append({"item_id": request.form["add_item"]})
    elif "remove_line" in request.form:
        position = request.form["remove_line"]
        if position.isdecimal() and int(position) < len(lines):
            del lines[int(position)]
    else:
        return "look_up" in request.form
    return True


def _drop_blank_slot(form: Form) -> None:
    """The last slot's kind is chosen; left unchosen and without a photo it is no certificate."""
    rows = form.values.get("certificates")
    if not isinstance(rows, list) or not rows or rows[-1].get("kind"):
        return
    numbers = row_numbers("certificates")
    last = rows[-1]
    if any(last.get(name) for name in ("number", "valid_until")) or photos_of(f"certificates-{numbers[-1]}-photos"):
        raise Invalid({f"certificates.{len(rows) - 1}.kind": [_("请选择证明种类。")]})
    form.values["certificates"] = rows[:-1]


def _drop_retired(actor: Actor, values: dict[str, Any]) -> None:
    known = receivable_items(actor, [UUID(line["item_id"]) for line in values["lines"]])
    kept = [line for line in values["lines"] if UUID(line["item_id"]) in known]
    if len(kept) < len(values["lines"]):
        flash(_("有物品已从目录下架，没有带入。"), "warning")
    values["lines"] = kept


@blueprint.get("/goods-receipts/pick")
@access(Permission.RECORD)
def pick() -> str:
    """The goods that match, as buttons."""
    query = Form.blank(PickQuery(), {"q": request.args.get("q", "")}).load()
    return render_template("supply/_hits.html", hits=_hits(current_actor(), query["q"] or ""), text=query["q"] or "")


@blueprint.get("/goods-receipts/line")
@access(Permission.RECORD)
def line() -> str:
    """One more line, and the slots for the certificates that its category asks for and the page has not yet."""
    actor = current_actor()
    wanted = {name: request.args.get(name, "") for name in ("item_id", "next_line")}
    query = Form.blank(LineQuery(), wanted).load()
    item = receivable_items(actor, [query["item_id"]]).get(query["item_id"])
    if item is None:
        raise NotFound
    present = {value for name, value in request.args.items() if name.endswith("-kind")}
    index: int = query["next_line"]
    form = Form.blank(ReceiptForm(), {"lines": [*({} for _ in range(index)), {"item_id": str(item.id)}]})
    added = [one for one in required_for(actor, [item.category_id]) if one.kind not in present]
    slots = [
        Slot(number, one.kind, catalogue_labels.certificate_label(one.kind, one.label), is_required=True)
        for number, one in enumerate(added, FIRST_FETCHED_SLOT + len(present))
    ]
    return render_template(
        "supply/_line_added.html", form=form, index=index, item=item, slots=slots, limits=Limits(actor, actor.school_id)
    )


@blueprint.get("/goods-receipts/removed")
@access(Permission.RECORD)
def removed() -> str:
    """What stands where a line was taken away: nothing."""
    return ""


@blueprint.get("/goods-receipts/expiry")
@access(Permission.RECORD)
def expiry() -> str:
    """The expiry field, filled in from the production date and the item's shelf life."""
    given = {name.rpartition("-")[2]: value for name, value in request.args.items()}
    query = Form.blank(ExpiryQuery(), {name: given.get(name, "") for name in ExpiryQuery().fields}).load()
    item = receivable_items(current_actor(), [query["item_id"]]).get(query["item_id"])
    if item is None:
        raise NotFound
    proposed = rules.proposed_expiry(query["production_date"], item.shelf_life_days)
    index: int = query["index"]
    form = Form.blank(ReceiptForm(), {"lines": [*({} for _ in range(index)), {"expiry_date": proposed}]})
    return render_template("supply/_expiry.html", form=form, index=index)


def _hits(actor: Actor, text: str) -> Sequence[Any]:
    """By name; without a name, what this school usually receives."""
    wanted = text.strip()
    if wanted:
        found = list_items(actor, q=wanted, limit=200).items
        # 猪 finds 猪肉 before dumplings that only have it in their filling.
        return sorted(found, key=lambda item: (not item.name.startswith(wanted), wanted not in item.name))[:MOST_HITS]
    usual = reading.usual_items(actor)
    known = receivable_items(actor, usual)
    return [known[item_id] for item_id in usual if item_id in known]


def _page(form: Form, hits: Sequence[Any] | None = None) -> str:
    actor = current_actor()
    rows = form.value("lines", [])
    items = receivable_items(actor, [item_id for item_id in map(_item_id, rows) if item_id])
    lines = [(index, items.get(_item_id(row))) for index, row in enumerate(rows)]  # type: ignore[arg-type]
    suppliers, second_receivers = reading.recent_names(actor)
    return render_template(
        "supply/new.html", form=form, lines=lines, slots=_slots(actor, form, [item for _, item in lines if item]),
        hits=_hits(actor, "") if hits is None else hits, suppliers=suppliers, second_receivers=second_receivers,
        kinds=[(kind.value, catalogue_labels.CERTIFICATES[kind]) for kind in CertificateKind],
        limits=Limits(actor, actor.school_id), last_row=LAST_ROW,
    )  # fmt: skip


def _item_id(row: Any) -> UUID | None:
    try:
        return UUID(str(row.get("item_id", "")))
    except (ValueError, AttributeError):
        return None


def _slots(actor: Actor, form: Form, items: Sequence[ReceivableItem]) -> list[Slot]:
    """One slot per kind that these goods must come with; what was typed already stays where it was."""
    required = {one.kind: one for one in required_for(actor, [item.category_id for item in items])}
    typed: list[Mapping[str, Any]] = [row for row in form.value("certificates", []) if isinstance(row, Mapping)]
    slots = []
    for index, row in enumerate(typed):
        found = required.pop(row.get("kind", ""), None)
        kind = str(row.get("kind", ""))
        label = catalogue_labels.certificate_label(kind, found.label if found else "") if kind else ""
        slots.append(Slot(index, kind, label, found is not None))
    for index, one in enumerate(required.values(), len(typed)):
        label = catalogue_labels.certificate_label(one.kind, one.label)
        slots.append(Slot(index, one.kind, label, is_required=True))
    return slots
