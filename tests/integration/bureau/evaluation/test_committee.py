"""Forming the committee: composition, recusals, the verifiable draw, sealed names, replacement."""

import copy

import pytest
from sqlalchemy import select, text

from bureau.evaluation.models import CommitteeDraw, CommitteeMember, CommitteeSeed
from bureau.evaluation.service import committee, conformity, experts, facts, members
from bureau.evaluation.verification import verify
from bureau.roles import Role
from kernel.database import new_id
from kernel.database.scope import Scope, use_scope
from kernel.errors import Conflict, Invalid, NotFound, RuleBroken
from kernel.web.dates import today
from tests.support import opened as support
from tests.support import tenders


@pytest.mark.parametrize(("size", "seats", "rule"), [(3, 1, "too_small"), (6, 1, "even"), (5, 2, "too_few_experts")])
def test_the_composition_is_refused_with_its_article(session, world, size, seats, rule):
    found = support.judged(world, "qualified")
    support.pool(world, found, 6)
    officer = tenders.officer(world)
    people = [person.id for person in committee.representatives(officer, found.made.tender)][:seats]
    with pytest.raises(RuleBroken) as refusal:
        committee.commit(officer, found.id, new_id(), size=size, representative_ids=people)
    assert refusal.value.rule == f"committee_{rule}"
    assert "第四十七条" in refusal.value.citation


def test_a_large_tender_wants_seven(session, world):
    found = support.judged(world, "qualified", is_large=True)
    support.pool(world, found, 6)
    officer = tenders.officer(world)
    with pytest.raises(RuleBroken, match="7"):
        committee.commit(officer, found.id, new_id(), size=5)


def test_who_drafted_the_tender_cannot_represent_the_purchaser(session, world):
    found = support.judged(world, "qualified")
    support.pool(world, found)
    officer = tenders.officer(world)
    with pytest.raises(Invalid):
        committee.commit(officer, found.id, new_id(), size=5, representative_ids=[officer.account_id])


def test_an_expert_bound_to_a_bidder_is_not_drawn(session, world):
    found = support.judged(world, "qualified")
    people = support.pool(world, found, 5)
    officer = tenders.officer(world)
    experts.declare_interest(
        officer, new_id(), expert_id=people[0].account_id, supplier_id=found.bidders[0].own_supplier_id(),
        kind="relative", valid_from=today(),
    )  # fmt: skip
    support.form(world, found)
    assert people[0].account_id not in {row.person_id for row, _actor in support.seats(found)}


def test_an_employee_of_a_bidder_is_not_drawn(session, world):
    found = support.judged(world, "qualified")
    people = support.pool(world, found, 5)
    officer = tenders.officer(world)
    name = facts.bids_of(found.made.tender)[0].supplier.name
    expert = experts.get_expert(officer, people[1].account_id)
    experts.save_expert(
        officer, expert.id, expert.version, employer=f" {name} ",
        category_ids=list(experts.specialties_of(officer, expert.id)),
    )  # fmt: skip
    support.form(world, found)
    assert expert.id not in {row.person_id for row, _actor in support.seats(found)}


def test_too_few_experts_are_said_before_anything_is_committed(session, world):
    found = support.judged(world, "qualified")
    support.pool(world, found, 3)
    with pytest.raises(RuleBroken) as refusal:
        support.form(world, found)
    assert refusal.value.rule == "too_few_experts"


def test_commit_is_idempotent_and_the_draw_happens_once(session, world):
    found = support.judged(world, "qualified")
    support.pool(world, found)
    officer = tenders.officer(world)
    one = new_id()
    first = committee.commit(officer, found.id, one, size=5, representative_ids=[
        world.actor(Role.CANTEEN_OFFICER).account_id])  # fmt: skip
    assert committee.commit(officer, found.id, one, size=5).id == first.id
    with pytest.raises(RuleBroken):
        committee.commit(officer, found.id, new_id(), size=5)
    with pytest.raises(Conflict):
        committee.draw(officer, found.id, first.version + 1)
    version = first.version
    committee.draw(officer, found.id, version)
    with pytest.raises(Conflict):
        committee.draw(officer, found.id, version)


def test_names_and_seed_are_hidden_by_row_level_security(session, world):
    found = support.judged(world, "formed")
    use_scope(session(), Scope("houqin_bureau", bureau_id=found.made.bureau_id))
    session.expire_all()
    assert session.scalars(select(CommitteeMember)).all() == []
    assert session.scalars(select(CommitteeDraw)).all() == []
    with pytest.raises(Exception, match="permission denied"):
        session.scalars(select(CommitteeSeed)).all()


def test_a_member_sees_the_own_seat_and_no_other(session, world):
    found = support.judged(world, "formed")
    row, actor = support.seats(found)[0]
    support.act(actor)
    session.expire_all()
    assert [seat.id for seat in members.own_seats(actor)] == [row.id]
    assert session.scalars(select(CommitteeMember)).all() == [], "the setting is taken back"


def test_the_document_verifies_after_the_result_and_names_a_forgery(session, world):
    found = support.judged(world, "qualified")
    support.pool(world, found, 7)
    support.form(world, found)
    officer = tenders.officer(world)
    assert committee.document_of(officer, found.id)["seed"] is None
    _row, actor = support.seats(found)[1]
    members.recuse(support.act(actor), found.id, members.own_seat(actor, found.id).version, "演示：亲属任职")
    officer = tenders.officer(world)
    committee.disclose(officer, found.id)
    committee.disclose(officer, found.id)
    document = committee.document_of(officer, found.id)
    assert len(document["replacements"]) == 1
    assert [check.code for check in verify(document) if not check.ok] == []
    assert [check.ok for check in verify(document, commitment="0" * 64)].count(False) == 1
    forged = copy.deepcopy(document)
    forged["result"]["order"].reverse()
    assert {"order", "result_digest"} <= {check.code for check in verify(forged) if not check.ok}
    forged = copy.deepcopy(document)
    forged["replacements"][0]["came"] = document["result"]["order"][-1]
    assert [check.code for check in verify(forged) if not check.ok] == ["replacements"]
    assert not verify({"format": "something"})[0].ok


def test_whoever_recuses_is_replaced_by_the_next_of_the_order(session, world):
    found = support.judged(world, "qualified")
    support.pool(world, found, 6)
    support.form(world, found)
    row, actor = support.seats(found)[0]
    seat = members.own_seat(support.act(actor), found.id)
    with pytest.raises(Invalid):
        members.recuse(actor, found.id, seat.version, " ")
    members.recuse(actor, found.id, seat.version, "演示：亲属任职")
    now_first = support.seats(found)[0][0]
    assert (now_first.number, now_first.place, now_first.replaces_id) == (row.number, 5, row.id)
    with pytest.raises(NotFound):
        members.own_seat(support.act(actor), found.id)
    support.declare(found)
    assert facts.committee_of(tenders.officer(world), found.id).state == "declared"


def test_a_representative_who_recuses_is_named_anew(session, world):
    found = support.judged(world, "formed")
    row, actor = support.seats(found)[-1]
    seat = members.own_seat(support.act(actor), found.id)
    members.recuse(actor, found.id, seat.version, "演示：利害关系")
    for _row, one in support.seats(found):
        members.declare(support.act(one), found.id, members.own_seat(one, found.id).version)
    officer = tenders.officer(world)
    assert facts.committee_of(officer, found.id).state == "formed", "a seat is vacant"
    other = world.actor(Role.SAFETY_OFFICER)
    found.people[other.account_id] = other
    members.name_representative(officer, found.id, row.number, other.account_id)
    members.declare(support.act(other), found.id, members.own_seat(other, found.id).version)
    assert facts.committee_of(tenders.officer(world), found.id).state == "declared"


def test_the_purchasers_representative_cannot_be_head(session, world):
    found = support.judged(world, "formed")
    for _row, one in support.seats(found):
        members.declare(support.act(one), found.id, members.own_seat(one, found.id).version)
    head = support.seats(found)[0][1]
    with pytest.raises(RuleBroken) as refusal:
        members.choose_head(support.act(head), found.id, 5)
    assert refusal.value.rule == "purchaser_heads"
    for row, one in support.seats(found)[:2]:
        members.choose_head(support.act(one), found.id, 1)
        assert not any(row.is_head for row, _actor in support.seats(found)), "two of five are no majority"
    members.choose_head(support.act(support.seats(found)[2][1]), found.id, 1)
    assert [row.is_head for row, _actor in support.seats(found)] == [True, False, False, False, False]


def test_another_bureaus_officer_finds_nothing(session, world):
    found = support.judged(world, "formed")
    stranger = tenders.officer(world, "b")
    for use in (
        lambda: committee.document_of(stranger, found.id),
        lambda: committee.dissolve(stranger, found.id, 1, "演示"),
        lambda: members.own_seat(stranger, found.id),
    ):
        with pytest.raises(NotFound):
            use()


def test_the_audit_does_not_name_a_member(session, world, client_as):
    found = support.judged(world, "formed")
    own = world.actor(Role.COMMITTEE_EXPERT)
    for _row, actor in support.seats(found):
        if actor.account_id != own.account_id:
            members.declare(support.act(actor), found.id, members.own_seat(actor, found.id).version)
    client = client_as("committee_expert")
    # The last to declare sets the committee to work: an audited change, in this member's request.
    client.post(f"/evaluation/mine/{found.id}/declaration", data={"version": "1"})
    use_scope(session(), Scope("houqin_bureau", bureau_id=found.made.bureau_id))
    assert facts.committee_of(tenders.officer(world), found.id).state == "declared"
    rows = session.execute(text("SELECT actor_id, changes::text FROM audit_entries")).all()
    moved = [actor_id for actor_id, changes in rows if '"evaluation_committees"' in changes and "declared" in changes]
    assert moved
    assert own.account_id not in moved
    assert not any('"committee_members"' in changes for _actor, changes in rows)


def test_a_recused_members_votes_no_longer_count(session, world):
    found = support.judged(world, "qualified", lots=1)
    support.pool(world, found, 6)
    support.form(world, found)
    head = support.declare(found)
    tender = found.made.tender
    criterion = facts.criteria_of(tender, found.lot, "conformity")[0].id
    for _row, actor in support.seats(found):
        for bid in found.bids[found.lot]:
            conformity.vote(support.act(actor), found.id, bid, [conformity.Vote(criterion, True)])
    members.recuse(support.act(head), found.id, members.own_seat(head, found.id).version, "演示：亲属任职")
    assert not any(row.is_head or row.head_choice for row, _actor in support.seats(found))
    stand_in = support.declare(found)
    assert stand_in.account_id != head.account_id
    with pytest.raises(RuleBroken) as refusal:
        conformity.close(support.act(stand_in), found.id)
    assert refusal.value.rule == "votes_missing"
    support.conform(found)
    review = conformity.reviews_of(found.made.tender)[found.bids[found.lot][0], criterion]
    assert (review.votes_for, review.votes_against) == (5, 0)
