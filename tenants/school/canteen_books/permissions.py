"""Who enters, who signs for money, who approves: never the same person.

出纳不得兼任稽核、会计档案保管和收支、债权债务账目的登记 (省级校园餐财务管理规定).
"""

from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, school_role, zone_role
from kernel.access import Predicate, Rule, any_of
from kernel.actor import Actor


class Permission(StrEnum):
    READ = "school:canteen_books:read"
    ENTER = "school:canteen_books:enter"
    APPROVE = "school:canteen_books:approve"
    REOPEN = "school:canteen_books:reopen"
    SIGN = "school:canteen_books:sign"
    MONEY_READ = "school:meal_money:read"
    PLAN = "school:meal_money:plan"
    ATTEND = "school:meal_attendance:record"
    ATTEND_READ = "school:meal_attendance:read"
    OVERSEE = "bureau:canteen_books:read"
    LIMITS_READ = "bureau:charge_limits:read"
    LIMITS = "bureau:charge_limits:manage"


def _is_not_cashier(actor: Actor) -> bool:
    """Whoever also holds the cashier's post keeps no books and approves none."""
    return Role.CASHIER not in actor.roles


def _apart(*roles: Role) -> tuple[Predicate, ...]:
    return (*school_role(*roles), _is_not_cashier)


BOOK_ROLES = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.ACCOUNTANT, Role.CASHIER)
KEEPERS = (Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR, Role.CANTEEN_MANAGER, Role.ACCOUNTANT)

RULES: dict[str, Rule] = {
    Permission.READ: any_of(school_role(*BOOK_ROLES, Role.CANTEEN_MANAGER)),
    Permission.ENTER: any_of(_apart(Role.ACCOUNTANT)),
    Permission.APPROVE: any_of(_apart(Role.PRINCIPAL, Role.LOGISTICS_DIRECTOR)),
    # Opening a closed month again is the principal's, asked for by the accountant.
    Permission.REOPEN: any_of(_apart(Role.PRINCIPAL)),
    Permission.SIGN: any_of(school_role(Role.CASHIER)),
    # What a family paid and is owed is known to those who keep the money.
    Permission.MONEY_READ: any_of(school_role(*BOOK_ROLES)),
    Permission.PLAN: any_of(_apart(Role.ACCOUNTANT, Role.LOGISTICS_DIRECTOR)),
    Permission.ATTEND: any_of(
        school_role(Role.TEACHER, Role.CANTEEN_MANAGER, Role.LOGISTICS_DIRECTOR, Role.ACCOUNTANT)
    ),
    Permission.ATTEND_READ: any_of(school_role(*KEEPERS, Role.TEACHER)),
    Permission.OVERSEE: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR)),
    Permission.LIMITS_READ: any_of(
        bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR), school_role(*KEEPERS, Role.CASHIER)
    ),
    Permission.LIMITS: any_of(bureau_role(Role.BUREAU_ADMIN, Role.CANTEEN_OFFICER)),
}
