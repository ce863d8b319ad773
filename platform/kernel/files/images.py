"""Photos are written anew: only the picture is kept, never what came along with it (place, device, hidden payload)."""

import io
import warnings
from typing import NamedTuple

from PIL import Image

from kernel.files.sniffing import Refused

MOST_PIXELS = 40_000_000
# A camera's plain JPEG is decoded at a fraction of its size, so a far larger one costs no more memory.
MOST_PIXELS_SCALED = 210_000_000
QUALITY = 82
THUMB_PIXELS = 320
Image.MAX_IMAGE_PIXELS = MOST_PIXELS_SCALED  # Pillow's own guard is for a desktop program; ours are stricter and follow
ORIENTATION = 0x0112  # the EXIF tag; its values → what sets the picture upright
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class Picture(NamedTuple):
    """A JPEG; sizes in pixels."""

    data: bytes
    width: int
    height: int


def reencode_image(data: bytes, max_px: int = 1600) -> Picture:
    """Upright, at most `max_px` on the longer side, without metadata; of an animation the first frame. Raises Refused.

    Transparency becomes white; CMYK, palette and 16-bit pictures become plain RGB.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd metadata is thrown away anyway; size is checked below
            return _reencode(data, max_px)
    except Refused:
        raise
    except (MemoryError, Image.DecompressionBombError) as error:
        raise Refused("too_many_pixels") from error
    except Exception as error:
        # Pillow's parsers raise whatever a damaged file makes them stumble over.
        raise Refused("damaged_image") from error


def _reencode(data: bytes, max_px: int) -> Picture:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as image:
        pixels = image.width * image.height
        scalable = image.format in ("JPEG", "MPO") and not image.info.get("progressive")
        if pixels > (MOST_PIXELS_SCALED if scalable else MOST_PIXELS):
            raise Refused("too_many_pixels")
        if scalable:
            # Twice the wanted size leaves the final step enough to stay sharp.
            image.draft("RGB", (max_px * 2, max_px * 2))
            if image.width * image.height > MOST_PIXELS:
                raise Refused("too_many_pixels")
        image.seek(0)
        image.load()
        plain = _plain(image)
        # Made small before it is turned: turning copies the picture.
        plain.thumbnail((max_px, max_px), Image.Resampling.LANCZOS)
        turn = TURNS.get(image.getexif().get(ORIENTATION, 1))
        upright = plain if turn is None else plain.transpose(turn)
        upright.info.clear()
        target = io.BytesIO()
        upright.save(target, "JPEG", quality=QUALITY, optimize=True)
        return Picture(target.getvalue(), upright.width, upright.height)


def _plain(image: Image.Image) -> Image.Image:
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        layered = image.convert("RGBA")
        white = Image.new("RGBA", layered.size, "white")
        return Image.alpha_composite(white, layered).convert("RGB")
    return image.convert("RGB")
