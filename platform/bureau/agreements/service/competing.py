"""二次竞价 among a lot's suppliers: asked, answered unseen, opened by the clock, the lowest total wins.

The framework price of each supplier is its own ceiling (110 号令). An answer is visible to the one who gave it alone until
the deadline: the bureau's role has no right to see the row before the clock, as the machine's operator, discloses it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select, update

from bureau.agreements import stage_rules
from bureau.agreements.models import Agreement, AgreementItem, AgreementLot
from bureau.agreements.price_rules import amount_fen
from bureau.agreements.service.pricing import prices_of_agreement
from bureau.agreements.stage_models import (
    MiniCompetition,
    MiniCompetitionAnswer,
    MiniCompetitionInvitation,
    MiniCompetitionItem,
)
from bureau.schools.models import School
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import Scope, within
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.numbering.service import next_number
from kernel.web.dates import today

NUMBER_KIND = "JJ"
LEAST_INVITED = 2
LEAST_TIME = timedelta(minutes=30)


def start(
    actor: Actor, competition_id: UUID, *, tender_lot_id: UUID, title: str, deadline: datetime,
    lines: Sequence[tuple[UUID, Decimal]], school_id: int | None = None,
) -> MiniCompetition:  # fmt: skip
    """Ask every supplier with an active agreement on the lot. `lines`: (catalogue item, quantity in its line's unit).
    The same id is the same competition."""
    known = db.session.get(MiniCompetition, (actor.bureau_id, competition_id))
    if known is not None:
        if (known.tender_lot_id, known.title, known.deadline) == (tender_lot_id, title, deadline):
            return known
        raise Conflict(_("这个编号已用于另一次竞价。"))
    if deadline < now() + LEAST_TIME:
        raise Invalid({"deadline": [_("报价时间不能少于 30 分钟。")]})
    if school_id is not None:
        found = db.session.scalar(select(School.id).where(School.bureau_id == actor.bureau_id, School.id == school_id))
        if found is None:
            raise Invalid({"school_id": [_("请选择本区的学校。")]})
    items = dict(lines)
    if not items or len(items) != len(lines) or any(quantity <= 0 for quantity in items.values()):
        raise Invalid({"lines": [_("请填写物品和大于零的数量，每项一次。")]})
    invited = _invited(actor, tender_lot_id, items, school_id)
    if len(invited) < LEAST_INVITED:
        raise RuleBroken("competition_few", _("该标包能供应全部物品的供应商不足两家，不能竞价。"))
    competition = MiniCompetition(
        bureau_id=actor.bureau_id, id=competition_id, title=title, tender_lot_id=tender_lot_id, school_id=school_id,
        number=next_number(db.session(), actor.bureau_id, None, NUMBER_KIND, today().year), opened_at=now(),
        deadline=deadline, created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(competition)
    flush(db.session(), {"pk_mini_competitions": Conflict(_("这个编号已用于另一次竞价。"))})
    sample = invited[0].lines
    for position, (item_id, quantity) in enumerate(items.items(), 1):
        db.session.add(
            MiniCompetitionItem(
                bureau_id=actor.bureau_id, id=new_id(), competition_id=competition.id, item_id=item_id,
                position=position, name=sample[item_id].name, unit=sample[item_id].unit, quantity=quantity,
            )
        )  # fmt: skip
    for one in invited:
        db.session.add(
            MiniCompetitionInvitation(
                bureau_id=actor.bureau_id, id=new_id(), competition_id=competition.id, agreement_id=one.agreement.id,
                supplier_id=one.agreement.supplier_id,
                ceilings={str(item_id): fen for item_id, fen in one.ceilings.items()},
            )
        )  # fmt: skip
    flush(db.session())
    return competition


@dataclass(frozen=True, slots=True)
class _Invited:
    agreement: Agreement
    lines: Mapping[UUID, AgreementItem]
    ceilings: Mapping[UUID, int]


def _invited(actor: Actor, tender_lot_id: UUID, items: Mapping[UUID, Decimal], school_id: int | None) -> list[_Invited]:
    """Whoever can deliver every line, in the same units, today and to that school."""
    query = (
        select(Agreement, AgreementLot)
        .join(AgreementLot, (AgreementLot.bureau_id == Agreement.bureau_id) & (AgreementLot.agreement_id == Agreement.id))
        .where(
            Agreement.bureau_id == actor.bureau_id, AgreementLot.tender_lot_id == tender_lot_id,
            AgreementLot.state == "active", Agreement.state == "signed", Agreement.first_day <= today(),
            Agreement.last_day >= today(),
        )
        .order_by(Agreement.id)
    )  # fmt: skip
    found: list[_Invited] = []
    for agreement, lot in db.session.execute(query).all():
        if school_id is not None and not (lot.covers_all or school_id in lot.school_ids):
            continue
        lines = {
            line.item_id: line
            for line in db.session.scalars(
                select(AgreementItem).where(
                    AgreementItem.bureau_id == actor.bureau_id, AgreementItem.lot_id == lot.id,
                    AgreementItem.item_id.in_(items),
                )
            )
        }  # fmt: skip
        prices = prices_of_agreement(actor.bureau_id, agreement.id, today())
        ceilings = {item_id: prices[line.id].fen for item_id, line in lines.items() if line.id in prices}
        if ceilings.keys() == items.keys():
            found.append(_Invited(agreement, lines, ceilings))
    return [one for one in found if _units(one) == _units(found[0])]


def _units(one: _Invited) -> dict[UUID, str]:
    return {item_id: line.unit for item_id, line in one.lines.items()}


def get_competition(actor: Actor, competition_id: UUID, *, lock: bool = False) -> MiniCompetition:
    """A supplier finds only those it was invited to, a school those for itself or for all."""
    query = select(MiniCompetition).where(
        MiniCompetition.bureau_id == actor.bureau_id, MiniCompetition.id == competition_id
    )
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    competition = db.session.scalar(query)
    if competition is None or (actor.level == "supplier" and invitation_of(actor, competition_id) is None):
        raise NotFound(_("没有这次竞价。"))
    return competition


def invitation_of(actor: Actor, competition_id: UUID) -> MiniCompetitionInvitation | None:
    return db.session.scalar(
        select(MiniCompetitionInvitation).where(
            MiniCompetitionInvitation.bureau_id == actor.bureau_id,
            MiniCompetitionInvitation.competition_id == competition_id,
            MiniCompetitionInvitation.supplier_id == actor.own_supplier_id(),
        )
    )


def items_of(actor: Actor, competition_id: UUID) -> list[MiniCompetitionItem]:
    query = select(MiniCompetitionItem).where(
        MiniCompetitionItem.bureau_id == actor.bureau_id, MiniCompetitionItem.competition_id == competition_id
    )
    return list(db.session.scalars(query.order_by(MiniCompetitionItem.position)))


def answer(actor: Actor, competition_id: UUID, answer_id: UUID, prices: Mapping[UUID, int]) -> MiniCompetitionAnswer:
    """The supplier's prices, every line, none above its framework price. A new answer replaces the old until the
    deadline; the clock of the server decides. The same id with the same prices is one answer."""
    get_competition(actor, competition_id)
    invitation = invitation_of(actor, competition_id)
    # Shared, until the answer is committed: the decision waits for every answer that was in time. The clock is read
    # after the lock, so no answer is taken once the decision holds it.
    with within(db.session(), Scope("houqin_bureau", bureau_id=actor.bureau_id)):
        competition = db.session.scalars(
            select(MiniCompetition)
            .where(MiniCompetition.bureau_id == actor.bureau_id, MiniCompetition.id == competition_id)
            .with_for_update(read=True)
            .execution_options(populate_existing=True)
        ).one()
    given = {str(item_id): fen for item_id, fen in prices.items()}
    known = db.session.scalar(
        select(MiniCompetitionAnswer).where(
            MiniCompetitionAnswer.bureau_id == actor.bureau_id, MiniCompetitionAnswer.id == answer_id
        )
    )
    if known is not None:
        if known.prices == given and known.competition_id == competition_id:
            return known
        raise Conflict(_("这个编号已用于另一份报价。"))
    if stage_rules.state_at(competition.state, competition.deadline, now()) != "open" or invitation is None:
        raise RuleBroken("competition_closed", _("报价已截止。"))
    items = items_of(actor, competition_id)
    errors: dict[str, list[str]] = {}
    for item in items:
        fen, ceiling = given.get(str(item.item_id)), int(invitation.ceilings[str(item.item_id)])
        if fen is None or fen <= 0:
            errors[f"price.{item.item_id}"] = [_("请填写大于零的单价。")]
        elif fen > ceiling:
            errors[f"price.{item.item_id}"] = [_("不能高于本公司的协议价。")]
    if errors or given.keys() != {str(item.item_id) for item in items}:
        raise Invalid(errors or {"prices": [_("请对全部物品报价。")]})
    last = _replace(actor, competition_id)
    row = MiniCompetitionAnswer(
        bureau_id=actor.bureau_id, id=answer_id, competition_id=competition_id, supplier_id=actor.own_supplier_id(),
        number=last + 1, prices=given, answered_by=actor.account_id,
        total_fen=sum(amount_fen(given[str(item.item_id)], item.quantity) for item in items),
    )  # fmt: skip
    db.session.add(row)
    flush(db.session(), {"uq_mini_competition_answers_current": Conflict(_("另一份报价刚刚提交，请刷新后再试。"))})
    return row


def _replace(actor: Actor, competition_id: UUID) -> int:
    answers = own_answers(actor, competition_id)
    for one in answers:
        if one.state == "current":
            one.state = "replaced"
    flush(db.session())
    return max((one.number for one in answers), default=0)


def own_answers(actor: Actor, competition_id: UUID) -> list[MiniCompetitionAnswer]:
    query = select(MiniCompetitionAnswer).where(
        MiniCompetitionAnswer.bureau_id == actor.bureau_id,
        MiniCompetitionAnswer.competition_id == competition_id,
        MiniCompetitionAnswer.supplier_id == actor.own_supplier_id(),
    )
    return list(db.session.scalars(query.order_by(MiniCompetitionAnswer.number)))


def disclose(bureau_id: int, competition_id: UUID) -> None:
    """After the deadline, by the server's clock, the bureau may see what was answered. Does nothing before."""
    competition = db.session.scalar(
        select(MiniCompetition).where(MiniCompetition.bureau_id == bureau_id, MiniCompetition.id == competition_id)
    )
    if competition is None or now() < competition.deadline or competition.state == "cancelled":
        return
    with within(db.session(), Scope("houqin_operator", bureau_id=bureau_id)):
        db.session.execute(
            update(MiniCompetitionAnswer)
            .where(
                MiniCompetitionAnswer.bureau_id == bureau_id, MiniCompetitionAnswer.competition_id == competition_id,
                MiniCompetitionAnswer.is_disclosed.is_(False),
            )
            .values(is_disclosed=True)
        )  # fmt: skip


def answers_of(actor: Actor, competition: MiniCompetition) -> list[MiniCompetitionAnswer]:
    """For the bureau: nothing before the deadline, whatever is asked. Cheapest first."""
    disclose(actor.bureau_id, competition.id)
    query = select(MiniCompetitionAnswer).where(
        MiniCompetitionAnswer.bureau_id == actor.bureau_id, MiniCompetitionAnswer.competition_id == competition.id,
        MiniCompetitionAnswer.is_disclosed.is_(True), MiniCompetitionAnswer.state == "current",
    )  # fmt: skip
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    return stage_rules.ranked(rows)


def decide(actor: Actor, competition_id: UUID, seen: int | None) -> MiniCompetition:
    """The lowest total wins; of two equal ones the earlier answer. Without an answer the competition has failed."""
    competition = get_competition(actor, competition_id, lock=True)
    if competition.state in ("decided", "failed"):
        return competition
    require_version(competition, seen)
    if stage_rules.state_at(competition.state, competition.deadline, now()) != "closed":
        raise RuleBroken("competition_open", _("报价尚未截止，不能成交。"))
    answers = answers_of(actor, competition)
    competition.account = {
        "rule": "lowest_total_then_earliest",
        "answers": [
            {
                "supplier_id": str(one.supplier_id), "total_fen": one.total_fen, "prices": one.prices,
                "answered_at": one.answered_at.isoformat(),
            }
            for one in answers
        ],
    }  # fmt: skip
    competition.state = "decided" if answers else "failed"
    competition.winner_id = answers[0].supplier_id if answers else None
    competition.decided_at, competition.decided_by = now(), actor.account_id
    flush(db.session())
    return competition


def cancel(actor: Actor, competition_id: UUID, seen: int | None, reason: str) -> MiniCompetition:
    """Only before the deadline: afterwards the prices are known, and it is decided."""
    competition = get_competition(actor, competition_id, lock=True)
    require_version(competition, seen)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if stage_rules.state_at(competition.state, competition.deadline, now()) != "open":
        raise RuleBroken("competition_closed", _("报价已截止，不能取消。"))
    competition.state, competition.end_reason = "cancelled", reason
    flush(db.session())
    return competition


def list_competitions(actor: Actor, limit: int = 100) -> list[Any]:
    """Newest first; a supplier's own invitations only."""
    query = select(MiniCompetition).where(MiniCompetition.bureau_id == actor.bureau_id)
    if actor.level == "supplier":
        mine = select(MiniCompetitionInvitation.competition_id).where(
            MiniCompetitionInvitation.bureau_id == actor.bureau_id,
            MiniCompetitionInvitation.supplier_id == actor.own_supplier_id(),
        )
        query = query.where(MiniCompetition.id.in_(mine))
    return list(db.session.scalars(query.order_by(MiniCompetition.id.desc()).limit(limit)))
