from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.schools import service
from bureau.schools.models import Zone
from bureau.schools.permissions import Permission
from bureau.schools.schemas import ZoneForm
from bureau.schools.views.conflicts import differences
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form

blueprint = Blueprint("zones", __name__, url_prefix="/zones")


@blueprint.get("")
@access(Permission.ZONES_READ)
def index() -> str:
    return render_template("schools/zones.html", rows=service.zones_with_counts(current_actor()))


@blueprint.get("/new")
@access(Permission.ZONES_MANAGE)
def new() -> str:
    return _page(Form.blank(ZoneForm()), None)


@blueprint.post("/new")
@access(Permission.ZONES_MANAGE)
def create() -> Any:
    form = Form.submitted(ZoneForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        zone = service.create_zone(current_actor(), **values)
        flash(_("已新建片区“%(name)s”。", name=zone.name), "success")
        return redirect(url_for("zones.index"))
    return _page(form, None), form.refusal_status


@blueprint.get("/<int:zone_id>/edit")
@access(Permission.ZONES_MANAGE)
def edit(zone_id: int) -> str:
    zone = service.get_zone(current_actor(), zone_id)
    form = Form.blank(ZoneForm(), {"code": zone.code, "name": zone.name, "version": zone.version})
    return _page(form, zone)


@blueprint.post("/<int:zone_id>/edit")
@access(Permission.ZONES_MANAGE)
def save(zone_id: int) -> Any:
    actor = current_actor()
    service.get_zone(actor, zone_id)
    form = Form.submitted(ZoneForm())
    with form.catching():
        values = form.load()
        service.edit_zone(actor, zone_id, seen_version=values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("zones.index"))
    return _page(form, service.get_zone(actor, zone_id)), form.refusal_status


def _page(form: Form, zone: Zone | None) -> str:
    labels = {"code": _("片区代码"), "name": _("片区名称")}
    return render_template("schools/zone_form.html", form=form, zone=zone, differences=differences(form, labels))
