"""The demo district: 5 zones, 66 schools, of which 45 with boarders, about 40,000 pupils and 10,000 boarders.

The size is that of one real district as its yearly reports give it; every name, place and number is generated.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bureau.demo import MARK, SEED
from bureau.demo.names import NameMaker
from bureau.demo.places import ROADS, STREETS, TOWNS, TOWNSHIPS

PUPILS = 40_000
BOARDERS = 10_000
# A box of open sea: no pin of the demo can fall on a real school.
SOUTH, WEST, BOX_DEGREES = 29.90, 124.00, 0.30

STAGES = ("kindergarten", "primary", "junior", "nine_year", "senior", "vocational")
STAGE_NAMES = {
    "kindergarten": "幼儿园",
    "primary": "小学",
    "junior": "初中",
    "nine_year": "九年一贯制",
    "senior": "普通高中",
    "vocational": "中职",
}
# Per zone: its name, how far its middle lies from the box's corner (0..1 north, east), schools by stage as in STAGES.
ZONES = (
    ("城区片区", (0.5, 0.5), (4, 7, 3, 1, 3, 1)),
    ("东片区", (0.5, 0.8), (1, 6, 2, 2, 1, 1)),
    ("西片区", (0.5, 0.2), (1, 6, 2, 2, 0, 1)),
    ("南片区", (0.2, 0.5), (1, 5, 3, 2, 1, 0)),
    ("北片区", (0.8, 0.5), (1, 5, 2, 2, 0, 0)),
)
BOARDING_PRIMARIES = 19
# Heads before scaling, (stage, setting) → lowest, highest.
SIZES = {
    ("kindergarten", "urban"): (220, 380),
    ("kindergarten", "town"): (140, 260),
    ("primary", "urban"): (900, 1900),
    ("primary", "town"): (350, 800),
    ("primary", "rural"): (130, 300),
    ("junior", "urban"): (1000, 1600),
    ("junior", "town"): (500, 900),
    ("nine_year", "urban"): (900, 1400),
    ("nine_year", "town"): (450, 900),
    ("senior", "urban"): (1400, 2000),
    ("senior", "town"): (1100, 1500),
    ("vocational", "urban"): (800, 1200),
    ("vocational", "town"): (600, 900),
}
BOARDING_SHARE = {
    "primary": (0.15, 0.35),
    "junior": (0.40, 0.70),
    "nine_year": (0.25, 0.45),
    "senior": (0.50, 0.80),
    "vocational": (0.50, 0.80),
}
GRADES = {"kindergarten": 3, "primary": 6, "junior": 3, "nine_year": 9, "senior": 3, "vocational": 3}
CLASS_SIZE = {"kindergarten": 28, "primary": 42, "junior": 46, "nine_year": 42, "senior": 50, "vocational": 42}
PUPILS_PER_STAFF = {
    "kindergarten": 7.0,
    "primary": 17.0,
    "junior": 12.0,
    "nine_year": 14.5,
    "senior": 11.0,
    "vocational": 12.0,
}
# Which ages a stage teaches, with the number of grades in each.
BANDS_OF = {
    "kindergarten": {"under_6": 1},
    "primary": {"6_8": 3, "9_11": 3},
    "junior": {"12_14": 3},
    "nine_year": {"6_8": 3, "9_11": 3, "12_14": 3},
    "senior": {"15_17": 3},
    "vocational": {"15_17": 3},
}
URBAN_PRIMARY_NAMES = ("中心小学", "实验小学", "第一小学")
SCHOOL_NAMES = {
    "kindergarten": "中心幼儿园",
    "primary": "中心小学",
    "junior": "初级中学",
    "nine_year": "九年一贯制学校",
    "senior": "高级中学",
    "vocational": "职业技术学校",
}


@dataclass(frozen=True, slots=True)
class Zone:
    code: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class School:
    """Counts are people; `diners` are those who eat at the school on a usual day, staff among them."""

    code: str
    name: str
    zone: str
    stage: str
    setting: str
    place: str
    is_boarding: bool
    boarders_male: int = 0
    boarders_female: int = 0
    enrolment_under_6: int = 0
    enrolment_6_8: int = 0
    enrolment_9_11: int = 0
    enrolment_12_14: int = 0
    enrolment_15_17: int = 0
    classes: int = 0
    staff_count: int = 0
    canteen_mode: str = "self_run"
    diners: int = 0
    address: str = ""
    latitude: Decimal = Decimal(0)
    longitude: Decimal = Decimal(0)
    contact_name: str = ""
    contact_phone: str = ""

    @property
    def enrolment(self) -> int:
        return (
            self.enrolment_under_6
            + self.enrolment_6_8
            + self.enrolment_9_11
            + self.enrolment_12_14
            + self.enrolment_15_17
        )

    @property
    def boarders(self) -> int:
        return self.boarders_male + self.boarders_female


@dataclass(frozen=True, slots=True)
class District:
    code: str
    name: str
    seed: int
    zones: tuple[Zone, ...]
    schools: tuple[School, ...]

    @property
    def enrolment(self) -> int:
        return sum(school.enrolment for school in self.schools)

    @property
    def boarders(self) -> int:
        return sum(school.boarders for school in self.schools)

    def school(self, code: str) -> School:
        """KeyError when there is no such school."""
        for school in self.schools:
            if school.code == code:
                return school
        raise KeyError(code)

    def schools_of(self, zone: str) -> tuple[School, ...]:
        return tuple(school for school in self.schools if school.zone == zone)


def build_district(seed: int = SEED) -> District:
    """The first three schools, where to look first: a primary, a junior and a nine-year school, all with boarders."""
    rng = random.Random(f"district:{seed}")
    area = f"{rng.choice(STREETS)}{MARK}区"
    zones = tuple(Zone(f"Z{number}", f"{MARK}·{name}") for number, (name, _, _) in enumerate(ZONES, 1))
    schools = _mark_boarding(_sites(rng, zones), rng)
    schools = _first_the_show_schools(schools)
    schools = [replace(school, code=f"YS{number:03d}") for number, school in enumerate(schools, 1)]
    schools = _fill_pupils(schools, rng)
    schools = _fill_boarders(schools, rng)
    schools = _fill_canteens(_fill_classes_and_staff(schools), rng)
    schools = _fill_places(schools, zones, area, rng)
    return District("ys", f"{area}教育局", seed, zones, tuple(schools))


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole shares of `total` in proportion to `weights`; what rounding leaves goes to the largest remainders."""
    scale = total / sum(weights)
    shares = [int(weight * scale) for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: weights[i] * scale - shares[i], reverse=True)
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return shares


def _sites(rng: random.Random, zones: Sequence[Zone]) -> list[School]:
    """Where a school stands: in the town every school of a zone has a street of its own; in the country primary and
    nine-year schools have a place of their own, and the other stages stand in the primaries' towns."""
    streets = rng.sample(STREETS, len(STREETS))
    towns = rng.sample(TOWNS, len(TOWNS))
    townships = rng.sample(TOWNSHIPS, len(TOWNSHIPS))
    schools = []
    for zone, (_, _, counts) in zip(zones, ZONES, strict=True):
        urban = zone is zones[0]
        homes: list[str] = []
        for stage, count in sorted(zip(STAGES, counts, strict=True), key=lambda pair: pair[0] != "primary"):
            for number in range(count):
                setting = "urban" if urban else "town"
                if urban:
                    place = f"{streets.pop()}街道"
                elif stage == "primary" and number >= count - 2:
                    place, setting = f"{townships.pop()}乡", "rural"
                elif stage in ("primary", "nine_year"):
                    place = f"{towns.pop()}镇"
                    homes.append(place)
                else:
                    place = homes[number]
                kind = SCHOOL_NAMES[stage]
                if urban and stage == "primary":
                    kind = URBAN_PRIMARY_NAMES[number % len(URBAN_PRIMARY_NAMES)]
                schools.append(
                    School(
                        code="",
                        name=f"{MARK}·{place}{kind}",
                        zone=zone.code,
                        stage=stage,
                        setting=setting,
                        place=place,
                        is_boarding=False,
                    )
                )
    return schools


def _mark_boarding(schools: list[School], rng: random.Random) -> list[School]:
    """Upper stages board; of the lower ones those outside the town, and one junior school in it."""
    country_primaries = [s.name for s in schools if s.stage == "primary" and s.setting != "urban"]
    boarding = set(rng.sample(country_primaries[1:], BOARDING_PRIMARIES - 1)) | {country_primaries[0]}
    boarding.add(next(s.name for s in schools if s.stage == "junior" and s.setting == "urban"))
    for school in schools:
        country = school.setting != "urban" and school.stage in ("junior", "nine_year")
        if country or school.stage in ("senior", "vocational"):
            boarding.add(school.name)
    return [replace(school, is_boarding=school.name in boarding) for school in schools]


def _first_the_show_schools(schools: list[School]) -> list[School]:
    show = [
        next(s for s in schools if s.zone == "Z2" and s.stage == stage and s.is_boarding)
        for stage in ("primary", "junior", "nine_year")
    ]
    return show + [school for school in schools if school not in show]


def _fill_pupils(schools: list[School], rng: random.Random) -> list[School]:
    weights = [rng.uniform(*SIZES[school.stage, school.setting]) for school in schools]
    heads = apportion(PUPILS + rng.randint(-300, 300), weights)
    filled = []
    for school, total in zip(schools, heads, strict=True):
        bands = BANDS_OF[school.stage]
        counts = apportion(total, [grades * rng.uniform(0.93, 1.07) for grades in bands.values()])
        by_band = dict(zip(bands, counts, strict=True))
        filled.append(
            replace(
                school,
                enrolment_under_6=by_band.get("under_6", 0),
                enrolment_6_8=by_band.get("6_8", 0),
                enrolment_9_11=by_band.get("9_11", 0),
                enrolment_12_14=by_band.get("12_14", 0),
                enrolment_15_17=by_band.get("15_17", 0),
            )
        )
    return filled


def _fill_boarders(schools: list[School], rng: random.Random) -> list[School]:
    weights = [
        school.enrolment * rng.uniform(*BOARDING_SHARE[school.stage]) if school.is_boarding else 0.0
        for school in schools
    ]
    heads = apportion(BOARDERS + rng.randint(-80, 80), weights)
    filled = []
    for school, total in zip(schools, heads, strict=True):
        male = round(total * rng.uniform(0.48, 0.56))
        filled.append(replace(school, boarders_male=male, boarders_female=total - male))
    return filled


def _fill_classes_and_staff(schools: list[School]) -> list[School]:
    filled = []
    for school in schools:
        size = CLASS_SIZE[school.stage] - (10 if school.setting == "rural" else 0)
        classes = max(GRADES[school.stage], round(school.enrolment / size))
        # Beside the teachers: cooks, guards, dormitory staff.
        staff = round(school.enrolment / PUPILS_PER_STAFF[school.stage]) + 4 + school.boarders // 100
        filled.append(replace(school, classes=classes, staff_count=staff))
    return filled


def _fill_canteens(schools: list[School], rng: random.Random) -> list[School]:
    """Most run their own; who has boarders never has its meals delivered."""
    day_schools = [s.code for s in schools if not s.is_boarding and s.stage != "kindergarten"]
    delivered = set(rng.sample(day_schools, 5))
    large = [s.code for s in schools if s.enrolment >= 900 and s.code not in delivered]
    contracted = set(rng.sample(large, 6))
    filled = []
    for school in schools:
        mode = "self_run"
        if school.code in delivered:
            mode = "delivered"
        elif school.code in contracted:
            mode = "contracted"
        low, high = (0.90, 0.98) if school.stage == "kindergarten" else (0.55, 0.92)
        day_pupils = school.enrolment - school.boarders
        eating = round(day_pupils * rng.uniform(low, high)) + round(school.staff_count * 0.7)
        filled.append(replace(school, canteen_mode=mode, diners=school.boarders + eating))
    return filled


def _fill_places(schools: list[School], zones: Sequence[Zone], area: str, rng: random.Random) -> list[School]:
    names = NameMaker(rng)
    middles = {zone.code: middle for zone, (_, middle, _) in zip(zones, ZONES, strict=True)}
    filled = []
    for number, school in enumerate(schools, 1):
        north, east = middles[school.zone]
        filled.append(
            replace(
                school,
                address=f"{area}{school.place}{rng.choice(ROADS)}{rng.randint(1, 299)}号",
                latitude=_degrees(SOUTH + BOX_DEGREES * (north + rng.uniform(-0.15, 0.15))),
                longitude=_degrees(WEST + BOX_DEGREES * (east + rng.uniform(-0.15, 0.15))),
                contact_name=names(),
                contact_phone=f"000-0000{number:04d}",
            )
        )
    return filled


def _degrees(value: float) -> Decimal:
    return Decimal(f"{value:.6f}")
