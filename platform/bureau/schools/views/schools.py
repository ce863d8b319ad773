"""List, show, create, edit schools; the export of a list."""

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools import labels, rules, service, states
from bureau.schools.models import School
from bureau.schools.permissions import Permission
from bureau.schools.schemas import SchoolForm, SchoolNumbersForm, SchoolQuery
from bureau.schools.sheet import EXPORT_SPEC, export_rows
from bureau.schools.views.conflicts import differences
from bureau.schools.views.downloads import download
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.errors import Invalid
from kernel.sheets import export_xlsx
from kernel.web.dates import today
from kernel.web.forms import Form

blueprint = Blueprint("schools", __name__, url_prefix="/schools")


@blueprint.get("")
@access(Permission.SCHOOLS_LIST)
def index() -> Any:
    actor = current_actor()
    query, form = _query()
    filters = service.SchoolFilters(**SchoolQuery().filters(query))
    page = service.list_schools(actor, filters, query["cursor"], query["limit"])
    arguments: dict[str, Any] = {
        name: value for name, value in request.args.items() if name in form.schema.fields and value
    }
    arguments.pop("cursor", None)
    return render_template(
        "schools/index.html",
        form=form,
        page=page,
        zone_names=service.zone_names(actor),
        labels=labels,
        filtered=any(name != "limit" for name in arguments),
        first_url=url_for("schools.index", **arguments) if query["cursor"] else None,
        next_url=url_for("schools.index", **arguments, cursor=page.next_cursor) if page.next_cursor else None,
        export_url=url_for("schools.export", **arguments),
    )


def _query() -> tuple[dict[str, Any], Form]:
    """The list's filters. A mistyped address shows the unfiltered list with the message at its field."""
    form = Form.blank(SchoolQuery(), request.args.to_dict())
    try:
        return form.load(), form
    except Invalid as error:
        form.reject(error)
        return SchoolQuery().load({}), form


@blueprint.get("/export")
@access(Permission.SCHOOLS_LIST)
def export() -> Response:
    """The filtered list, every page of it, in the columns of the import."""
    actor = current_actor()
    query, _form = _query()
    filters = service.SchoolFilters(**SchoolQuery().filters(query))
    rows = export_rows(service.all_schools(actor, filters), service.zone_names(actor))
    return download(export_xlsx(EXPORT_SPEC, rows), _("学校名录-%(day)s.xlsx", day=today().isoformat()))


@blueprint.get("/new")
@access(Permission.SCHOOLS_MANAGE)
def new() -> str:
    blank = dict.fromkeys(rules.COUNTS, 0)
    return _edit_page(Form.blank(SchoolForm(), {**blank, "setting": "town", "canteen_mode": "self_run"}), None)


@blueprint.post("/new")
@access(Permission.SCHOOLS_MANAGE)
def create() -> Any:
    form = Form.submitted(SchoolForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        school = service.create_school(current_actor(), values)
        flash(_("已新建学校“%(name)s”。", name=school.name), "success")
        return redirect(url_for("schools.show", school_id=school.id))
    return _edit_page(form, None), form.refusal_status


@blueprint.get("/mine")
@access(Permission.OWN_SCHOOL_READ)
def mine() -> str:
    return _show(current_actor(), current_actor().own_school_id())


@blueprint.get("/<int:school_id>")
@access(Permission.SCHOOL_READ)
def show(school_id: int) -> str:
    return _show(current_actor(), school_id)


def _show(actor: Actor, school_id: int) -> str:
    school = service.get_school(actor, school_id)
    changes = service.state_changes(actor, school_id)
    return render_template(
        "schools/show.html",
        school=school,
        changes=changes,
        holder=service.holder_of(actor, school),
        merged=service.merged_schools(actor, school_id),
        target_names=service.school_names(actor, [change.target_school_id for change in changes]),
        names=service.person_names(actor, [change.by for change in changes]),
        zone_names=service.zone_names(actor),
        labels=labels,
        warnings=[(labels.FIELD[found.field], labels.problem_text(found)) for found in service.warnings_of(school)],
        can_edit=bool(service.editable_fields(actor)) and school.state != "merged",
        events=states.possible(school.state) if may(Permission.SCHOOLS_MANAGE) else (),
    )


@blueprint.get("/<int:school_id>/edit")
@access(Permission.SCHOOL_EDIT)
def edit(school_id: int) -> Any:
    school = service.get_school(current_actor(), school_id)
    if school.state == "merged":
        flash(_("学校已并入他校，只能查看，不能修改。"), "warning")
        return redirect(url_for("schools.show", school_id=school_id))
    schema = _schema(current_actor())
    return _edit_page(Form.blank(schema, {**schema.dump(school), "version": school.version}), school)


@blueprint.post("/<int:school_id>/edit")
@access(Permission.SCHOOL_EDIT)
def save(school_id: int) -> Any:
    actor = current_actor()
    service.get_school(actor, school_id)
    form = Form.submitted(_schema(actor))
    with form.catching():
        values = form.load()
        service.edit_school(actor, school_id, seen_version=values.pop("version"), values=values)
        flash(_("已保存。"), "success")
        return redirect(url_for("schools.show", school_id=school_id))
    return _edit_page(form, service.get_school(actor, school_id)), form.refusal_status


def _schema(actor: Actor) -> SchoolForm | SchoolNumbersForm:
    """The bureau's administrator edits the whole profile, a school its own numbers and contacts."""
    return SchoolForm() if "code" in service.editable_fields(actor) else SchoolNumbersForm()


def _edit_page(form: Form, school: School | None) -> str:
    zones = service.zone_names(current_actor())
    return render_template(
        "schools/form.html",
        form=form,
        school=school,
        whole="code" in form.schema.fields,
        zone_names=zones,
        labels=labels,
        differences=differences(form, labels.FIELD, lambda field, value: labels.shown(field, value, zones)),
    )
