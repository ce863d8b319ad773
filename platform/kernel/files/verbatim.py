"""Pictures that are kept byte for byte, because their SHA-256 is evidence: looked through, never written anew.

What a page drew on a canvas is a plain picture. Whatever else a file carries (a place in EXIF, a second file behind the
end, a large unexplained block) is not thrown away silently, which would change the bytes: such a file is refused.
"""

import io
import re
import struct
import warnings
from typing import NamedTuple

from PIL import Image

from kernel.files.sniffing import MIB, MediaType, Refused, check

ACCEPTED = frozenset({MediaType.JPEG, MediaType.PNG})
MOST_BYTES = 6 * MIB
MOST_PIXELS = 16_000_000
MOST_EXTRA = 32 * 1024  # bytes beside the picture itself: a colour profile, the few tags that browsers write
GPS_TAG = 0x8825
MAKER_NOTE_TAG = 0x927C
EXIF_TAG = 0x8769
# The end of a JPEG's compressed data: a marker that is neither a stuffed zero, a restart nor padding.
_MARKER = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_PICTURE_CHUNKS = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS"})


class Plain(NamedTuple):
    """Width and height in pixels."""

    kind: MediaType
    width: int
    height: int


def look_through(data: bytes, most_bytes: int = MOST_BYTES) -> Plain:
    """A JPEG or PNG that decodes to its end and carries nothing but the picture. Raises Refused."""
    if len(data) > most_bytes:
        raise Refused("too_large", megabytes=most_bytes // MIB)
    kind = check(data, ACCEPTED)
    extra = _jpeg_extra(data) if kind is MediaType.JPEG else _png_extra(data)
    if extra > MOST_EXTRA:
        raise Refused("hidden_content")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of odd metadata, which is looked at below
            return _decode(data, kind)
    except Refused:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise Refused("too_many_pixels") from error
    except Exception as error:
        # Pillow's parsers raise whatever a damaged file makes them stumble over.
        raise Refused("damaged_image") from error


def _decode(data: bytes, kind: MediaType) -> Plain:
    with Image.open(io.BytesIO(data), formats=(kind.name,)) as image:
        width, height = image.size
        if width * height > MOST_PIXELS:
            raise Refused("too_many_pixels")
        exif = image.getexif()
        if GPS_TAG in exif or MAKER_NOTE_TAG in exif.get_ifd(EXIF_TAG):
            raise Refused("hidden_content")
        if kind is MediaType.JPEG:
            # An eighth of the size: every compressed bit is still read, the pixels are not all computed.
            image.draft("L", (max(1, width // 8), max(1, height // 8)))
        image.load()
        return Plain(kind, width, height)


def _jpeg_extra(data: bytes) -> int:
    """Bytes of application blocks and comments. Raises Refused where blocks do not chain or bytes follow the end."""
    place, extra = 2, 0
    while True:
        if place + 4 > len(data) or data[place] != 0xFF:
            if data[place : place + 2] == b"\xff\xd9" and place + 2 == len(data):
                return extra
            raise Refused("damaged_image")
        marker = data[place + 1]
        if marker == 0xD9:
            raise Refused("hidden_content")  # something follows the end
        if marker == 0xFF:
            place += 1
            continue
        length = struct.unpack(">H", data[place + 2 : place + 4])[0]
        if 0xE0 <= marker <= 0xEF or marker == 0xFE:
            extra += length
        place += 2 + length
        if marker == 0xDA:
            found = _MARKER.search(data, place)
            if found is None:
                raise Refused("damaged_image")
            place = found.start()


def _png_extra(data: bytes) -> int:
    """Bytes of chunks that are not the picture. Raises Refused where chunks do not chain or bytes follow the end."""
    place, extra = 8, 0
    while place + 12 <= len(data):
        length = struct.unpack(">I", data[place : place + 4])[0]
        name = data[place + 4 : place + 8]
        place += 12 + length
        if name not in _PICTURE_CHUNKS:
            extra += length
        if name == b"IEND":
            if place != len(data):
                raise Refused("hidden_content")
            return extra
    raise Refused("damaged_image")
