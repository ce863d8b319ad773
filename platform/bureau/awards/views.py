"""Pages: the purchaser decides and announces; a bidder reads its letters; anybody checks one that they hold."""

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from bureau.awards import labels
from bureau.awards.permissions import Permission
from bureau.awards.schemas import AwardDecisionForm, AwardVersionForm, CancellationForm, LotFailureForm
from bureau.awards.service import cancelling, deciding, publishing, reading
from kernel.access import PUBLIC
from kernel.access.edge import access, current_actor
from kernel.web.forms import Form

blueprint = Blueprint("awards", __name__)


@blueprint.get("/awards/tenders/<uuid:tender_id>")
@access(Permission.READ)
def show(tender_id: UUID) -> str:
    return _page(tender_id, Form.blank(AwardDecisionForm()))


def _page(tender_id: UUID, form: Form, lot_id: UUID | None = None) -> str:
    standing = reading.standing_of(current_actor(), tender_id)
    return render_template(
        "awards/show.html", standing=standing, tender=standing.tender, form=form, refused_lot=lot_id, labels=labels,
        price_text=publishing.price_text, account_id=current_actor().account_id,
    )  # fmt: skip


@blueprint.post("/awards/tenders/<uuid:tender_id>/lots/<uuid:tender_lot_id>/decision")
@access(Permission.DECIDE)
def decide(tender_id: UUID, tender_lot_id: UUID) -> Any:
    form = Form.submitted(AwardDecisionForm())
    with form.catching():
        data = form.load()
        passing = [deciding.Passing(**one) for one in data["passing"]]
        deciding.decide_lot(current_actor(), tender_id, tender_lot_id, data["winners"], passing, data["reason"] or "")
        flash(_("已定标。"))
        return redirect(url_for("awards.show", tender_id=tender_id))
    return _page(tender_id, form, tender_lot_id), form.refusal_status


@blueprint.post("/awards/tenders/<uuid:tender_id>/lots/<uuid:tender_lot_id>/failure")
@access(Permission.DECIDE)
def fail_lot(tender_id: UUID, tender_lot_id: UUID) -> Any:
    """From the same form as the decision: the candidates that cannot win, and why the lot ends."""
    form = Form.submitted(LotFailureForm())
    with form.catching():
        data = form.load()
        passing = [deciding.Passing(**one) for one in data["passing"]]
        deciding.fail_lot(current_actor(), tender_id, tender_lot_id, data["version"], passing, data["reason"])
        flash(_("标包已废标，可以重新招标。"))
        return redirect(url_for("awards.show", tender_id=tender_id))
    return _page(tender_id, form, tender_lot_id), form.refusal_status


@blueprint.post("/awards/tenders/<uuid:tender_id>/publication")
@access(Permission.PUBLISH)
def publish(tender_id: UUID) -> Any:
    publishing.publish(current_actor(), tender_id)
    flash(_("结果已公告，通知书已发给每一位投标人。"))
    return redirect(url_for("awards.show", tender_id=tender_id))


@blueprint.post("/awards/<uuid:award_id>/cancellation")
@access(Permission.CANCEL)
def ask_cancellation(award_id: UUID) -> Any:
    form = Form.submitted(CancellationForm())
    with form.catching():
        data = form.load()
        award = cancelling.ask(current_actor(), award_id, data["version"], data["code"], data["reason"])
        flash(_("撤销申请已提交，等待另一名人员确认。"))
        return redirect(url_for("awards.show", tender_id=award.tender_id))
    return _refused(award_id, form)


@blueprint.post("/awards/<uuid:award_id>/cancellation/withdrawal")
@access(Permission.CANCEL)
def take_back(award_id: UUID) -> Any:
    form = Form.submitted(AwardVersionForm())
    with form.catching():
        award = cancelling.take_back(current_actor(), award_id, form.load()["version"])
        flash(_("撤销申请已收回。"))
        return redirect(url_for("awards.show", tender_id=award.tender_id))
    return _refused(award_id, form)


@blueprint.post("/awards/<uuid:award_id>/cancellation/confirmation")
@access(Permission.CANCEL)
def confirm_cancellation(award_id: UUID) -> Any:
    form = Form.submitted(AwardVersionForm())
    with form.catching():
        award = cancelling.confirm(current_actor(), award_id, form.load()["version"])
        flash(_("中标已撤销，请重新定标。"))
        return redirect(url_for("awards.show", tender_id=award.tender_id))
    return _refused(award_id, form)


def _refused(award_id: UUID, form: Form) -> Any:
    award = reading.get_award(current_actor(), award_id)
    return _page(award.tender_id, form, award.lot_id), form.refusal_status


@blueprint.get("/awards/letters")
@access(Permission.READ_LETTER)
def letters() -> str:
    page = reading.own_letters(current_actor(), request.args.get("cursor"), 50)
    following = url_for("awards.letters", cursor=page.next_cursor) if page.next_cursor else None
    return render_template("awards/letters.html", page=page, next_url=following, labels=labels)


@blueprint.get("/awards/letters/<uuid:letter_id>")
@access(Permission.READ_LETTER)
def letter(letter_id: UUID) -> str:
    return _letter(letter_id)


@blueprint.get("/awards/sent-letters/<uuid:letter_id>")
@access(Permission.READ)
def sent_letter(letter_id: UUID) -> str:
    """The same paper as the bureau sent it."""
    return _letter(letter_id)


def _letter(letter_id: UUID) -> str:
    actor = current_actor()
    found = reading.get_letter(actor, letter_id)
    verify = url_for("awards.verify", bureau_id=found.bureau_id, letter_code=found.code, _external=True)
    return render_template(
        "awards/letter.html", letter=found, is_intact=reading.is_intact(found), is_own=actor.level == "supplier",
        labels=labels, verify=verify,
    )  # fmt: skip


@blueprint.post("/awards/letters/<uuid:letter_id>/receipt")
@access(Permission.CONFIRM_LETTER)
def confirm_letter(letter_id: UUID) -> Any:
    reading.confirm_reading(current_actor(), letter_id)
    flash(_("已签收。"))
    return redirect(url_for("awards.letter", letter_id=letter_id))


@blueprint.get("/public/award-letters/<int:bureau_id>/<letter_code>")
@access(PUBLIC)
def verify(bureau_id: int, letter_code: str) -> str:
    """Whether a letter that somebody holds was sent so, and stands. Score and rank are not shown."""
    found = reading.letter_by_code(bureau_id, letter_code)
    return render_template("awards/verify.html", letter=found, is_intact=reading.is_intact(found), labels=labels)
