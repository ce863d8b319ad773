"""Mini-competitions: the bureau asks and decides, a supplier answers."""

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from bureau.agreements import labels, stage_rules
from bureau.agreements.models import Agreement, AgreementItem, AgreementLot
from bureau.agreements.permissions import Permission
from bureau.agreements.schemas import AgreementReasonForm
from bureau.agreements.service import competing
from bureau.agreements.stage_models import MiniCompetition
from bureau.agreements.stage_schemas import AnswerForm, CompetitionForm
from bureau.agreements.views.blueprint import blueprint
from bureau.suppliers.service.finding import names_of
from kernel.access.edge import access, current_actor
from kernel.database import db, new_id, now
from kernel.errors import Invalid, NotFound
from kernel.schemas import BaseSchema, Whole
from kernel.web.dates import SHANGHAI, today
from kernel.web.forms import Form


class DecisionForm(BaseSchema):
    version = Whole(1, required=True)


def state_of(competition: MiniCompetition) -> str:
    return stage_rules.state_at(competition.state, competition.deadline, now())


@blueprint.get("/competitions")
@access(Permission.READ)
def competitions() -> str:
    return render_template(
        "agreements/competitions.html", rows=competing.list_competitions(current_actor()), labels=labels,
        state_of=state_of, lots=_lots(), page="agreements.competition",
    )  # fmt: skip


def _lots() -> list[Any]:
    """Framework lots with two suppliers or more today."""
    own = current_actor().bureau_id
    query = (
        select(AgreementLot)
        .join(Agreement, (Agreement.bureau_id == AgreementLot.bureau_id) & (Agreement.id == AgreementLot.agreement_id))
        .where(
            AgreementLot.bureau_id == own, AgreementLot.tender_lot_id.is_not(None), AgreementLot.state == "active",
            Agreement.state == "signed", Agreement.first_day <= today(), Agreement.last_day >= today(),
        )
        .order_by(AgreementLot.id)
    )  # fmt: skip
    found: dict[Any, list[AgreementLot]] = {}
    for lot in db.session.scalars(query):
        found.setdefault(lot.tender_lot_id, []).append(lot)
    return [(key, lots[0].title, len(lots), lots[0].id) for key, lots in found.items() if len(lots) >= 2]


@blueprint.get("/competitions/new")
@access(Permission.MANAGE)
def new_competition() -> str:
    """`lot`: id of the tender's lot."""
    values = {"id": str(new_id()), "tender_lot_id": request.args.get("lot", "")}
    return _new_page(Form.blank(CompetitionForm(), values))


def _new_page(form: Form) -> str:
    chosen = next((one for one in _lots() if str(one[0]) == str(form.value("tender_lot_id"))), None)
    if chosen is None:
        raise NotFound(_("没有可以竞价的标包。"))
    query = select(AgreementItem).where(
        AgreementItem.bureau_id == current_actor().bureau_id, AgreementItem.lot_id == chosen[3]
    )
    items = db.session.scalars(query.order_by(AgreementItem.position)).all()
    return render_template("agreements/competition_new.html", form=form, lot=chosen, items=items)


@blueprint.post("/competitions/new")
@access(Permission.MANAGE)
def start_competition() -> Any:
    form = Form.submitted(CompetitionForm())
    with form.catching():
        data = form.load()
        lines = [(line["item_id"], line["quantity"]) for line in data["lines"] if line["quantity"]]
        made = competing.start(
            current_actor(), data["id"], tender_lot_id=data["tender_lot_id"], title=data["title"],
            deadline=data["deadline"].replace(tzinfo=SHANGHAI), lines=lines,
        )  # fmt: skip
        flash(_("已邀请报价。"))
        return redirect(url_for("agreements.competition", competition_id=made.id))
    return _new_page(form), form.refusal_status


@blueprint.get("/competitions/<uuid:competition_id>")
@access(Permission.READ)
def competition(competition_id: UUID) -> str:
    return _page(competition_id, Form.blank(DecisionForm()))


def _page(competition_id: UUID, form: Form) -> str:
    actor = current_actor()
    found = competing.get_competition(actor, competition_id)
    answers = competing.answers_of(actor, found) if actor.level == "bureau" else []
    return render_template(
        "agreements/competition.html", competition=found, state_code=state_of(found), answers=answers, labels=labels,
        items=competing.items_of(actor, found.id), form=form, quantity=labels.quantity_text,
        names=names_of(actor, {one.supplier_id for one in answers} | ({found.winner_id} if found.winner_id else set())),
    )  # fmt: skip


@blueprint.post("/competitions/<uuid:competition_id>/decision")
@access(Permission.MANAGE)
def decide_competition(competition_id: UUID) -> Any:
    form = Form.submitted(DecisionForm())
    with form.catching():
        competing.decide(current_actor(), competition_id, form.load()["version"])
        flash(_("竞价已有结果。"))
        return redirect(url_for("agreements.competition", competition_id=competition_id))
    return _page(competition_id, form), form.refusal_status


@blueprint.post("/competitions/<uuid:competition_id>/cancellation")
@access(Permission.MANAGE)
def cancel_competition(competition_id: UUID) -> Any:
    form = Form.submitted(AgreementReasonForm())
    with form.catching():
        data = form.load()
        competing.cancel(current_actor(), competition_id, data["version"], data["reason"])
        flash(_("竞价已取消。"))
        return redirect(url_for("agreements.competition", competition_id=competition_id))
    return _page(competition_id, form), form.refusal_status


@blueprint.get("/own/competitions")
@access(Permission.READ_OWN)
def own_competitions() -> str:
    return render_template(
        "agreements/competitions.html", rows=competing.list_competitions(current_actor()), labels=labels,
        state_of=state_of, lots=[], page="agreements.own_competition",
    )  # fmt: skip


@blueprint.get("/own/competitions/<uuid:competition_id>")
@access(Permission.READ_OWN)
def own_competition(competition_id: UUID) -> str:
    return _own_page(competition_id, Form.blank(AnswerForm(), {"id": str(new_id())}))


def _own_page(competition_id: UUID, form: Form) -> str:
    actor = current_actor()
    found = competing.get_competition(actor, competition_id)
    invitation = competing.invitation_of(actor, competition_id)
    return render_template(
        "agreements/own_competition.html", competition=found, state_code=state_of(found), labels=labels, form=form,
        items=competing.items_of(actor, found.id), ceilings=invitation.ceilings if invitation else {},
        answers=competing.own_answers(actor, found.id), quantity=labels.quantity_text, mine=actor.supplier_id,
    )  # fmt: skip


@blueprint.post("/own/competitions/<uuid:competition_id>/answers")
@access(Permission.ANSWER)
def answer_competition(competition_id: UUID) -> Any:
    form = Form.submitted(AnswerForm())
    with form.catching():
        data = form.load()
        prices = {line["item_id"]: int(line["price"] * 100) for line in data["lines"] if line["price"] is not None}
        try:
            competing.answer(current_actor(), competition_id, data["id"], prices)
        except Invalid as error:
            raise _at_lines(error, data["lines"]) from error
        flash(_("报价已提交，截止前可以再次提交替换。"))
        return redirect(url_for("agreements.own_competition", competition_id=competition_id))
    return _own_page(competition_id, form), form.refusal_status


def _at_lines(error: Invalid, lines: list[dict[str, Any]]) -> Invalid:
    """The service names an item, the page a line."""
    places = {f"price.{line['item_id']}": f"lines.{place}.price" for place, line in enumerate(lines)}
    return Invalid({places.get(name, name): messages for name, messages in error.fields.items()})
