"""Pages of papers, and the public page that their QR leads to."""

from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from markupsafe import Markup

from bureau.inspections.models import Inspection
from bureau.inspections.service import planning
from bureau.papers import labels
from bureau.papers.permissions import Permission
from bureau.papers.schemas import KINDS, PaperKindIn, PaperWithdrawalForm
from bureau.papers.service import issuing
from kernel.access import PUBLIC
from kernel.access.edge import access, current_actor, may
from kernel.actor import Actor
from kernel.jobs import service as jobs
from kernel.web.downloads import disposition
from kernel.web.forms import Form

blueprint = Blueprint("papers", __name__)


@blueprint.get("/papers")
@access(Permission.READ)
def index() -> str:
    kind = request.args.get("kind") if request.args.get("kind") in KINDS else None
    page = issuing.list_papers(current_actor(), kind=kind, cursor=request.args.get("cursor"))
    return render_template("papers/index.html", page=page, kind=kind, labels=labels)


@blueprint.get("/papers/plans/<uuid:plan_id>")
@access(Permission.ISSUE)
def plan(plan_id: UUID) -> str:
    actor = current_actor()
    found = planning.get_plan(actor, plan_id)
    page = issuing.list_papers(actor, plan_id=plan_id, cursor=request.args.get("cursor"))
    return render_template("papers/plan.html", plan=found, page=page, labels=labels)


@blueprint.get("/papers/<uuid:paper_id>")
@access(Permission.READ)
def show(paper_id: UUID) -> str:
    return _page(paper_id, Form.blank(PaperWithdrawalForm()))


def _page(paper_id: UUID, form: Form) -> str:
    paper = issuing.get_paper(current_actor(), paper_id)
    return render_template("papers/show.html", paper=paper, form=form, labels=labels)


@blueprint.get("/papers/<uuid:paper_id>/file.docx")
@access(Permission.READ)
def download(paper_id: UUID) -> Response:
    actor = current_actor()
    paper = issuing.get_paper(actor, paper_id)
    response = Response(issuing.file_of(actor, paper), mimetype=issuing.DOCX)
    response.headers["Content-Disposition"] = disposition("attachment", f"{paper.title}.docx")
    return response


@blueprint.post("/papers/<uuid:paper_id>/withdrawal")
@access(Permission.ISSUE)
def withdraw(paper_id: UUID) -> Any:
    form = Form.submitted(PaperWithdrawalForm())
    with form.catching():
        data = form.load()
        issuing.withdraw(current_actor(), paper_id, data["reason"], data["version"])
        flash(_("已撤回；核验页会显示撤回。"))
        return redirect(url_for("papers.show", paper_id=paper_id))
    return _page(paper_id, form), form.refusal_status


@blueprint.post("/papers/visits/<int:school_id>/<uuid:inspection_id>/record")
@access(Permission.RECORD)
def issue_record(school_id: int, inspection_id: UUID) -> Any:
    """The on-site record, which the inspector makes out at the door."""
    paper = issuing.issue_for_visit(current_actor(), "record", school_id, inspection_id)
    return redirect(url_for("papers.show", paper_id=paper.id))


@blueprint.post("/papers/visits/<int:school_id>/<uuid:inspection_id>")
@access(Permission.ISSUE)
def issue(school_id: int, inspection_id: UUID) -> Any:
    kind = Form.submitted(PaperKindIn()).load()["kind"]
    paper = issuing.issue_for_visit(current_actor(), kind, school_id, inspection_id)
    return redirect(url_for("papers.show", paper_id=paper.id))


@blueprint.post("/papers/plans/<uuid:plan_id>/bulletin")
@access(Permission.ISSUE)
def issue_bulletin(plan_id: UUID) -> Any:
    paper = issuing.issue_bulletin(current_actor(), plan_id)
    return redirect(url_for("papers.show", paper_id=paper.id))


@blueprint.post("/papers/plans/<uuid:plan_id>/letters")
@access(Permission.ISSUE)
def issue_letters(plan_id: UUID) -> Any:
    plan = planning.get_plan(current_actor(), plan_id)
    run = jobs.start(current_actor(), "papers.letters", _("生成致学校的信"), {"plan_id": plan.id})
    return redirect(url_for("jobs.show", run_id=run.id))


@blueprint.get("/public/papers/<int:bureau_id>/<code>")
@access(PUBLIC)
def verify(bureau_id: int, code: str) -> str:
    return render_template("papers/verify.html", paper=issuing.public_paper(bureau_id, code), labels=labels)


def panel(actor: Actor, visit: Inspection) -> Markup:
    """A visit's papers, and the buttons that issue one."""
    if not may(Permission.READ) or visit.submitted_at is None:
        return Markup()
    papers = issuing.list_papers(actor, inspection_id=visit.id, limit=20).items
    standing = {paper.kind for paper in papers if paper.state == "issued"}
    return Markup(  # noqa: S704 - the template escapes
        render_template("papers/_panel.html", visit=visit, papers=papers, standing=standing, labels=labels)
    )
