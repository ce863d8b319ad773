"""Officers who are not there: a lost passphrase, one who does not come, two people who say so."""

import pytest
from sqlalchemy import select

from bureau.bids.service import absences, closing, keys, officers, opening
from bureau.roles import Role
from kernel.database import db
from kernel.database.scope import use_scope
from kernel.errors import Conflict, Denied, Invalid, NotFound, RuleBroken
from kernel.notices.models import Notice
from tests.integration.bureau.bids.openings import prices, standing
from tests.support import bids, tenders


def test_a_lost_passphrase_is_opened_by_the_other_two(tendered):
    prices(tendered)
    actor = tendered.as_officer("procurement")
    keys.mark_lost(actor, officers.own_seat(actor, tendered.tender_id).officer_key_id)
    tendered.close()
    bids.open_all(tendered.world, tendered.tender_id, seats=("supervision", "escrow"))
    assert {row.state for row in standing(tendered).values()} == {"opened"}


def test_two_of_three_keys_gone_the_bids_stay_shut_and_the_tender_fails_clearly(tendered):
    prices(tendered)
    actor = tendered.as_officer("procurement")
    keys.mark_lost(actor, officers.own_seat(actor, tendered.tender_id).officer_key_id)
    tendered.close()
    bids.attend(tendered.world, tendered.tender_id, "supervision")
    actor = tendered.as_officer("supervision")
    with pytest.raises(Conflict, match="尚未到场"):
        opening.conclude(actor, tendered.tender_id)
    with pytest.raises(Invalid):
        absences.declare(actor, tendered.tender_id, "escrow", " ")
    absences.declare(actor, tendered.tender_id, "escrow", "演示：保管人口令遗失")
    with pytest.raises(Conflict, match="由另一人确认"):  # one person's word alone ends nothing
        opening.conclude(actor, tendered.tender_id)
    absences.confirm(tenders.reviewer(tendered.world), tendered.tender_id, "escrow")
    record = opening.conclude(tendered.as_officer("supervision"), tendered.tender_id)
    assert record.state == "opened"
    assert {row.state for row in standing(tendered).values()} == {"unopenable"}
    assert {row.reason for row in standing(tendered).values()} == {"能用的开标密钥不足两把，无法开启。"}
    assert tendered.made.tender.state == "failed"
    assert "重新组织招标" in tendered.made.tender.end_reason
    assert record.minutes["unavailable"][0]["reason"] == "演示：保管人口令遗失"


def absent(tendered):
    """Two came, the third is said to be away."""
    bids.submit_all(tendered.lots[0], [(one, 2000) for one in tendered.bidders[:3]])
    tendered.close()
    bids.attend(tendered.world, tendered.tender_id, "procurement")
    absences.declare(tendered.as_officer("procurement"), tendered.tender_id, "escrow", "演示：出差")
    return closing.opening_of(tendered.made.bureau_id, tendered.tender_id)


def test_the_record_names_who_said_it_and_who_confirmed_it(tendered):
    record = absent(tendered)
    one, other = tendered.as_officer("procurement"), tendered.as_officer("supervision")
    assert absences.unavailable(record) == set()
    absences.confirm(other, tendered.tender_id, "escrow")
    assert absences.unavailable(record) == {"escrow"}
    (line,) = record.minutes["unavailable"]
    assert (line["by"], line["confirmed_by"]) == (one.display_name, other.display_name)
    assert (line["by_id"], line["confirmed_by_id"]) == (str(one.account_id), str(other.account_id))
    assert absences.confirm(other, tendered.tender_id, "escrow").minutes["unavailable"] == [line]
    # Said again by anybody, it stays as it was confirmed.
    absences.declare(tendered.as_officer("supervision"), tendered.tender_id, "escrow", "别的理由")
    assert record.minutes["unavailable"] == [line]


@pytest.mark.parametrize("who", ["procurement", "escrow"])
def test_neither_who_said_it_nor_the_absent_one_confirms_it(tendered, who):
    record = absent(tendered)
    actor = tendered.as_officer(who)
    assert absences.waiting_for(actor, record) == []
    with pytest.raises(RuleBroken) as refusal:
        absences.confirm(actor, tendered.tender_id, "escrow")
    assert refusal.value.rule == "second_person"
    assert absences.unavailable(record) == set()


def test_somebody_without_an_office_at_the_opening_confirms_nothing(tendered):
    record = absent(tendered)
    stranger = tendered.world.actor(Role.SAFETY_OFFICER)
    use_scope(db.session(), stranger.scope)
    assert absences.waiting_for(stranger, record) == []
    with pytest.raises(Denied):
        absences.confirm(stranger, tendered.tender_id, "escrow")


def test_what_nobody_said_cannot_be_confirmed_and_who_came_is_not_absent(tendered):
    record = absent(tendered)
    second = tendered.as_officer("supervision")
    with pytest.raises(NotFound):
        absences.confirm(second, tendered.tender_id, "supervision")
    bids.attend(tendered.world, tendered.tender_id, "escrow")
    second = tendered.as_officer("supervision")
    assert absences.waiting_for(second, record) == []
    with pytest.raises(Conflict, match="已经到场"):
        absences.confirm(second, tendered.tender_id, "escrow")


def test_an_officer_declared_absent_may_still_come(tendered):
    record = absent(tendered)
    absences.confirm(tendered.as_officer("supervision"), tendered.tender_id, "escrow")
    bids.attend(tendered.world, tendered.tender_id, "escrow")
    for submission_id, key in bids.identities(tendered.world, tendered.tender_id, "escrow").items():
        opening.give_identity(tendered.as_officer("escrow"), tendered.tender_id, submission_id, key)
    opening.conclude(tendered.as_officer("escrow"), tendered.tender_id)
    assert {row.state for row in standing(tendered).values()} == {"opened"}
    assert [one["seat"] for one in record.minutes["present"]] == ["procurement", "escrow"]


def test_whoever_may_confirm_is_told(tendered):
    absent(tendered)
    people = {
        "escrow": tendered.as_officer("escrow"), "supervision": tendered.as_officer("supervision"),
        "admin": tenders.reviewer(tendered.world), "declarer": tendered.as_officer("procurement"),
        "other": tendered.world.actor(Role.SAFETY_OFFICER),
    }  # fmt: skip
    told = set(db.session.scalars(select(Notice.person_id).where(Notice.kind == "opening_absence")))
    assert {name for name, actor in people.items() if actor.account_id in told} == {"escrow", "supervision", "admin"}
