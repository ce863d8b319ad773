"""Pages: the surveys, one survey's results and poster; and the public page behind its link."""

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.inspections.answer_fields import field_prefix, read_item
from bureau.schools import service as schools
from bureau.surveys import rules
from bureau.surveys.permissions import Permission
from bureau.surveys.schemas import SurveyIn, SurveySeen
from bureau.surveys.service import answering, keeping
from kernel.access import PUBLIC
from kernel.access.edge import access, current_actor, may
from kernel.database import new_id, now
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form
from scorecards.form import Unscored
from scorecards.form_json import shape_of

blueprint = Blueprint("surveys", __name__)


@blueprint.get("/surveys")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    page = keeping.list_surveys(actor, request.args.get("cursor"))
    surveys = [row[0] for row in page.items]
    return render_template("surveys/index.html", page=page, counts=keeping.counts(actor, surveys), at=now())


@blueprint.get("/surveys/new")
@access(Permission.OPEN)
def new() -> str:
    day = today().isoformat()
    return _form_page(Form.blank(SurveyIn(), {"batch": str(new_id()), "first": day, "last": day}))


@blueprint.post("/surveys/new")
@access(Permission.OPEN)
def open_surveys() -> Any:
    form = Form.submitted(SurveyIn())
    with form.catching():
        opened = keeping.open_surveys(current_actor(), **form.load())
        flash(_("已开展问卷，请把二维码或链接发给填写人。"))
        if len(opened) == 1:
            return redirect(url_for("surveys.show", school_id=opened[0].school_id, survey_id=opened[0].id))
        return redirect(url_for("surveys.index"))
    return _form_page(form), form.refusal_status


def _form_page(form: Form) -> str:
    actor = current_actor()
    choices = [] if actor.level == "school" else [
        (row.id, row.name) for row in schools.all_schools(actor) if row.state == "active"
    ]  # fmt: skip
    versions = [(version.id, f"{title} v{version.number}") for version, title in keeping.askable_versions(actor)]
    return render_template("surveys/form.html", form=form, schools=choices, versions=versions)


@blueprint.get("/surveys/<int:school_id>/<uuid:survey_id>")
@access(Permission.READ)
def show(school_id: int, survey_id: UUID) -> str:
    actor = current_actor()
    survey = keeping.get_survey(actor, school_id, survey_id)
    tally = keeping.tally_of(actor, survey)
    return render_template(
        "surveys/show.html",
        survey=survey,
        school_name=schools.school_names(actor, {school_id}).get(school_id, ""),
        sheet=keeping.form_of(survey, actor),
        tally=tally,
        comments=keeping.comments_of(actor, survey, tally),
        link=keeping.link_of(survey),
        shape_of=shape_of,
        least=rules.LEAST_SHOWN,
        is_open=survey.closed_at is None and survey.closes_at > now(),
        may_close=may(Permission.OPEN) and survey.owner == ("school" if actor.level == "school" else "bureau"),
    )


@blueprint.get("/surveys/<int:school_id>/<uuid:survey_id>/poster")
@access(Permission.READ)
def poster(school_id: int, survey_id: UUID) -> str:
    """A sheet to print and put up."""
    actor = current_actor()
    survey = keeping.get_survey(actor, school_id, survey_id)
    link = keeping.link_of(survey)
    picture = segno.make(link, error="m", micro=False).svg_inline(scale=6, border=2)
    return render_template(
        "surveys/poster.html",
        survey=survey,
        school_name=schools.school_names(actor, {school_id}).get(school_id, ""),
        link=link,
        picture=Markup(picture),  # noqa: S704 - drawn here from an address of ours
    )


@blueprint.post("/surveys/<int:school_id>/<uuid:survey_id>/closing")
@access(Permission.OPEN)
def close(school_id: int, survey_id: UUID) -> Any:
    keeping.close(current_actor(), school_id, survey_id, Form.submitted(SurveySeen()).load()["version"])
    flash(_("问卷已结束。"))
    return redirect(url_for("surveys.show", school_id=school_id, survey_id=survey_id))


LINK = "/public/surveys/<int:bureau_id>/<int:school_id>/<survey_code>"


@blueprint.get(LINK)
@access(PUBLIC)
def ask(bureau_id: int, school_id: int, survey_code: str) -> str:
    return _ask_page(answering.ask(bureau_id, school_id, survey_code), {}, {})


@blueprint.post(LINK)
@access(PUBLIC)
def answer(bureau_id: int, school_id: int, survey_code: str) -> Any:
    asked = answering.ask(bureau_id, school_id, survey_code)
    given = {
        item.code: read_item(item, field_prefix(position), request.form)
        for position, item in enumerate(asked.form.items())
    }
    try:
        answering.answer(
            bureau_id,
            school_id,
            survey_code,
            ticket=request.form.get("ticket", ""),
            answers=given,
            comment=request.form.get("comment", ""),
            address=request.remote_addr or "",
        )
    except Invalid as error:
        return _ask_page(asked, given, error.fields), 422
    return render_template("surveys/thanks.html", asked=asked)


def _ask_page(asked: answering.Asked, given: dict[str, Any], errors: dict[str, Any]) -> str:
    cards = [
        {
            "position": position, "item": item, "shape": shape_of(item.rule), "given": given.get(item.code) or {},
            "errors": errors.get(f"answers.{item.code}", []), "optional": isinstance(item.rule, Unscored),
        }
        for position, item in enumerate(asked.form.items())
    ]  # fmt: skip
    kept = request.form.get("ticket", "")
    ticket = kept if kept and rules.read_ticket(asked.survey.key, kept) and "_form" not in errors else asked.ticket
    return render_template(
        "surveys/ask.html", asked=asked, cards=cards, ticket=ticket, errors=errors.get("_form", []),
        comment=request.form.get("comment", ""),
    )  # fmt: skip
