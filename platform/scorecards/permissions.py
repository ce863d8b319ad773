from enum import StrEnum


class Permission(StrEnum):
    READ = "bureau:form:read"
    MANAGE = "bureau:form:manage"
