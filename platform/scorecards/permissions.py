"""What may be done with forms; who may is handed in by the composition root, which knows the roles."""

from enum import StrEnum


class Permission(StrEnum):
    READ = "bureau:form:read"
    MANAGE = "bureau:form:manage"
