"""The purchaser's officers: have the same committee look again over a reported result."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _

from bureau.evaluation import labels
from bureau.evaluation import re_evaluation_schemas as schemas
from bureau.evaluation.permissions import Permission
from bureau.evaluation.schemas import SeenVersionForm
from bureau.evaluation.service import facts, re_evaluating, results, viewing
from bureau.evaluation.views.blueprint import blueprint
from bureau.evaluation.views.steps import step
from bureau.tendering.models import Tender
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded


@blueprint.get("/tenders/<uuid:judged_tender_id>/re-evaluation")
@access(Permission.READ)
def re_evaluation(judged_tender_id: UUID) -> str:
    tender = viewing.require_bids(current_actor(), judged_tender_id)
    values = {"id": str(new_id()), "version": tender.version}
    return _page(tender, Form.blank(schemas.ReEvaluationForm(), values))


def _page(tender: Tender, form: Form) -> str:
    actor = current_actor()
    rows = re_evaluating.of_tender(actor, tender.id)
    found = facts.find_committee(actor, tender.id)
    return render_template(
        "evaluation/re_evaluation.html", tender=tender, rows=rows, form=form, labels=labels,
        article=labels.article(re_evaluating.ARTICLE), account_id=actor.account_id,
        possible=tender.state in re_evaluating.STATES and not any(row.state in ("asked", "begun") for row in rows),
        is_decided=re_evaluating.is_decided(actor, tender), today=today(),
        hints=_hints(tender) if viewing.sees_scores(found) else [],
    )  # fmt: skip


def _hints(tender: Tender) -> list[str]:
    """What the machine itself sees of the four cases."""
    found = []
    for lot in facts.lots_of(tender):
        seen = results.findings_of(tender, lot)
        names = {one.id: one.supplier.name for one in facts.bids_of(tender, lot.id)}
        found += [
            _("%(lot)s：%(bidder)s 的客观评审因素评分不一致", lot=lot.title, bidder=names[problem.bid])
            for problem in seen.differing
        ]
        found += [
            _(
                "%(lot)s：%(member)s 给 %(bidder)s 的评分畸高或畸低", lot=lot.title,
                member=labels.member_name(row.member), bidder=names[row.bid],
            )
            for row in seen.extreme
        ]  # fmt: skip
    return found


@blueprint.post("/tenders/<uuid:judged_tender_id>/re-evaluation")
@access(Permission.RE_EVALUATE)
def ask_re_evaluation(judged_tender_id: UUID) -> Any:
    actor = current_actor()
    tender = viewing.require_bids(actor, judged_tender_id)
    form = Form.submitted(schemas.ReEvaluationForm())
    with form.catching():
        data = form.load()
        files = uploaded("evidence")
        row = re_evaluating.ask(
            actor, tender.id, data["id"], data["version"], reason_code=data["reason_code"], finding=data["finding"],
            evidence=(files[0].filename or "", files[0].read()) if files else None,
        )  # fmt: skip
        flash(
            _("已提出，等待另一名人员确认。") if row.state == "asked" else _("重新评审已开始，已通知评标委员会成员。"),
            "success",
        )
        return redirect(url_for("evaluation.re_evaluation", judged_tender_id=tender.id), 303)
    tender = viewing.require_bids(actor, judged_tender_id)
    form.values["version"] = tender.version  # what is shown now has been seen
    return _page(tender, form), form.refusal_status


def _step(re_evaluation_id: UUID, schema: Any, run: Any, said: Any) -> Any:
    row = re_evaluating.get(current_actor(), re_evaluation_id)
    back = url_for("evaluation.re_evaluation", judged_tender_id=row.tender_id)
    return step(back, schema, run, said, lambda: None)


@blueprint.post("/re-evaluations/<uuid:re_evaluation_id>/confirmation")
@access(Permission.RE_EVALUATE)
def confirm_re_evaluation(re_evaluation_id: UUID) -> Any:
    return _step(
        re_evaluation_id, SeenVersionForm(),
        lambda data: re_evaluating.confirm(current_actor(), re_evaluation_id, data["version"]),
        _("重新评审已开始，已通知评标委员会成员。"),
    )  # fmt: skip


@blueprint.post("/re-evaluations/<uuid:re_evaluation_id>/withdrawal")
@access(Permission.RE_EVALUATE)
def take_re_evaluation_back(re_evaluation_id: UUID) -> Any:
    return _step(
        re_evaluation_id, SeenVersionForm(),
        lambda data: re_evaluating.take_back(current_actor(), re_evaluation_id, data["version"]), _("已收回。"),
    )  # fmt: skip


@blueprint.post("/re-evaluations/<uuid:re_evaluation_id>/finance-report")
@access(Permission.RE_EVALUATE)
def report_to_finance(re_evaluation_id: UUID) -> Any:
    return _step(
        re_evaluation_id, schemas.FinanceReportForm(),
        lambda data: re_evaluating.report_to_finance(
            current_actor(), re_evaluation_id, data["version"], reported_on=data["reported_on"],
            reference=data["reference"] or "",
        ),
        _("已登记。"),
    )  # fmt: skip
