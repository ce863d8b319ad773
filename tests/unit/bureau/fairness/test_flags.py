from datetime import UTC, datetime, timedelta

import pytest

from bureau.fairness.flags import AnswerSeen, PhotoSeen, item_flags, prefers_round, visit_flags

START = datetime(2026, 5, 8, 9, 0, tzinfo=UTC)
SCHOOL = (31.0, 121.0)


def answers(count: int, seconds: float, *, full: bool = False, sections: int = 3) -> list[AnswerSeen]:
    return [
        AnswerSeen(f"s{index * sections // count}", START + timedelta(seconds=seconds * index), full or index % 3 > 0)
        for index in range(count)
    ]


def photos(count: int, *, step: float = 0.0, seconds: float = 120, accuracy: float = 5) -> list[PhotoSeen]:
    return [
        PhotoSeen(f"s{index % 3}", START + timedelta(seconds=seconds * index), 31.0 + step * index, 121.0, accuracy)
        for index in range(count)
    ]


def codes(flags: list) -> list[str]:
    return [flag.code for flag in flags]


def test_an_honest_visit_has_no_flags() -> None:
    assert visit_flags(answers(30, 40), photos(8, step=0.0003), school=SCHOOL, usual_full=0.7) == []


def test_impossible_speed() -> None:
    assert codes(visit_flags(answers(30, 1), [])) == ["impossible_speed", "answers_in_one_go"]
    assert codes(visit_flags(answers(60, 2.5), [])) == ["impossible_speed"]
    assert visit_flags(answers(10, 1), []) == []


def test_a_whole_section_in_one_tap_is_no_haste() -> None:
    at_once = [
        AnswerSeen(f"s{index // 10}", START + timedelta(minutes=10 * (index // 10)), True) for index in range(60)
    ]
    assert visit_flags(at_once, []) == []


@pytest.mark.parametrize(("usual", "flagged"), [(0.7, True), (0.99, False), (None, False)])
def test_straight_lining_is_measured_against_the_form(usual: float | None, flagged: bool) -> None:
    assert ("straight_line" in codes(visit_flags(answers(30, 40, full=True), [], usual_full=usual))) is flagged


def test_photos_from_one_spot() -> None:
    assert codes(visit_flags([], photos(6))) == ["one_spot"]
    assert visit_flags([], photos(4)) == []
    assert visit_flags([], photos(6, step=0.0003)) == []
    assert visit_flags([], [photo._replace(section="s0") for photo in photos(6)]) == []


def test_far_from_the_school_less_what_the_receiver_may_be_off_by() -> None:
    away = [PhotoSeen("s0", START, 31.01, 121.0, 20)]
    assert codes(visit_flags([], away, school=SCHOOL)) == ["far_from_school"]
    assert visit_flags([], [away[0]._replace(accuracy=900)], school=SCHOOL) == []
    assert visit_flags([], [away[0]._replace(latitude=None)], school=SCHOOL) == []


def test_a_jump_of_the_position() -> None:
    assert codes(visit_flags([], photos(3, step=0.02, seconds=10))) == ["position_jump"]
    assert visit_flags([], photos(3, step=0.02, seconds=600)) == []


def test_items_that_tell_nothing() -> None:
    counts = {"a": (40, 40, 0), "b": (40, 39, 0), "c": (0, 0, 40), "d": (12, 12, 28)}
    assert {code: flag.code for code, flag in item_flags(counts, 40).items()} == {
        "a": "item_always_full",
        "c": "item_never_used",
    }
    assert item_flags(counts, 20) == {}


def test_round_preference() -> None:
    assert prefers_round([(2.0, 0.5)] * 50) is not None
    assert prefers_round([(2.0, 0.5)] * 30 + [(2.5, 0.5)] * 20) is None
    assert prefers_round([(2.0, 1.0)] * 50) is None
    assert prefers_round([(2.0, 0.5)] * 10) is None
