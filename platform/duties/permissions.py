"""What may be done with duties; who may is handed in by the composition root, which knows the roles."""

from enum import StrEnum


class Permission(StrEnum):
    READ = "school:duty:read"  # of one's own school
    TICK = "school:duty:tick"  # and whose task it is decides the kind
    PLAN = "school:duty:plan"
    EXCUSE = "school:duty:excuse"
    FEED = "school:duty:feed"
    OVERSEE = "bureau:duty:read"
    DECIDE = "bureau:duty:excuse"
    MANAGE = "bureau:duty:manage"
