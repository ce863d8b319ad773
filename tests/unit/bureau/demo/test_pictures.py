import random
from io import BytesIO

import pytest
from PIL import Image

from bureau.demo import pictures
from bureau.demo.pictures import demo_certificate, demo_photo


def opened(data: bytes) -> Image.Image:
    image = Image.open(BytesIO(data))
    image.load()
    return image


def test_a_photo_is_a_small_jpeg_without_metadata() -> None:
    data = demo_photo("演示·学校 后厨", random.Random(1))
    image = opened(data)
    assert (image.format, image.size) == ("JPEG", (960, 720))
    assert len(data) < 120_000
    assert not image.getexif()


def test_the_same_random_numbers_give_the_same_picture() -> None:
    assert demo_photo("甲", random.Random(1)) == demo_photo("甲", random.Random(1))
    assert demo_photo("甲", random.Random(1)) != demo_photo("甲", random.Random(2))
    lines = ["品名：猪肉"]
    assert demo_certificate("证明", lines, random.Random(1)) == demo_certificate("证明", lines, random.Random(1))


def test_the_caption_is_drawn() -> None:
    assert demo_photo("caption one", random.Random(1)) != demo_photo("caption two", random.Random(1))


def test_a_certificate_stands_upright() -> None:
    image = opened(demo_certificate("动物检疫合格证明", ["批号：20261101-03"] * 3, random.Random(1)))
    assert (image.format, image.size) == ("JPEG", (720, 960))


def test_without_a_chinese_font_the_text_is_latin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "chinese_font_file", lambda: None)
    pictures._font.cache_clear()
    try:
        assert opened(demo_certificate("证明", ["批号 A1"], random.Random(1))).size == (720, 960)
        # Only the Latin part of a caption can be drawn, so what differs in Chinese alone looks the same.
        assert demo_photo("甲 A1", random.Random(1)) == demo_photo("乙 A1", random.Random(1))
    finally:
        pictures._font.cache_clear()


def test_a_long_caption_is_cut_to_the_picture() -> None:
    assert opened(demo_photo("演示" * 200, random.Random(1))).size == (960, 720)
