"""The bureau's recalls: begin, freeze and tell, watch the schools, end; drills with their timer."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from kernel.access.edge import access, current_actor, may
from kernel.database import now
from kernel.errors import Invalid
from kernel.web.forms import Form
from school.diners.labels import MEALS
from school.recall import labels, rules
from school.recall.permissions import Permission
from school.recall.schemas import RecallEndForm, RecallForm, RecallTellForm, TraceQuery
from school.recall.service import asking, reading, recalls
from school.recall.views.blueprint import blueprint
from school.recall.views.tracing import trace_page


@blueprint.get("/")
@access(Permission.READ)
def index() -> str:
    actor = current_actor()
    page = reading.list_recalls(actor, cursor=request.args.get("cursor"))
    return render_template(
        "recall/index.html", page=page, labels=labels, incidents=reading.waiting_incidents(actor), meals=MEALS,
    )  # fmt: skip


@blueprint.post("/")
@access(Permission.MANAGE)
def begin() -> Any:
    actor = current_actor()
    form = Form.submitted(RecallForm())
    with form.catching():
        values = form.load()
        recall = asking.begin(actor, values)
        if values["tell"] and recall.state == "open":
            recalls.freeze_and_tell(actor, recall.id, recall.version)
            flash(_("已封存相关批次并通知学校。") if not recall.is_drill else _("演练通知已发出。"), "success")
        return redirect(url_for("recall.show", recall_id=recall.id))
    try:
        answer = asking.ask(actor, Form.blank(TraceQuery(), form.values).load())
    except Invalid:
        answer = None
    return trace_page(form, answer, recall_form=form), form.refusal_status


@blueprint.get("/<uuid:recall_id>")
@access(Permission.READ)
def show(recall_id: UUID) -> str:
    return _page(recall_id, Form.blank(RecallEndForm()))


@blueprint.post("/<uuid:recall_id>/tell")
@access(Permission.MANAGE)
def tell(recall_id: UUID) -> Any:
    form = Form.submitted(RecallTellForm())
    with form.catching():
        recall = recalls.freeze_and_tell(current_actor(), recall_id, form.load()["version"])
        flash(_("已封存相关批次并通知学校。") if not recall.is_drill else _("演练通知已发出。"), "success")
        return redirect(url_for("recall.show", recall_id=recall_id))
    return _page(recall_id, form), form.refusal_status


@blueprint.post("/<uuid:recall_id>/end")
@access(Permission.MANAGE)
def end(recall_id: UUID) -> Any:
    form = Form.submitted(RecallEndForm())
    with form.catching():
        values = form.load()
        act = {"lift": recalls.lift, "close": recalls.close, "drop": recalls.drop}[values["event"]]
        act(current_actor(), recall_id, values["version"], values["reason"])
        flash(_("已记录处理结果。"), "success")
        return redirect(url_for("recall.show", recall_id=recall_id))
    return _page(recall_id, form), form.refusal_status


def _page(recall_id: UUID, form: Form) -> str:
    actor = current_actor()
    recall = recalls.get_recall(actor, recall_id)
    parts = reading.parts_of(actor, recall_id)
    events = ("lift", "close", "drop") if may(Permission.MANAGE) else ()
    return render_template(
        "recall/show.html", recall=recall, parts=parts, labels=labels, form=form, meals=MEALS,
        progress=reading.progress(recall, [part for part, _name in parts]), events=reading.events_of(actor, recall_id),
        options=[(one, labels.EVENT[one]) for one in events if (recall.state, one) in rules.TRANSITIONS],
        may_tell=may(Permission.MANAGE) and recall.state == "open", now=now(),
    )  # fmt: skip


@blueprint.get("/<uuid:recall_id>/progress")
@access(Permission.READ)
def progress(recall_id: UUID) -> str:
    """The part of the page that asks again every few seconds while a recall runs."""
    actor = current_actor()
    recall = recalls.get_recall(actor, recall_id)
    parts = reading.parts_of(actor, recall_id)
    return render_template(
        "recall/progress.html", recall=recall, parts=parts, labels=labels,
        progress=reading.progress(recall, [part for part, _name in parts]), now=now(),
    )  # fmt: skip


@blueprint.get("/<uuid:recall_id>/report")
@access(Permission.READ)
def report(recall_id: UUID) -> str:
    """To be printed and filed: what was asked, found, told and answered, with its times."""
    actor = current_actor()
    recall = recalls.get_recall(actor, recall_id)
    parts = reading.parts_of(actor, recall_id)
    return render_template(
        "recall/report.html", recall=recall, parts=parts, labels=labels, meals=MEALS,
        progress=reading.progress(recall, [part for part, _name in parts]), events=reading.events_of(actor, recall_id),
    )  # fmt: skip
