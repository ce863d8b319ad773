from enum import StrEnum


class Permission(StrEnum):
    READ = "bureau:audit:read"
