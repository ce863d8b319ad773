"""How passwords are kept: argon2id, at a cost that the configuration may change; old hashes follow at sign-in."""

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app, has_app_context

# OWASP's figures for argon2id where many may sign in at once: 19 MiB, two passes, one lane.
MEMORY_KIB = 19 * 1024
PASSES = 2
# For random one-time passwords (59 bits) only: there the cost of guessing lies in the password, not in the hash,
# so that thousands of new accounts take seconds rather than minutes. They are changed at the first sign-in.
RANDOM_MEMORY_KIB = 256
RANDOM_PASSES = 1


@lru_cache(maxsize=8)
def _hasher(memory_kib: int, passes: int) -> PasswordHasher:
    return PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)


def _configured() -> PasswordHasher:
    config = current_app.config if has_app_context() else {}
    return _hasher(config.get("ARGON2_MEMORY_KIB", MEMORY_KIB), config.get("ARGON2_PASSES", PASSES))


@lru_cache(maxsize=8)
def _hash_of_nothing(hasher: PasswordHasher) -> str:
    return hasher.hash("nobody has this password")


def hash_password(password: str) -> str:
    return _configured().hash(password)


def hash_random_password(password: str) -> str:
    """Only for passwords that we drew ourselves; see RANDOM_MEMORY_KIB."""
    return _hasher(RANDOM_MEMORY_KIB, RANDOM_PASSES).hash(password)


def verify(stored: str | None, password: str) -> bool:
    """Whether `password` is the one. `stored` None (no such account) costs the same time as a wrong password."""
    hasher = _configured()
    if stored is None or is_outdated(stored):
        # A cheaper hash must not answer faster: that would tell which accounts exist.
        _matches(hasher, _hash_of_nothing(hasher), password)
    return stored is not None and _matches(hasher, stored, password)


def _matches(hasher: PasswordHasher, stored: str, password: str) -> bool:
    try:
        return hasher.verify(stored, password)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Whether the hash was made at another cost than today's; also of what is no hash at all."""
    try:
        return _configured().check_needs_rehash(stored)
    except InvalidHashError:
        return True
