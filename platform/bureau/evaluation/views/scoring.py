"""A member's score page of one lot: bids × criteria, kept as one goes, locked at the end."""

from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.evaluation import labels
from bureau.evaluation.permissions import Permission
from bureau.evaluation.service import facts, members, scoring, viewing
from bureau.evaluation.views.blueprint import blueprint
from kernel.access.edge import access, current_actor
from kernel.errors import Invalid, NotFound
from kernel.schemas import BaseSchema
from kernel.web.forms import Form


@blueprint.get("/mine/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/scores")
@access(Permission.READ_SEAT)
def sheet(judged_tender_id: UUID, judged_lot_id: UUID) -> str:
    return _page(judged_tender_id, judged_lot_id, Form.blank(BaseSchema()))


def _page(tender_id: UUID, lot_id: UUID, form: Form) -> str:
    actor = current_actor()
    own = members.own_seat(actor, tender_id, states=("declared",))
    tender = viewing.require_bids(actor, tender_id)
    found = facts.committee_of(actor, tender.id)
    if found.state not in ("scoring", "consensus"):
        raise NotFound(_("评分还没有开始。"))
    current, scores = scoring.read_sheet(actor, tender.id, lot_id)
    bids = facts.valid_bids(tender, lot_id)
    lots = scoring.lots_to_score(tender)
    return render_template(
        "evaluation/sheet.html", tender=tender, lot=facts.get_lot(tender, lot_id), own=own, sheet=current, bids=bids,
        lots=[lot for lot in facts.live_lots(tender) if lot.id in lots], labels=labels, form=form,
        criteria=facts.scored_criteria(tender, lot_id),
        scores={(row.bid_id, row.criterion_id): row for row in scores},
        typed=request.form if form.is_submitted else {}, left=scoring.missing(tender, lot_id, scores),
        version=request.form.get("version") if form.failed and form.conflict is None else None,
    )  # fmt: skip


@blueprint.post("/mine/<uuid:judged_tender_id>/lots/<uuid:judged_lot_id>/scores")
@access(Permission.JUDGE)
def save(judged_tender_id: UUID, judged_lot_id: UUID) -> Any:
    """Fields `points-<bid>-<criterion>` and `note-<bid>-<criterion>`; with the button "lock" it is locked as well."""
    actor = current_actor()
    members.own_seat(actor, judged_tender_id)
    form = Form.submitted(BaseSchema())
    with form.catching():
        given = _given(facts.get_tender(actor, judged_tender_id), judged_lot_id)
        row = scoring.save(actor, judged_tender_id, judged_lot_id, given, request.form.get("version", type=int))
        if request.form.get("action") == "lock":
            scoring.lock(actor, judged_tender_id, judged_lot_id, row.version)
            flash(_("评分已锁定。"), "success")
            return redirect(url_for("evaluation.seat", judged_tender_id=judged_tender_id), 303)
        flash(_("已保存，尚未锁定。"), "success")
        return redirect(
            url_for("evaluation.sheet", judged_tender_id=judged_tender_id, judged_lot_id=judged_lot_id), 303
        )
    return _page(judged_tender_id, judged_lot_id, form), form.refusal_status


def _given(tender: Any, lot_id: UUID) -> list[scoring.Given]:
    given, refused = [], {}
    for one in facts.valid_bids(tender, lot_id):
        for row in facts.scored_criteria(tender, lot_id):
            name = f"{one.id}-{row.id}"
            if f"points-{name}" not in request.form:
                continue
            typed = request.form[f"points-{name}"].strip()
            points = None
            if typed:
                points = _points(typed)
                if points is None:
                    refused[f"{one.id}:{row.id}"] = [str(_("请填写数字。"))]
            note = "".join(letter for letter in request.form.get(f"note-{name}", "") if letter.isprintable())
            given.append(scoring.Given(one.id, row.id, points, note[:500]))
    if refused:
        raise Invalid(refused)
    return given


def _points(typed: str) -> Decimal | None:
    if len(typed) > 12:
        return None
    try:
        found = Decimal(typed)
    except InvalidOperation:
        return None
    return found if found.is_finite() else None
