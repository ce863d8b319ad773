from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bureau.schools import labels, rules

SOUND = {
    "code": "XX-001",
    "name": "演示中心小学",
    "stage": "primary",
    "setting": "town",
    "zone_id": 1,
    "is_boarding": True,
    "canteen_mode": "self_run",
    **dict.fromkeys(rules.COUNTS, 0),
    "enrolment_6_8": 200,
    "enrolment_9_11": 220,
    "classes": 10,
    "staff_count": 40,
    "boarders_male": 50,
    "boarders_female": 45,
    "diners": 300,
    "latitude": Decimal("29.95"),
    "longitude": Decimal("124.1"),
    "contact_phone": "000-00000001",
}


def codes(severity="error", **changes):
    found = rules.check_profile({**SOUND, **changes})
    return {(problem.field, problem.code) for problem in found if problem.severity == severity}


def test_a_sound_profile_has_no_problem():
    assert rules.check_profile(SOUND) == []


@pytest.mark.parametrize("code", ["1", "A", "xx-001", "1234567890", "a" * 20])
def test_a_code_may_be(code):
    assert codes(code=code) == set()


@pytest.mark.parametrize("code", ["", "-1", "学校1", "a b", "a" * 21, "a/1", "a\n", None])
def test_a_code_may_not_be(code):
    assert codes(code=code) == {("code", "code_format")}


def test_boarders_only_where_there_is_boarding():
    assert codes(is_boarding=False) == {
        ("boarders_male", "boarders_without_boarding"),
        ("boarders_female", "boarders_without_boarding"),
    }
    assert codes(is_boarding=False, boarders_male=0) == {("boarders_female", "boarders_without_boarding")}
    assert codes(is_boarding=False, boarders_male=0, boarders_female=0) == set()


@pytest.mark.parametrize(("male", "refused"), [(375, False), (376, True)])
def test_no_more_boarders_than_pupils(male, refused):
    """420 pupils, 45 girls who board: 375 boys are the most."""
    found = codes(boarders_male=male, diners=420)
    assert found == ({("boarders_male", "more_boarders_than_pupils")} if refused else set())


@pytest.mark.parametrize(("diners", "warned"), [(460, False), (461, True)])
def test_more_diners_than_people_is_worth_a_look_but_saved(diners, warned):
    """420 pupils and 40 staff."""
    assert codes(diners=diners) == set()
    assert codes("warning", diners=diners) == ({("diners", "more_diners_than_people")} if warned else set())


def test_a_school_that_feeds_nobody_has_no_diners():
    assert codes(canteen_mode="none") == {("diners", "diners_without_canteen")}
    assert codes("warning", canteen_mode="none", diners=0) == {("canteen_mode", "boarding_without_canteen")}


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (None, None, set()),
        ("30", None, {("longitude", "half_a_location")}),
        (None, "120", {("latitude", "half_a_location")}),
        ("120", "30", {("latitude", "location_swapped")}),
        ("2.9", "120", {("latitude", "latitude_outside")}),
        ("3", "73", set()),
        ("54", "136", set()),
        ("30", "136.1", {("longitude", "longitude_outside")}),
        ("60", "140", {("latitude", "latitude_outside"), ("longitude", "longitude_outside")}),
    ],
)
def test_locations(latitude, longitude, expected):
    assert codes(latitude=latitude and Decimal(latitude), longitude=longitude and Decimal(longitude)) == expected


@pytest.mark.parametrize(
    ("stage", "band", "warned"),
    [
        ("kindergarten", "enrolment_under_6", False),
        ("kindergarten", "enrolment_6_8", False),
        ("kindergarten", "enrolment_9_11", True),
        ("primary", "enrolment_15_17", True),
        ("junior", "enrolment_6_8", True),
        ("junior", "enrolment_12_14", False),
        ("senior", "enrolment_9_11", True),
        ("special", "enrolment_under_6", False),
        ("special", "enrolment_15_17", False),
    ],
)
def test_ages_unusual_for_a_stage(stage, band, warned):
    profile = {**SOUND, **dict.fromkeys(rules.AGE_BANDS, 0), "stage": stage, band: 100, "classes": 3}
    found = {problem.field for problem in rules.check_profile(profile) if problem.code == "age_unusual_for_stage"}
    assert found == ({band} if warned else set())


@pytest.mark.parametrize(
    ("classes", "expected"),
    [(0, "pupils_without_classes"), (7, "large_classes"), (8, None), (420, None), (421, "more_classes_than_pupils")],
)
def test_class_sizes(classes, expected):
    """420 pupils: 7 classes of 60 are large ones (56 and more), 8 of 52 are not."""
    assert codes("warning", classes=classes) == ({("classes", expected)} if expected else set())


@pytest.mark.parametrize("phone", ["", "0000-1234567", "+86 000 0000 0000", "10000"])
def test_phones(phone):
    assert codes(contact_phone=phone) == set()


@pytest.mark.parametrize("phone", ["abc", "12", "电话", "1" * 21])
def test_no_phones(phone):
    assert codes(contact_phone=phone) == {("contact_phone", "phone_format")}


profiles = st.fixed_dictionaries(
    {
        "code": st.text(max_size=25),
        "stage": st.sampled_from(rules.STAGES),
        "is_boarding": st.booleans(),
        "canteen_mode": st.sampled_from(rules.CANTEEN_MODES),
        "latitude": st.none() | st.decimals(-90, 90, places=6),
        "longitude": st.none() | st.decimals(-180, 180, places=6),
        "contact_phone": st.text(max_size=22),
        **{name: st.integers(0, 3000) for name in rules.COUNTS},
    }
)


@given(profiles)
def test_whatever_the_profile_every_problem_has_a_field_and_words(profile):
    for problem in rules.check_profile(profile):
        assert problem.field in rules.PROFILE_FIELDS
        text = str(labels.PROBLEM[problem.code]._args[0])
        assert text % problem.details if problem.details else "%(" not in text


@given(profiles)
def test_what_is_not_refused_keeps_the_database_s_own_rule(profile):
    """The table's CHECK demands it too; a profile that passes here must never fail there."""
    if not rules.errors_of(rules.check_profile(profile)):
        assert profile["is_boarding"] or rules.boarders(profile) == 0
        assert rules.boarders(profile) <= rules.enrolment(profile)
        assert (profile["latitude"] is None) == (profile["longitude"] is None)


def test_every_field_belongs_to_the_bureau_or_to_the_school_and_has_a_label():
    assert not set(rules.IDENTITY_FIELDS) & set(rules.SCHOOL_FIELDS)
    assert set(labels.FIELD) == set(rules.PROFILE_FIELDS)
    for texts, values in (
        (labels.STAGE, rules.STAGES),
        (labels.SETTING, rules.SETTINGS),
        (labels.CANTEEN_MODE, rules.CANTEEN_MODES),
        (labels.STATE, rules.STATES),
    ):
        assert tuple(texts) == values
