"""Two bureaus with zones, schools and one signed-in person per role: the smallest world in which tenancy can fail."""

import secrets
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from bureau.roles import LEVEL_OF, Role
from bureau.schools.models import School, Zone
from bureau.suppliers.credit_code import invented
from bureau.suppliers.models import BureauSupplier, Supplier
from kernel.actor import Actor
from kernel.database import db, new_id, now
from kernel.database.scope import IDENTITY, OPERATOR, Scope, use_scope
from kernel.identity.loading import digest
from kernel.identity.models import Account, Bureau, Membership, Person, SignIn

PASSWORD = "演示口令-Test-2026"
NO_PASSWORD = "!"  # verifies against nothing; tests of signing in set a real hash


@dataclass(frozen=True, slots=True)
class Someone:
    account_id: UUID
    username: str
    secret: str  # of a sign-in whose scope is this person's
    actor: Actor


@dataclass(slots=True)
class World:
    """Bureau "a": zone a-east with schools a1, a2; zone a-west with a3. Bureau "b": zone b-east with b1.

    Suppliers, each with one person: companies "a" and "a-2" at bureau a, company "b" at bureau b; all registered, none
    with categories or licences: `world.supplier_id("a-2")`, `world.person("supplier_user", "a-2")`.
    """

    bureaus: dict[str, int] = field(default_factory=dict)
    zones: dict[str, int] = field(default_factory=dict)
    schools: dict[str, int] = field(default_factory=dict)
    suppliers: dict[str, UUID] = field(default_factory=dict)
    people: dict[tuple[str, str], Someone] = field(default_factory=dict)

    def supplier_id(self, place: str = "a") -> UUID:
        return self.suppliers[place]

    def person(self, role: str, place: str | None = None) -> Someone:
        """`place`: "a", "b", "a-east", "a1" …; by default bureau a, zone a-east, school a1 or supplier a, by the role's level."""
        level = LEVEL_OF[Role(role)]
        default = {"bureau": "a", "zone": "a-east", "school": "a1", "supplier": "a"}[level]
        return self.people[(str(role), place or default)]

    def actor(self, role: str, place: str | None = None) -> Actor:
        return self.person(role, place).actor


SCHOOLS = {
    "a1": ("a", "a-east", "演示第一小学", "primary", True),
    "a2": ("a", "a-east", "演示第二小学", "primary", False),
    "a3": ("a", "a-west", "演示第三初级中学", "junior", True),
    "b1": ("b", "b-east", "演示外区小学", "primary", False),
}
PLACES = {
    "bureau": ("a", "b"),
    "zone": ("a-east", "a-west", "b-east"),
    "school": ("a1", "a2", "a3", "b1"),
    "supplier": ("a", "a-2", "b"),
}


def build() -> World:
    """Write the world and commit it; each test then works in a transaction that is rolled back."""
    world = World()
    session = db.session()
    use_scope(session, OPERATOR)
    for code, name in (("a", "演示甲区教育局"), ("b", "演示乙区教育局")):
        bureau = Bureau(code=code, name=name, settings={})
        session.add(bureau)
        session.flush()
        world.bureaus[code] = bureau.id
    for zone_code in PLACES["zone"]:
        bureau_id = world.bureaus[zone_code[0]]
        use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
        zone = Zone(bureau_id=bureau_id, code=zone_code, name=f"演示片区 {zone_code}")
        session.add(zone)
        session.flush()
        world.zones[zone_code] = zone.id
    for code, (bureau_code, zone_code, name, stage, boarding) in SCHOOLS.items():
        bureau_id = world.bureaus[bureau_code]
        use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
        school = School(
            bureau_id=bureau_id, code=code, name=name, search_name=name.lower(), zone_id=world.zones[zone_code],
            stage=stage, is_boarding=boarding, boarders_male=60 if boarding else 0,
            boarders_female=50 if boarding else 0, enrolment_6_8=300, enrolment_9_11=280, classes=14,
            staff_count=40, diners=520,
        )  # fmt: skip
        session.add(school)
        session.flush()
        world.schools[code] = school.id
    for number, place in enumerate(PLACES["supplier"], 1):
        _add_supplier(world, place, number)
    for role, level in LEVEL_OF.items():
        for place in PLACES[level]:
            _add_person(world, role, level, place)
    session.commit()
    session.info.pop("scope", None)
    return world


def _add_supplier(world: World, place: str, number: int) -> None:
    session = db.session()
    bureau_id = world.bureaus[place[0]]
    name = f"演示供应商 {place}"
    use_scope(session, IDENTITY)
    company = Supplier(id=new_id(), credit_code=invented(number), name=name)
    session.add(company)
    session.flush()
    use_scope(session, Scope("houqin_bureau", bureau_id=bureau_id))
    session.add(
        BureauSupplier(
            bureau_id=bureau_id, id=company.id, credit_code=company.credit_code, name=name, search_name=name.lower(),
            size="small", address="演示路 1 号", contact_name="演示联系人", contact_mobile=f"1390000000{number}",
            contact_email=f"supplier-{number}@example.test", state="active", admitted_at=now(),
            created_by=company.id,
        )
    )  # fmt: skip
    session.flush()
    world.suppliers[place] = company.id


def _add_person(world: World, role: Role, level: str, place: str) -> None:
    session = db.session()
    bureau_id = world.bureaus[place[0]]
    zone_id = world.zones[place] if level == "zone" else None
    school_id = world.schools[place] if level == "school" else None
    supplier_id = world.suppliers[place] if level == "supplier" else None
    school_ids = tuple(world.schools[code] for code, facts in SCHOOLS.items() if level == "zone" and facts[1] == place)
    name = f"演示{role}@{place}"
    account = Account(
        id=new_id(),
        username=f"{role}@{place}",
        display_name=name,
        password_hash=NO_PASSWORD,
        must_change_password=False,
    )
    secret = secrets.token_urlsafe(32)
    use_scope(session, IDENTITY)
    session.add(account)
    session.flush()
    session.add(Person(bureau_id=bureau_id, id=account.id, display_name=name, search_name=name.lower()))
    session.flush()
    session.add(
        Membership(
            bureau_id=bureau_id, person_id=account.id, level=level, role=str(role), zone_id=zone_id,
            school_id=school_id, supplier_id=supplier_id, valid_from=date(2020, 1, 1),
        )
    )  # fmt: skip
    sign_in = SignIn(
        account_id=account.id, token_hash=digest(secret), bureau_id=bureau_id, zone_id=zone_id, school_id=school_id,
        supplier_id=supplier_id, level=level, expires_at=now() + timedelta(days=1), address="127.0.0.1", user_agent="test",
    )  # fmt: skip
    session.add(sign_in)
    session.flush()
    actor = Actor(
        account_id=account.id, display_name=name, level=level, bureau_id=bureau_id, school_id=school_id,
        school_ids=school_ids, roles=frozenset({str(role)}), sign_in_id=sign_in.id, supplier_id=supplier_id,
    )  # fmt: skip
    world.people[(str(role), place)] = Someone(account.id, account.username, secret, actor)
