"""What a school's profile must satisfy, and what about it deserves a second look. Pure; texts live in labels.py."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from decimal import Decimal
from typing import Any, Literal

CODE_PATTERN = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,19}")
PHONE_PATTERN = re.compile(r"[0-9+][0-9+\-() ]{4,19}")

STAGES = ("kindergarten", "primary", "junior", "nine_year", "senior", "vocational", "special")
SETTINGS = ("urban", "town", "rural")
CANTEEN_MODES = ("self_run", "contracted", "delivered", "none")
STATES = ("active", "suspended", "merged")

AGE_BANDS = ("enrolment_under_6", "enrolment_6_8", "enrolment_9_11", "enrolment_12_14", "enrolment_15_17")
COUNTS = (*AGE_BANDS, "classes", "staff_count", "boarders_male", "boarders_female", "diners")
CONTACTS = ("address", "latitude", "longitude", "contact_name", "contact_phone")

# Who may change what: the bureau decides what a school is, the school knows its numbers and how to reach it.
IDENTITY_FIELDS = ("code", "name", "stage", "zone_id", "setting", "is_boarding", "canteen_mode")
SCHOOL_FIELDS = (*COUNTS, *CONTACTS)
PROFILE_FIELDS = (*IDENTITY_FIELDS, *SCHOOL_FIELDS)

# Ages one meets in each stage, a year late or early included; a pupil outside is more likely a slip in the table.
USUAL_BANDS: dict[str, tuple[str, ...]] = {
    "kindergarten": ("enrolment_under_6", "enrolment_6_8"),
    "primary": ("enrolment_under_6", "enrolment_6_8", "enrolment_9_11", "enrolment_12_14"),
    "junior": ("enrolment_9_11", "enrolment_12_14", "enrolment_15_17"),
    "nine_year": AGE_BANDS,
    "senior": ("enrolment_12_14", "enrolment_15_17"),
    "vocational": ("enrolment_12_14", "enrolment_15_17"),
    "special": AGE_BANDS,
}
MOST_PEOPLE = 99_999  # of any one count; more is a slip
LARGE_CLASS = 56  # 大班额: 56 pupils and more, by the Ministry of Education's statistics

# China's extent with a margin, WGS-84 degrees: outside it is a slip, usually the two numbers swapped.
LATITUDES = (Decimal("3"), Decimal("54"))
LONGITUDES = (Decimal("73"), Decimal("136"))


@dataclass(frozen=True, slots=True)
class Problem:
    """`severity` "error" refuses; "warning" is shown and saved all the same."""

    field: str
    code: str
    severity: Literal["error", "warning"] = "error"
    details: Mapping[str, Any] = dataclass_field(default_factory=dict)


def enrolment(profile: Mapping[str, Any]) -> int:
    return sum(int(profile.get(band) or 0) for band in AGE_BANDS)


def boarders(profile: Mapping[str, Any]) -> int:
    return int(profile.get("boarders_male") or 0) + int(profile.get("boarders_female") or 0)


def check_profile(profile: Mapping[str, Any]) -> list[Problem]:
    """Every problem of a profile (keys: PROFILE_FIELDS), errors first."""
    problems = [*_form(profile), *_boarding(profile), *_canteen(profile), *_location(profile)]
    return [*problems, *_ages(profile), *_class_size(profile), *_diners(profile)]


def errors_of(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def warnings_of(problems: list[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "warning"]


def _form(profile: Mapping[str, Any]) -> list[Problem]:
    found = []
    if not CODE_PATTERN.fullmatch(profile.get("code") or ""):
        found.append(Problem("code", "code_format"))
    phone = profile.get("contact_phone") or ""
    if phone and not PHONE_PATTERN.fullmatch(phone):
        found.append(Problem("contact_phone", "phone_format"))
    return found


def _boarding(profile: Mapping[str, Any]) -> list[Problem]:
    total, pupils = boarders(profile), enrolment(profile)
    if total and not profile.get("is_boarding"):
        fields = [name for name in ("boarders_male", "boarders_female") if profile.get(name)]
        return [Problem(name, "boarders_without_boarding") for name in fields]
    if total > pupils:
        return [Problem("boarders_male", "more_boarders_than_pupils", details={"boarders": total, "pupils": pupils})]
    return []


def _canteen(profile: Mapping[str, Any]) -> list[Problem]:
    if profile.get("canteen_mode") == "none" and profile.get("diners"):
        return [Problem("diners", "diners_without_canteen")]
    return []


def _location(profile: Mapping[str, Any]) -> list[Problem]:
    latitude, longitude = profile.get("latitude"), profile.get("longitude")
    if latitude is None and longitude is None:
        return []
    if latitude is None or longitude is None:
        return [Problem("latitude" if latitude is None else "longitude", "half_a_location")]
    if _within(latitude, LONGITUDES) and _within(longitude, LATITUDES) and not _within(latitude, LATITUDES):
        return [Problem("latitude", "location_swapped")]
    found = []
    if not _within(latitude, LATITUDES):
        found.append(Problem("latitude", "latitude_outside"))
    if not _within(longitude, LONGITUDES):
        found.append(Problem("longitude", "longitude_outside"))
    return found


def _within(number: Any, span: tuple[Decimal, Decimal]) -> bool:
    return span[0] <= Decimal(number) <= span[1]


def _ages(profile: Mapping[str, Any]) -> list[Problem]:
    usual = USUAL_BANDS.get(profile.get("stage") or "", AGE_BANDS)
    return [
        Problem(band, "age_unusual_for_stage", "warning", {"count": profile[band]})
        for band in AGE_BANDS
        if band not in usual and profile.get(band)
    ]


def _class_size(profile: Mapping[str, Any]) -> list[Problem]:
    pupils, classes = enrolment(profile), int(profile.get("classes") or 0)
    if pupils and not classes:
        return [Problem("classes", "pupils_without_classes", "warning")]
    if classes > pupils:
        return [Problem("classes", "more_classes_than_pupils", "warning")]
    if classes and pupils >= LARGE_CLASS * classes:
        return [Problem("classes", "large_classes", "warning", {"average": pupils // classes})]
    return []


def _diners(profile: Mapping[str, Any]) -> list[Problem]:
    """A warning, not a refusal: a canteen may also serve the kindergarten next door or contracted workers."""
    if profile.get("canteen_mode") == "none":
        if profile.get("is_boarding"):
            return [Problem("canteen_mode", "boarding_without_canteen", "warning")]
        return []
    diners = int(profile.get("diners") or 0)
    people = enrolment(profile) + int(profile.get("staff_count") or 0)
    if diners > people:
        return [Problem("diners", "more_diners_than_people", "warning", {"diners": diners, "people": people})]
    if profile.get("is_boarding") and diners < boarders(profile):
        return [Problem("diners", "fewer_diners_than_boarders", "warning", {"boarders": boarders(profile)})]
    return []
