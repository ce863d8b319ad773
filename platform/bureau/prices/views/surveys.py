"""Surveys: list, draw up, follow, decide, sign."""

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.catalogue.service import items as catalogue
from bureau.catalogue.service.categories import list_categories
from bureau.prices import labels
from bureau.prices.models import PriceSurvey, PriceSurveyor
from bureau.prices.permissions import Permission
from bureau.prices.rules import SURVEY_TRANSITIONS, events_of
from bureau.prices.schemas import (
    PriceDecisionIn,
    PriceMoveForm,
    PriceSurveyForm,
    PriceSurveyorForm,
    SignForm,
)
from bureau.prices.service import judging, sources, surveyors
from bureau.prices.service import surveys as service
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form

blueprint = Blueprint("price_surveys", __name__, url_prefix="/prices/surveys")


@blueprint.get("")
@access(Permission.SURVEY_READ)
def index() -> str:
    page = service.list_surveys(current_actor(), request.args.get("cursor"))
    return render_template("prices/surveys.html", page=page, labels=labels)


@blueprint.get("/new")
@access(Permission.SURVEY)
def new() -> str:
    day = today().isoformat()
    active = [str(one.id) for one in sources.list_sources(current_actor(), active_only=True)]
    blank = {"id": new_id(), "first_day": day, "last_day": day, "source_ids": active}
    return _form_page(Form.blank(PriceSurveyForm(), blank), None)


@blueprint.post("/new")
@access(Permission.SURVEY)
def create() -> Any:
    form = Form.submitted(PriceSurveyForm())
    with form.catching():
        values = form.load()
        survey = service.save_survey(current_actor(), values.pop("id"), values.pop("version"), **values)
        flash(_("已保存草稿，请添加询价员后开始询价。"), "success")
        return redirect(url_for("price_surveys.people", price_survey_id=survey.id))
    return _form_page(form, None), form.refusal_status


@blueprint.get("/<uuid:price_survey_id>/edit")
@access(Permission.SURVEY)
def edit(price_survey_id: UUID) -> str:
    actor = current_actor()
    survey = service.get_survey(actor, price_survey_id)
    values = PriceSurveyForm().dump(survey)
    values["item_ids"] = [str(row.item_id) for row in service.items_of(actor.bureau_id, survey.id)]
    values["source_ids"] = [str(row.source_id) for row in service.sources_of(actor.bureau_id, survey.id)]
    return _form_page(Form.blank(PriceSurveyForm(), values), survey)


@blueprint.post("/<uuid:price_survey_id>/edit")
@access(Permission.SURVEY)
def save(price_survey_id: UUID) -> Any:
    actor = current_actor()
    survey = service.get_survey(actor, price_survey_id)
    form = Form.submitted(PriceSurveyForm())
    form.values["id"] = str(price_survey_id)
    with form.catching():
        values, version = form.load_edit()
        service.save_survey(actor, price_survey_id, version, **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("price_surveys.show", price_survey_id=price_survey_id))
    return _form_page(form, survey), form.refusal_status


def _form_page(form: Form, survey: PriceSurvey | None) -> str:
    actor = current_actor()
    names = {category.id: category.name for category in list_categories(actor)}
    groups: dict[str, list[tuple[UUID, str]]] = {}
    for item in catalogue.published_items(actor):
        groups.setdefault(names[item.category_id], []).append((item.id, f"{item.name} {item.specification}".strip()))
    places = [
        (one.id, f"{one.name}（{labels.SOURCE_KINDS[one.kind]}）")
        for one in sources.list_sources(actor, active_only=True)
    ]
    return render_template(
        "prices/survey_form.html", form=form, survey=survey, labels=labels, groups=groups, sources=places
    )


@blueprint.get("/<uuid:price_survey_id>")
@access(Permission.SURVEY_READ)
def show(price_survey_id: UUID) -> str:
    return _show_page(service.get_survey(current_actor(), price_survey_id), Form.blank(PriceMoveForm()))


def _show_page(survey: PriceSurvey, form: Form) -> str:
    actor = current_actor()
    results = judging.results_of(actor, survey)
    return render_template(
        "prices/survey.html", survey=survey, results=results, form=form, labels=labels,
        sources=service.sources_of(actor.bureau_id, survey.id), events=service.events_of(actor, survey.id),
        may_happen=events_of(SURVEY_TRANSITIONS, survey.state), waiting=sum(one.waiting for one in results),
        outliers=sum(one.outliers for one in results), lacking=sum(1 for one in results if not one.enough),
    )  # fmt: skip


@blueprint.post("/<uuid:price_survey_id>/moves")
@access(Permission.SURVEY)
def move(price_survey_id: UUID) -> Any:
    actor = current_actor()
    service.get_survey(actor, price_survey_id)
    form = Form.submitted(PriceMoveForm())
    with form.catching():
        values = form.load()
        service.move(actor, price_survey_id, values["event"], values["version"], values["reason"])
        flash(_("已更新。"), "success")
        return redirect(url_for("price_surveys.show", price_survey_id=price_survey_id))
    return _show_page(service.get_survey(actor, price_survey_id), form), form.refusal_status


@blueprint.post("/<uuid:price_survey_id>/signature")
@access(Permission.SIGN)
def sign(price_survey_id: UUID) -> Any:
    actor = current_actor()
    service.get_survey(actor, price_survey_id)
    form = Form.submitted(SignForm())
    with form.catching():
        service.move(actor, price_survey_id, "sign", form.load()["version"])
        flash(_("已签认，可以据此编制价格册。"), "success")
        return redirect(url_for("price_surveys.show", price_survey_id=price_survey_id))
    return _show_page(service.get_survey(actor, price_survey_id), form), form.refusal_status


@blueprint.post("/<uuid:price_survey_id>/reports/<uuid:price_report_id>/decision")
@access(Permission.SURVEY)
def decide(price_survey_id: UUID, price_report_id: UUID) -> Any:
    actor = current_actor()
    service.get_survey(actor, price_survey_id)
    form = Form.submitted(PriceDecisionIn())
    with form.catching():
        judging.decide(actor, price_survey_id, price_report_id, **form.load())
        flash(_("已记录取舍。"), "success")
        return redirect(url_for("price_surveys.show", price_survey_id=price_survey_id))
    return _show_page(service.get_survey(actor, price_survey_id), form), form.refusal_status


@blueprint.get("/<uuid:price_survey_id>/people")
@access(Permission.SURVEY)
def people(price_survey_id: UUID) -> str:
    survey = service.get_survey(current_actor(), price_survey_id)
    return _people_page(survey, Form.blank(PriceSurveyorForm(), {"id": new_id()}))


@blueprint.post("/<uuid:price_survey_id>/people")
@access(Permission.SURVEY)
def add_person(price_survey_id: UUID) -> Any:
    actor = current_actor()
    survey = service.get_survey(actor, price_survey_id)
    form = Form.submitted(PriceSurveyorForm())
    with form.catching():
        values = form.load()
        surveyors.add(actor, price_survey_id, values.pop("id"), **values)
        flash(_("已添加询价员。"), "success")
        return redirect(url_for("price_surveys.people", price_survey_id=price_survey_id))
    return _people_page(survey, form), form.refusal_status


@blueprint.post("/<uuid:price_survey_id>/people/<uuid:price_surveyor_id>/revocation")
@access(Permission.SURVEY)
def revoke(price_survey_id: UUID, price_surveyor_id: UUID) -> Any:
    version = Form.submitted(SignForm()).load()["version"]
    surveyors.revoke(current_actor(), price_survey_id, price_surveyor_id, version)
    flash(_("已收回。已提交的报价保留。"), "success")
    return redirect(url_for("price_surveys.people", price_survey_id=price_survey_id))


def _people_page(survey: PriceSurvey, form: Form) -> str:
    actor = current_actor()
    q = request.args.get("q", "").replace("\x00", "")[:40]
    found = surveyors.surveyors_of(actor, survey.id)
    links = {one.id: _link(survey, one) for one in found if one.person_id is None and one.revoked_at is None}
    return render_template(
        "prices/people.html", survey=survey, form=form, surveyors=found, links=links, labels=labels,
        counts=surveyors.report_counts(actor, survey.id), choices=surveyors.find_people(actor, q), q=q,
    )  # fmt: skip


def _link(survey: PriceSurvey, surveyor: PriceSurveyor) -> tuple[str, Markup]:
    link = surveyors.link_of(survey, surveyor)
    picture = segno.make(link, error="m", micro=False).svg_inline(scale=4, border=2)
    return link, Markup(picture)  # noqa: S704 - drawn here from an address of ours
