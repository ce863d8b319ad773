"""What a file says of its own making: author, program, times. Read for the comparison of bids, never shown to bidders.

Only what lies open in the file is read; a file without any of it is as good as one with it.
"""

import io
import re
import warnings
from itertools import islice
from typing import Any

from PIL import Image

MOST_VALUE = 200
MOST_TRIES = 200  # places at which one name is looked at
PDF_NAMES = ("Author", "Creator", "Producer", "CreationDate", "ModDate", "Title", "Company")
XMP_NAMES = {
    "creator_tool": rb"xmp:CreatorTool", "producer": rb"pdf:Producer", "document_id": rb"xmpMM:DocumentID",
    "instance_id": rb"xmpMM:InstanceID", "created": rb"xmp:CreateDate", "modified": rb"xmp:ModifyDate",
}  # fmt: skip
EXIF_NAMES = {271: "make", 272: "model", 305: "software", 306: "modified", 315: "author", 33432: "copyright"}
EXIF_IFD = 0x8769
EXIF_MORE = {36867: "created", 42033: "serial_number", 42032: "owner"}


def found_in(data: bytes, media_type: str) -> dict[str, Any]:
    """Name → value as text; {} where nothing is found."""
    if media_type == "application/pdf":
        return _pdf(data)
    if media_type in ("image/jpeg", "image/png"):
        return _picture(data)
    return {}


def _pdf(data: bytes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in PDF_NAMES:
        key = {"CreationDate": "created", "ModDate": "modified"}.get(name, name.lower())
        pattern = rb"/" + name.encode() + rb"\s*(\((?:[^()\\]|\\.){0,2000}\)|<[0-9A-Fa-f\s]{0,4000}>)"
        for match in islice(re.finditer(pattern, data, re.DOTALL), MOST_TRIES):
            value = _pdf_text(match.group(1))
            if value:
                found[key] = value
    for key, tag in XMP_NAMES.items():
        tagged = re.search(rb"<" + tag + rb">([^<]{1,500})</|" + tag + rb'="([^"]{1,500})"', data)
        if tagged is not None:
            found.setdefault(key, _tidy((tagged.group(1) or tagged.group(2)).decode("utf-8", "replace")))
    identifier = re.search(rb"/ID\s*\[\s*<([0-9A-Fa-f]{16,64})>", data)
    if identifier is not None:
        found["file_id"] = identifier.group(1).decode().lower()
    return {key: value for key, value in found.items() if value}


_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"", b"f": b""}


def _pdf_text(raw: bytes) -> str:
    if raw.startswith(b"<"):
        digits = re.sub(rb"\s", b"", raw[1:-1])
        data = bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode())
    else:
        data = re.sub(rb"\\([0-7]{1,3}|.)", _unescape, raw[1:-1], flags=re.DOTALL)
    if data.startswith(b"\xfe\xff"):
        return _tidy(data[2:].decode("utf-16-be", "replace"))
    if data.startswith(b"\xef\xbb\xbf"):
        return _tidy(data[3:].decode("utf-8", "replace"))
    return _tidy(data.decode("latin-1"))


def _unescape(match: re.Match[bytes]) -> bytes:
    code = match.group(1)
    if code.isdigit():
        return bytes([int(code, 8) % 256])
    return _ESCAPES.get(code, code)


def _picture(data: bytes) -> dict[str, Any]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG")) as image:
                exif = image.getexif()
                named = {EXIF_NAMES[tag]: exif[tag] for tag in EXIF_NAMES if tag in exif}
                more = exif.get_ifd(EXIF_IFD)
                named |= {EXIF_MORE[tag]: more[tag] for tag in EXIF_MORE if tag in more}
                texts = {
                    key.lower(): value
                    for key, value in image.info.items()
                    if isinstance(key, str) and key in ("Author", "Software")
                }
    except Exception:  # a damaged picture tells nothing, whatever its parser stumbles over
        return {}
    return {key: tidy for key, value in {**texts, **named}.items() if (tidy := _tidy(str(value)))}


def _tidy(text: str) -> str:
    return "".join(character for character in text if character.isprintable()).strip()[:MOST_VALUE]
