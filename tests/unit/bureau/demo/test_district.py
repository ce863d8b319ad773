from collections import Counter
from dataclasses import asdict

import pytest

from bureau.demo import MARK
from bureau.demo.district import BANDS_OF, STAGES, District, apportion, build_district
from bureau.demo.places import STREETS, TOWNS, TOWNSHIPS
from bureau.schools.rules import CANTEEN_MODES, SETTINGS, check_profile

SEEDS = (20261101, 1, 2, 3, 77)


@pytest.fixture(scope="module", params=SEEDS)
def district(request: pytest.FixtureRequest) -> District:
    return build_district(request.param)


def test_the_same_seed_builds_the_same_district() -> None:
    assert repr(build_district(5)) == repr(build_district(5))


def test_another_seed_builds_another_district() -> None:
    assert repr(build_district(5)) != repr(build_district(6))


def test_the_size_is_that_of_the_brief(district: District) -> None:
    assert 4 <= len(district.zones) <= 6
    assert len(district.schools) == 66
    assert sum(school.is_boarding for school in district.schools) == 45
    assert 39_200 <= district.enrolment <= 40_800
    assert 9_800 <= district.boarders <= 10_200


def test_every_stage_occurs_and_primaries_are_the_most(district: District) -> None:
    stages = Counter(school.stage for school in district.schools)
    assert set(stages) == set(STAGES)
    assert stages.most_common(1)[0][0] == "primary"


def test_codes_names_phones_are_given_once(district: District) -> None:
    for values in (
        [school.code for school in district.schools],
        [school.name for school in district.schools],
        [school.contact_phone for school in district.schools],
        [school.contact_name for school in district.schools],
        [zone.code for zone in district.zones],
    ):
        assert len(set(values)) == len(values)


def test_every_name_is_marked(district: District) -> None:
    names = [district.name, *(zone.name for zone in district.zones), *(school.name for school in district.schools)]
    names += [school.contact_name for school in district.schools] + [school.address for school in district.schools]
    assert [name for name in names if MARK not in name] == []


def test_no_profile_breaks_a_rule_of_the_registry_or_gives_a_warning(district: District) -> None:
    problems = {school.code: check_profile(asdict(school)) for school in district.schools}
    assert {code: found for code, found in problems.items() if found} == {}


def test_the_registry_knows_every_word(district: District) -> None:
    assert {school.canteen_mode for school in district.schools} == {"self_run", "contracted", "delivered"}
    assert {school.canteen_mode for school in district.schools} <= set(CANTEEN_MODES)
    assert {school.setting for school in district.schools} == set(SETTINGS)
    assert {school.zone for school in district.schools} == {zone.code for zone in district.zones}


def test_boarders_are_where_there_are_beds(district: District) -> None:
    for school in district.schools:
        assert (school.boarders > 0) == school.is_boarding
        assert school.boarders < school.enrolment
        assert min(school.boarders_male, school.boarders_female) >= 0
        if school.is_boarding:
            assert school.canteen_mode != "delivered"
        if school.stage == "kindergarten":
            assert not school.is_boarding


def test_pupils_are_of_the_ages_that_the_stage_teaches(district: District) -> None:
    for school in district.schools:
        filled = {
            name.removeprefix("enrolment_") for name, count in asdict(school).items() if "enrolment" in name and count
        }
        assert filled == set(BANDS_OF[school.stage])


def test_the_first_three_show_three_kinds_of_boarding_school(district: District) -> None:
    first = district.schools[:3]
    assert [school.stage for school in first] == ["primary", "junior", "nine_year"]
    assert all(school.is_boarding and school.canteen_mode != "delivered" for school in first)


def test_places_lie_within_the_invented_box(district: District) -> None:
    for school in district.schools:
        assert 29.9 <= school.latitude <= 30.2
        assert 124.0 <= school.longitude <= 124.3


def test_looking_up_schools() -> None:
    district = build_district()
    assert district.school("YS066").code == "YS066"
    assert sum(len(district.schools_of(zone.code)) for zone in district.zones) == 66
    with pytest.raises(KeyError):
        district.school("YS067")


def test_about_120_place_names_each_once() -> None:
    names = [*STREETS, *(f"{name}镇" for name in TOWNS), *(f"{name}乡" for name in TOWNSHIPS)]
    assert 110 <= len(names) <= 150
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("total", [0, 1, 7, 100])
def test_apportioned_shares_add_up(total: int) -> None:
    shares = apportion(total, [3.0, 0.0, 1.5, 2.2])
    assert sum(shares) == total
    assert shares[1] == 0
