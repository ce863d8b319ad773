"""A member of the committee: their own seat, declaring or recusing, who stands in, who heads."""

from dataclasses import dataclass
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.evaluation import labels
from bureau.evaluation.models import CommitteeDraw, CommitteeMember, EvaluationCommittee, ScoreSheet
from bureau.evaluation.rules.committee import Member, composition_problems
from bureau.evaluation.service import facts
from bureau.evaluation.service.committee import demands_of, invite, new_member, representatives
from bureau.evaluation.service.sealing import machine, note, own_person, unnamed
from bureau.roles import Role
from bureau.tendering.models import Tender
from bureau.tendering.service.moving import locked
from kernel.actor import Actor
from kernel.database import db, now
from kernel.database.writing import flush, require_version
from kernel.errors import Invalid, NotFound, RuleBroken
from kernel.identity.models import Person

WORDS = "本人与参加本项目投标的供应商没有利害关系，遵守评标纪律，评标情况和成员名单在公布前保密。"


@dataclass(frozen=True, slots=True)
class Seat:
    """One seat as anybody of the bureau may see it: no name before the result. `locked`: lots whose scores are locked."""

    number: int
    seat: str
    state: str
    is_head: bool
    locked: int
    name: str = ""


def own_seats(actor: Actor) -> list[CommitteeMember]:
    """Where the actor sits or sat, newest first."""
    query = select(CommitteeMember).where(
        CommitteeMember.bureau_id == actor.bureau_id, CommitteeMember.person_id == actor.account_id
    )
    with own_person(actor):
        return list(db.session.scalars(query.order_by(CommitteeMember.id.desc())))


def own_seat(actor: Actor, tender_id: UUID, *, states: tuple[str, ...] = ("invited", "declared")) -> CommitteeMember:
    """The actor's seat in the tender's standing committee; a stranger learns nothing, not even that there is one."""
    committee = facts.find_committee(actor, tender_id)
    found = None
    if committee is not None:
        query = select(CommitteeMember).where(
            CommitteeMember.bureau_id == actor.bureau_id, CommitteeMember.committee_id == committee.id,
            CommitteeMember.person_id == actor.account_id, CommitteeMember.state.in_(states),
        )  # fmt: skip
        with own_person(actor):
            found = db.session.scalar(query.execution_options(populate_existing=True))
    if found is None:
        raise NotFound(_("没有这个评标任务。"))
    return found


def seated(committee: EvaluationCommittee) -> list[CommitteeMember]:
    """Everybody who sits, by number. For the machine's own counting: shown to nobody as it stands."""
    query = select(CommitteeMember).where(
        CommitteeMember.bureau_id == committee.bureau_id, CommitteeMember.committee_id == committee.id,
        CommitteeMember.state != "recused",
    )  # fmt: skip
    with machine(committee.bureau_id):
        return list(
            db.session.scalars(query.order_by(CommitteeMember.number).execution_options(populate_existing=True))
        )


def seats_of(actor: Actor, committee: EvaluationCommittee) -> list[Seat]:
    """How far each seat is. Names once the result is out, for discipline supervision once all have locked."""
    members = seated(committee)
    with machine(committee.bureau_id):
        sheets = db.session.execute(
            select(ScoreSheet.member_id, ScoreSheet.state).where(
                ScoreSheet.bureau_id == committee.bureau_id, ScoreSheet.tender_id == committee.tender_id
            )
        ).all()
    names = names_of(actor, committee, members)
    return [
        Seat(
            member.number, member.seat, member.state, member.is_head,
            sum(state == "locked" for member_id, state in sheets if member_id == member.id), names.get(member.id, ""),
        )
        for member in members
    ]  # fmt: skip


def names_of(actor: Actor, committee: EvaluationCommittee, members: list[CommitteeMember]) -> dict[UUID, str]:
    supervises = str(Role.DISCIPLINE_SUPERVISOR) in actor.roles and committee.locked_at is not None
    if not committee.is_disclosed and not supervises:
        return {}
    people = {member.person_id: member.id for member in members}
    rows = db.session.execute(
        select(Person.id, Person.display_name).where(
            Person.bureau_id == actor.bureau_id, Person.id.in_(list(people))
        )
    )  # fmt: skip
    return {people[person_id]: name for person_id, name in rows}


def declare(actor: Actor, tender_id: UUID, seen: int | None) -> CommitteeMember:
    """No conflict: the member signs the words. The last one to declare sets the committee to work. Twice is once."""
    _tender, committee, member = _at_work(actor, tender_id)
    if member.state == "declared":
        return member
    _require(committee, "formed")
    require_version(member, seen)
    with own_person(actor):
        member.state, member.declared_at, member.declaration = "declared", now(), WORDS
    with unnamed(actor.bureau_id) as system:
        note(system, tender_id, "declare", "invited", "declared", member=member)
        members = seated(committee)
        if len(members) == committee.size and all(one.state == "declared" for one in members):
            note(system, tender_id, "declare", committee.state, "declared")
            committee.state = "declared"
    return member


def recuse(actor: Actor, tender_id: UUID, seen: int | None, reason: str) -> CommitteeMember:
    """A conflict: the member leaves before scoring. An expert's seat goes to the next of the draw's order, a
    representative's is named anew by the purchaser."""
    tender, committee, member = _at_work(actor, tender_id, states=("invited", "declared", "recused"))
    if member.state == "recused":
        return member
    _require(committee, "formed", "declared")
    require_version(member, seen)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明回避的原因。")]})
    with machine(actor.bureau_id):
        member.is_head = False
        for one in seated(committee):
            if one.head_choice == member.number:  # the seat's next holder is not whom they chose
                one.head_choice = None
    with own_person(actor):
        member.state, member.declared_at, member.declaration = "recused", now(), reason.strip()
    with unnamed(actor.bureau_id) as system:
        note(system, tender_id, "recuse", "invited", "recused", member=member)
        committee.state = "formed"
        flush(db.session())
        if member.seat == "expert":
            _replace(system, tender, committee, member)
    return member


def _replace(system: Actor, tender: Tender, committee: EvaluationCommittee, left: CommitteeMember) -> None:
    with machine(committee.bureau_id):
        document = db.session.get(CommitteeDraw, (committee.bureau_id, committee.id))
        places = db.session.scalars(
            select(CommitteeMember.place).where(
                CommitteeMember.bureau_id == committee.bureau_id, CommitteeMember.committee_id == committee.id,
                CommitteeMember.place.is_not(None),
            )
        ).all()  # fmt: skip
        order = document.result["order"] if document is not None and document.result is not None else []
        place = max(places) + 1  # type: ignore[type-var, operator]
        if place > len(order):
            stand_in = None
        else:
            stand_in = UUID(order[place - 1])
            db.session.add(new_member(committee, stand_in, "expert", left.number, place, left.id))
            flush(db.session())
    if stand_in is None:
        note(system, tender.id, "replace", reason=_("抽取的专家已用完，请解散后重新抽取。"))
        return
    note(system, tender.id, "replace", reason=labels.member_name(left.number))
    invite(system, tender, [stand_in])


def name_representative(actor: Actor, tender_id: UUID, number: int, person_id: UUID) -> None:
    """The purchaser fills its seat anew after its representative recused."""
    tender = locked(actor, tender_id)
    committee = facts.committee_of(actor, tender.id, lock=True)
    _require(committee, "formed")
    members = seated(committee)
    if any(member.number == number for member in members) or not 1 <= number <= committee.size:
        raise RuleBroken("seat_taken", _("这一席没有空缺。"))
    if person_id not in {person.id for person in representatives(actor, tender)}:
        raise Invalid({"person_id": [_("参加开标或编制招标文件的人员不能作为采购人代表评标。")]})
    if person_id in {member.person_id for member in members}:
        raise Invalid({"person_id": [_("这个人已在评标委员会中。")]})
    with machine(actor.bureau_id):
        db.session.add(new_member(committee, person_id, "purchaser", number, None))
        flush(db.session())
    note(actor, tender.id, "replace", reason=labels.member_name(number))
    invite(actor, tender, [person_id])
    flush(db.session())


def choose_head(actor: Actor, tender_id: UUID, number: int) -> CommitteeMember:
    """Each declared member names an expert; whoever more than half name is the head. A representative cannot be."""
    tender, committee, member = _at_work(actor, tender_id)
    if member.state != "declared":
        raise RuleBroken("not_declared", _("请先声明有无利害关系。"))
    _require(committee, "formed", "declared", "scoring", "consensus")
    members = seated(committee)
    if any(one.is_head for one in members):
        return member
    chosen = next((one for one in members if one.number == number), None)
    if chosen is None:
        raise Invalid({"number": [_("没有这一席。")]})
    if chosen.seat != "expert":
        raise RuleBroken("purchaser_heads", _("采购人代表不得担任评标委员会组长。"), labels.article("order_87:47"))
    with own_person(actor):
        member.head_choice = number
    with unnamed(actor.bureau_id) as system:
        votes = sum(one.head_choice == number for one in seated(committee))
        if 2 * votes > committee.size:
            with machine(actor.bureau_id):
                chosen.is_head = True
                flush(db.session())
            note(system, tender.id, "elect", reason=labels.member_name(number))
    flush(db.session())
    return member


def require_complete(tender: Tender, committee: EvaluationCommittee) -> list[CommitteeMember]:
    """All seats taken, all declared, one head who is an expert."""
    members = seated(committee)
    if len(members) != committee.size or any(member.state != "declared" for member in members):
        raise RuleBroken("not_declared", _("还有成员没有声明，或席位空缺。"), labels.article("order_87:47"))
    demands = demands_of(tender)
    problems = composition_problems(
        [Member(one.number, one.seat, one.is_head) for one in members],  # type: ignore[arg-type]
        least=demands.least, expert_share=demands.expert_share,
    )  # fmt: skip
    if problems:
        raise RuleBroken(
            f"committee_{problems[0].code}", str(labels.COMPOSITION[problems[0].code]),
            labels.article(problems[0].article),
        )  # fmt: skip
    return members


def at_work(
    actor: Actor, tender_id: UUID, *committee_states: str
) -> tuple[Tender, EvaluationCommittee, CommitteeMember]:
    """A declared member of the standing committee, with the committee's row locked, in one of these states."""
    tender, committee, member = _at_work(actor, tender_id)
    if member.state != "declared":
        raise RuleBroken("not_declared", _("请先声明有无利害关系。"))
    _require(committee, *committee_states)
    return tender, committee, member


def _at_work(
    actor: Actor, tender_id: UUID, *, states: tuple[str, ...] = ("invited", "declared")
) -> tuple[Tender, EvaluationCommittee, CommitteeMember]:
    """Tender and committee locked, in that order everywhere, and the actor's own seat."""
    own_seat(actor, tender_id, states=states)
    tender = locked(actor, tender_id)
    facts.require_state(tender, "evaluation", "report")
    committee = facts.committee_of(actor, tender_id, lock=True)
    return tender, committee, own_seat(actor, tender_id, states=states)


def _require(committee: EvaluationCommittee, *states: str) -> None:
    if committee.state not in states:
        raise RuleBroken("committee_state", _("评标委员会现在不在这一步，请刷新页面。"))


def next_step(actor: Actor, tender: Tender, member: CommitteeMember) -> str:
    """What this member has to do next, "" for waiting."""
    committee = facts.find_committee(actor, tender.id)
    if committee is None or committee.id != member.committee_id:
        return ""
    if member.state == "invited":
        return str(_("声明有无利害关系"))
    return {
        "declared": str(_("符合性审查")),
        "scoring": str(_("独立评分")),
        "consensus": str(_("签署评标报告")) if tender.state == "report" else str(_("复核评分")),
    }.get(committee.state, "")
