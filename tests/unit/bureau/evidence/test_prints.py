import io
import random

import pytest
from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

from bureau.evidence.prints import (
    SAME_PICTURE,
    distance,
    near,
    print_of,
    quarters,
    same_picture,
    signed,
    unsigned,
)


def scene(seed: int, size: tuple[int, int] = (1200, 900)) -> Image.Image:
    """A made-up room: large areas of different brightness, as photos of kitchens and stores have."""
    chance = random.Random(seed)
    image = Image.new("RGB", size, tuple(chance.randrange(60, 200) for _ in range(3)))
    draw = ImageDraw.Draw(image)
    for _ in range(28):
        left, top = chance.randrange(size[0]), chance.randrange(size[1])
        right, bottom = left + chance.randrange(60, 500), top + chance.randrange(60, 400)
        draw.rectangle((left, top, right, bottom), fill=tuple(chance.randrange(0, 255) for _ in range(3)))
    return image.filter(ImageFilter.GaussianBlur(3))


def jpeg(image: Image.Image, quality: int = 80) -> bytes:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality)
    return out.getvalue()


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize(
    "again",
    [
        lambda image: jpeg(image, 40),
        lambda image: jpeg(image.resize((640, 480))),
        lambda image: jpeg(ImageEnhance.Brightness(image).enhance(1.15)),
        lambda image: jpeg(ImageEnhance.Contrast(image).enhance(0.85)),
    ],
)
def test_a_copy_keeps_its_print(seed, again) -> None:
    image = scene(seed)
    assert same_picture(print_of(jpeg(image)), print_of(again(image)))


def test_different_places_have_different_prints() -> None:
    prints = [print_of(jpeg(scene(seed, (600, 450)))) for seed in range(60)]
    pairs = [(i, j) for i in range(60) for j in range(i) if same_picture(prints[i], prints[j])]
    assert pairs == []


def test_a_plain_wall_is_recognised_by_nothing() -> None:
    wall = print_of(jpeg(Image.new("RGB", (800, 600), (230, 228, 225))))
    assert wall.plain
    assert not same_picture(wall, wall)


def test_orientation_is_taken_from_the_file() -> None:
    image = scene(3)
    turned = image.transpose(Image.Transpose.ROTATE_90)
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    turned.save(out, "JPEG", exif=exif)
    assert same_picture(print_of(jpeg(image)), print_of(out.getvalue()))


def test_four_look_ups_find_every_candidate() -> None:
    chance = random.Random(5)
    for _ in range(300):
        bits = chance.getrandbits(64)
        other = bits
        for place in chance.sample(range(64), SAME_PICTURE):
            other ^= 1 << place
        assert distance(bits, other) == SAME_PICTURE
        assert any(theirs in near(mine) for mine, theirs in zip(quarters(bits), quarters(other), strict=True))


@pytest.mark.parametrize("bits", [0, 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1])
def test_storage_keeps_every_bit(bits) -> None:
    assert -(1 << 63) <= signed(bits) < 1 << 63
    assert unsigned(signed(bits)) == bits
