"""The walls between companies."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, ProgrammingError

from bureau.suppliers.models import BureauSupplier, SupplierEvent, SupplierLicence
from bureau.suppliers.service.finding import get_supplier
from kernel.actor import Actor
from kernel.database import new_id
from kernel.database.scope import Scope, use_scope
from kernel.errors import Invalid, NotFound
from kernel.files import service as files
from kernel.identity.models import Membership, SignIn
from kernel.identity.service import scopes, tokens
from tests.support.pictures import jpeg


def test_a_company_sees_its_own_registration_and_nobody_elses(session, world, acting):
    acting(world.actor("supplier_user", "a"))
    assert list(session.scalars(select(BureauSupplier.id))) == [world.supplier_id("a")]
    with pytest.raises(ProgrammingError, match="permission denied"):
        session.execute(text("SELECT * FROM suppliers"))


def test_a_scope_without_a_company_sees_none(session, world):
    use_scope(session(), Scope("houqin_supplier", world.bureaus["a"]))
    assert session.scalars(select(BureauSupplier)).all() == []


def test_a_row_of_a_competitor_cannot_be_written(session, world, acting):
    actor = acting(world.actor("supplier_user", "a"))
    session.add(
        SupplierLicence(
            bureau_id=actor.bureau_id, supplier_id=world.supplier_id("a-2"), kind="other", number="1",
            created_by=actor.account_id,
        )
    )  # fmt: skip
    with pytest.raises(ProgrammingError, match="row-level security"):
        session.flush()


def test_a_scan_of_a_competitor_cannot_be_referred_to(session, world, acting):
    """The foreign key bypasses row-level security; the company in the key is what stops this one."""
    theirs = files.store(acting(world.actor("supplier_user", "a-2")), jpeg(), name="x.jpg", purpose="supplier_licence")
    actor = acting(world.actor("supplier_user", "a"))
    session.add(
        SupplierLicence(
            bureau_id=actor.bureau_id, supplier_id=actor.own_supplier_id(), kind="other", number="1",
            attachment_id=theirs.id, created_by=actor.account_id,
        )
    )  # fmt: skip
    with pytest.raises(IntegrityError):
        session.flush()


def test_files_of_a_company_are_seen_by_it_and_the_bureau(world, client_as, acting):
    own = files.store(acting(world.actor("supplier_user", "a")), jpeg(), name="x.jpg", purpose="supplier_licence")
    assert own.supplier_id == world.supplier_id("a")
    for role, place, status in (
        ("supplier_user", "a", 200), ("supplier_user", "a-2", 404), ("supplier_user", "b", 404),
        ("procurement_officer", "a", 200), ("procurement_officer", "b", 404), ("principal", "a1", 404),
        ("zone_supervisor", "a-east", 404),
    ):  # fmt: skip
        assert client_as(role, place).get(f"/files/{own.id}").status_code == status, (role, place)


def test_history_is_added_to_and_never_changed(session, world, acting):
    actor = acting(world.actor("supplier_user"))
    session.add(
        SupplierEvent(
            bureau_id=actor.bureau_id, supplier_id=actor.own_supplier_id(), subject="registration",
            subject_id=actor.own_supplier_id(), event="edit", from_state="active", to_state="active",
            by=actor.account_id, by_name="x", by_side="supplier",
        )
    )  # fmt: skip
    session.commit()
    for statement in ("UPDATE supplier_events SET reason = 'x'", "DELETE FROM supplier_events"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            session.execute(text(statement))
        session.rollback()


def test_an_actor_of_a_supplier_without_a_company_cannot_be(world):
    with pytest.raises(ValueError, match="supplier"):
        Actor(new_id(), "x", "supplier", 1)
    with pytest.raises(ValueError, match="supplier"):
        Actor(new_id(), "x", "bureau", 1, supplier_id=world.supplier_id("a"))


def test_the_setting_takes_nothing_but_a_uuid(world):
    scope = Scope("houqin_supplier", 1, supplier_id="x'; RESET ROLE; --")
    with pytest.raises(ValueError, match="badly formed"):
        scope.statements()


def test_the_database_holds_no_role_of_a_supplier_without_a_company(session, world):
    from kernel.database.scope import IDENTITY

    use_scope(session(), IDENTITY)
    person = world.person("supplier_user")
    held = session.scalar(select(Membership).where(Membership.person_id == person.account_id))
    held.supplier_id = None
    with pytest.raises(IntegrityError, match="ck_memberships_supplier"):
        session.flush()
    session.rollback()
    sign_in = session.get(SignIn, person.actor.sign_in_id)
    sign_in.supplier_id = None
    with pytest.raises(IntegrityError, match="ck_sign_ins_supplier"):
        session.flush()


def test_one_account_of_two_companies_chooses_between_them(session, world, client_as):
    from kernel.database.scope import IDENTITY

    person = world.person("supplier_user")
    use_scope(session(), IDENTITY)
    first = session.scalar(select(Membership).where(Membership.person_id == person.account_id))
    session.add(
        Membership(
            bureau_id=first.bureau_id, person_id=person.account_id, level="supplier", role="supplier_user",
            supplier_id=world.supplier_id("a-2"), valid_from=first.valid_from,
        )
    )  # fmt: skip
    session.flush()
    choices = scopes.scopes_of(person.account_id)
    assert [(one.supplier_id, one.label) for one in choices] == [
        (world.supplier_id("a"), "演示供应商 a"), (world.supplier_id("a-2"), "演示供应商 a-2"),
    ]  # fmt: skip
    client = client_as("supplier_user")
    assert "演示供应商 a<" in client.get("/company").text
    key = f"supplier-{first.bureau_id}-{world.supplier_id('a-2')}"
    assert client.post("/account/place/switch", data={"scope": key}).status_code == 302
    assert "演示供应商 a-2" in client.get("/company").text


def test_a_token_stays_with_its_company(world, client_as, session, acting, app):
    from kernel.database.scope import IDENTITY

    actor = world.actor("supplier_user", "a-2")
    use_scope(session(), IDENTITY)
    new = tokens.create_token(actor, "t", ["*"], 5)
    session.commit()
    client = app.test_client()
    answer = client.get("/api/v1/company", headers={"Authorization": f"Bearer {new.secret}"})
    assert (answer.status_code, answer.json["id"]) == (200, str(world.supplier_id("a-2")))


def test_a_role_in_a_company_needs_the_company(world, client_as):
    client = client_as("bureau_admin")
    values = {
        "id": str(new_id()), "display_name": "演示李四", "mobile": "13700000001", "role": "supplier_user",
    }  # fmt: skip
    assert client.post("/api/v1/people", json=values).json["errors"].keys() == {"supplier_id"}
    foreign = client.post("/api/v1/people", json=values | {"supplier_id": str(world.supplier_id("b"))})
    assert foreign.status_code == 404
    made = client.post("/api/v1/people", json=values | {"supplier_id": str(world.supplier_id("a"))})
    assert made.status_code == 201
    assert made.json["roles"][0]["place"] == "演示供应商 a"


def test_a_company_by_id_is_the_own_one_only(world, acting):
    actor = acting(world.actor("supplier_user"))
    for place in ("a-2", "b"):
        with pytest.raises(NotFound):
            get_supplier(actor, world.supplier_id(place))
    assert get_supplier(actor, world.supplier_id("a")).name == "演示供应商 a"


def test_a_macro_in_a_scan_is_refused(world, acting):
    from bureau.suppliers.service import own

    actor = acting(world.actor("supplier_user"))
    with pytest.raises(Invalid) as refused:
        own.add_licence(actor, new_id(), {"kind": "other", "number": "1"}, ("x.pdf", b"PK\x03\x04 no scan"))
    assert refused.value.fields.keys() == {"scan"}
