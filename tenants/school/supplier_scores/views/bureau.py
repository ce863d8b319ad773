"""The bureau: every supplier's score, by name; one supplier with its facts; publishing."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.suppliers.service.finding import get_supplier, names_of
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.jobs import service as jobs
from kernel.sheets import MEDIA_TYPE
from kernel.web.dates import today
from kernel.web.forms import Form
from school.supplier_scores import sheets
from school.supplier_scores.permissions import Permission
from school.supplier_scores.schemas import ScorePublicationIn
from school.supplier_scores.service import gathering, objecting, publishing, reading
from school.supplier_scores.views.blueprint import blueprint
from school.supplier_scores.views.parts import facts_of, last_days, words


@blueprint.get("")
@access(Permission.READ)
def index() -> str:
    return _index(Form.blank(ScorePublicationIn(), {"id": new_id()}))


def _index(form: Form) -> str:
    actor = current_actor()
    run, rows = reading.standings(actor)
    gathered = gathering.last_gathering(actor)
    return render_template(
        "supplier_scores/index.html", run=run, gathered=gathered, rows=rows, form=form,
        publications=publishing.publications(actor), waiting=objecting.count_open(actor),
        days=last_days(today(), gathered.last_day) if gathered else [], **words(),
    )  # fmt: skip


@blueprint.post("/publications")
@access(Permission.PUBLISH)
def publish() -> Any:
    form = Form.submitted(ScorePublicationIn())
    with form.catching():
        values = form.load()
        made = publishing.publish(current_actor(), values["id"], values["last_day"])
        flash(_("评分已公布，并已通知供应商。"), "success")
        return redirect(url_for("supplier_scores.publication", score_publication_id=made.id))
    return _index(form), form.refusal_status


@blueprint.post("/gathering")
@access(Permission.PUBLISH)
def gather() -> Any:
    run = jobs.start(current_actor(), "supplier_scores.gather", _("更新供应商履约事实"))
    return redirect(url_for("jobs.show", run_id=run.id))


@blueprint.get("/sheet")
@access(Permission.READ)
def sheet() -> Response:
    return spreadsheet(sheets.standings_xlsx(reading.standings(current_actor())[1]), "supplier-scores")


def spreadsheet(content: bytes, name: str) -> Response:
    response = Response(content, mimetype=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"attachment; filename={name}.xlsx"
    return response


@blueprint.get("/publications/<uuid:score_publication_id>")
@access(Permission.READ)
def publication(score_publication_id: UUID) -> str:
    """A period as it was published, revisions included."""
    actor = current_actor()
    made = publishing.get_publication(actor, score_publication_id)
    scores = publishing.newest_scores(actor, made.id)
    names = names_of(actor, scores.keys())
    rows = [(names.get(one, ""), row, publishing.score_of(made, row)) for one, row in scores.items()]
    rows.sort(key=lambda row: (row[0], row[1].supplier_id))
    return render_template("supplier_scores/publication.html", made=made, rows=rows, **words())


@blueprint.get("/suppliers/<uuid:supplier_id>")
@access(Permission.READ)
def supplier(supplier_id: UUID) -> str:
    actor = current_actor()
    company = get_supplier(actor, supplier_id)
    run, standing = reading.standing(actor, supplier_id, company.name)
    return render_template(
        "supplier_scores/supplier.html", run=run, one=standing, months=reading.monthly(actor, supplier_id),
        history=publishing.scores_of(actor, supplier_id),
        **facts_of(supplier_id, "supplier_scores.supplier", {"supplier_id": supplier_id}),
    )  # fmt: skip


@blueprint.get("/suppliers/<uuid:supplier_id>/sheet")
@access(Permission.READ)
def facts_sheet(supplier_id: UUID) -> Response:
    actor = current_actor()
    company = get_supplier(actor, supplier_id)
    return spreadsheet(sheets.facts_xlsx(actor, company.id), "supplier-facts")


@blueprint.get("/suppliers/<uuid:supplier_id>/publications/<uuid:score_publication_id>")
@access(Permission.READ)
def recompute(supplier_id: UUID, score_publication_id: UUID) -> Any:
    """Compute every revision of a published score from its facts anew, and say whether it is the same."""
    actor = current_actor()
    company = get_supplier(actor, supplier_id)
    made = publishing.get_publication(actor, score_publication_id)
    rows = [row for one, row in publishing.scores_of(actor, supplier_id) if one.id == made.id]
    checked = [(row, publishing.score_of(made, row), publishing.recomputes(made, row)) for row in rows]
    return render_template("supplier_scores/recomputed.html", company=company, made=made, checked=checked, **words())
