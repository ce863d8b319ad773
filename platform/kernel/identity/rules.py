"""Rules of signing in: what a password must be, when to lock out, how names are written. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

MIN_LENGTH = 10
LONG_ENOUGH = 16  # from here on any mix of characters will do
MAX_LENGTH = 128
MIN_DIFFERENT = 5

FAILURE_LIMIT = 5
FAILURE_WINDOW = timedelta(minutes=15)

USERNAME = re.compile(r"[a-z\u4e00-\u9fff][a-z0-9\u4e00-\u9fff._@-]{2,39}")
MOBILE = re.compile(r"1[0-9]{10}")  # which beginnings are given out changes from year to year

# Long enough and mixed, yet the first that anyone tries. Compared in lower case, without signs.
COMMON = frozenset(
    {
        "password12", "password123", "password1234", "passw0rd123", "qwerty12345", "qwerty123456", "qwertyuiop123",
        "1q2w3e4r5t", "1q2w3e4r5t6y", "q1w2e3r4t5", "1qaz2wsx3edc", "qazwsx12345", "qazwsxedc123", "asdf123456",
        "asdfghjkl123", "zxcvbnm123", "a123456789", "a1234567890", "aa123456789", "abc1234567", "abc12345678",
        "abc123456789", "abcd123456", "abcd12345678", "abcde12345", "abcdef123456", "admin12345", "admin123456",
        "administrator1", "welcome12345", "woaini1314", "woaini5201314", "woaini1314520", "iloveyou1314",
        "iloveyou123", "houqin12345", "houqin123456", "houqin2024", "houqin2025", "houqin2026", "school12345",
        "xuexiao123456", "shitang123456", "zongwu123456", "mima123456", "zhangsan123", "test123456", "user123456",
        "123456789a", "1234567890a", "123456789abc", "1234567890qwe", "12345qwert", "123456qwerty", "5201314abc",
    }
)  # fmt: skip


def password_problems(password: str, names: Iterable[str] = ()) -> list[str]:
    """Codes of the rules that `password` breaks, empty when it may be used. `names`: the user name, the mobile."""
    problems = []
    if len(password) < MIN_LENGTH:
        problems.append("too_short")
    if len(password) > MAX_LENGTH:
        problems.append("too_long")
    plain = password.casefold()
    if any(len(name) >= 3 and name.casefold() in plain for name in names):
        problems.append("contains_name")
    bare = "".join(character for character in plain if character.isalnum())
    # What is left without the digits at either end is compared too: "password2026" is "password" with a year.
    if bare in COMMON or bare.strip("0123456789") in {"password", "qwerty", "admin", "houqin", "woaini"}:
        problems.append("common")
    if len(set(plain)) < MIN_DIFFERENT:
        problems.append("monotonous")
    elif len(password) < LONG_ENOUGH and not _is_mixed(password):
        problems.append("not_mixed")
    return problems


def _is_mixed(password: str) -> bool:
    return any(character.isalpha() for character in password) and any(character.isdigit() for character in password)


def normalise_password(password: str) -> str:
    """The same characters typed on another keyboard give the same password (NFKC)."""
    return unicodedata.normalize("NFKC", password)


def normalise_name(name: str) -> str:
    """User names and mobiles: trimmed, lower case, full-width forms folded; "+86" and blanks of a mobile dropped."""
    plain = unicodedata.normalize("NFKC", name).strip().lower()
    digits = plain.replace(" ", "").replace("-", "").removeprefix("+86")
    return digits if MOBILE.fullmatch(digits) else plain


def is_username(name: str) -> bool:
    """3–40 characters, first a letter: never all digits, so that no user name can pose as somebody's mobile."""
    return USERNAME.fullmatch(name) is not None


def is_mobile(mobile: str) -> bool:
    return MOBILE.fullmatch(mobile) is not None


def locked_until(
    failures: Sequence[datetime],
    at: datetime,
    limit: int = FAILURE_LIMIT,
    window: timedelta = FAILURE_WINDOW,
) -> datetime | None:
    """When the next attempt is allowed, None: now. Locked while `limit` failures lie within the last `window`."""
    recent = sorted(failure for failure in failures if at - failure < window)
    if len(recent) < limit:
        return None
    return recent[-limit] + window


def seconds_until(moment: datetime, at: datetime) -> int:
    """Whole seconds to wait, rounded up, at least 1."""
    return max(1, -int((at - moment).total_seconds() // 1))
