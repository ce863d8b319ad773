"""The officers' pages: an own key, the three of a tender, the opening, its record, the package for auditors."""

from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, send_file, url_for
from flask_babel import gettext as _

from bureau.bids import labels
from bureau.bids.models import SEATS
from bureau.bids.permissions import Permission
from bureau.bids.schemas import (
    BidDeclarationsForm,
    OpeningAbsenceConfirmationIn,
    OpeningAbsenceIn,
    OpeningOfficersIn,
    OpeningRemarksIn,
)
from bureau.bids.service import absences, asking, clock, closing, export, keys, officers, opening, publishing
from bureau.bids.views.blueprint import blueprint
from bureau.tendering.rules.states import DRAFTING
from bureau.tendering.service import reading
from bureau.tendering.service.clock import catch_up
from kernel.access.edge import access, current_actor, may
from kernel.database import db
from kernel.web.downloads import disposition
from kernel.web.forms import Form


@blueprint.get("/openings")
@access(Permission.HOLD_KEY)
def own() -> str:
    actor = current_actor()
    return render_template("bids/keys.html", keys=keys.own_keys(actor), seats=officers.seats_of(actor), labels=labels)


@blueprint.post("/openings/keys/<uuid:officer_key_id>/loss")
@access(Permission.HOLD_KEY)
def lose_key(officer_key_id: UUID) -> Any:
    keys.mark_lost(current_actor(), officer_key_id)
    flash(_("已登记丢失。用这个密钥的项目由另外两名开标人员开标；请建立新密钥供以后的项目使用。"))
    return redirect(url_for("bids.own"))


@blueprint.get("/openings/<uuid:tender_id>")
@access(Permission.SEE_OPENING)
def show(tender_id: UUID) -> Any:
    actor = current_actor()
    if catch_up(actor.bureau_id, tender_id):
        db.session.commit()
    return _page(tender_id)


@blueprint.post("/openings/<uuid:tender_id>/officers")
@access(Permission.ARRANGE)
def arrange(tender_id: UUID) -> Any:
    form = Form.submitted(OpeningOfficersIn())
    with form.catching():
        officers.arrange(current_actor(), tender_id, form.load())
        flash(_("已指定开标人员，请三人各自确认密钥口令。"))
        return redirect(url_for("bids.show", tender_id=tender_id))
    return _page(tender_id, arranging=form), form.refusal_status


@blueprint.post("/openings/<uuid:tender_id>/declarations")
@access(Permission.ARRANGE)
def declarations(tender_id: UUID) -> Any:
    form = Form.submitted(BidDeclarationsForm())
    with form.catching():
        data = form.load()
        asking.choose(current_actor(), tender_id, data["version"], data["groups"])
        flash(_("已保存。"))
        return redirect(url_for("bids.show", tender_id=tender_id))
    return _page(tender_id, declaring=form), form.refusal_status


@blueprint.post("/openings/<uuid:tender_id>/absence")
@access(Permission.OPEN)
def absent(tender_id: UUID) -> Any:
    form = Form.submitted(OpeningAbsenceIn())
    with form.catching():
        actor = current_actor()
        officers.own_seat(actor, tender_id)
        data = form.load()
        absences.declare(actor, tender_id, data["seat"], data["reason"])
        flash(_("已登记，并写入开标记录；须由另一人确认后生效。"))
        return redirect(url_for("bids.show", tender_id=tender_id))
    return _page(tender_id, absence=form), form.refusal_status


@blueprint.post("/openings/<uuid:tender_id>/absence/confirmation")
@access(Permission.WITNESS)
def confirm_absence(tender_id: UUID) -> Any:
    form = Form.submitted(OpeningAbsenceConfirmationIn())
    with form.catching():
        absences.confirm(current_actor(), tender_id, form.load()["seat"])
        flash(_("已确认缺席，并写入开标记录。"))
        return redirect(url_for("bids.show", tender_id=tender_id))
    return _page(tender_id, confirmation=form), form.refusal_status


@blueprint.post("/openings/<uuid:tender_id>/conclusion")
@access(Permission.OPEN)
def conclude(tender_id: UUID) -> Any:
    form = Form.submitted(OpeningRemarksIn())
    with form.catching():
        actor = current_actor()
        officers.own_seat(actor, tender_id)
        opening.conclude(actor, tender_id, form.load()["remarks"] or "")
        flash(_("开标结束，开标记录已生成，投标人现在可以查看。"))
        return redirect(url_for("bids.record", tender_id=tender_id))
    return _page(tender_id, conclusion=form), form.refusal_status


@blueprint.get("/openings/<uuid:tender_id>/record")
@access(Permission.SEE_OPENING)
def record(tender_id: UUID) -> str:
    actor = current_actor()
    tender, row = publishing.record(actor, tender_id)
    seated = officers.officers_of(actor.bureau_id, tender_id)
    return render_template(
        "bids/record.html", tender=tender, opening=row, labels=labels, officers=seated,
        names=officers.names_of(actor, [one.person_id for one in seated]),
    )  # fmt: skip


@blueprint.get("/openings/<uuid:tender_id>/package.zip")
@access(Permission.EXPORT)
def package(tender_id: UUID) -> Response:
    tender, file, size = export.package(current_actor(), tender_id)
    response = send_file(file, mimetype="application/zip")  # in parts, closed with the answer
    response.content_length = size
    response.headers["Content-Disposition"] = disposition("attachment", f"{tender.number}-opening.zip")
    return response


def _page(
    tender_id: UUID,
    *,
    arranging: Form | None = None,
    declaring: Form | None = None,
    absence: Form | None = None,
    confirmation: Form | None = None,
    conclusion: Form | None = None,
) -> str:
    actor = current_actor()
    tender = reading.get_tender(actor, tender_id)
    seated = officers.officers_of(actor.bureau_id, tender_id)
    found = closing.opening_of(actor.bureau_id, tender_id)
    people = {one.seat: one.person_id for one in seated}
    mine = next((one for one in seated if one.person_id == actor.account_id), None)
    return render_template(
        "bids/opening.html",
        tender=tender,
        officers=seated,
        mine=mine,
        key=officers.seat_key(mine) if mine else None,
        names=officers.names_of(actor, list(people.values())),
        candidates=officers.candidates(actor) if tender.state in DRAFTING and may(Permission.ARRANGE) else None,
        is_draft=tender.state in DRAFTING,
        opening=found,
        present={one["seat"]: one for one in found.minutes.get("present", [])} if found else {},
        gone=absences.unavailable(found) if found else set(),
        lost=absences.lost(found) if found else set(),
        absences=found.minutes.get(absences.HEADING, []) if found else [],
        to_confirm=absences.waiting_for(actor, found) if found else [],
        rows=closing.to_open(actor.bureau_id, tender_id) if found else [],
        server_time=clock.server_time(),
        seats=SEATS,
        asked=asking.groups_of(tender),
        declaring=declaring or Form.blank(BidDeclarationsForm(), {"groups": list(asking.groups_of(tender))}),
        arranging=arranging or Form.blank(OpeningOfficersIn(), people),
        confirmation=confirmation or Form.blank(OpeningAbsenceConfirmationIn()),
        absence=absence or Form.blank(OpeningAbsenceIn()),
        conclusion=conclusion or Form.blank(OpeningRemarksIn()),
        labels=labels,
    )
