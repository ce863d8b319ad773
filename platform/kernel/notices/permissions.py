"""Who sets up where the bureau's notices go. Which roles those are is the composition root's to say."""

from enum import StrEnum


class Permission(StrEnum):
    MANAGE_CHANNELS = "bureau:channels:manage"
