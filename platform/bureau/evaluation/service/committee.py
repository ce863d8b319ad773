"""Forming the committee: its size, the purchaser's representatives, the verifiable draw of the experts.

The pool and the recusals are fixed and a secret seed made at the commitment; its hash is public from then on. The draw
puts everybody who may sit into one order: the first are called, the next stand in for whoever recuses. Names stay
sealed until the result; then the document with seed, pool and order may be read and verified by anybody.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask_babel import gettext as _
from sqlalchemy import select

from bureau.bids.models import Bid, OpeningOfficer
from bureau.catalogue.models import CatalogueCategory
from bureau.draws.chance import commitment_of, digest, key_of
from bureau.evaluation import labels
from bureau.evaluation.models import (
    CommitteeDraw,
    CommitteeMember,
    CommitteeSeed,
    EvaluationCommittee,
    Expert,
)
from bureau.evaluation.rules.committee import (
    Candidate,
    Member,
    Tie,
    composition_problems,
    least_size,
    most_purchasers,
    recusal,
)
from bureau.evaluation.service import experts as pool
from bureau.evaluation.service import facts
from bureau.evaluation.service.sealing import machine, note
from bureau.evaluation.verification import FORMAT, order_of
from bureau.roles import OFFICERS
from bureau.suppliers.models import BureauSupplier
from bureau.tendering.models import Tender
from bureau.tendering.service.moving import drafters, locked
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.writing import flush, require_version
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.identity.models import Person
from kernel.notices.service import notify
from kernel.policy import service as policy
from kernel.web.dates import today

ARTICLE = "order_87:47"


@dataclass(frozen=True, slots=True)
class Demands:
    """What the rules want of a tender's committee. `citation`: where the size comes from."""

    least: int
    expert_share: Any
    citation: str


def demands_of(tender: Tender) -> Demands:
    least, citation = facts.number_of(tender, "committee_least")
    least_large, citation_large = facts.number_of(tender, "committee_least_large")
    large_from, _citation = facts.number_of(tender, "large_budget")
    size = least_size(
        tender.budget_fen, tender.is_large, least=int(least), least_large=int(least_large),
        large_from_fen=int(large_from),
    )  # fmt: skip
    return Demands(size, facts.expert_share(tender), citation_large if size == int(least_large) else citation)


def representatives(actor: Actor, tender: Tender) -> list[Person]:
    """Officers who may speak for the purchaser: neither at the opening (Art. 40) nor the writer of the tender."""
    barred = barred_from(tender)
    found = {
        person.id: person for role in OFFICERS if role != "discipline_supervisor"
        for person in pool.holders(actor.bureau_id, role)
    }  # fmt: skip
    return [person for person in found.values() if person.id not in barred]


def barred_from(tender: Tender) -> frozenset[UUID]:
    """Whoever opens the bids may not judge them (Art. 40); nor may whoever wrote the tender."""
    opening = db.session.scalars(
        select(OpeningOfficer.person_id).where(
            OpeningOfficer.bureau_id == tender.bureau_id, OpeningOfficer.tender_id == tender.id
        )
    )
    return frozenset({*opening, *drafters(tender)})


def commit(
    actor: Actor, tender_id: UUID, committee_id: UUID, *, size: int, representative_ids: Sequence[UUID] = (),
    public_value: str = "",
) -> EvaluationCommittee:  # fmt: skip
    """Fix size, representatives, pool and a secret seed; the hash is given out. Sent twice it is the same committee.
    `public_value`: which number of a public draw is mixed in later, "" for none."""
    tender = locked(actor, tender_id)
    existing = db.session.get(EvaluationCommittee, (actor.bureau_id, committee_id))
    if existing is not None:
        if (existing.tender_id, existing.size) == (tender.id, size):
            return existing
        raise Conflict(_("这个编号已用于另一个评标委员会。"))
    facts.require_state(tender, "evaluation")
    if facts.find_committee(actor, tender.id) is not None:
        raise RuleBroken("committee_exists", _("这个招标项目已有评标委员会。"))
    seats = list(dict.fromkeys(representative_ids))
    _require_composition(tender, size, len(seats))
    allowed = {person.id for person in representatives(actor, tender)}
    if not set(seats) <= allowed:
        raise Invalid({"representative_ids": [_("参加开标或编制招标文件的人员不能作为采购人代表评标。")]})
    pools, rules = _pools(actor, tender, seats), _rules(tender, size - len(seats), public_value.strip())
    able = [one for one in pools["experts"] if not one["recused"]]
    if len(able) < size - len(seats):
        raise RuleBroken(
            "too_few_experts",
            _("可抽取的评审专家 %(have)s 名，需要 %(want)s 名。", have=len(able), want=size - len(seats)),
            labels.article("order_87:48"),
        )
    seed = secrets.token_bytes(32)
    committee = EvaluationCommittee(
        bureau_id=actor.bureau_id, id=committee_id, tender_id=tender.id, size=size, purchaser_seats=len(seats),
        commitment=commitment_of(seed, pools, rules), wants_public_value=public_value.strip(),
        created_by=actor.account_id,
    )  # fmt: skip
    db.session.add(committee)
    flush(
        db.session(),
        {"uq_evaluation_committees_live": RuleBroken("committee_exists", _("这个招标项目已有评标委员会。"))},
    )
    db.session.add(CommitteeSeed(bureau_id=actor.bureau_id, id=committee.id, seed=seed))
    with machine(actor.bureau_id):
        db.session.add(CommitteeDraw(bureau_id=actor.bureau_id, id=committee.id, rules=rules, pools=pools))
        for number, person_id in enumerate(seats, start=size - len(seats) + 1):
            db.session.add(new_member(committee, person_id, "purchaser", number, None))
    note(actor, tender.id, "commit", "", "committed", reason=committee.commitment)
    flush(db.session())
    return committee


def _require_composition(tender: Tender, size: int, purchasers: int) -> None:
    demands = demands_of(tender)
    most = most_purchasers(size, demands.expert_share)
    members = [Member(number, "purchaser" if number < purchasers else "expert") for number in range(size)]
    problems = composition_problems(members, least=demands.least, expert_share=demands.expert_share, head_wanted=False)
    if problems:
        words = {
            "too_small": _("评标委员会至少 %(least)s 人。", least=demands.least),
            "even": _("评标委员会人数应为单数。"),
            "too_few_experts": _("评审专家不得少于成员总数的三分之二，%(size)s 人中采购人代表至多 %(most)s 人。",
                                 size=size, most=most),
        }  # fmt: skip
        code = problems[0].code
        raise RuleBroken(f"committee_{code}", words[code], demands.citation or labels.article(ARTICLE))


def bidders_of(tender: Tender) -> list[BureauSupplier]:
    """Companies with an opened bid, by credit code."""
    query = (
        select(BureauSupplier)
        .join(Bid, (Bid.bureau_id == BureauSupplier.bureau_id) & (Bid.supplier_id == BureauSupplier.id))
        .where(
            Bid.bureau_id == tender.bureau_id, Bid.tender_id == tender.id,
            Bid.state.in_(("opened", "qualified", "disqualified", "invalid", "scored")),
        )
        .order_by(BureauSupplier.credit_code)
    )  # fmt: skip
    return list(db.session.scalars(query).unique())


def _pools(actor: Actor, tender: Tender, seats: Collection[UUID]) -> dict[str, Any]:
    """Every expert of the lots' categories, by id, with the code of what keeps them out ("" for nothing). No names: the
    document is published one day, and who was not drawn stays private."""
    bidders = bidders_of(tender)
    wanted = _categories(actor, tender)
    barred = barred_from(tender) | set(seats)
    years = int(policy.effective(actor.bureau_id, "tender.expert.tie_years").number)
    rows = [row for row in pool.list_experts(actor, ("active",)) if not wanted or wanted & set(row.categories)]
    ties = _ties(actor, [row.expert for row in rows], bidders)
    codes = {bidder.credit_code for bidder in bidders}
    found = []
    for row in sorted(rows, key=lambda row: str(row.expert.id)):
        candidate = Candidate(str(row.expert.id), ties[row.expert.id], is_of_purchaser=row.expert.id in barred)
        out = recusal(candidate, codes, today(), years)
        found.append({"id": str(row.expert.id), "recused": out.code if out else ""})
    return {"experts": found, "bidders": sorted(codes)}


def pool_size(actor: Actor, tender: Tender) -> int:
    """How many experts could be drawn now."""
    return sum(not one["recused"] for one in _pools(actor, tender, ())["experts"])


def _categories(actor: Actor, tender: Tender) -> set[UUID]:
    """Of the lots that are judged, with the categories above them: whoever may judge vegetables may judge spinach."""
    own = {lot.category_id for lot in facts.live_lots(tender) if lot.category_id is not None}
    parents = db.session.scalars(
        select(CatalogueCategory.parent_id).where(
            CatalogueCategory.bureau_id == actor.bureau_id, CatalogueCategory.id.in_(own),
            CatalogueCategory.parent_id.is_not(None),
        )
    )  # fmt: skip
    return own | {parent for parent in parents if parent is not None}


def _ties(
    actor: Actor, people: Sequence[Expert], bidders: Sequence[BureauSupplier]
) -> dict[UUID, tuple[Tie, ...]]:  # fmt: skip
    code_of = {bidder.id: bidder.credit_code for bidder in bidders}
    by_name = {"".join(bidder.name.split()): bidder.credit_code for bidder in bidders}
    found: dict[UUID, list[Tie]] = {person.id: [] for person in people}
    for person in people:
        employer = by_name.get("".join(person.employer.split()))
        if employer:
            found[person.id].append(Tie(employer, "employed"))
    for interest in pool.interests_of(actor, list(found)):
        if interest.supplier_id in code_of and interest.valid_from <= today():
            found[interest.expert_id].append(Tie(code_of[interest.supplier_id], interest.kind, interest.valid_until))
    return {person_id: tuple(ties) for person_id, ties in found.items()}


def _rules(tender: Tender, count: int, public_value: str) -> dict[str, Any]:
    return {"tender": str(tender.id), "count": count, "public_value": public_value}


def draw(actor: Actor, tender_id: UUID, seen: int | None, public_value: str = "") -> EvaluationCommittee:
    """Draw once: those called are told in their own inbox; whoever draws sees how many, not who."""
    tender = locked(actor, tender_id)
    committee = facts.committee_of(actor, tender.id, lock=True)
    if committee.state != "committed":
        raise Conflict(_("评标委员会已经抽取。"), {"version": committee.version, "state": committee.state})
    facts.require_state(tender, "evaluation")
    require_version(committee, seen)
    public_value = public_value.strip()
    if bool(committee.wants_public_value) != bool(public_value):
        raise Invalid({"public_value": [_("请填写约定的公开数值：%(what)s", what=committee.wants_public_value)
                                        if committee.wants_public_value else _("这次抽取没有约定公开数值。")]})  # fmt: skip
    with machine(actor.bureau_id):
        document = _stored(committee)
        seed = db.session.scalar(
            select(CommitteeSeed.seed).where(
                CommitteeSeed.bureau_id == actor.bureau_id, CommitteeSeed.id == committee.id
            )
        )
        if seed is None or commitment_of(bytes(seed), document.pools, document.rules) != committee.commitment:
            raise RuleBroken("draw_changed", _("名单、规则或种子与公布的承诺不符，不能抽取。"))
        pools, rules = document.pools, document.rules
        order = order_of(pools, rules, key_of(bytes(seed), public_value))
        document.seed, document.result = bytes(seed).hex(), {"order": order}
        called = [UUID(one) for one in order[: rules["count"]]]
        for number, person_id in enumerate(called, start=1):
            db.session.add(new_member(committee, person_id, "expert", number, number))
        flush(db.session())
        seated = _seated(committee)
        people = [member.person_id for member in seated]
    committee.public_value, committee.result_digest = public_value, digest({"order": order})
    committee.drawn_at, committee.drawn_by = now(), actor.account_id
    committee.state = "formed"
    note(actor, tender.id, "draw", "committed", "formed", reason=committee.result_digest)
    flush(db.session())
    invite(actor, tender, people)
    return committee


def _stored(committee: Any) -> CommitteeDraw:
    document = db.session.scalar(
        select(CommitteeDraw).where(
            CommitteeDraw.bureau_id == committee.bureau_id, CommitteeDraw.id == committee.id
        )
    )  # fmt: skip
    if document is None:
        raise NotFound(_("成员名单和抽取文件在公布结果以后才能查看。"))
    return document


def _seated(committee: EvaluationCommittee) -> list[CommitteeMember]:
    query = select(CommitteeMember).where(
        CommitteeMember.bureau_id == committee.bureau_id, CommitteeMember.committee_id == committee.id,
        CommitteeMember.state != "recused",
    )  # fmt: skip
    return list(db.session.scalars(query.order_by(CommitteeMember.number)))


def invite(actor: Actor, tender: Tender, people: Sequence[UUID]) -> None:
    notify(
        actor, people, "committee_called", _("请参加评标：%(title)s", title=tender.title),
        body=_("请先声明与投标人有无利害关系。评标委员会成员名单在公布结果前应当保密。"),
        url=f"/evaluation/mine/{tender.id}",
    )  # fmt: skip


def new_member(
    committee: EvaluationCommittee, person_id: UUID, seat: str, number: int, place: int | None,
    replaces_id: UUID | None = None,
) -> CommitteeMember:  # fmt: skip
    return CommitteeMember(
        bureau_id=committee.bureau_id, id=new_id(), committee_id=committee.id, tender_id=committee.tender_id,
        person_id=person_id, seat=seat, number=number, place=place, invited_at=now(), replaces_id=replaces_id,
    )  # fmt: skip


def dissolve(actor: Actor, tender_id: UUID, seen: int | None, reason: str) -> EvaluationCommittee:
    """Before anybody scores: another committee may follow. With the reason, for the history."""
    tender = locked(actor, tender_id)
    committee = facts.committee_of(actor, tender.id, lock=True)
    require_version(committee, seen)
    if not reason.strip():
        raise Invalid({"reason": [_("请写明原因。")]})
    if committee.state not in ("committed", "formed"):
        raise RuleBroken("committee_state", _("评审已经开始，不能解散评标委员会。"))
    note(actor, tender.id, "dissolve", committee.state, "dissolved", reason=reason.strip())
    committee.state, committee.end_reason = "dissolved", reason.strip()
    flush(db.session())
    return committee


def disclose(actor: Actor, tender_id: UUID) -> None:
    """The result is announced: members' names and the draw may be read (Art. 69). Twice is once."""
    committee = facts.find_committee(actor, tender_id)
    if committee is None or committee.is_disclosed:
        return
    with machine(actor.bureau_id):
        _stored(committee).is_disclosed = True
        members = select(CommitteeMember).where(
            CommitteeMember.bureau_id == actor.bureau_id, CommitteeMember.committee_id == committee.id
        )
        for member in db.session.scalars(members):
            member.is_disclosed = True
        flush(db.session())
    committee.is_disclosed = True
    note(actor, tender_id, "disclose")
    flush(db.session())


def document_of(actor: Actor, tender_id: UUID) -> dict[str, Any]:
    """What `verification.verify` reads: before the result the commitment alone, afterwards seed, pool and order."""
    return whole_document(facts.committee_of(actor, tender_id))


def whole_document(committee: Any) -> dict[str, Any]:
    """`committee`: an EvaluationCommittee, or a row with its public columns. In the scope of whoever asks: before the
    result the database gives nothing but the head to anybody."""
    head: dict[str, Any] = {
        "format": FORMAT, "id": str(committee.id), "tender": str(committee.tender_id),
        "committed_at": committee.created_at.isoformat(),
        "drawn_at": committee.drawn_at.isoformat() if committee.drawn_at else None,
        "commitment": committee.commitment, "wants_public_value": committee.wants_public_value,
        "public_value": committee.public_value, "result_digest": committee.result_digest,
        "seed": None, "rules": None, "pools": None, "result": None, "replacements": [],
    }  # fmt: skip
    if not committee.is_disclosed:
        return head
    stored = _stored(committee)
    members = db.session.scalars(
        select(CommitteeMember)
        .where(CommitteeMember.bureau_id == committee.bureau_id, CommitteeMember.committee_id == committee.id)
        .order_by(CommitteeMember.id)
    ).all()
    by_id = {member.id: member for member in members}
    return head | {
        "seed": stored.seed, "rules": stored.rules, "pools": stored.pools, "result": stored.result,
        "replacements": [
            {"left": str(by_id[member.replaces_id].person_id), "came": str(member.person_id)}
            for member in members
            if member.replaces_id is not None and member.seat == "expert"
        ],
    }  # fmt: skip
