"""What must be put right; the supervision group, meetings and surveys; records for an inspector to take along."""

from datetime import date
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools.service import get_school
from bureau.schools.views.downloads import download
from bureau.surveys.permissions import Permission as SurveyPermission
from bureau.surveys.service.keeping import askable_versions
from kernel.access.edge import access, current_actor, may, require
from kernel.actor import Actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.files.service import store
from kernel.files.sniffing import IMAGES
from kernel.schemas import BaseSchema, Choice, Day, Identifier, Text, Whole
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded
from school.canteen_day import labels, rules
from school.canteen_day.api import PURPOSE
from school.canteen_day.kinds import KINDS
from school.canteen_day.permissions import Permission
from school.canteen_day.schemas import CanteenFindingQuery
from school.canteen_day.service import exporting
from school.canteen_day.service import findings as open_items
from school.canteen_day.service import group as groups
from school.canteen_day.views.blueprint import blueprint
from school.canteen_day.workbook import binder_xlsx, cover_of


class StepForm(BaseSchema):
    event = Choice(rules.FindingEvent, required=True)
    words = Text(1000, required=True)
    version = Whole(1, required=True)


class SurveyForm(BaseSchema):
    id = Identifier(required=True)
    form_version_id = Identifier(required=True)


class ReplyForm(BaseSchema):
    id = Identifier(required=True)
    survey_id = Identifier(required=True)
    words = Text(2000, required=True)


class ExportQuery(BaseSchema):
    """`as_paper`: a page to print instead of a workbook."""

    first = Day(required=True)
    last = Day(required=True)
    kind = Choice(KINDS, load_default=None, allow_none=True)


@blueprint.get("/canteen-day/findings")
@access(Permission.READ)
def findings() -> str:
    actor = current_actor()
    form = Form.blank(CanteenFindingQuery(), dict(request.args.items()))
    try:
        query = form.load()
    except Invalid:
        query = CanteenFindingQuery().load({})
    page = open_items.list_findings(actor, actor.own_school_id(), **query)
    return render_template(
        "canteen_day/findings.html", page=page, state=query["state"], labels=labels, today=today(), kinds=KINDS,
        next_url=url_for("canteen_day.findings", state=query["state"], cursor=page.next_cursor) if page.next_cursor else None,
    )  # fmt: skip


@blueprint.get("/canteen-day/findings/<uuid:canteen_finding_id>")
@access(Permission.READ)
def finding(canteen_finding_id: UUID) -> str:
    return _finding(current_actor(), canteen_finding_id, Form.blank(StepForm()))


def _finding(actor: Actor, finding_id: UUID, form: Form) -> str:
    found = open_items.get_finding(actor, actor.own_school_id(), finding_id)
    events = [event for state, event in rules.TRANSITIONS if state == found.state]
    return render_template(
        "canteen_day/finding.html", finding=found, steps=open_items.steps_of(found), form=form, labels=labels,
        events=events, kinds=KINDS, today=today(),
    )  # fmt: skip


@blueprint.post("/canteen-day/findings/<uuid:canteen_finding_id>")
@access(Permission.RECORD)
def act_on_finding(canteen_finding_id: UUID) -> Any:
    actor = current_actor()
    open_items.get_finding(actor, actor.own_school_id(), canteen_finding_id)
    form = Form.submitted(StepForm())
    with form.catching():
        values = form.load()
        photo_id = None
        if files := uploaded("photo"):
            name = files[0].filename or ""
            photo_id = store(actor, files[0].read(), name=name, purpose=PURPOSE, accepted=IMAGES, field="photo").id
        open_items.act(
            actor, canteen_finding_id, values["event"], values["version"], values["words"], photo_id
        )  # fmt: skip
        flash(_("已登记：%(what)s。", what=labels.FINDING_EVENTS[values["event"]]), "success")
        return redirect(url_for("canteen_day.finding", canteen_finding_id=canteen_finding_id))
    return _finding(actor, canteen_finding_id, form), form.refusal_status


@blueprint.get("/canteen-day/group")
@access(Permission.READ)
def group() -> str:
    return _group(None)


def _group(form: Form | None) -> str:
    actor = current_actor()
    can_ask = may(SurveyPermission.OPEN) and not actor.read_only
    return render_template(
        "canteen_day/group.html", page=groups.page_of(actor, actor.own_school_id()), labels=labels, form=form,
        versions=[(str(version.id), title) for version, title in askable_versions(actor)] if can_ask else [],
        can_ask=can_ask, survey_id=new_id(), reply_id=new_id(), today=today(), columns=exporting.columns_of,
    )  # fmt: skip


@blueprint.post("/canteen-day/surveys")
@access(Permission.MANAGE)
def ask() -> Any:
    require(SurveyPermission.OPEN)
    form = Form.submitted(SurveyForm())
    with form.catching():
        values = form.load()
        survey = groups.open_survey(current_actor(), values["id"], values["form_version_id"])
        flash(_("问卷已开放，可以张贴二维码。"), "success")
        return redirect(url_for("surveys.poster", school_id=survey.school_id, survey_id=survey.id))
    return _group(form), form.refusal_status


@blueprint.post("/canteen-day/surveys/replies")
@access(Permission.MANAGE)
def answer() -> Any:
    form = Form.submitted(ReplyForm())
    with form.catching():
        values = form.load()
        groups.reply(current_actor(), values["id"], values["survey_id"], values["words"])
        flash(_("答复已公布在本页。"), "success")
        return redirect(url_for("canteen_day.group"))
    return _group(form), form.refusal_status


@blueprint.get("/canteen-day/export")
@access(Permission.READ)
def export() -> str:
    first = today().replace(day=1)
    form = Form.blank(ExportQuery(), {"first": first, "last": today()})
    return render_template("canteen_day/export.html", form=form, kinds=KINDS, of_school=None)


@blueprint.get("/canteen-day/export.xlsx")
@access(Permission.READ)
def export_file() -> Response:
    actor = current_actor()
    return _file(actor, actor.own_school_id())


@blueprint.get("/canteen-day/export/print")
@access(Permission.READ)
def export_paper() -> str:
    actor = current_actor()
    return _paper(actor, actor.own_school_id())


@blueprint.get("/schools/<int:school_id>/canteen-day/export.xlsx")
@access(Permission.OVERSEE)
def export_file_of_school(school_id: int) -> Response:
    actor = current_actor()
    return _file(actor, get_school(actor, school_id).id)


@blueprint.get("/schools/<int:school_id>/canteen-day/export/print")
@access(Permission.OVERSEE)
def export_paper_of_school(school_id: int) -> str:
    actor = current_actor()
    return _paper(actor, get_school(actor, school_id).id)


def _binder(actor: Actor, school_id: int) -> tuple[exporting.Binder, str]:
    """The span of the address, by default this month up to today."""
    given = {"first": today().replace(day=1), "last": today(), **dict(request.args.items())}
    query = Form.blank(ExportQuery(), given).load()
    codes = [query["kind"]] if query["kind"] else []
    first, last = _bounded(query["first"], query["last"])
    return exporting.gather(actor, school_id, first, last, codes), get_school(actor, school_id).name


def _bounded(first: date, last: date) -> tuple[date, date]:
    return first, min(last, today())


def _file(actor: Actor, school_id: int) -> Response:
    binder, name = _binder(actor, school_id)
    title = _("%(school)s-食堂日常记录-%(first)s", school=name, first=binder.first.isoformat())
    return download(binder_xlsx(binder, name), f"{title}.xlsx")


def _paper(actor: Actor, school_id: int) -> str:
    binder, name = _binder(actor, school_id)
    return render_template(
        "canteen_day/paper.html", binder=binder, cover=cover_of(binder, name), table_of=exporting.table_of
    )
