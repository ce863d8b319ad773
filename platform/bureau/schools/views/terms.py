"""Terms and the school calendar."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.schools import service, term_calendar
from bureau.schools.models import Term
from bureau.schools.permissions import Permission
from bureau.schools.schemas import TermForm
from bureau.schools.service.day_kinds import kinds_between, years_without_arrangement
from bureau.schools.views.conflicts import differences
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import NotFound
from kernel.web.dates import today
from kernel.web.forms import Form

blueprint = Blueprint("terms", __name__)


@blueprint.get("/terms")
@access(Permission.TERMS_READ)
def index() -> str:
    actor = current_actor()
    current = service.current_term(actor, today())
    return render_template("schools/terms.html", terms=service.list_terms(actor), current=current)


@blueprint.get("/terms/new")
@access(Permission.TERMS_MANAGE)
def new() -> str:
    return _page(Form.blank(TermForm(), {"id": new_id()}), None)


@blueprint.post("/terms/new")
@access(Permission.TERMS_MANAGE)
def create() -> Any:
    form = Form.submitted(TermForm())
    with form.catching():
        values = form.load()
        values.pop("version")
        values["id"] = values["id"] or new_id()
        term = service.create_term(current_actor(), **values)
        flash(_("已新建学期“%(name)s”。", name=term.name), "success")
        return redirect(url_for("terms.index"))
    return _page(form, None), form.refusal_status


@blueprint.get("/terms/<uuid:term_id>/edit")
@access(Permission.TERMS_MANAGE)
def edit(term_id: UUID) -> str:
    term = service.get_term(current_actor(), term_id)
    return _page(Form.blank(TermForm(), {**TermForm().dump(term), "version": term.version}), term)


@blueprint.post("/terms/<uuid:term_id>/edit")
@access(Permission.TERMS_MANAGE)
def save(term_id: UUID) -> Any:
    actor = current_actor()
    service.get_term(actor, term_id)
    form = Form.submitted(TermForm())
    with form.catching():
        values = form.load()
        values.pop("id")
        service.edit_term(actor, term_id, seen_version=values.pop("version"), **values)
        flash(_("已保存。"), "success")
        return redirect(url_for("terms.index"))
    return _page(form, service.get_term(actor, term_id)), form.refusal_status


@blueprint.post("/terms/<uuid:term_id>/delete")
@access(Permission.TERMS_MANAGE)
def delete(term_id: UUID) -> Any:
    version = request.form.get("version", "")
    seen_version = int(version) if version.isdecimal() and len(version) < 10 else None
    term = service.get_term(current_actor(), term_id)
    service.delete_term(current_actor(), term_id, seen_version=seen_version)
    flash(_("已删除学期“%(name)s”。", name=term.name), "success")
    return redirect(url_for("terms.index"))


def _page(form: Form, term: Term | None) -> str:
    words = {"name": _("学期名称"), "starts_on": _("开始日期"), "ends_on": _("结束日期")}
    return render_template("schools/term_form.html", form=form, term=term, differences=differences(form, words))


@blueprint.get("/calendar")
@access(Permission.TERMS_READ)
def calendar() -> str:
    """The term asked for by `term`, else the one that runs now or comes next."""
    actor = current_actor()
    term = _asked_term()
    laid_out: list[term_calendar.CalendarMonth] = []
    if term is not None:
        kind_of = kinds_between(actor, term.starts_on, term.ends_on)
        laid_out = term_calendar.months(term.starts_on, term.ends_on, kind_of)
    return render_template(
        "schools/calendar.html",
        term=term,
        terms=service.list_terms(actor),
        months=laid_out,
        unknown_years=years_without_arrangement(actor, term.starts_on, term.ends_on) if term else [],
        school_days=term_calendar.school_days(laid_out),
        today=today(),
        week=term_calendar.week_number(today(), term.starts_on, term.ends_on) if term else None,
    )


def _asked_term() -> Term | None:
    actor = current_actor()
    asked = request.args.get("term", "")
    if not asked:
        return service.nearest_term(actor, today())
    try:
        return service.get_term(actor, UUID(asked))
    except ValueError:
        raise NotFound from None
