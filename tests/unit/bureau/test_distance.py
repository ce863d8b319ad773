import pytest

from bureau.distance import metres_between


def test_a_degree_of_latitude() -> None:
    assert metres_between((31.0, 121.0), (32.0, 121.0)) == pytest.approx(111_195, rel=1e-3)
    assert metres_between((31.0, 121.0), (31.0, 121.0)) == 0


def test_two_cities() -> None:
    assert 113_000 < metres_between((39.9042, 116.4074), (39.0842, 117.2009)) < 114_500


def test_the_other_side_of_the_globe() -> None:
    assert metres_between((0.0, 0.0), (0.0, 180.0)) == pytest.approx(20_015_087, rel=1e-3)
