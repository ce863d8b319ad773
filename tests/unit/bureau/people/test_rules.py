from datetime import date, timedelta

import pytest

from bureau.people.rules import Standing, grantable_roles, same_name, standing
from bureau.roles import LEVELS, Role

DAY = date(2026, 9, 1)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
SCHOOL = set(LEVELS["school"])


@pytest.mark.parametrize(
    ("level", "roles", "given"),
    [
        ("bureau", {Role.BUREAU_ADMIN}, set(Role)),
        ("bureau", {"system"}, set(Role)),
        ("school", {Role.PRINCIPAL}, SCHOOL - {Role.PRINCIPAL}),
        ("school", {Role.LOGISTICS_DIRECTOR}, SCHOOL - {Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR}),
        ("school", {Role.LOGISTICS_DIRECTOR, Role.PRINCIPAL}, SCHOOL - {Role.PRINCIPAL}),
        # a role's name alone proves no level
        ("school", {Role.BUREAU_ADMIN}, set()),
        ("zone", {Role.BUREAU_ADMIN}, set()),
        ("bureau", {Role.PRINCIPAL}, set()),
        ("zone", {Role.PRINCIPAL}, set()),
        ("supplier", {Role.BUREAU_ADMIN}, set()),
        ("none", {Role.BUREAU_ADMIN}, set()),
    ],
)
def test_who_may_give_what(level, roles, given):
    assert set(grantable_roles(level, roles)) == given


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.BUREAU_ADMIN,)])
def test_no_other_officer_of_the_bureau_gives_anything(role):
    assert grantable_roles("bureau", {role}) == []


@pytest.mark.parametrize(
    "role", [role for role in sorted(SCHOOL) if role not in (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)]
)
def test_no_other_member_of_a_school_gives_anything(role):
    assert grantable_roles("school", {role}) == []


@pytest.mark.parametrize("role", [Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR])
def test_nobody_at_a_school_gives_their_own_role_or_one_of_the_bureau(role):
    given = set(grantable_roles("school", {role}))
    assert role not in given
    assert given <= SCHOOL


@pytest.mark.parametrize(
    ("begin", "until", "ended", "worth"),
    [
        (BEFORE, None, False, Standing.HELD),
        (DAY, DAY, False, Standing.HELD),
        (AFTER, None, False, Standing.COMING),
        (BEFORE, BEFORE, False, Standing.EXPIRED),
        (BEFORE, AFTER, True, Standing.ENDED),
        (BEFORE, BEFORE, True, Standing.ENDED),
    ],
)
def test_what_a_role_is_worth_on_a_day(begin, until, ended, worth):
    assert standing(begin, until, ended, DAY) == worth


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [("王 芳", "王芳", True), ("Li Lei", "li lei", True), ("王芳", "王方", False), ("", "王芳", False)],
)
def test_blanks_in_a_name_do_not_count(one, other, same):
    assert same_name(one, other) is same
