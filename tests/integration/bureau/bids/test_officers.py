"""Keys of officers, and the three who are named for a tender."""

import pyrage
import pytest
from sqlalchemy import select

from bureau.bids import sealing as browser
from bureau.bids.models import OfficerKey, OpeningOfficer
from bureau.bids.service import keys, officers
from bureau.roles import Role
from bureau.tendering.service import report
from kernel.database import db, new_id
from kernel.errors import Conflict, Invalid, NotFound
from tests.support import bids, tenders

PASSPHRASE = "演示口令-开标-2026"


@pytest.fixture(scope="module")
def made():
    """A key as the browser makes it (with little work), and its secret half."""
    key = browser.make_keys([PASSPHRASE], work=8)[0]
    return key, browser.unlock([(key.identity_ciphertext, PASSPHRASE)])[0]


def answered(key_row, identity):
    asked = keys.challenge(key_row)
    return asked["token"], bytes(
        pyrage.decrypt(asked["sealed"].encode(), [pyrage.x25519.Identity.from_str(identity)])
    ).decode()


def test_a_key_is_kept_wrapped_confirmed_and_replaced(world, session, made):
    key, identity = made
    actor = bids.officer(world, "procurement")
    key_id = new_id()
    row = keys.put_key(actor, key_id, key.recipient, key.identity_ciphertext)
    assert keys.put_key(actor, key_id, key.recipient, key.identity_ciphertext) is row
    assert row.confirmed_at is None
    token, answer = answered(row, identity)
    with pytest.raises(Invalid):
        keys.confirm(actor, key_id, token, "wrong")
    assert keys.confirm(actor, key_id, token, answer).confirmed_at is not None
    second = keys.put_key(actor, new_id(), str(pyrage.x25519.Identity.generate().to_public()), key.identity_ciphertext)
    assert (row.state, second.state) == ("retired", "active")
    with pytest.raises(NotFound):
        keys.own_key(bids.officer(world, "supervision"), key_id)


def test_a_wrong_passphrase_opens_nothing(made):
    key, identity = made
    assert identity.startswith("AGE-SECRET-KEY-1")
    assert browser.unlock([(key.identity_ciphertext, PASSPHRASE + "x")]) == [""]


@pytest.mark.parametrize("bad", ["", "AGE-SECRET-KEY-1QQQ"])
def test_a_secret_that_is_not_under_a_passphrase_is_never_stored(world, session, made, bad):
    actor = bids.officer(world, "procurement")
    with pytest.raises(Invalid):
        keys.put_key(actor, new_id(), made[0].recipient, bad)
    plain = pyrage.encrypt(b"x", [pyrage.x25519.Recipient.from_str(made[0].recipient)], armored=True).decode()
    with pytest.raises(Invalid):
        keys.put_key(actor, new_id(), made[0].recipient, plain)
    assert db.session.scalars(select(OfficerKey)).all() == []


def test_the_three_are_different_people_of_different_offices_and_confirm_before_publication(world, session, made):
    tender = tenders.reviewed(world)
    key, identity = made
    ids = {seat: world.actor(role).account_id for seat, role in bids.ROLES.items()}
    actor = tenders.officer(world)
    with pytest.raises(Invalid) as refusal:
        officers.arrange(actor, tender.id, ids)
    assert "还没有开标密钥" in refusal.value.fields["escrow"][0]
    for seat in bids.ROLES:
        keys.put_key(bids.officer(world, seat), new_id(), key.recipient, key.identity_ciphertext)
    actor = tenders.officer(world)
    with pytest.raises(Invalid) as refusal:
        officers.arrange(actor, tender.id, {**ids, "supervision": ids["procurement"]})
    assert "不能担任" in refusal.value.fields["supervision"][0]
    officers.arrange(actor, tender.id, ids)
    finding = next(one for one in report.report_of(actor, tender.tender) if one.rule == "opening_officers")
    assert (finding.outcome, finding.found) == ("refused", "0")
    for seat in bids.ROLES:
        holder = bids.officer(world, seat)
        row = officers.own_seat(holder, tender.id)
        token, answer = answered(officers.seat_key(row), identity)
        officers.confirm_seat(holder, tender.id, token, answer)
    tenders.publish(world, tender)
    rows = db.session.scalars(select(OpeningOfficer).where(OpeningOfficer.tender_id == tender.id)).all()
    assert all(row.is_public for row in rows)
    with pytest.raises(Conflict, match="不能再更换"):
        officers.arrange(tenders.officer(world), tender.id, ids)


def test_an_officer_changed_before_publication_must_confirm_anew(world, session, made):
    tender = tenders.reviewed(world)
    bids.appoint(world, tender.id)
    deputy = world.actor(Role.SAFETY_OFFICER)
    from kernel.database.scope import use_scope

    use_scope(db.session(), deputy.scope)
    keys.put_key(deputy, new_id(), made[0].recipient, made[0].identity_ciphertext)
    actor = tenders.officer(world)
    ids = {seat: world.actor(role).account_id for seat, role in bids.ROLES.items()} | {"escrow": deputy.account_id}
    rows = officers.arrange(actor, tender.id, ids)
    assert {row.seat: row.confirmed_at is not None for row in rows} == {
        "procurement": True, "supervision": True, "escrow": False,
    }  # fmt: skip
    finding = officers.findings(actor, tender.tender)[0]
    assert (finding.outcome, finding.places) == ("refused", ("第三方保管",))


def test_a_key_marked_lost_before_publication_keeps_the_tender_from_being_published(world, session):
    tender = tenders.reviewed(world)
    bids.appoint(world, tender.id)
    assert officers.findings(tenders.officer(world), tender.tender)[0].outcome == "passed"
    holder = bids.officer(world, "escrow")
    keys.mark_lost(holder, officers.own_seat(holder, tender.id).officer_key_id)
    assert officers.findings(tenders.officer(world), tender.tender)[0].outcome == "refused"
