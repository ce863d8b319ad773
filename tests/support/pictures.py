"""Small pictures for uploads."""

import hashlib
import io

from PIL import Image


def jpeg(seed: str = "", size: tuple[int, int] = (64, 48)) -> bytes:
    """A JPEG whose colour follows from `seed`."""
    red, green, blue = hashlib.sha256(seed.encode()).digest()[:3]
    target = io.BytesIO()
    Image.new("RGB", size, (red, green, blue)).save(target, "JPEG")
    return target.getvalue()
