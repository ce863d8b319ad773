from collections.abc import Mapping
from enum import StrEnum

from kernel.access import Rule, any_of, at_bureau, in_school, in_zone


class Permission(StrEnum):
    """Jobs are started by the district's own people; suppliers have none."""

    READ_OWN = "own:job:read"


RULES: Mapping[str, Rule] = {Permission.READ_OWN: any_of(at_bureau, in_zone, in_school)}
