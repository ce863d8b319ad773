"""Pages: composites, a new one, and the schools' scores with the account of each."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bureau.composites import service
from bureau.composites.permissions import Permission
from bureau.composites.schemas import CompositeIn
from bureau.inspections.service import planning
from bureau.inspections.views.compare import peer_group_name
from bureau.surveys.service.keeping import askable_versions
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.sheets import MEDIA_TYPE, Column, SheetSpec, export_xlsx
from kernel.web.downloads import disposition
from kernel.web.forms import Form

blueprint = Blueprint("composites", __name__, url_prefix="/composites")
ROWS = 4  # parts that the page offers


@blueprint.get("/")
@access(Permission.READ)
def index() -> str:
    return render_template("composites/index.html", composites=service.list_composites(current_actor()))


@blueprint.get("/new")
@access(Permission.MANAGE)
def new() -> str:
    return _form_page(Form.blank(CompositeIn(), {"id": str(new_id())}))


@blueprint.post("/new")
@access(Permission.MANAGE)
def create() -> Any:
    form = Form.submitted(CompositeIn())
    # Rows that were left empty are no parts.
    form.values["parts"] = [part for part in form.values.get("parts") or [] if any(part.values())]
    with form.catching():
        composite = service.create(current_actor(), **form.load())
        flash(_("已建立综合评价。"))
        return redirect(url_for("composites.show", composite_id=composite.id))
    return _form_page(form), form.refusal_status


def _form_page(form: Form) -> str:
    actor = current_actor()
    plans = [(row["plan"].id, row["plan"].title) for row in planning.list_plans(actor)]
    versions = [(version.id, f"{title} v{version.number}") for version, title in askable_versions(actor)]
    given = len(form.values.get("parts") or [])
    return render_template("composites/form.html", form=form, plans=plans, versions=versions, rows=max(ROWS, given))


@blueprint.get("/<uuid:composite_id>")
@access(Permission.READ)
def show(composite_id: UUID) -> str:
    actor = current_actor()
    composite = service.get_composite(actor, composite_id)
    groups: dict[str, list[service.Composed]] = {}
    for row in service.scores(actor, composite):
        groups.setdefault(peer_group_name(row.stage, row.is_boarding), []).append(row)
    return render_template(
        "composites/show.html", composite=composite, parts=service.parts_of(composite), groups=groups
    )


@blueprint.get("/<uuid:composite_id>/scores.xlsx")
@access(Permission.READ)
def sheet(composite_id: UUID) -> Response:
    actor = current_actor()
    composite = service.get_composite(actor, composite_id)
    parts = service.parts_of(composite)
    spec = SheetSpec(
        _l("综合评价"),
        (
            Column("group", _l("学校类别"), width=20),
            Column("rank", _l("名次"), kind="integer", width=8),
            Column("school", _l("学校"), width=36),
            *(Column(f"part{part.position}", part.title, kind="decimal", width=14) for part in parts),
            Column("score", _l("综合得分"), kind="decimal", width=12),
        ),
    )
    rows = [
        {
            "group": peer_group_name(row.stage, row.is_boarding),
            "rank": row.rank,
            "school": row.school_name,
            "score": row.result.score,
            **{f"part{line.code}": line.points for line in row.result.account},
        }
        for row in service.scores(actor, composite)
    ]
    response = Response(export_xlsx(spec, rows, title=composite.title), mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = disposition("attachment", f"{composite.title}.xlsx")
    return response
