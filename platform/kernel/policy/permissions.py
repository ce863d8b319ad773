"""Who reads figures and who overrides them. Which roles those are is the composition root's to say."""

from enum import StrEnum


class Permission(StrEnum):
    READ = "district:figures:read"
    OVERRIDE = "district:figures:override"  # the bureau for its district, a school for itself
