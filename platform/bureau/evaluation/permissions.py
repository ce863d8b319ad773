"""Who reviews, who forms the committee, who judges, who looks on."""

from collections.abc import Mapping
from enum import StrEnum

from bureau.roles import Role, bureau_role
from kernel.access import Rule, any_of, at_bureau, is_supplier


class Permission(StrEnum):
    MANAGE_EXPERTS = "bureau:expert:write"
    READ_EXPERTS = "bureau:expert:read"
    DECLARE = "bureau:expert_interest:write"
    QUALIFY = "bureau:qualification_review:write"
    FORM = "bureau:evaluation_committee:write"
    READ = "bureau:evaluation:read"
    RE_EVALUATE = "bureau:re_evaluation:write"
    JUDGE = "bureau:evaluation_seat:write"
    READ_SEAT = "bureau:evaluation_seat:read"
    ANSWER = "supplier:bid_answer:write"
    READ_ANSWERS = "supplier:bid_answer:read"


RULES: Mapping[str, Rule] = {
    Permission.MANAGE_EXPERTS: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN)),
    Permission.READ_EXPERTS: any_of(
        bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN, Role.DISCIPLINE_SUPERVISOR)
    ),
    Permission.DECLARE: any_of(bureau_role(Role.COMMITTEE_EXPERT)),
    Permission.QUALIFY: any_of(bureau_role(Role.PROCUREMENT_OFFICER)),
    Permission.FORM: any_of(bureau_role(Role.PROCUREMENT_OFFICER)),
    # Asked for by one and, where an award was decided, confirmed by another: the service tells them apart.
    Permission.RE_EVALUATE: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN)),
    # What may be read when, the services decide by the state: nobody reads a score before all have locked.
    Permission.READ: any_of(bureau_role(Role.PROCUREMENT_OFFICER, Role.BUREAU_ADMIN, Role.DISCIPLINE_SUPERVISOR)),
    # Whoever sits on a committee is asked by the services, seat by seat: an officer may be a representative.
    Permission.JUDGE: any_of(at_bureau),
    Permission.READ_SEAT: any_of(at_bureau),
    Permission.ANSWER: any_of(is_supplier),
    Permission.READ_ANSWERS: any_of(is_supplier),
}
