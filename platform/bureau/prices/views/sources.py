"""Where prices are looked up."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.prices import labels
from bureau.prices.permissions import Permission
from bureau.prices.schemas import PriceSourceForm
from bureau.prices.service import sources as service
from bureau.schools.views.conflicts import differences
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.forms import Form

blueprint = Blueprint("price_sources", __name__, url_prefix="/prices/sources")


@blueprint.get("")
@access(Permission.SURVEY_READ)
def index() -> str:
    return render_template("prices/sources.html", sources=service.list_sources(current_actor()), labels=labels)


@blueprint.get("/new")
@access(Permission.SURVEY)
def new() -> str:
    return _page(Form.blank(PriceSourceForm(), {"id": new_id(), "is_active": True}), None)


@blueprint.post("/new")
@access(Permission.SURVEY)
def create() -> Any:
    form = Form.submitted(PriceSourceForm())
    with form.catching():
        values = form.load()
        service.save_source(current_actor(), values.pop("id"), values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("price_sources.index"))
    return _page(form, None), form.refusal_status


@blueprint.get("/<uuid:price_source_id>/edit")
@access(Permission.SURVEY)
def edit(price_source_id: UUID) -> str:
    source = service.get_source(current_actor(), price_source_id)
    return _page(Form.blank(PriceSourceForm(), PriceSourceForm().dump(source)), price_source_id)


@blueprint.post("/<uuid:price_source_id>/edit")
@access(Permission.SURVEY)
def save(price_source_id: UUID) -> Any:
    actor = current_actor()
    service.get_source(actor, price_source_id)
    form = Form.submitted(PriceSourceForm())
    form.values["id"] = str(price_source_id)
    with form.catching():
        values, version = form.load_edit()
        service.save_source(actor, price_source_id, version, **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("price_sources.index"))
    return _page(form, price_source_id), form.refusal_status


def _page(form: Form, source_id: UUID | None) -> str:
    return render_template(
        "prices/source.html", form=form, source_id=source_id, labels=labels,
        differences=differences(form, {"name": _("名称"), "address": _("地址")}),
    )  # fmt: skip
