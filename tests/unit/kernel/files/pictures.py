"""Small pictures for the tests of files."""

import io

from PIL import Image


def picture(kind, size=(40, 20), mode="RGB", colour=None, **options):
    image = Image.new(mode, size, colour if colour is not None else 0)
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()
