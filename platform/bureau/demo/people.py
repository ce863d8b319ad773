"""Demo people. Each role has one account whose username is easy to remember; the others carry their school's code."""

import random
from dataclasses import dataclass

from bureau.demo import SEED
from bureau.demo.district import District, School
from bureau.demo.names import NameMaker, mobile
from bureau.demo.suppliers import SUPPLIERS

WELL_KNOWN = {
    "bureau_admin": "bureau-admin",
    "procurement_officer": "bureau-procurement",
    "canteen_officer": "bureau-canteen",
    "safety_officer": "bureau-safety",
    "asset_officer": "bureau-assets",
    "zone_supervisor": "zone-supervisor",
    "inspector": "inspector-1",
    "discipline_supervisor": "discipline",
    "committee_expert": "expert-1",
    "principal": "school-principal",
    "logistics_director": "school-logistics",
    "storekeeper": "school-store",
    "canteen_manager": "school-canteen",
    "food_safety_officer": "school-food-safety",
    "dormitory_supervisor": "school-dormitory",
    "guard": "school-guard",
    "accountant": "school-accountant",
    "cashier": "school-cashier",
    "teacher": "school-teacher",
    "supplier_user": "supplier-1",
}
# How many at the bureau; names of those beyond the first are numbered.
BUREAU_STAFF = (
    ("bureau_admin", 1),
    ("procurement_officer", 2),
    ("canteen_officer", 1),
    ("safety_officer", 1),
    ("asset_officer", 1),
    ("inspector", 8),
    ("discipline_supervisor", 2),
    ("committee_expert", 9),
)
EVERY_SCHOOL = ("principal", "logistics_director", "storekeeper", "canteen_manager")
SHOW_SCHOOLS = 3
SHOW_ROLES = (*EVERY_SCHOOL, "food_safety_officer", "dormitory_supervisor", "guard", "accountant", "teacher")
SHARED_STOREKEEPERS = 6


@dataclass(frozen=True, slots=True)
class Post:
    """`scope`: the code of the bureau, zone, school or supplier, as `level` says."""

    role: str
    level: str
    scope: str


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    name: str
    mobile: str
    posts: tuple[Post, ...]


def build_people(district: District, seed: int = SEED) -> tuple[Person, ...]:
    """A school's principal is the contact that the district names; small schools in the country share a storekeeper,
    and one accountant serves the first two schools."""
    rng = random.Random(f"people:{seed}")
    names = NameMaker(rng, frozenset(school.contact_name for school in district.schools))
    found: list[tuple[str, str, tuple[Post, ...]]] = []
    for role, count in BUREAU_STAFF:
        for number in range(1, count + 1):
            found.append((_numbered(role, number), names(), (Post(role, "bureau", district.code),)))
    home_zone = district.schools[0].zone
    for zone in district.zones:
        username = WELL_KNOWN["zone_supervisor"] if zone.code == home_zone else f"zone-{zone.code.lower()}"
        found.append((username, names(), (Post("zone_supervisor", "zone", zone.code),)))
    shared = _sharing_schools(district)
    for index, school in enumerate(district.schools):
        for role in SHOW_ROLES if index < SHOW_SCHOOLS else EVERY_SCHOOL:
            if role == "storekeeper" and school.code in shared.values():
                continue  # the neighbour's storekeeper comes here too
            if role == "accountant" and index == 1:
                continue  # the first school's accountant keeps these books too
            posts = [Post(role, "school", school.code)]
            if role == "storekeeper" and school.code in shared:
                posts.append(Post(role, "school", shared[school.code]))
            if role == "accountant" and index == 0:
                posts.append(Post(role, "school", district.schools[1].code))
            name = school.contact_name if role == "principal" else names()
            found.append((_school_username(role, school, index), name, tuple(posts)))
    for number, supplier in enumerate(SUPPLIERS[:3], 1):
        found.append((f"supplier-{number}", names(), (Post("supplier_user", "supplier", supplier.code),)))
    # Last, so that the others keep the names they had before schools had cashiers.
    for index, school in enumerate(district.schools[:SHOW_SCHOOLS]):
        found.append((_school_username("cashier", school, index), names(), (Post("cashier", "school", school.code),)))
    return tuple(Person(login, name, mobile(number), posts) for number, (login, name, posts) in enumerate(found, 1))


def holder(people: tuple[Person, ...], role: str, scope: str) -> Person:
    """Who holds a role there; KeyError when nobody does."""
    for person in people:
        if any(post.role == role and post.scope == scope for post in person.posts):
            return person
    raise KeyError((role, scope))


def _numbered(role: str, number: int) -> str:
    first = WELL_KNOWN[role]
    stem = first.removesuffix("-1")
    return first if number == 1 else f"{stem}-{number}"


def _school_username(role: str, school: School, index: int) -> str:
    well_known = WELL_KNOWN[role]
    return well_known if index == 0 else f"{school.code.lower()}-{well_known.removeprefix('school-')}"


def _sharing_schools(district: District) -> dict[str, str]:
    """School → the neighbour in its zone whose store the same person keeps."""
    small: dict[str, list[str]] = {}
    for school in district.schools[SHOW_SCHOOLS:]:
        if school.setting != "urban" and school.stage in ("primary", "kindergarten"):
            small.setdefault(school.zone, []).append(school.code)
    pairs: dict[str, str] = {}
    for codes in small.values():
        pairs.update(zip(codes[0:4:2], codes[1:4:2], strict=True))
    return dict(sorted(pairs.items())[:SHARED_STOREKEEPERS])
