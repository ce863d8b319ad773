"""Time-based one-time passwords (RFC 6238: SHA-1, 6 digits, 30 s) and recovery codes. Pure but for randomness."""

import secrets
from datetime import datetime

import pyotp

STEP_SECONDS = 30
DRIFT = 1  # steps that a phone's clock may be off, either way
RECOVERY_CODES = 10
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"  # without what is misread: i l o 0 1


def new_secret() -> str:
    """160 random bits in base 32, as RFC 4226 recommends."""
    return pyotp.random_base32(32)


def accepted_step(secret: str, code: str, at: datetime, last_step: int | None) -> int | None:
    """The time step that `code` proves, or None. A step not after `last_step` is refused: a code is good once."""
    if len(code) != 6 or not (code.isascii() and code.isdigit()):
        return None
    current = int(at.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in range(current - DRIFT, current + DRIFT + 1):
        fits = secrets.compare_digest(totp.generate_otp(step), code)
        if fits and (last_step is None or step > last_step):
            found = step
    return found


def provisioning_uri(secret: str, account: str, issuer: str) -> str:
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=issuer)


def new_recovery_codes() -> list[str]:
    """Ten codes of 16 characters (79 bits): enough that a plain hash keeps them safe."""
    return ["-".join(_word(4) for _ in range(4)) for _ in range(RECOVERY_CODES)]


def normalise_code(code: str) -> str:
    """As compared: without blanks and hyphens, lower case."""
    return "".join(character for character in code.lower() if character.isalnum())


def new_one_time_password() -> str:
    """12 characters (59 bits) in groups of four, to be read aloud or copied from a slip."""
    return "-".join(_word(4) for _ in range(3))


def _word(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
