"""A bidder: corrections to confirm, low prices to explain."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.evaluation import labels, schemas
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import answering
from bureau.evaluation.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.database import new_id, now
from kernel.web.forms import Form, uploaded


@blueprint.get("/answers")
@access(Permission.READ_ANSWERS)
def answers() -> str:
    actor = current_actor()
    return render_template(
        "evaluation/answers.html", corrections=answering.own_corrections(actor),
        explanations=answering.own_explanations(actor), labels=labels,
    )  # fmt: skip


@blueprint.get("/corrections/<uuid:correction_id>")
@access(Permission.READ_ANSWERS)
def correction(correction_id: UUID) -> str:
    return _correction_page(correction_id, Form.blank(schemas.CorrectionAnswerForm()))


def _correction_page(correction_id: UUID, form: Form) -> str:
    row = answering.own_correction(current_actor(), correction_id)
    return render_template("evaluation/correction.html", row=row, form=form, labels=labels, now=now())


@blueprint.post("/corrections/<uuid:correction_id>")
@access(Permission.ANSWER)
def answer_correction(correction_id: UUID) -> Any:
    form = Form.submitted(schemas.CorrectionAnswerForm())
    with form.catching():
        data = form.load()
        answering.answer_correction(
            current_actor(), correction_id, data["version"], accepts=data["accepts"], answer=data["answer"] or ""
        )
        flash(_("已答复。"), "success")
        return redirect(url_for("evaluation.correction", correction_id=correction_id), 303)
    return _correction_page(correction_id, form), form.refusal_status


@blueprint.get("/explanations/<uuid:explanation_id>")
@access(Permission.READ_ANSWERS)
def explanation(explanation_id: UUID) -> str:
    row = answering.own_explanation(current_actor(), explanation_id)
    return _explanation_page(explanation_id, Form.blank(schemas.ExplanationForm(), {"explanation": row.explanation}))


def _explanation_page(explanation_id: UUID, form: Form) -> str:
    actor = current_actor()
    row = answering.own_explanation(actor, explanation_id)
    return render_template(
        "evaluation/explanation.html", row=row, form=form, labels=labels, now=now(),
        files=answering.files_of(actor.bureau_id, row.id),
    )  # fmt: skip


@blueprint.post("/explanations/<uuid:explanation_id>")
@access(Permission.ANSWER)
def explain(explanation_id: UUID) -> Any:
    form = Form.submitted(schemas.ExplanationForm())
    with form.catching():
        data = form.load()
        files = [(new_id(), file.read(), file.filename or "") for file in uploaded("files")]
        answering.explain(
            current_actor(), explanation_id, data["version"], explanation=data["explanation"], files=files
        )
        flash(_("说明已提交，截止前可以补充。"), "success")
        return redirect(url_for("evaluation.explanation", explanation_id=explanation_id), 303)
    return _explanation_page(explanation_id, form), form.refusal_status
