"""Pages: a supplier files and follows; the bureau handles within its terms."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.challenges import labels, steps
from bureau.challenges.permissions import Permission
from bureau.challenges.schemas import (
    AcceptanceForm,
    AnswerForm,
    ChallengeFileForm,
    ChallengeForm,
    ChallengeQuery,
    ChallengeReasonForm,
    ComplaintForm,
    ComplaintStepForm,
    CorrectionForm,
)
from bureau.challenges.service import complaints, filing, handling, reading
from bureau.challenges.service.moving import get_challenge, tender_of
from bureau.tendering.service.reading import get_tender, lots_of
from kernel.access.edge import access, current_actor
from kernel.database import new_id
from kernel.errors import Invalid
from kernel.web.dates import today
from kernel.web.forms import Form, uploaded

blueprint = Blueprint("challenges", __name__)
PAGE = 50


@blueprint.get("/challenges")
@access(Permission.READ_OWN)
def own() -> str:
    actor = current_actor()
    page = reading.own_challenges(actor, request.args.get("cursor"), PAGE)
    following = url_for("challenges.own", cursor=page.next_cursor) if page.next_cursor else None
    copies = reading.own_copies(actor)
    return render_template("challenges/own.html", page=page, next_url=following, copies=copies, labels=labels)


@blueprint.get("/challenges/new/<uuid:tender_id>")
@access(Permission.FILE)
def new(tender_id: UUID) -> str:
    stage = request.args.get("stage", "process")
    values = {
        "id": str(new_id()),
        "tender_id": str(tender_id),
        "kind": request.args.get("kind", "challenge"),
        "stage": stage,
    }
    return _new(tender_id, Form.blank(ChallengeForm(), values))


def _new(tender_id: UUID, form: Form) -> str:
    actor = current_actor()
    tender = get_tender(actor, tender_id)
    return render_template(
        "challenges/new.html", tender=tender, lots=lots_of(actor, tender_id), form=form, labels=labels,
        windows=filing.windows(actor, tender),
    )  # fmt: skip


@blueprint.post("/challenges/new/<uuid:tender_id>")
@access(Permission.FILE)
def file(tender_id: UUID) -> Any:
    form = Form.submitted(ChallengeForm())
    with form.catching():
        data = form.load()
        challenge_id = data.pop("id")
        if data.pop("tender_id") != tender_id:
            raise Invalid({"tender_id": [_("请重新打开页面。")]})
        challenge = filing.file(current_actor(), challenge_id, tender_id=tender_id, **data)
        flash(_("已提交，编号 %(number)s。可以继续上传证明材料。", number=challenge.number))
        return redirect(url_for("challenges.show", challenge_id=challenge.id))
    return _new(tender_id, form), form.refusal_status


@blueprint.get("/challenges/<uuid:challenge_id>")
@access(Permission.READ_OWN)
def show(challenge_id: UUID) -> str:
    return _show(challenge_id, Form.blank(CorrectionForm()))


def _show(challenge_id: UUID, form: Form) -> str:
    actor = current_actor()
    challenge = get_challenge(actor, challenge_id)
    return render_template(
        "challenges/show.html", challenge=challenge, tender=tender_of(actor, challenge), form=form, labels=labels,
        events=reading.events_of(actor, challenge), files=filing.files_of(actor, challenge), file_id=new_id(),
    )  # fmt: skip


@blueprint.post("/challenges/<uuid:challenge_id>/correction")
@access(Permission.FILE)
def correct(challenge_id: UUID) -> Any:
    form = Form.submitted(CorrectionForm())
    with form.catching():
        data = form.load()
        filing.correct(
            current_actor(), challenge_id, data["version"], facts=data["facts"], request=data["request"],
            legal_basis=data["legal_basis"] or "",
        )  # fmt: skip
        flash(_("补正后的质疑已提交。"))
        return redirect(url_for("challenges.show", challenge_id=challenge_id))
    return _show(challenge_id, form), form.refusal_status


@blueprint.post("/challenges/<uuid:challenge_id>/withdrawal")
@access(Permission.FILE)
def withdraw(challenge_id: UUID) -> Any:
    form = Form.submitted(ChallengeReasonForm())
    with form.catching():
        data = form.load()
        filing.withdraw(current_actor(), challenge_id, data["version"], data["reason"] or "")
        flash(_("已撤回。"))
        return redirect(url_for("challenges.show", challenge_id=challenge_id))
    return _show(challenge_id, form), form.refusal_status


@blueprint.post("/challenges/<uuid:challenge_id>/files")
@access(Permission.FILE)
def add_file(challenge_id: UUID) -> Any:
    form = Form.submitted(ChallengeFileForm())
    with form.catching():
        file_id = form.load()["id"]
        files = uploaded("file")
        if not files:
            raise Invalid({"file": [_("请选择文件。")]})
        filing.add_file(current_actor(), challenge_id, file_id, files[0].read(), files[0].filename or "")
        flash(_("材料已上传。"))
        return redirect(url_for("challenges.show", challenge_id=challenge_id))
    return _show(challenge_id, form), form.refusal_status


@blueprint.get("/challenges/board")
@access(Permission.READ)
def board() -> str:
    actor = current_actor()
    query = Form.blank(ChallengeQuery(), request.args.to_dict()).load()
    page = reading.district_challenges(actor, query["cursor"], PAGE, state=query["state"])
    following = url_for("challenges.board", cursor=page.next_cursor, state=query["state"]) if page.next_cursor else None
    return render_template(
        "challenges/board.html",
        page=page,
        next_url=following,
        state_chosen=query["state"],
        labels=labels,
        today=today(),
    )


@blueprint.get("/challenges/<uuid:challenge_id>/handling")
@access(Permission.READ)
def handling_page(challenge_id: UUID) -> str:
    return _handling(challenge_id, Form.blank(AnswerForm()))


def _handling(challenge_id: UUID, form: Form) -> str:
    actor = current_actor()
    challenge = get_challenge(actor, challenge_id)
    count, most = complaints.unfounded_count(actor, challenge.supplier_id)
    return render_template(
        "challenges/handling.html", challenge=challenge, tender=tender_of(actor, challenge), form=form, labels=labels,
        events=reading.events_of(actor, challenge), files=filing.files_of(actor, challenge), today=today(),
        complaint=complaints.complaint_of(actor, challenge_id), complaint_id=new_id(), unfounded=count, unfounded_most=most,
        supplier=reading.supplier_name(actor, challenge.supplier_id),
    )  # fmt: skip


@blueprint.post("/challenges/<uuid:challenge_id>/acceptance")
@access(Permission.HANDLE)
def accept(challenge_id: UUID) -> Any:
    form = Form.submitted(AcceptanceForm())
    with form.catching():
        data = form.load()
        handling.accept(current_actor(), challenge_id, data["version"], may_affect_result=data["may_affect_result"])
        flash(_("已受理。"))
        return redirect(url_for("challenges.handling_page", challenge_id=challenge_id))
    return _handling(challenge_id, form), form.refusal_status


@blueprint.post("/challenges/<uuid:challenge_id>/return")
@access(Permission.HANDLE)
def send_back(challenge_id: UUID) -> Any:
    form = Form.submitted(ChallengeReasonForm())
    with form.catching():
        data = form.load()
        handling.send_back(current_actor(), challenge_id, data["version"], data["reason"] or "")
        flash(_("已退回补正。"))
        return redirect(url_for("challenges.handling_page", challenge_id=challenge_id))
    return _handling(challenge_id, form), form.refusal_status


@blueprint.post("/challenges/<uuid:challenge_id>/rejection")
@access(Permission.HANDLE)
def reject(challenge_id: UUID) -> Any:
    form = Form.submitted(ChallengeReasonForm())
    with form.catching():
        data = form.load()
        handling.reject(current_actor(), challenge_id, data["version"], data["reason"] or "")
        flash(_("已告知不予受理。"))
        return redirect(url_for("challenges.handling_page", challenge_id=challenge_id))
    return _handling(challenge_id, form), form.refusal_status


@blueprint.post("/challenges/<uuid:challenge_id>/answer")
@access(Permission.HANDLE)
def answer(challenge_id: UUID) -> Any:
    form = Form.submitted(AnswerForm())
    with form.catching():
        data = form.load()
        handling.answer(
            current_actor(), challenge_id, data["version"], answer=data["answer"], is_founded=data["is_founded"],
            remedy=data["remedy"] or "",
        )  # fmt: skip
        flash(_("已答复，并抄送其他有关供应商。"))
        return redirect(url_for("challenges.handling_page", challenge_id=challenge_id))
    return _handling(challenge_id, form), form.refusal_status


@blueprint.post("/challenges/<uuid:challenge_id>/complaints")
@access(Permission.HANDLE)
def register_complaint(challenge_id: UUID) -> Any:
    form = Form.submitted(ComplaintForm())
    with form.catching():
        data = form.load()
        complaints.register(
            current_actor(), challenge_id, data["id"], authority=data["authority"], filed_on=data["filed_on"]
        )
        flash(_("投诉已登记。"))
        return redirect(url_for("challenges.handling_page", challenge_id=challenge_id))
    return _handling(challenge_id, form), form.refusal_status


@blueprint.post("/complaints/<uuid:complaint_id>/steps")
@access(Permission.HANDLE)
def complaint_step(complaint_id: UUID) -> Any:
    challenge_id = complaints.get_complaint(current_actor(), complaint_id).challenge_id
    form = Form.submitted(ComplaintStepForm())
    with form.catching():
        data = form.load()
        steps.carry_out(current_actor(), complaint_id, data["version"], data)
        flash(_("已保存。"))
        return redirect(url_for("challenges.handling_page", challenge_id=challenge_id))
    return _handling(challenge_id, form), form.refusal_status
