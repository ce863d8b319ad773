"""The fingerprint of a JSON document: the same content gives the same bytes, whoever writes it and when."""

import hashlib
from typing import Any

import orjson


def canonical(document: Any) -> bytes:
    """Keys sorted, no blanks, UTF-8. Decimals are refused: whoever has them says how they read."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)


def digest(document: Any) -> str:
    """SHA-256 of the canonical bytes, in hex."""
    return hashlib.sha256(canonical(document)).hexdigest()
