"""A photo's perceptual print: stays nearly the same when the picture is scaled, recompressed or brightened.

Difference hash (dHash): the picture as 9 × 8 grey cells; one bit per pair of neighbours tells whether the second is visibly brighter. Taken
across and down, 64 bits each, so that two pictures must agree in both directions.
"""

import io
from typing import NamedTuple

from PIL import Image, ImageOps

SIDE = 8
# Differing bits of 64 up to which two photos count as one picture, in each direction.
SAME_PICTURE = 6
# A re-shot from the very same place agrees in much of its print; only a copy agrees in nearly all of it.
SAME_FILE = 2
# Grey levels by which neighbours must differ to say anything; a white wall or a dark room has hardly any such pair.
TELLING = 4
LEAST_TELLING = 20
QUARTER = 16


class Print(NamedTuple):
    """Two unsigned 64-bit numbers, and how many of their 128 bits rest on a visible difference."""

    across: int
    down: int
    telling: int

    @property
    def plain(self) -> bool:
        """Too little in the picture to recognise it by."""
        return self.telling < LEAST_TELLING


def print_of(data: bytes) -> Print:
    """Of a picture file that was checked when it was stored."""
    with Image.open(io.BytesIO(data)) as image:
        image.draft("L", (SIDE * 16, SIDE * 16))
        grey = ImageOps.exif_transpose(image).convert("L")
    across, across_telling = _bits(grey, SIDE + 1, SIDE, 1)
    down, down_telling = _bits(grey, SIDE, SIDE + 1, SIDE)
    return Print(across, down, across_telling + down_telling)


def _bits(grey: Image.Image, width: int, height: int, step: int) -> tuple[int, int]:
    cells = grey.resize((width, height), Image.Resampling.BOX).tobytes()
    bits = telling = 0
    for row in range(SIDE):
        for column in range(SIDE):
            place = row * width + column
            difference = cells[place + step] - cells[place]
            bits = bits << 1 | (difference >= TELLING)
            telling += abs(difference) >= TELLING
    return bits, telling


def distance(one: int, other: int) -> int:
    """Differing bits."""
    return (one ^ other).bit_count()


def same_picture(one: Print, other: Print, limit: int = SAME_PICTURE) -> bool:
    if one.plain or other.plain:
        return False
    return distance(one.across, other.across) <= limit and distance(one.down, other.down) <= limit


def quarters(bits: int) -> tuple[int, int, int, int]:
    """The four 16-bit parts, most significant first."""
    return bits >> 48 & 0xFFFF, bits >> 32 & 0xFFFF, bits >> 16 & 0xFFFF, bits & 0xFFFF


def near(quarter: int) -> list[int]:
    """The 16-bit numbers that differ from `quarter` in at most one bit. Of two prints that differ in at most
    SAME_PICTURE < 8 bits, at least one quarter differs in at most one: so four look-ups find every candidate."""
    return [quarter, *(quarter ^ (1 << place) for place in range(QUARTER))]


def signed(bits: int) -> int:
    """As PostgreSQL's bigint keeps it."""
    return bits - (1 << 64) if bits >= 1 << 63 else bits


def unsigned(stored: int) -> int:
    return stored & 0xFFFF_FFFF_FFFF_FFFF
