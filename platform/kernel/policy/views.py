"""Figures with their sources, and the form that overrides one."""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError

from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.policy import labels, service
from kernel.policy.permissions import Permission
from kernel.policy.rules import Value, value_from_json
from kernel.policy.schemas import FigureValue, OverrideForm
from kernel.schemas import flatten_errors
from kernel.web.dates import today
from kernel.web.forms import Form

blueprint = Blueprint("figures", __name__, url_prefix="/figures")
ONE_DAY = timedelta(days=1)
FEN = "分"


@blueprint.get("/")
@access(Permission.READ)
def index() -> str:
    """One group at a time: a hundred figures on one page are read by nobody on a phone."""
    groups: dict[str, list[service.Row]] = {}
    for row in service.list_figures(current_actor()):
        groups.setdefault(row.key.partition(".")[0], []).append(row)
    ordered = [name for name in labels.GROUPS if name in groups] + [
        name for name in groups if name not in labels.GROUPS
    ]
    chosen = request.args.get("group", "")
    if chosen not in groups:
        chosen = ordered[0] if ordered else ""
    tabs = [
        (labels.group_label(name), url_for("figures.index", group=name), name == chosen, len(groups[name]))
        for name in ordered
    ]
    return render_template(
        "policy/index.html", tabs=tabs, group=labels.group_label(chosen), rows=groups.get(chosen, []), labels=labels
    )


@blueprint.get("/<figure_key>")
@access(Permission.READ)
def show(figure_key: str) -> str:
    row = service.get_figure(current_actor(), figure_key)
    return _page(row, Form.blank(OverrideForm(), {"id": new_id(), "key": figure_key, "valid_from": today()}))


@blueprint.post("/<figure_key>")
@access(Permission.OVERRIDE)
def override(figure_key: str) -> Any:
    actor = current_actor()
    row = service.get_figure(actor, figure_key)
    form = Form.submitted(OverrideForm())
    form.values["key"] = figure_key
    with form.catching():
        data = form.load()
        last_day = data["last_day"]
        service.save_override(
            actor,
            data["id"],
            data["version"],
            key=figure_key,
            value=_typed(row, data),
            citation=data["citation"],
            valid_from=data["valid_from"],
            valid_to=last_day + ONE_DAY if last_day else None,
        )
        flash(_("已保存。"), "success")
        return redirect(url_for("figures.show", figure_key=figure_key))
    if "valid_to" in form.errors:
        form.errors["last_day"] = form.errors.pop("valid_to")
    if form.conflict is not None and form.conflict.current:
        form.values["version"] = form.conflict.current.get("version")
    return _page(service.get_figure(actor, figure_key), form), form.refusal_status


def _typed(row: service.Row, data: dict[str, Any]) -> Value:
    """What was typed, in the shape of the national value."""
    shape = shape_of(row)
    given: Any = data["value"]
    if shape == "range":
        given = {"least": data["least"], "most": data["most"]}
    elif shape == "words":
        given = data["value"].splitlines()
    elif shape == "flag":
        given = data["value"] == "1"
    try:
        value: Value = FigureValue(required=True).deserialize(given)
    except ValidationError as error:
        raise Invalid({"value": next(iter(flatten_errors(error.messages).values()))}) from error
    # People write money in yuan; it is kept in fen.
    return value * 100 if row.unit == FEN and isinstance(value, Decimal) else value


def shape_of(row: service.Row) -> str:
    """How the value is typed: "number", "words", "range" or "flag"."""
    value = row.figures[0].value
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, Decimal):
        return "number"
    return "words" if isinstance(value, (list, tuple)) else "range"


def _page(row: service.Row, form: Form) -> str:
    actor = current_actor()
    own = [override for override in row.overrides if override.school_id == actor.school_id]
    return render_template(
        "policy/show.html",
        row=row,
        form=form,
        shape=shape_of(row),
        labels=labels,
        own=_forms(row, own),
        today=today(),
        unit=_("元") if row.unit == FEN else row.unit,
    )


def _forms(row: service.Row, overrides: Sequence[Any]) -> list[dict[str, Any]]:
    """What the page needs to end each of the actor's own rows: everything as it stands, but for the last day."""
    shown = []
    for override in overrides:
        value = value_from_json(override.value)
        text, least, most = "", "", ""
        if isinstance(value, bool):
            text = "1" if value else "0"
        elif isinstance(value, Decimal):
            text = labels.plain_number(value / 100 if row.unit == FEN else value)
        elif isinstance(value, dict):
            least, most = value["least"], value["most"]
        else:
            text = "\n".join(str(word) for word in value)  # type: ignore[union-attr]
        last_day = override.valid_to - ONE_DAY if override.valid_to else None
        fields = {
            "id": override.id, "version": override.version, "value": text, "least": least, "most": most,
            "citation": override.citation, "valid_from": override.valid_from.isoformat(),
        }  # fmt: skip
        shown.append({"override": override, "value": value, "last_day": last_day, "fields": fields})
    return shown
