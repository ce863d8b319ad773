"""Two shares of a bid's key put together, as the officers' browsers do (Shamir's secret sharing over GF(2^8) with the
polynomial x^8 + x^4 + x^3 + x + 1; the last byte of a share is its place on the line).

Only for judging whether what was given would have opened a bid: the keys themselves are put together in the browsers.
"""

import base64
import binascii


def combined(one: str, other: str) -> str:
    """The secret's text out of two shares (base64); "" where they do not belong together."""
    try:
        first, second = base64.b64decode(one, validate=True), base64.b64decode(other, validate=True)
    except (binascii.Error, ValueError):
        return ""
    if len(first) != len(second) or len(first) < 2 or first[-1] == second[-1] or not first[-1] or not second[-1]:
        return ""
    at, beside = first[-1], second[-1]
    divisor = _inverse(at ^ beside)
    secret = bytes(
        _times(a, _times(beside, divisor)) ^ _times(b, _times(at, divisor))
        for a, b in zip(first[:-1], second[:-1], strict=True)
    )
    try:
        return secret.decode("ascii")
    except UnicodeDecodeError:
        return ""


def _times(a: int, b: int) -> int:
    product = 0
    while b:
        if b & 1:
            product ^= a
        a = a << 1 ^ (0x11B if a & 0x80 else 0)
        b >>= 1
    return product


def _inverse(a: int) -> int:
    """a^254, as a^255 is 1."""
    result = 1
    for _step in range(254):
        result = _times(result, a)
    return result
