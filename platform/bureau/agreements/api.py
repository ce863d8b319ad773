"""REST: agreements, their prices, balances and changes; what a school may order; a supplier's own."""

from decimal import Decimal
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from bureau.agreements import change_schemas as change_shapes
from bureau.agreements import schemas as shapes
from bureau.agreements import stage_schemas as stage_shapes
from bureau.agreements.models import Agreement
from bureau.agreements.permissions import Permission
from bureau.agreements.service import (
    balances,
    changes,
    choosing,
    competing,
    finding,
    from_awards,
    making,
    pricing,
    reading,
    signing,
)
from bureau.agreements.terms_in import terms_from
from kernel.access.edge import access, current_actor
from kernel.api import ApiBlueprint, seen_version
from kernel.web.dates import today

blp = ApiBlueprint("agreements", __name__)


class _Full:
    """An agreement with its lots, as AgreementFullOut reads it."""

    def __init__(self, agreement: Agreement, lots: list[SimpleNamespace]) -> None:
        self.agreement, self.lots = agreement, lots

    def __getattr__(self, name: str) -> Any:
        return getattr(self.agreement, name)


def _full(agreement: Agreement) -> _Full:
    actor = current_actor()
    lots = finding.lots_of(actor, [agreement.id])
    items: dict[UUID, list[Any]] = {}
    for item in finding.items_of(actor, [lot.id for lot in lots]):
        items.setdefault(item.lot_id, []).append(item)
    names = [name for name in shapes.AgreementLotOut().fields if name != "items"]
    return _Full(
        agreement,
        [SimpleNamespace(**{name: getattr(lot, name) for name in names}, items=items.get(lot.id, [])) for lot in lots],
    )


def _listed(query: dict[str, Any]) -> dict[str, Any]:
    page = reading.list_agreements(current_actor(), query["standing"], query["cursor"], query["limit"])
    return {"items": page.items, "next_cursor": page.next_cursor}


@blp.route("/agreements", methods=["GET"])
@access(Permission.READ)
@blp.arguments(shapes.AgreementQuery, location="query")
@blp.response(200, shapes.AgreementListOut)
def list_agreements(query: dict[str, Any]) -> Any:
    return _listed(query)


@blp.route("/agreements/<uuid:agreement_id>", methods=["GET"])
@access(Permission.READ)
@blp.response(200, shapes.AgreementFullOut)
def show_agreement(agreement_id: UUID) -> Any:
    return _full(finding.get_agreement(current_actor(), agreement_id))


@blp.route("/agreements/<uuid:agreement_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(shapes.AgreementIn)
@blp.response(200, shapes.AgreementOut)
def put_agreement(data: dict[str, Any], agreement_id: UUID) -> Any:
    """An older contract, entered under the client's id; what comes of a tender is made from its awards."""
    return making.create(current_actor(), terms_from(data), agreement_id=agreement_id, notice_on=data["notice_on"])


@blp.route("/agreements/<uuid:agreement_id>/lots/<uuid:agreement_lot_id>/coverage", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(shapes.CoverageIn)
@blp.response(200, shapes.AgreementLotHeadOut)
def cover(data: dict[str, Any], agreement_id: UUID, agreement_lot_id: UUID) -> Any:
    """Which schools a lot covers from now on. Wants the lot's version as If-Match."""
    return making.cover(current_actor(), agreement_id, agreement_lot_id, seen_version(), **data)


@blp.route("/tenders/<uuid:tender_id>/agreements", methods=["POST"])
@access(Permission.MANAGE)
@blp.response(200, shapes.AgreementOut(many=True))
def agreements_of_tender(tender_id: UUID) -> Any:
    """One agreement per winner, for lots that have none yet."""
    return from_awards.create_for(current_actor(), tender_id)


@blp.route("/agreements/<uuid:agreement_id>/comparison", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(shapes.AgreementIn)
@blp.response(204)
def compare_agreement(data: dict[str, Any], agreement_id: UUID) -> None:
    """Refused, with every difference named, unless these terms are those that were awarded."""
    actor = current_actor()
    making.refuse_differences(actor, finding.get_agreement(actor, agreement_id), terms_from(data))


@blp.route("/agreements/<uuid:agreement_id>/signing", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(shapes.SigningIn)
@blp.response(200, shapes.AgreementOut)
def sign_agreement(data: dict[str, Any], agreement_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return signing.sign(
        current_actor(), agreement_id, seen_version(), supplier_signed_on=data["supplier_signed_on"],
        bureau_signed_on=data["bureau_signed_on"], override_reason=data["override_reason"] or "",
    )  # fmt: skip


@blp.route("/agreements/<uuid:agreement_id>/publication", methods=["POST"])
@access(Permission.MANAGE)
@blp.response(200, shapes.AgreementOut)
def publish_agreement(agreement_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return signing.publish(current_actor(), agreement_id, seen_version())


@blp.route("/agreements/<uuid:agreement_id>/filing", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(shapes.FilingIn)
@blp.response(200, shapes.AgreementOut)
def file_agreement(data: dict[str, Any], agreement_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return signing.file_copy(current_actor(), agreement_id, seen_version(), data["filed_on"], data["reference"] or "")


@blp.route("/agreements/<uuid:agreement_id>/prices", methods=["GET"])
@access(Permission.READ)
@blp.arguments(shapes.DayQuery, location="query")
@blp.response(200, shapes.AgreementPricesOut)
def agreement_prices(query: dict[str, Any], agreement_id: UUID) -> Any:
    """Every line's price on a day with its account; lines without a price that day are missing."""
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    found = pricing.prices_of_agreement(actor.bureau_id, agreement.id, query["on"] or today())
    return {"items": list(found.values())}


@blp.route("/agreements/<uuid:agreement_id>/balances", methods=["GET"])
@access(Permission.READ)
@blp.response(200, shapes.AgreementBalancesOut)
def agreement_balances(agreement_id: UUID) -> Any:
    actor = current_actor()
    return {"items": reading.balances_of(actor, finding.get_agreement(actor, agreement_id).id)}


@blp.route("/agreements/<uuid:agreement_id>/transfers/<uuid:transfer_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(shapes.TransferIn)
@blp.response(200, shapes.AgreementBalancesOut)
def transfer_balance(data: dict[str, Any], agreement_id: UUID, transfer_id: UUID) -> Any:
    """From one school's part of a line to another's; a school left out: what is not shared out."""
    actor = current_actor()
    agreement = finding.get_agreement(actor, agreement_id)
    balances.transfer(actor, transfer_id, data.pop("agreement_item_id"), agreement_id=agreement.id, **data)
    return {"items": reading.balances_of(actor, agreement.id)}


@blp.route("/agreements/<uuid:agreement_id>/changes", methods=["GET"])
@access(Permission.READ)
@blp.response(200, change_shapes.AgreementChangesOut)
def list_changes(agreement_id: UUID) -> Any:
    actor = current_actor()
    return {"items": finding.changes_of(actor, finding.get_agreement(actor, agreement_id))}


@blp.route("/agreements/<uuid:agreement_id>/changes/<uuid:agreement_change_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(change_shapes.AgreementChangeIn)
@blp.response(200, change_shapes.AgreementChangeOut)
def propose_change(data: dict[str, Any], agreement_id: UUID, agreement_change_id: UUID) -> Any:
    """One pending at a time; see the documentation of agreements for `details` by kind."""
    return changes.propose(current_actor(), agreement_id, agreement_change_id, **data)


@blp.route("/agreements/<uuid:agreement_id>/changes/<uuid:agreement_change_id>/approval", methods=["POST"])
@access(Permission.APPROVE)
@blp.arguments(change_shapes.DecisionNoteIn)
@blp.response(200, change_shapes.AgreementChangeOut)
def approve_change(data: dict[str, Any], agreement_id: UUID, agreement_change_id: UUID) -> Any:
    """By another person than the one who proposed. Wants the version seen as If-Match."""
    return changes.approve(current_actor(), agreement_id, agreement_change_id, seen_version(), data["reason"] or "")


@blp.route("/agreements/<uuid:agreement_id>/changes/<uuid:agreement_change_id>/withdrawal", methods=["POST"])
@access(Permission.MANAGE)
@blp.arguments(shapes.AgreementReasonIn)
@blp.response(200, change_shapes.AgreementChangeOut)
def withdraw_change(data: dict[str, Any], agreement_id: UUID, agreement_change_id: UUID) -> Any:
    """Wants the version seen as If-Match."""
    return changes.withdraw(current_actor(), agreement_id, agreement_change_id, seen_version(), data["reason"])


@blp.route("/agreements/<uuid:agreement_id>/stops/<uuid:agreement_change_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(change_shapes.StopIn)
@blp.response(200, change_shapes.AgreementChangeOut)
def stop_agreement(data: dict[str, Any], agreement_id: UUID, agreement_change_id: UUID) -> Any:
    """At once: no new order from the agreement, or from one lot of it."""
    return changes.stop(
        current_actor(), agreement_id, agreement_change_id, reason=data["reason"], lot_id=data["lot_id"]
    )


@blp.route("/orderable-offers", methods=["GET"])
@access(Permission.READ_COVERED)
@blp.arguments(shapes.DayQuery, location="query")
@blp.response(200, shapes.AgreementOffersOut)
def own_offers(query: dict[str, Any]) -> Any:
    """What the school may order: price with its account, and what is left."""
    actor = current_actor()
    found = reading.offers_for_school(actor, actor.own_school_id(), query["on"])
    return {"items": [offer for offers in found.values() for offer in offers]}


@blp.route("/direct-choices/<uuid:direct_choice_id>", methods=["PUT"])
@access(Permission.CHOOSE)
@blp.arguments(stage_shapes.ChoiceIn)
@blp.response(200, stage_shapes.DirectChoiceOut)
def put_choice(data: dict[str, Any], direct_choice_id: UUID) -> Any:
    return choosing.choose(current_actor(), direct_choice_id, data["agreement_item_id"], data["reason"])


@blp.route("/supplier/agreements", methods=["GET"])
@access(Permission.READ_OWN)
@blp.arguments(shapes.AgreementQuery, location="query")
@blp.response(200, shapes.AgreementListOut)
def supplier_agreements(query: dict[str, Any]) -> Any:
    return _listed(query)


@blp.route("/supplier/agreements/<uuid:agreement_id>", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, shapes.AgreementFullOut)
def supplier_agreement(agreement_id: UUID) -> Any:
    return _full(finding.get_agreement(current_actor(), agreement_id))


@blp.route("/mini-competitions", methods=["GET"])
@access(Permission.READ)
@blp.response(200, stage_shapes.CompetitionsOut)
def list_competitions() -> Any:
    return {"items": competing.list_competitions(current_actor())}


@blp.route("/mini-competitions/<uuid:competition_id>", methods=["PUT"])
@access(Permission.MANAGE)
@blp.arguments(stage_shapes.CompetitionIn)
@blp.response(200, stage_shapes.CompetitionOut)
def put_competition(data: dict[str, Any], competition_id: UUID) -> Any:
    lines = [(line["item_id"], line["quantity"] or Decimal(0)) for line in data.pop("lines")]
    return competing.start(current_actor(), competition_id, lines=lines, **data)


@blp.route("/mini-competitions/<uuid:competition_id>/decision", methods=["POST"])
@access(Permission.MANAGE)
@blp.response(200, stage_shapes.CompetitionOut)
def decide_competition(competition_id: UUID) -> Any:
    """After the deadline: the lowest total wins. Wants the version seen as If-Match."""
    return competing.decide(current_actor(), competition_id, seen_version())


@blp.route("/supplier/mini-competitions", methods=["GET"])
@access(Permission.READ_OWN)
@blp.response(200, stage_shapes.CompetitionsOut)
def supplier_competitions() -> Any:
    return {"items": competing.list_competitions(current_actor())}


@blp.route("/supplier/mini-competitions/<uuid:competition_id>/answers/<uuid:answer_id>", methods=["PUT"])
@access(Permission.ANSWER)
@blp.arguments(stage_shapes.CompetitionAnswerIn)
@blp.response(200, stage_shapes.CompetitionAnswerOut)
def put_answer(data: dict[str, Any], competition_id: UUID, answer_id: UUID) -> Any:
    """A new answer replaces the last one until the deadline."""
    prices = {line["item_id"]: line["price_fen"] for line in data["prices"]}
    return competing.answer(current_actor(), competition_id, answer_id, prices)
