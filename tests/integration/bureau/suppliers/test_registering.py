"""The public page: a company registers itself, proves its mail address, and nobody takes another's place."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from bureau.suppliers.credit_code import invented
from bureau.suppliers.models import BureauSupplier, Supplier, SupplierRequest
from bureau.suppliers.service import people, registering
from kernel.database import new_id
from kernel.database.scope import IDENTITY, use_scope
from kernel.identity.models import Account, Membership
from kernel.notices.models import Notice, OutboxMessage
from tests.integration.bureau.suppliers.conftest import COMPANY

PASSWORD = "演示口令-2026-ok"
FRESH = invented(770)


def values(**changed):
    return {**COMPANY, "credit_code": FRESH, "id": str(new_id()), **changed}


def ask(client, sent, place="a"):
    return client.post(f"/public/suppliers/{place}/register", data=sent)


def code_for(session, system, address=COMPANY["email"]):
    """From the last mail to the address; None where there is none."""
    session.commit()
    use_scope(session(), system.scope)
    query = select(OutboxMessage).where(OutboxMessage.recipient == address).order_by(OutboxMessage.id.desc())
    message = session.scalars(query).first()
    return re.search(r"\b[0-9]{6}\b", message.body["text"]).group() if message else None


def confirm(client, sent, code, place="a", password=PASSWORD):
    data = {"code": code, "password": password, "repeated": password}
    return client.post(f"/public/suppliers/{place}/requests/{sent['id']}", data=data)


def registered(session, system, code=FRESH):
    session.commit()
    use_scope(session(), system.scope)
    return session.scalar(select(BureauSupplier).where(BureauSupplier.credit_code == code))


def test_from_the_form_to_the_companys_own_page(client_as, session, system, app):
    client = client_as(None)
    sent = values()
    assert ask(client, sent).location.endswith(f"/public/suppliers/a/requests/{sent['id']}")
    done = confirm(client, sent, code_for(session, system))
    assert (done.status_code, "new@example.test" in done.text) == (200, True)
    row = registered(session, system)
    assert (row.state, row.name, row.size, row.admitted_at) == ("draft", "演示新供应商有限公司", "micro", None)
    client.post("/sign-in", data={"name": "new@example.test", "password": PASSWORD})
    page = client.get("/company")
    assert page.status_code == 200
    assert "演示新供应商有限公司" in page.text
    assert "还缺：营业执照" in page.text


def test_the_mobile_that_nobody_has_proven_is_no_name_to_sign_in_by(client_as, session, system):
    client = client_as(None)
    sent = values()
    ask(client, sent)
    confirm(client, sent, code_for(session, system))
    use_scope(session(), IDENTITY)
    account = session.scalar(select(Account).where(Account.email == COMPANY["email"]))
    assert (account.mobile, account.username) == (None, COMPANY["email"])


def test_sent_twice_it_is_one_request_and_one_mail(client_as, session, system):
    client = client_as(None)
    sent = values()
    assert [ask(client, sent).status_code for _ in range(2)] == [302, 302]
    use_scope(session(), system.scope)
    assert len(session.scalars(select(SupplierRequest)).all()) == 1
    assert len(session.scalars(select(OutboxMessage)).all()) == 1
    assert ask(client, {**sent, "company_name": "另一家"}).status_code == 409


@pytest.mark.parametrize(
    "changed",
    [
        {"credit_code": FRESH[:-1] + ("0" if FRESH[-1] != "0" else "1")}, {"email": "nobody"}, {"mobile": "12"},
        {"size": "huge"}, {"company_name": ""}, {"person_name": "a\x00b"},
    ],
)  # fmt: skip
def test_what_is_wrong_stands_at_its_field(client_as, changed):
    page = ask(client_as(None), values(**changed))
    assert page.status_code == 422
    assert f'id="field-{next(iter(changed))}-error"' in page.text


def test_a_wrong_code_counts_and_locks(client_as, session, system):
    client = client_as(None)
    sent = values()
    ask(client, sent)
    code = code_for(session, system)
    wrong = "000000" if code != "000000" else "111111"
    assert [confirm(client, sent, wrong).status_code for _ in range(5)] == [422] * 5
    assert confirm(client, sent, code).status_code == 429
    assert registered(session, system) is None


def test_a_code_is_good_for_half_an_hour_and_once(client_as, session, system, monkeypatch):
    client = client_as(None)
    sent = values()
    ask(client, sent)
    code = code_for(session, system)
    real = registering.now
    monkeypatch.setattr(registering, "now", lambda: real() + timedelta(minutes=31))
    assert confirm(client, sent, code).status_code == 422
    monkeypatch.setattr(registering, "now", real)
    assert confirm(client, sent, code).status_code == 200
    assert confirm(client, sent, code).status_code == 422


def test_a_weak_password_does_not_use_the_code_up(client_as, session, system):
    client = client_as(None)
    sent = values()
    ask(client, sent)
    code = code_for(session, system)
    for _ in range(6):
        assert confirm(client, sent, code, password="short").status_code == 422
    assert confirm(client, sent, code).status_code == 200


def test_a_new_code_replaces_the_old_one_and_has_to_wait(client_as, session, system, monkeypatch):
    client = client_as(None)
    sent = values()
    ask(client, sent)
    first = code_for(session, system)
    again = f"/public/suppliers/a/requests/{sent['id']}/code"
    assert client.post(again).status_code == 429
    real = registering.now
    monkeypatch.setattr(registering, "now", lambda: real() + timedelta(seconds=61))
    assert client.post(again).status_code == 302
    second = code_for(session, system)
    if first != second:
        assert confirm(client, sent, first).status_code == 422
    assert confirm(client, sent, second).status_code == 200


def test_one_mailbox_and_one_address_are_not_flooded(client_as):
    client = client_as(None)
    answers = [ask(client, values(credit_code=invented(800 + number))).status_code for number in range(4)]
    assert answers == [302, 302, 302, 429]
    others = [
        ask(client, values(credit_code=invented(900 + number), email=f"n{number}@example.test")).status_code
        for number in range(8)
    ]
    assert others == [302] * 7 + [429]


def test_the_page_answers_alike_whether_the_company_or_the_person_is_known(client_as, session, world):
    """What differs comes out only after the code, to whom the mailbox belongs."""
    known = world.supplier_id("a")
    use_scope(session(), IDENTITY)
    code = session.get(Supplier, known).credit_code
    client = client_as(None)
    answers = []
    for sent in (values(email="p1@example.test"), values(credit_code=code, email="p2@example.test")):
        response = ask(client, sent)
        page = client.get(response.location).text
        page = re.sub(r'(csrf[^>]*(value|content)|nonce)="[^"]*"', "", page)
        answers.append((response.status_code, page.replace(sent["id"], "ID")))
    assert answers[0] == answers[1]


def test_a_company_on_record_is_not_taken_over(client_as, session, world, system):
    use_scope(session(), IDENTITY)
    code = session.get(Supplier, world.supplier_id("a")).credit_code
    client = client_as(None)
    sent = values(credit_code=code)
    ask(client, sent)
    page = confirm(client, sent, code_for(session, system))
    assert "等待确认" in page.text
    use_scope(session(), IDENTITY)
    assert session.scalar(select(Account).where(Account.email == COMPANY["email"])) is None
    use_scope(session(), system.scope)
    told = set(session.scalars(select(Notice.person_id).where(Notice.kind == "supplier_request")))
    assert told == {
        world.person("supplier_user", "a").account_id, world.person("procurement_officer", "a").account_id,
    }  # fmt: skip
    row = registered(session, system, code)
    assert (row.name, row.state) == ("演示供应商 a", "active")


def test_the_companys_consent_turns_into_an_invitation(client_as, session, world, system):
    use_scope(session(), IDENTITY)
    code = session.get(Supplier, world.supplier_id("a")).credit_code
    stranger, owner = client_as(None), client_as("supplier_user", "a")
    sent = values(credit_code=code)
    ask(stranger, sent)
    confirm(stranger, sent, code_for(session, system))
    assert client_as("supplier_user", "a-2").post(f"/company/requests/{sent['id']}/agreement").status_code == 404
    assert owner.post(f"/company/requests/{sent['id']}/agreement").status_code == 302
    done = confirm(stranger, sent, code_for(session, system))
    assert done.status_code == 200
    use_scope(session(), IDENTITY)
    account = session.scalar(select(Account).where(Account.email == COMPANY["email"]))
    held = session.scalars(select(Membership).where(Membership.person_id == account.id)).all()
    assert [(one.supplier_id, one.role) for one in held] == [(world.supplier_id("a"), "supplier_user")]


def test_a_refused_request_is_over(client_as, session, world, system):
    use_scope(session(), IDENTITY)
    code = session.get(Supplier, world.supplier_id("a")).credit_code
    stranger = client_as(None)
    sent = values(credit_code=code)
    ask(stranger, sent)
    confirm(stranger, sent, code_for(session, system))
    officer = client_as("procurement_officer")
    assert officer.post(f"/suppliers/requests/{sent['id']}/refusal").status_code == 302
    assert officer.post(f"/suppliers/requests/{sent['id']}/agreement").status_code == 422
    assert "未获同意" in session.scalars(select(OutboxMessage).order_by(OutboxMessage.id.desc())).first().body["text"]


def test_the_company_is_one_at_both_bureaus_and_the_account_too(client_as, session, world, system, acting):
    """Bureau b knows nothing of it but what the company takes along, and reviews it on its own."""
    client = client_as("supplier_user", "a")
    assert client.post("/company/bureaus", data={"bureau_code": "b"}).status_code == 302
    here = acting(world.actor("procurement_officer", "b"))
    row = session.get(BureauSupplier, (here.bureau_id, world.supplier_id("a")))
    assert (row.state, row.name, row.credit_code) == ("draft", "演示供应商 a", invented(1))
    use_scope(session(), IDENTITY)
    assert session.query(Supplier).where(Supplier.credit_code == invented(1)).count() == 1
    assert client.post("/company/bureaus", data={"bureau_code": "b"}).status_code == 422
    key = f"supplier-{here.bureau_id}-{world.supplier_id('a')}"
    client.post("/account/place/switch", data={"scope": key})
    assert "资料填写中" in client.get("/company").text


def test_somebody_signed_in_confirms_with_the_account_they_have(client_as, session, world, system):
    client = client_as("supplier_user", "b")
    sent = values()
    ask(client, sent)
    page = client.get(f"/public/suppliers/a/requests/{sent['id']}")
    assert 'name="password"' not in page.text
    done = client.post(
        f"/public/suppliers/a/requests/{sent['id']}", data={"code": code_for(session, system)}
    )  # fmt: skip
    assert done.status_code == 302
    row = registered(session, system)
    assert row.created_by == world.person("supplier_user", "b").account_id


def test_an_officer_reads_the_code_out_where_no_mail_arrives(client_as, session, system):
    stranger = client_as(None)
    sent = values()
    ask(stranger, sent)
    mailed = code_for(session, system)
    officer = client_as("procurement_officer")
    page = officer.post(f"/suppliers/requests/{sent['id']}/code").text
    code = re.search(r"验证码 ([0-9]{6})", page).group(1)
    if mailed != code:
        assert confirm(stranger, sent, mailed).status_code == 422
    assert confirm(stranger, sent, code).status_code == 200
    assert client_as("discipline_supervisor").post(f"/suppliers/requests/{sent['id']}/code").status_code == 403


def test_a_colleague_is_invited_and_leaves_and_the_last_one_stays(client_as, session, world, system, acting):
    owner = client_as("supplier_user", "a")
    invitation = {"id": str(new_id()), "person_name": "演示同事", "email": "colleague@example.test"}
    assert [owner.post("/company/people", data=invitation).status_code for _ in range(2)] == [302, 302]
    code = code_for(session, system, "colleague@example.test")
    assert confirm(client_as(None), invitation, code).status_code == 200
    actor = acting(world.actor("supplier_user", "a"))
    held = people.colleagues(actor, actor.own_supplier_id())
    assert sorted(one.name for one in held) == ["演示supplier_user@a", "演示同事"]
    theirs = next(one.membership.id for one in held if one.name == "演示同事")
    assert client_as("supplier_user", "a-2").post(f"/company/people/{theirs}/end").status_code == 404
    assert owner.post(f"/company/people/{theirs}/end").status_code == 302
    own = next(one.membership.id for one in held if one.name != "演示同事")
    assert owner.post(f"/company/people/{own}/end").status_code == 422
    actor = acting(world.actor("supplier_user", "a"))
    assert [one.membership.id for one in people.colleagues(actor, actor.own_supplier_id())] == [own]


def test_a_bureau_that_does_not_exist_has_no_page(client_as):
    assert client_as(None).get("/public/suppliers/nowhere/register").status_code == 404


def test_a_user_name_that_is_taken_is_left_to_its_owner(client_as, session, system, world):
    """Somebody else's account happens to be named like the address: the new one gets a drawn name, the old one stays."""
    use_scope(session(), IDENTITY)
    other = session.get(Account, world.person("teacher").account_id)
    other.username = COMPANY["email"]
    session.commit()
    client = client_as(None)
    sent = values()
    ask(client, sent)
    done = confirm(client, sent, code_for(session, system))
    name = re.search(r"hq[0-9a-f]{10}", done.text).group()
    use_scope(session(), IDENTITY)
    assert session.scalar(select(Account.email).where(Account.username == name)) == COMPANY["email"]
    assert session.get(Account, other.id).password_hash == "!"
