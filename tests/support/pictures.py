"""Small pictures for uploads."""

import hashlib
import io
import random

from PIL import Image, ImageDraw


def jpeg(seed: str = "", size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG whose colour follows from `seed`."""
    red, green, blue = hashlib.sha256(seed.encode()).digest()[:3]
    target = io.BytesIO()
    Image.new("RGB", size, (red, green, blue)).save(target, "JPEG")
    return target.getvalue()


def kitchen(seed: int, *, quality: int = 80) -> bytes:
    """A JPEG with areas of different brightness, as a photo of a room has; each seed another room."""
    chance = random.Random(seed)
    image = Image.new("RGB", (480, 360), (120, 120, 120))
    draw = ImageDraw.Draw(image)
    for _ in range(28):
        left, top = chance.randrange(480), chance.randrange(360)
        box = (left, top, left + chance.randrange(30, 200), top + chance.randrange(30, 160))
        draw.rectangle(box, fill=tuple(chance.randrange(0, 255) for _ in range(3)))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()
