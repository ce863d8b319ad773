"""What a file says about how it was made: author, program, company, times, device. Evidence for a person, no proof.

`metadata_of` never raises: a damaged or unknown file has no metadata. Reads PDF, Office Open XML, JPEG, PNG, TIFF.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import Any
from xml.etree import ElementTree

from PIL import ExifTags, Image

MOST_TEXT = 200  # characters kept of one value
MOST_XML = 1_000_000  # bytes of one property part
MOST_STREAMS = 100
MOST_UNPACKED = 4_000_000  # bytes unpacked out of one PDF
MOST_TRIES = 40  # places at which one name is looked at: a file may repeat it millions of times
KEYS = ("author", "last_editor", "company", "program", "created", "modified", "title", "device", "document_id")

_CONTROL = re.compile("[\x00-\x1f\x7f\ud800-\udfff]+")
_CORE = {
    "creator": "author",
    "lastModifiedBy": "last_editor",
    "created": "created",
    "modified": "modified",
    "title": "title",
}
_APP = {"Company": "company", "Application": "program"}
_INFO = {
    "Author": "author", "Creator": "program", "Producer": "producer", "CreationDate": "created", "ModDate": "modified",
    "Title": "title", "Company": "company",
}  # fmt: skip
_EXIF = {"Artist": "author", "Software": "program", "DateTime": "modified", "HostComputer": "device"}


def metadata_of(data: bytes, media_type: str = "") -> dict[str, str]:
    """Plain text by key (KEYS, `kind`, `producer`), nothing for what the file does not say. The kind is read from the
    bytes: `media_type` is what a bidder claims, and is kept only where it disagrees."""
    kind = _kind(data)
    readers = {"pdf": _pdf, "office": _office, "image": _image}
    found: dict[str, str] = {}
    if kind in readers:
        try:
            found = readers[kind](data)
        except Exception:  # a bidder's file may be broken in any way at all; it then simply says nothing
            found = {}
    clean = {key: text for key, value in found.items() if (text := _clean(value))}
    if kind:
        clean["kind"] = kind
    return clean


def _kind(data: bytes) -> str:
    if b"%PDF-" in data[:1024]:
        return "pdf"
    if data[:4] == b"PK\x03\x04":
        return "office"
    if data[:3] == b"\xff\xd8\xff" or data[:8] == b"\x89PNG\r\n\x1a\n" or data[:4] in (b"II*\0", b"MM\0*"):
        return "image"
    return ""


def _clean(value: Any) -> str:
    """One line of text that a jsonb column takes."""
    return " ".join(_CONTROL.sub(" ", str(value)).split())[:MOST_TEXT]


def _office(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    with zipfile.ZipFile(io.BytesIO(data)) as box:
        for part, names in (("docProps/core.xml", _CORE), ("docProps/app.xml", _APP)):
            if part not in box.namelist() or box.getinfo(part).file_size > MOST_XML:
                continue
            text = box.read(part)
            if b"<!DOCTYPE" in text or b"\0" in text:  # entities could grow without bound; UTF-16 would hide them
                continue
            for node in ElementTree.fromstring(text).iter():  # noqa: S314 (no document type: no entities)
                name = names.get(node.tag.rpartition("}")[2])
                if name and node.text:
                    found[name] = node.text
    return found


def _image(data: bytes) -> dict[str, str]:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "TIFF")) as image:
        tags = {ExifTags.TAGS.get(number, ""): value for number, value in Image.Image.getexif(image).items()}
        # Neither PNG's own `getexif` nor its `text`: for what may stand behind the picture they unpack all its pixels.
        texts = {name: value for name, value in image.info.items() if isinstance(name, str) and isinstance(value, str)}
    found = {key: _text(tags[name]) for name, key in _EXIF.items() if name in tags}
    device = " ".join(_text(tags[name]) for name in ("Make", "Model") if name in tags)
    if device:
        found["device"] = device
    found |= {_EXIF[name]: str(texts[name]) for name in _EXIF if name in texts}
    found |= {"author": str(texts["Author"])} if "Author" in texts else {}
    return found


def _text(value: Any) -> str:
    """Pillow reads EXIF text as Latin-1; cameras and programs write UTF-8."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    try:
        return str(value).encode("latin-1").decode("utf-8")
    except UnicodeError:
        return str(value)


def _pdf(data: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in (data, *_unpacked(data)):
        for name, key in _INFO.items():
            for value in _values(part, name.encode()):
                found.setdefault(key, value)
        found |= {key: value for key, value in _xmp(part).items() if key not in found}
    if "program" not in found and "producer" in found:
        found["program"] = found["producer"]
    identifier = re.search(rb"/ID\s*\[\s*<([0-9A-Fa-f]{16,64})>", data)
    if identifier is not None:
        found["file_id"] = identifier.group(1).decode().lower()
    return found


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Newer files keep their information dictionary in packed object streams."""
    left = MOST_UNPACKED
    for match in islice(re.finditer(rb"/(?:ObjStm|Metadata)\b", data), MOST_STREAMS):
        start = data.find(b"stream", match.end())
        if start < 0 or start - match.end() > 2000 or left <= 0:
            continue
        begin = start + (8 if data[start + 6 : start + 8] == b"\r\n" else 7)
        try:
            text = zlib.decompressobj().decompress(data[begin : begin + MOST_UNPACKED], left)
        except zlib.error:
            continue
        left -= len(text)
        yield text


def _values(data: bytes, name: bytes) -> Iterator[str]:
    for match in islice(re.finditer(rb"/" + name + rb"\s*(\(|<(?!<))", data), MOST_TRIES):
        if match.group(1) == b"(":
            yield _decoded(_literal(data, match.end()))
        else:
            raw, end, _rest = data[match.end() : match.end() + MOST_TEXT * 10].partition(b">")
            digits = re.sub(rb"\s", b"", raw) if end else b""
            try:
                yield _decoded(bytes.fromhex(digits.decode("ascii") + "0" * (len(digits) % 2)))
            except ValueError:
                continue


_ESCAPES = {ord("n"): 10, ord("r"): 13, ord("t"): 9, ord("b"): 8, ord("f"): 12}


def _literal(data: bytes, at: int) -> bytes:
    """A PDF string in parentheses: nested ones and escapes, as the format has them."""
    out, depth = bytearray(), 1
    while at < len(data) and len(out) < MOST_TEXT * 4:
        byte = data[at]
        at += 1
        if byte == 0x5C and at < len(data):
            octal = re.match(rb"[0-7]{1,3}", data[at : at + 3])
            if octal:
                out.append(int(octal.group(), 8) & 0xFF)
                at += len(octal.group())
            else:
                out.append(_ESCAPES.get(data[at], data[at]))
                at += 1
            continue
        depth += (byte == 0x28) - (byte == 0x29)
        if not depth:
            break
        out.append(byte)
    return bytes(out)


def _decoded(text: bytes) -> str:
    if text[:2] in (b"\xfe\xff", b"\xff\xfe"):
        return text.decode("utf-16", "replace")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return text.decode(encoding)
        except UnicodeDecodeError:
            continue
    return text.decode("latin-1")


# Key, what stands before the value, what ends it. Found by searching for plain text: a pattern that may stretch would take
# a crafted file hours to fail.
_XMP = (
    ("author", b"<dc:creator>", b"</dc:creator>"),
    ("program", b"<xmp:CreatorTool>", b"<"),
    ("program", b'xmp:CreatorTool="', b'"'),
    ("created", b"<xmp:CreateDate>", b"<"),
    ("document_id", b"<xmpMM:DocumentID>", b"<"),
    ("document_id", b'xmpMM:DocumentID="', b'"'),
)


def _xmp(data: bytes) -> dict[str, str]:
    start = data.find(b"<x:xmpmeta")
    if start < 0:
        return {}
    packet = data[start : start + MOST_XML]
    found: dict[str, str] = {}
    for key, before, after in _XMP:
        _head, _before, rest = packet.partition(before)
        value, ends, _tail = rest[: MOST_TEXT * 20].partition(after)
        if key == "author":
            _list, _item, value = value.partition(b"<rdf:li")
            value, ends, _tail = value.partition(b">")[2].partition(b"</rdf:li>")
        if ends:
            found.setdefault(key, value[: MOST_TEXT * 4].decode("utf-8", "replace"))
    return found
