"""The roles of a district and its schools, and at which level each is held. See docs/glossary.md for the terms."""

from enum import StrEnum

from flask_babel import lazy_gettext as _l

from kernel.access import Predicate, at_bureau, has_role, in_school, in_zone


class Role(StrEnum):
    BUREAU_ADMIN = "bureau_admin"
    PROCUREMENT_OFFICER = "procurement_officer"
    CANTEEN_OFFICER = "canteen_officer"
    SAFETY_OFFICER = "safety_officer"
    ASSET_OFFICER = "asset_officer"
    ZONE_SUPERVISOR = "zone_supervisor"
    INSPECTOR = "inspector"
    DISCIPLINE_SUPERVISOR = "discipline_supervisor"
    COMMITTEE_EXPERT = "committee_expert"
    PRINCIPAL = "principal"
    LOGISTICS_DIRECTOR = "logistics_director"
    STOREKEEPER = "storekeeper"
    CANTEEN_MANAGER = "canteen_manager"
    FOOD_SAFETY_OFFICER = "food_safety_officer"
    DORMITORY_SUPERVISOR = "dormitory_supervisor"
    GUARD = "guard"
    ACCOUNTANT = "accountant"
    CASHIER = "cashier"
    TEACHER = "teacher"
    SUPPLIER_USER = "supplier_user"


LABELS = {
    Role.BUREAU_ADMIN: _l("局管理员"),
    Role.PROCUREMENT_OFFICER: _l("局采购专员"),
    Role.CANTEEN_OFFICER: _l("局食堂专员"),
    Role.SAFETY_OFFICER: _l("局安全专员"),
    Role.ASSET_OFFICER: _l("局资产专员"),
    Role.ZONE_SUPERVISOR: _l("片区督导"),
    Role.INSPECTOR: _l("检查员"),
    Role.DISCIPLINE_SUPERVISOR: _l("纪检监督员"),
    Role.COMMITTEE_EXPERT: _l("评审专家"),
    Role.PRINCIPAL: _l("校长"),
    Role.LOGISTICS_DIRECTOR: _l("总务主任"),
    Role.STOREKEEPER: _l("仓库保管员"),
    Role.CANTEEN_MANAGER: _l("司务长"),
    Role.FOOD_SAFETY_OFFICER: _l("食品安全员"),
    Role.DORMITORY_SUPERVISOR: _l("宿舍管理员"),
    Role.GUARD: _l("门卫"),
    Role.ACCOUNTANT: _l("会计"),
    Role.CASHIER: _l("出纳"),
    Role.TEACHER: _l("教师"),
    Role.SUPPLIER_USER: _l("供应商用户"),
}

LEVELS = {
    "bureau": (
        Role.BUREAU_ADMIN,
        Role.PROCUREMENT_OFFICER,
        Role.CANTEEN_OFFICER,
        Role.SAFETY_OFFICER,
        Role.ASSET_OFFICER,
        Role.INSPECTOR,
        Role.DISCIPLINE_SUPERVISOR,
        Role.COMMITTEE_EXPERT,
    ),
    "zone": (Role.ZONE_SUPERVISOR,),
    "school": (
        Role.PRINCIPAL,
        Role.LOGISTICS_DIRECTOR,
        Role.STOREKEEPER,
        Role.CANTEEN_MANAGER,
        Role.FOOD_SAFETY_OFFICER,
        Role.DORMITORY_SUPERVISOR,
        Role.GUARD,
        Role.ACCOUNTANT,
        Role.CASHIER,
        Role.TEACHER,
    ),
    "supplier": (Role.SUPPLIER_USER,),
}
LEVEL_OF = {role: level for level, roles in LEVELS.items() for role in roles}


def bureau_role(*roles: Role) -> tuple[Predicate, ...]:
    """At the bureau, holding one of `roles`. The level is asked too: a role name alone proves no scope."""
    return (at_bureau, has_role(*roles))


def school_role(*roles: Role) -> tuple[Predicate, ...]:
    return (in_school, has_role(*roles))


def zone_role(*roles: Role) -> tuple[Predicate, ...]:
    return (in_zone, has_role(*roles))


# Officers of the bureau whose work is to look at all schools' records.
OFFICERS = (
    Role.BUREAU_ADMIN,
    Role.PROCUREMENT_OFFICER,
    Role.CANTEEN_OFFICER,
    Role.SAFETY_OFFICER,
    Role.ASSET_OFFICER,
    Role.DISCIPLINE_SUPERVISOR,
)
