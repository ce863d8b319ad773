"""Who surveys, who signs and approves, who reads, who may object. Drafting and approving are held apart in the service:
whoever did the one is refused the other for that book."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import OFFICERS, Role, bureau_role, zone_role
from kernel.access import Rule, any_of, at_bureau, in_school, in_zone, is_supplier


class Permission(StrEnum):
    READ = "bureau:price:read"
    SURVEY_READ = "bureau:price_survey:read"
    SURVEY = "bureau:price_survey:manage"
    SIGN = "bureau:price_survey:sign"
    DRAFT = "bureau:price_book:draft"
    APPROVE = "bureau:price_book:approve"
    REPORT = "bureau:price:report"
    OBJECT = "bureau:price:object"


KEEPERS = (Role.BUREAU_ADMIN, Role.PROCUREMENT_OFFICER, Role.CANTEEN_OFFICER)

RULES: Mapping[str, Rule] = {
    Permission.READ: any_of(bureau_role(*OFFICERS), zone_role(Role.ZONE_SUPERVISOR), in_school, is_supplier),
    Permission.SURVEY_READ: any_of(bureau_role(*OFFICERS)),
    Permission.SURVEY: any_of(bureau_role(*KEEPERS)),
    Permission.SIGN: any_of(bureau_role(*KEEPERS, Role.DISCIPLINE_SUPERVISOR)),
    Permission.DRAFT: any_of(bureau_role(*KEEPERS)),
    Permission.APPROVE: any_of(bureau_role(*KEEPERS, Role.DISCIPLINE_SUPERVISOR)),
    # Whether this survey is theirs is for the service: anybody but a supplier may be assigned one.
    Permission.REPORT: any_of(at_bureau, in_zone, in_school),
    Permission.OBJECT: any_of(in_school, is_supplier),
}
