"""Generated pictures: plain shapes with the word 演示 on them, so that nobody takes one for evidence.

The machine's own Chinese font is used. Where there is none the text is Latin: a picture never shows empty boxes.
"""

import os
import random
from collections.abc import Sequence
from functools import cache
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from bureau.demo import MARK

FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.local/share/fonts",
    "~/.fonts",
    "/System/Library/Fonts",
    "/Library/Fonts",
    "C:/Windows/Fonts",
)
# Beginnings of file names, in order of preference.
CHINESE_FONTS = (
    "notosanscjk-regular",
    "notosanssc-regular",
    "sourcehansanssc-regular",
    "sourcehansanscn-regular",
    "wqy-microhei",
    "wqy-zenhei",
    "droidsansfallback",
    "notoserifcjk",
    "pingfang",
    "msyh",
    "simhei",
)
PHOTO_SIZE = (960, 720)
CERTIFICATE_SIZE = (720, 960)
QUALITY = 78

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont
Colour = tuple[int, int, int]


def demo_photo(text: str, rng: random.Random) -> bytes:
    """JPEG, 960 × 720: a gradient with a few shapes, 演示 and the caption."""
    image = _gradient(PHOTO_SIZE, _colour(rng, 90, 190), _colour(rng, 150, 240))
    draw = ImageDraw.Draw(image)
    width, height = PHOTO_SIZE
    for _ in range(6):
        left, top = rng.randint(0, width - 200), rng.randint(90, height - 280)
        box = (left, top, left + rng.randint(80, 260), top + rng.randint(60, 200))
        draw.rounded_rectangle(box, radius=14, fill=_colour(rng, 140, 185), outline=(255, 255, 255), width=3)
    draw.rectangle((0, height - 110, width, height), fill=(24, 36, 52))
    _write(draw, (28, height - 92), text, 30, (255, 255, 255), width - 56)
    _write(draw, (28, 20), _words(MARK, "DEMO"), 56, (255, 255, 255), width - 56)
    return _jpeg(image)


def demo_certificate(title: str, lines: Sequence[str], rng: random.Random) -> bytes:
    """JPEG, 720 × 960: a sheet with a title and lines, crossed by 演示; it copies no official form, bears no seal."""
    width, height = CERTIFICATE_SIZE
    image = Image.new("RGB", CERTIFICATE_SIZE, _colour(rng, 244, 252))
    draw = ImageDraw.Draw(image)
    tone = _colour(rng, 60, 140)
    draw.rectangle((24, 24, width - 24, height - 24), outline=tone, width=4)
    for top in range(230, height - 60, 190):
        _write(draw, (90 + (top // 190 % 2) * 260, top), _words(MARK, "DEMO"), 96, (228, 226, 226), width)
    _write(draw, (64, 72), _words(title, "CERTIFICATE"), 40, tone, width - 128)
    draw.line((64, 140, width - 64, 140), fill=tone, width=2)
    for number, line in enumerate(lines):
        _write(draw, (64, 180 + number * 56), line, 28, (40, 40, 40), width - 128)
    _write(draw, (64, height - 92), _words("演示样张，不作凭证", "SPECIMEN ONLY"), 26, (190, 40, 40), width - 128)
    return _jpeg(image)


@cache
def chinese_font_file() -> Path | None:
    found: dict[str, Path] = {}
    for folder in FONT_FOLDERS:
        for path, _, names in os.walk(Path(folder).expanduser()):
            for name in sorted(names):
                if name.lower().endswith((".ttf", ".ttc", ".otf")):
                    found.setdefault(name.lower(), Path(path, name))
    for wanted in CHINESE_FONTS:
        for name in sorted(found):
            if name.startswith(wanted):
                return found[name]
    return None


@cache
def _font(size: int) -> Font:
    file = chinese_font_file()
    if file is None:
        return ImageFont.load_default(size)
    return ImageFont.truetype(str(file), size, index=_simplified_face(file))


@cache
def _simplified_face(file: Path) -> int:
    """A collection holds a face per region, and the first is often the Japanese one."""
    if file.suffix.lower() != ".ttc":
        return 0
    for index in range(16):
        try:
            family, _ = ImageFont.truetype(str(file), 10, index=index).getname()
        except OSError:
            break
        if family and family.endswith(" SC"):
            return index
    return 0


def _words(chinese: str, latin: str) -> str:
    return chinese if chinese_font_file() else latin


def _write(draw: ImageDraw.ImageDraw, at: tuple[int, int], text: str, size: int, colour: Colour, width: int) -> None:
    """One line, cut to `width` pixels."""
    if chinese_font_file() is None:
        text = " ".join(text.encode("ascii", "ignore").decode().split()) or "DEMO"
    font = _font(size)
    while len(text) > 1 and draw.textlength(text, font=font) > width:
        text = text[:-1]
    draw.text(at, text, font=font, fill=colour)


def _gradient(size: tuple[int, int], top: Colour, bottom: Colour) -> Image.Image:
    mask = Image.linear_gradient("L").resize(size)
    return Image.composite(Image.new("RGB", size, bottom), Image.new("RGB", size, top), mask)


def _colour(rng: random.Random, low: int, high: int) -> Colour:
    return rng.randint(low, high), rng.randint(low, high), rng.randint(low, high)


def _jpeg(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG", quality=QUALITY)
    return out.getvalue()
