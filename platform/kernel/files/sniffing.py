"""What a file is, told by its content: names and declared types are the sender's claim."""

import io
import lzma
import struct
import zipfile
import zlib
from enum import StrEnum

MIB = 1024 * 1024


class MediaType(StrEnum):
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"
    HEIC = "image/heic"
    PDF = "application/pdf"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


IMAGES = frozenset({MediaType.JPEG, MediaType.PNG, MediaType.WEBP})
DOCUMENTS = frozenset({MediaType.PDF, MediaType.XLSX, MediaType.DOCX})
ACCEPTED = IMAGES | DOCUMENTS
# Bytes as uploaded. Photos come straight from a phone's camera and are made smaller before they are kept.
LIMITS = {
    MediaType.JPEG: 20 * MIB,
    MediaType.PNG: 20 * MIB,
    MediaType.WEBP: 20 * MIB,
    MediaType.PDF: 10 * MIB,
    MediaType.XLSX: 10 * MIB,
    MediaType.DOCX: 10 * MIB,
}
EXTENSIONS = {
    MediaType.JPEG: ".jpg",
    MediaType.PNG: ".png",
    MediaType.WEBP: ".webp",
    MediaType.PDF: ".pdf",
    MediaType.XLSX: ".xlsx",
    MediaType.DOCX: ".docx",
}
MOST_PARTS = 2000  # of an office file
_HEIC_BRANDS = frozenset({b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"})


class Refused(ValueError):
    """A file that is not taken; `code` and `params` are worded by kernel.files.labels."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


def sniff(data: bytes) -> MediaType | None:
    """The type, if magic number and structure agree; None for everything else (also for damaged files)."""
    if data.startswith(b"\xff\xd8\xff"):
        return MediaType.JPEG if data.find(b"\xff\xda", 3) > 0 else None
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return MediaType.PNG if data[12:16] == b"IHDR" and b"IDAT" in data else None
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return MediaType.WEBP if data[12:16] in (b"VP8 ", b"VP8L", b"VP8X") else None
    if data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS:
        return MediaType.HEIC
    if data.startswith(b"%PDF-"):
        return MediaType.PDF if b"%%EOF" in data[-2048:] and b"startxref" in data[-4096:] else None
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    return None


def check(data: bytes, accepted: frozenset[MediaType] = ACCEPTED) -> MediaType:
    """The type of a file that may be kept. Raises Refused."""
    if not data:
        raise Refused("empty")
    kind = sniff(data)
    if kind is MediaType.HEIC:
        raise Refused("heic")
    if kind is None:
        raise Refused("unknown_type")
    if kind not in accepted:
        raise Refused("type_not_accepted")
    if len(data) > LIMITS[kind]:
        raise Refused("too_large", megabytes=LIMITS[kind] // MIB)
    return kind


def _office(data: bytes) -> MediaType | None:
    """An office file is a zip with the right parts; one with macros, or disguised as a plain one, is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = archive.infolist()
            names = {info.filename for info in infos}
            if len(infos) > MOST_PARTS or any(info.flag_bits & 0x1 for info in infos):
                return None
            if any(name.lower().endswith(("vbaproject.bin", ".exe", ".js", ".dll")) for name in names):
                return None
            if "[Content_Types].xml" not in names:
                return None
            types = archive.open("[Content_Types].xml").read(MIB)
    except (
        zipfile.BadZipFile,
        zlib.error,
        lzma.LZMAError,
        struct.error,
        EOFError,
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
    ):
        return None
    if b"macroEnabled" in types:
        return None
    if "xl/workbook.xml" in names:
        return MediaType.XLSX
    return MediaType.DOCX if "word/document.xml" in names else None
