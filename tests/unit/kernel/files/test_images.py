import io
import struct
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from kernel.files.images import reencode_image
from kernel.files.sniffing import Refused
from tests.unit.kernel.files.pictures import picture


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def refusal(data):
    with pytest.raises(Refused) as caught:
        reencode_image(data)
    return caught.value.code


def test_a_large_picture_is_made_smaller_and_a_small_one_is_left_its_size():
    made = reencode_image(picture("JPEG", (4000, 3000)))
    assert (made.width, made.height) == (1600, 1200)
    assert opened(made.data).size == (1600, 1200)
    assert reencode_image(picture("PNG", (300, 10)))[1:] == (300, 10)
    assert reencode_image(picture("PNG", (3, 5000)), 100)[1:] == (1, 100)


def test_the_picture_stands_upright_and_says_nothing_of_place_and_device():
    image = Image.new("RGB", (60, 40), "red")
    image.paste("blue", (0, 0, 60, 20))  # the upper half
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees to the right
    exif[0x010F] = "DemoPhone"
    exif.get_ifd(0x8825)[2] = (30.0, 15.0, 0.0)
    target = io.BytesIO()
    image.save(target, "JPEG", exif=exif, comment=b"hidden note")
    assert b"DemoPhone" in target.getvalue()
    made = reencode_image(target.getvalue())
    shown = opened(made.data)
    assert shown.size == (made.width, made.height) == (40, 60)
    red, _, blue = shown.getpixel((35, 30))
    assert blue > 200 > 60 > red  # what was above is now on the right
    assert dict(shown.getexif()) == {}
    for trace in (b"Exif", b"DemoPhone", b"hidden note"):
        assert trace not in made.data


@pytest.mark.parametrize(("orientation", "size"), [(1, (60, 40)), (3, (60, 40)), (8, (40, 60)), (99, (60, 40))])
def test_every_orientation(orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert reencode_image(picture("JPEG", (60, 40), exif=exif))[1:] == size


def test_transparency_becomes_white():
    made = reencode_image(picture("PNG", mode="RGBA", colour=(0, 0, 0, 0)))
    assert opened(made.data).getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("kind", "mode", "colour"),
    [
        ("JPEG", "CMYK", (0, 0, 0, 0)),
        ("PNG", "P", 0),
        ("PNG", "LA", (9, 9)),
        ("PNG", "1", 1),
        ("PNG", "I;16", 65535),
        ("JPEG", "L", 7),
        ("WEBP", "RGBA", (1, 2, 3, 4)),
    ],
)
def test_every_colour_mode_becomes_rgb(kind, mode, colour):
    assert opened(reencode_image(picture(kind, mode=mode, colour=colour)).data).mode == "RGB"


def test_sixteen_bits_of_white_stay_white():
    assert opened(reencode_image(picture("PNG", mode="I;16", colour=65535)).data).getpixel((1, 1)) >= (250, 250, 250)


def test_of_an_animation_the_first_frame_is_kept():
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "lime")]
    target = io.BytesIO()
    frames[0].save(target, "WEBP", save_all=True, append_images=frames[1:], duration=100, lossless=True)
    red, green, _ = opened(reencode_image(target.getvalue()).data).getpixel((10, 10))
    assert red > 200 > 60 > green


def bomb(width, height):
    """A PNG that claims to be huge; its data packs well."""

    def chunk(name, body):
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")
    )


def test_a_decompression_bomb_is_refused_before_it_is_unpacked():
    assert refusal(bomb(10_000, 10_000)) == "too_many_pixels"
    assert refusal(bomb(30_000, 30_000)) == "too_many_pixels"
    assert refusal(bomb(2**31 - 1, 2**31 - 1)) in ("too_many_pixels", "damaged_image")


def test_what_is_damaged_or_no_picture_is_refused():
    whole = picture("JPEG", (800, 600))
    assert refusal(whole[: len(whole) // 2]) == "damaged_image"
    assert refusal(b"GIF89a" + b"\0" * 100) == "damaged_image"
    assert refusal(b"") == "damaged_image"


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(["JPEG", "PNG", "WEBP"]), st.integers(0, 300), st.binary(min_size=1, max_size=30))
def test_damage_anywhere_gives_a_picture_or_a_refusal(kind, at, noise):
    data = picture(kind, (64, 48))
    at %= len(data)
    try:
        made = reencode_image(data[:at] + noise + data[at + len(noise) :])
    except Refused:
        return
    assert opened(made.data).size == (made.width, made.height)
