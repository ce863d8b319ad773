"""The bureau: appeals that wait, deciding one, how often they are upheld."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.appeals import labels, rules
from bureau.appeals.models import Appeal
from bureau.appeals.permissions import Permission
from bureau.appeals.schemas import AppealQuery, DecisionForm, StatisticsQuery
from bureau.appeals.service import deciding, filing, reading
from bureau.appeals.views.blueprint import blueprint
from bureau.inspections import labels as inspection_labels
from bureau.inspections.answer_fields import field_prefix, read_item
from bureau.inspections.fill_page import Card
from bureau.inspections.models import Inspection
from bureau.inspections.service import planning, results, visits
from bureau.inspections.service import reading as inspection_reading
from bureau.inspections.service.revising import scored_from
from bureau.inspections.views.accounts import account_view
from bureau.schools import service as schools
from kernel.access.edge import access, current_actor
from kernel.database import now
from kernel.web.forms import Form
from scorecards import service as forms

PAGE = 50


@blueprint.get("/district")
@access(Permission.READ)
def district() -> str:
    """Every appeal sent within the actor's scope."""
    actor = current_actor()
    query = Form.blank(AppealQuery(), request.args.to_dict()).load()
    page = reading.list_appeals(actor, query["state"], query["plan_id"], query["cursor"], PAGE)
    kept: dict[str, Any] = {name: str(query[name]) for name in ("state", "plan_id") if query[name]}
    return render_template(
        "appeals/district.html",
        page=page,
        chosen=query["state"],
        first_url=url_for("appeals.district", **kept) if query["cursor"] else None,
        next_url=url_for("appeals.district", cursor=page.next_cursor, **kept) if page.next_cursor else None,
        labels=labels,
    )


@blueprint.get("/schools/<int:school_id>/<uuid:appeal_id>")
@access(Permission.READ)
def review(school_id: int, appeal_id: UUID) -> str:
    return _page(deciding.get_appeal(current_actor(), school_id, appeal_id), Form.blank(DecisionForm()))


def _page(appeal: Appeal, form: Form) -> str:
    actor = current_actor()
    visit = visits.get_inspection(actor, appeal.school_id, appeal.inspection_id)
    result = results.get_result(actor, appeal.school_id, visit.id)
    lines = {line.key: line for section in account_view(result.account).sections for line in section.lines}
    card = _card(visit, appeal, scored_from(visit, result)["answers"].get(appeal.item_code))
    return render_template(
        "appeals/review.html",
        appeal=appeal,
        visit=visit,
        plan=planning.get_plan(actor, appeal.plan_id),
        school=schools.get_school(actor, appeal.school_id),
        result=result,
        line=lines.get(appeal.item_code),
        card=card,
        evidence=filing.evidence_of(actor, appeal),
        events=reading.events_of(actor, appeal),
        inspectors=inspection_reading.inspectors_of(actor, [visit]).get(visit.id, []),
        impartial=rules.may_decide(actor.account_id, deciding.inspectors_of(visit)),
        form=form,
        labels={**vars(inspection_labels), **vars(labels)},
    )


def _card(visit: Inspection, appeal: Appeal, answer: Any) -> Card:
    form = forms.form_of(visits.form_version_of(current_actor(), visit))
    item = form.item(appeal.item_code.partition("@")[0])
    return Card(position=0, item=item, na_allowed=item.na_allowed and form.na_policy != "refuse", answer=answer)


@blueprint.post("/schools/<int:school_id>/<uuid:appeal_id>/decision")
@access(Permission.DECIDE)
def decide(school_id: int, appeal_id: UUID) -> Any:
    actor = current_actor()
    appeal = deciding.get_appeal(actor, school_id, appeal_id)
    form = Form.submitted(DecisionForm())
    with form.catching():
        data = form.load()
        upheld = data["outcome"] == "upheld"
        answer = None
        if upheld:
            visit = visits.get_inspection(actor, school_id, appeal.inspection_id)
            answer = read_item(_card(visit, appeal, None).item, field_prefix(0), request.form)
        deciding.decide(
            actor, school_id, appeal_id, data["version"], upheld=upheld, reason=data["reason"], answer=answer
        )  # fmt: skip
        flash(_("已改判，结果已按新答案重新计算。") if upheld else _("已维持原结果。"))
        return redirect(url_for("appeals.review", school_id=school_id, appeal_id=appeal_id))
    return _page(deciding.get_appeal(actor, school_id, appeal_id), form), form.refusal_status


@blueprint.get("/statistics")
@access(Permission.READ_STATISTICS)
def statistics() -> str:
    """For the bureau's leads: badly worded items, and inspectors whose findings do not hold."""
    query = Form.blank(StatisticsQuery(), request.args.to_dict()).load()
    found = reading.statistics(current_actor(), now() - timedelta(days=query["days"]), query["plan_id"])
    return render_template("appeals/statistics.html", found=found, found_items=found.items, days=query["days"])
