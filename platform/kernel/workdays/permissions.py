"""Who sees the working-day calendar and who adds to it. Which roles those are is the composition root's to say."""

from enum import StrEnum


class Permission(StrEnum):
    READ = "district:workdays:read"
    MANAGE = "bureau:workdays:manage"
